"""One search over rounds, requirements, achievements and experts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

from challenge.base import amounts, i18n
from challenge.base.db import db
from challenge.base.phrases import gettext as _
from challenge.requirements.models import FIELDS
from challenge.rounds import marks
from challenge.rules.permissions import Action
from challenge.rules.regions import PROVINCES
from challenge.rules.supply import LEVELS
from challenge.search import finding, words
from challenge.search.finding import Asked, Found, Part
from challenge.search.reading import wanted
from challenge.web import listing as files
from challenge.web.public import cards, kept
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {"search": {"GET": Action.PAGE_READ}}
PAGE = 50
AROUND = 70  # letters of a quotation before its first hit
QUOTED = 220
READ = 2000  # letters of a text in which the quotation is looked for
Marks = re.Pattern[str] | None
KIND_NAMES: Mapping[str, LazyString] = {
    "requirement": _l("Requirements"),
    "achievement": _l("Achievements"),
    "expert": _l("Experts"),
    "round": _l("Challenges"),
}
STAGE_NAMES: Mapping[str, LazyString] = {
    "requirements": _l("Collecting requirements"),
    "submission": _l("Submission open"),
    "judging": _l("Judging"),
    "award": _l("Award"),
    "closed": _l("Closed"),
    "cancelled": _l("Cancelled"),
}
PAGES = {
    "requirement": ("public.requirement", "ref"),
    "achievement": ("public.achievement", "ref"),
    "expert": ("public.expert", "ref"),
    "round": ("public.round", "slug"),
}


def key_of(text: str | None) -> tuple[Part, int] | None:
    """The place in a list of finds that an address names (`t120`, `b7`); None where it names none."""
    part, number = (text or "")[:1], (text or "")[1:]
    if part not in ("t", "b") or not number.isdecimal() or len(number) > 18:
        return None
    return ("t" if part == "t" else "b", int(number))


@dataclass(frozen=True, slots=True)
class Names:
    """The words of all codes in one language, looked up once and not for each find."""

    kinds: Mapping[str, str]
    fields: Mapping[str, str]
    regions: Mapping[str, str]
    stages: Mapping[str, str]


@lru_cache(maxsize=8)
def names(locale: str) -> Names:
    """The words of the reader's language, which is this one."""
    column = 0 if locale.startswith("zh") else 1
    return Names(
        {kind: escape(str(text)) for kind, text in KIND_NAMES.items()},
        {field: cards.field_name(field) for field in FIELDS},
        {code: both[column] for code, both in PROVINCES.items()},
        {stage: str(text) for stage, text in STAGE_NAMES.items()},
    )


@lru_cache(maxsize=32)
def _options(locale: str, name: str) -> str:
    known: Mapping[str, str] = getattr(names(locale), f"{name}s")
    return "".join(f'<option value="{code}">{escape(text)}</option>' for code, text in known.items())


def options(name: str, chosen: str) -> Markup:
    """The choices of a filter, with what was chosen."""
    drawn = _options(i18n.reader().locale, name)
    if chosen:
        drawn = drawn.replace(f'value="{chosen}"', f'value="{chosen}" selected')
    return Markup(drawn)  # noqa: S704  # nosec B704 - codes of ours, and words that are escaped above


class Find(NamedTuple):
    """One find in the reader's words, its hits marked."""

    href: str
    kind: str
    title: Markup
    lang: str | None
    owner: str
    quoted: Markup
    money: str
    facts: str


def href_of(kind: str, address: str) -> str:
    """The page of a find."""
    endpoint, name = PAGES[kind]
    where: dict[str, Any] = {name: address}
    return url_for(endpoint, **where)


def described(asked: Asked) -> str:
    """A search in words: what is looked for, and the filters."""
    known = names(i18n.reader().locale)
    low, high = asked.low_minor, asked.high_minor
    parts = [
        asked.text,
        known.kinds.get(asked.kind, ""),
        known.fields.get(asked.field, ""),
        known.regions.get(asked.region, ""),
        known.stages.get(asked.stage, ""),
        f"TRL ≥ {asked.trl}" if asked.trl else "",
        "" if low is None and high is None else amounts.money_range(low, high, "CNY"),
    ]
    return " · ".join(part for part in parts if part) or _("everything")


@lru_cache(maxsize=4096)
def _money(_locale: str, low: int | None, high: int | None, currency: str) -> str:
    """A budget in the reader's language: budgets are round, and few are met once."""
    return amounts.money_range(low, high, currency)


def finds(rows: Sequence[Found], query: str) -> list[Find]:
    """Finds as a list draws them."""
    marks, nobody = words.marks_of(query), _("Anonymous seeker")
    locale, zh = i18n.reader().locale, i18n.reader().zh
    known = names(locale)
    roots = {kind: href_of(kind, "0")[:-1] for kind in {row.kind for row in rows}}

    def find(row: Found) -> Find:
        budget = row.kind == "requirement" or (row.kind == "achievement" and row.low_minor is not None)
        region = f"{row.region[:2]}0000" if row.region else ""
        owner = row.owner_zh if zh else row.owner_en
        facts = (
            known.fields.get(row.field or "", ""),
            known.stages.get(row.stage or "", ""),
            known.regions.get(region, ""),
            f"TRL {row.trl}" if row.trl else "",
        )
        title = (row.title_zh if zh else row.title_en) or row.title_en or row.title_zh or ""
        return Find(
            roots[row.kind] + row.address,
            known.kinds[row.kind],
            marked(title, marks),
            None if (row.title_zh if zh else row.title_en) else ("en" if zh else "zh-CN"),
            owner or (nobody if row.kind == "requirement" else ""),
            quotation(row.text, marks),
            _money(locale, row.low_minor, row.high_minor, row.currency) if budget else "",
            " · ".join(fact for fact in facts if fact),
        )

    return [find(row) for row in rows]


def marked(text: str, marks: Marks) -> Markup:
    """The text with the words of the query marked; everything that somebody wrote stays text."""
    return _marked(text, words.hits(marks, text))


def _marked(text: str, hits: Sequence[tuple[int, int]]) -> Markup:
    parts: list[str] = []
    at = 0
    for start, end in hits:
        parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return Markup("".join([*parts, escape(text[at:])]))  # noqa: S704  # nosec B704 - each part is escaped above


def quotation(text: str, marks: Marks) -> Markup:
    """A piece of the text around the first word that was asked for."""
    line = " ".join(text[:READ].split())
    hits = words.hits(marks, line)
    start = max(0, hits[0][0] - AROUND) if hits else 0
    stop = start + QUOTED
    within = [(one - start, other - start) for one, other in hits if start <= one and other <= stop]
    shown = _marked(line[start:stop], within)
    return ("… " if start else "") + shown + (" …" if stop < len(line) else "")


@lru_cache(maxsize=256)
def _filters(_locale: str, asked: Asked, low: str, high: str) -> Markup:
    """The filters as they are chosen, in the reader's language: the same whatever is looked for."""
    values = {"asked": asked, "low": low, "high": high}
    drawn = render_template("public/search_filters.html", **values, options=options, levels=LEVELS)
    return Markup(drawn)  # noqa: S704  # nosec B704 - a template of ours escaped it


COLUMNS = files.columns(
    "kind address title owner field region stage trl low high changed_at",
    money=("low", "high"),
    owner=lambda row: (row.owner_zh if i18n.reader().zh else row.owner_en) or None,
    low=lambda row: files.money_of(row.low_minor, row.currency),
    high=lambda row: files.money_of(row.high_minor, row.currency),
)


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """What is public and has every word, narrowed by the filters; the newest first."""
    asked = wanted(request.args, FIELDS).asked
    file = files.taken(
        "search",
        COLUMNS,
        lambda session, after, limit: finding.find(session, asked, after, limit),
        after=lambda row: (row.part, row.id),
    )
    if file is not None:
        return file
    return kept.answer(marks.of_site(db.session), _search)


def _search() -> str:
    want, after = wanted(request.args, FIELDS), key_of(request.args.get("after"))
    rows = finding.find(db.session, want.asked, after, PAGE + 1)
    here = url_for("public.search")
    older = want.query(after=f"{rows[PAGE - 1].part}{rows[PAGE - 1].id}") if rows[PAGE:] else None
    return render_template(
        "public/search.html",
        wanted=want,
        asked=want.asked,
        finds=finds(rows[:PAGE], want.asked.text),
        any=bool(want.asked.text or want.asked.narrowed),
        query=want.query(),
        pairs=parse_qsl(want.query()),
        filters=_filters(i18n.reader().locale, replace(want.asked, text=""), want.low, want.high),
        older=f"{here}?{older}" if older else None,
        newer=f"{here}?{want.query()}" if after else None,
        title=_("Search results") if want.asked.text else _("Search"),
    )
