"""Workbooks of requirements: a template in its asker's language, and a paper form."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from challenge.flow.books import Kind
from challenge.requirements import need_books
from challenge.requirements.intake_models import NeedBook
from challenge.rules import industries, regions
from challenge.rules.need_sheets import LIMITS
from challenge.rules.need_words import CHOICES, NEED, ROW, WHOSE, Column
from challenge.rules.workbooks import Sheet

FORM_ROWS = 8  # lines for indicators on a paper form


def _sheet(_session: Session, book: NeedBook) -> Sheet | None:
    zh, named = book.locale == "zh_CN", book.seeker_id is None
    if book.kind == "needs":
        return None
    return template(zh=zh, named=named) if book.kind == "template" else form(zh=zh, named=named)


def template(*, zh: bool, named: bool) -> Sheet:
    """A table: words for people, keys for the reader, lists to choose from; `named`: with a seeker each."""
    columns = (*(WHOSE if named else ()), *NEED, *ROW)
    return Sheet(
        title=_one(("需求", "Requirements"), zh=zh),
        heads=[
            ("head", [_one(each.names, zh=zh) for each in columns]),
            ("key", [each.key for each in columns]),
        ],
        rows=[[""] * len(columns)] * 30,
        fixed=0,
        looks=("entry", "entry"),
        widths=[each.width for each in columns],
        notes=[_one(each.note, zh=zh) for each in columns],
        lists=[(place, 2, texts) for place, each in enumerate(columns) if (texts := choices(each, zh=zh))],
        list_title=_one(("选项", "Lists"), zh=zh),
    )


def form(*, zh: bool, named: bool) -> Sheet:
    """The paper form: a label with its value beside it, then a table of indicators; one need a sheet."""
    fields = (*(WHOSE if named else ()), *NEED)
    blank = [""] * (len(ROW) - 1)
    rows = [[_one(each.names, zh=zh), "", _one(each.note, zh=zh)] for each in fields]
    heads = [[_one(each.names, zh=zh) for each in ROW]]
    return Sheet(
        title=_one(("需求表", "Requirement"), zh=zh),
        heads=[("head", [_one(("技术需求表", "Technical requirement"), zh=zh), *blank])],
        rows=[*rows, [], *heads, *([""] * len(ROW) for _ in range(FORM_ROWS))],
        fixed=1,
        looks=("fixed", "text"),
        widths=(28, 60, 30, 14),
    )


def choices(column: Column, *, zh: bool) -> Sequence[str]:
    """What a list under a column offers, in one language; nothing for free words."""
    if column.key == "industry":
        tables = {**industries.SECTIONS, **industries.DIVISIONS}
        return [f"{code} {_one(tables[code], zh=zh)}" for code in sorted(tables)]
    if column.key == "region":
        codes = sorted((*regions.PROVINCES, *regions.PREFECTURES))
        return [f"{_one(regions.names_of(code) or ('', ''), zh=zh)} {code}" for code in codes]
    return [_one(names, zh=zh) for names in CHOICES.get(column.key, {}).values()]


def _one(names: tuple[str, str], *, zh: bool) -> str:
    return names[0 if zh else 1]


KIND = Kind(
    waiting=need_books.waiting,
    sheet=_sheet,
    limits=LIMITS,
    enter=need_books.enter,
    refuse=need_books.refuse,
    done=need_books.done,
    code=need_books.refusal_code,
)
