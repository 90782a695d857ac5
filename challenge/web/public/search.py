"""One search over rounds, requirements, achievements and experts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

from challenge.base import amounts, i18n
from challenge.base.db import db
from challenge.requirements.models import FIELDS
from challenge.rounds import marks
from challenge.rules.permissions import Action
from challenge.rules.regions import PROVINCES
from challenge.rules.supply import LEVELS
from challenge.search import finding, words
from challenge.search.finding import Asked, Found, Part
from challenge.search.reading import STAGES, wanted
from challenge.web.places import region_name
from challenge.web.public import cards, kept
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {"search": {"GET": Action.PAGE_READ}}
PAGE = 20
AROUND = 70  # letters of a quotation before its first hit
QUOTED = 220
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
class Find:
    """One find in the reader's words, its hits marked."""

    href: str
    kind: str
    title: Markup
    lang: str | None
    owner: str
    quoted: Markup
    money: str
    field: str
    stage: str
    trl: int | None
    region: str
    at: dt.datetime


def href_of(kind: str, address: str) -> str:
    """The page of a find."""
    endpoint, name = PAGES[kind]
    where: dict[str, Any] = {name: address}
    return url_for(endpoint, **where)


def described(asked: Asked) -> str:
    """A search in words: what is looked for, and the filters."""
    parts = [
        asked.text,
        str(KIND_NAMES.get(asked.kind, "")),
        cards.field_name(asked.field) if asked.field in FIELDS else "",
        region_name(asked.region),
        str(STAGE_NAMES.get(asked.stage, "")),
        f"TRL ≥ {asked.trl}" if asked.trl else "",
        amounts.money_range(asked.low_minor, asked.high_minor, "CNY")
        if asked.low_minor is not None or asked.high_minor is not None
        else "",
    ]
    return " · ".join(part for part in parts if part) or _("everything")


def finds(rows: Sequence[Found], query: str) -> list[Find]:
    """Finds as a list draws them."""
    return [_find(row, query) for row in rows]


def _find(row: Found, query: str) -> Find:
    zh = i18n.reader().zh
    budget = row.kind == "requirement" or (row.kind == "achievement" and row.low_minor is not None)
    nobody = _("Anonymous seeker") if row.kind == "requirement" else ""
    return Find(
        href_of(row.kind, row.address),
        str(KIND_NAMES[row.kind]),
        marked(i18n.t(row, "title"), query),
        i18n.t_lang(row, "title"),
        (row.owner_zh if zh else row.owner_en) or nobody,
        quotation(row.text, query),
        amounts.money_range(row.low_minor, row.high_minor, row.currency) if budget else "",
        cards.field_name(row.field),
        str(STAGE_NAMES.get(row.stage or "", "")),
        row.trl,
        region_name(row.region),
        row.at,
    )


def marked(text: str, query: str) -> Markup:
    """The text with the words of the query marked; everything that somebody wrote stays text."""
    parts: list[Markup] = []
    at = 0
    for start, end in words.hits(query, text):
        if start >= at:
            parts += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
            at = end
    return Markup("").join([*parts, escape(text[at:])])


def quotation(text: str, query: str) -> Markup:
    """A piece of the text around the first word that was asked for."""
    line = " ".join(text.split())
    found = words.hits(query, line[:4000])
    start = max(0, found[0][0] - AROUND) if found else 0
    piece = line[start : start + QUOTED]
    shown = marked(piece, query)
    before, after = ("… " if start else ""), (" …" if start + QUOTED < len(line) else "")
    return Markup("").join((before, shown, after))


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """What is public and has every word, narrowed by the filters; the newest first."""
    return kept.answer(marks.of_site(db.session), _search)


def _search() -> str:
    want, after = wanted(request.args, FIELDS), key_of(request.args.get("after"))
    rows = finding.find(db.session, want.asked, after, PAGE + 1)
    here = url_for("public.search")
    older = want.query(after=f"{rows[PAGE - 1].part}{rows[PAGE - 1].id}") if rows[PAGE:] else None
    column = 0 if i18n.reader().zh else 1
    return render_template(
        "public/search.html",
        wanted=want,
        asked=want.asked,
        finds=finds(rows[:PAGE], want.asked.text),
        any=bool(want.asked.text or want.asked.narrowed),
        query=want.query(),
        pairs=parse_qsl(want.query()),
        kinds=[(kind, KIND_NAMES[kind]) for kind in KIND_NAMES],
        fields=[(field, cards.field_name(field)) for field in FIELDS],
        regions=[(code, names[column]) for code, names in PROVINCES.items()],
        stages=[(stage, STAGE_NAMES[stage]) for stage in STAGES if stage in STAGE_NAMES],
        levels=LEVELS,
        older=f"{here}?{older}" if older else None,
        newer=f"{here}?{want.query()}" if after else None,
        title=_("Search results") if want.asked.text else _("Search"),
    )
