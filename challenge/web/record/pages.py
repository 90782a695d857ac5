"""The record of one thing, as a page, to print, as a table, and as a signed copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, json, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.audit import statements
from challenge.audit.anchors import RECORD
from challenge.audit.chain import instant_text
from challenge.audit.keys import keyring
from challenge.base import clock
from challenge.base.db import db
from challenge.base.session import actor
from challenge.files.download import disposition
from challenge.reports import record
from challenge.reports.record import Traced
from challenge.reports.threads import Origin, Sight
from challenge.requirements import queries as requirements
from challenge.rules import record as rules
from challenge.rules.permissions import Action, can, require
from challenge.submissions import facts
from challenge.web import listing as files
from challenge.web import record_words as words
from challenge.web.context import page_now
from challenge.web.public.lists import number_key
from challenge.web.record.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "record": {"GET": Action.RECORD_READ},
    "signed": {"GET": Action.RECORD_READ},
}
PAGE, WHOLE = 50, 2000
COLUMNS = files.columns(
    "at part what who thing chain seq hash holds",
    at="line.at",
    what="text",
    thing="line.subject",
    chain="line.chain",
    seq="line.seq",
    hash="line.hash",
    holds=lambda row: int(row.line.holds),
)

AGREED = {"agreement": ("agree.agreement", "ref"), "milestone": ("agree.milestones", "ref")}
# Where an entry leads, by kind of reader and of subject: by the thing's own reference, or the round's slug.
LINKS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "organizer": {
        "requirement": ("organize.screen", "both"),
        "sending": ("organize.distribution", "slug"),
        "dispatch": ("organize.distribution", "slug"),
        **dict.fromkeys(("pair", "docking"), ("dock.pair", "ref")),
        "submission": ("organize.submission", "ref"),
        "round": ("organize.control", "slug"),
        "phase": ("organize.phases", "slug"),
        "ranking": ("organize.ranking", "slug"),
        "award": ("organize.awards", "slug"),
        "objection": ("organize.objection", "both"),
        **AGREED,
    },
    "seeker": {
        "requirement": ("seek.requirement", "ref"),
        **dict.fromkeys(("pair", "docking"), ("dock.pair", "ref")),
        "submission": ("seek.submission", "ref"),
        "round": ("public.round", "slug"),
        "service_request": ("services.request", "ref"),
        **AGREED,
    },
    "broker": {
        "requirement": ("public.requirement", "ref"),
        **dict.fromkeys(("pair", "docking"), ("dock.pair", "ref")),
        "round": ("public.round", "slug"),
        **AGREED,
    },
    "solver": {
        "requirement": ("public.requirement", "ref"),
        "submission": ("solve.show", "ref"),
        "round": ("public.round", "slug"),
    },
    "party": {"service_request": ("services.request", "ref"), **AGREED},
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry in words."""

    line: Traced
    part: str
    text: str
    who: str
    tone: str
    icon: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """What was found for a reader, the newest first, and whether there is more."""

    origin: Origin
    sights: list[Sight]
    rows: list[Shown]
    more: bool


@blueprint.get("/<kind>/<ref>", endpoint="record")
def page(kind: str, ref: str) -> ResponseReturnValue:
    """The timeline, a page at a time, or all of it to print."""
    whole = "whole" in request.args
    part = request.args.get("part", "")
    origin, sights = _enter(kind, ref)
    file = files.taken(
        f"record-{kind}-{ref}",
        COLUMNS,
        lambda session, after, limit: _told(session, origin, sights, part, limit, after),
        after=lambda row: row.line.id,
    )
    if file is not None:
        return file
    before = number_key(request.args.get("before"))
    book = _read(origin, sights, WHOLE if whole else PAGE, before)
    last = book.rows[-1].line.id if book.more else None
    here: dict[str, Any] = {"kind": kind, "ref": ref, "part": part if part in rules.PARTS else None}
    return render_template(
        "record/record.html",
        **here,
        book=book,
        origin=book.origin,
        words=words,
        whole=whole,
        broken=[each for each in book.rows if not each.line.holds],
        part_tabs=_tabs(kind, ref, part),
        older=url_for("record.record", **here, before=last, whole=1 if whole else None) if last else None,
        newest=url_for("record.record", **here) if request.args.get("before") else None,
        back=_back(book),
    )


@blueprint.get("/<kind>/<ref>/signed.json")
def signed(kind: str, ref: str) -> ResponseReturnValue:
    """The same as a signed document: kept elsewhere, it is an anchor for `flask audit verify --anchor`."""
    book = _read(*_enter(kind, ref), WHOLE, number_key(request.args.get("before")))
    entries = [
        {
            **{name: getattr(each.line, name) for name in ("chain", "seq", "hash", "action", "subject")},
            "at": instant_text(each.line.at),
            "who": each.who,
        }
        for each in book.rows
    ]
    heads = {each.line.chain: (each.line.last, each.line.end) for each in book.rows}
    said = {
        "kind": RECORD,
        "about": {"kind": kind, "ref": ref, "name": book.origin.name},
        "read_at": instant_text(clock.now(db.session)),
        "entries": entries,
        "heads": [{"chain": name, "seq": seq, "hash": end} for name, (seq, end) in sorted(heads.items())],
    }
    text = json.dumps(statements.sign(keyring(), said), indent=2, ensure_ascii=False)
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = disposition(f"record-{kind}-{ref}.json")
    return response


def _enter(kind: str, ref: str) -> tuple[Origin, list[Sight]]:
    """The thing, and as what this reader may read its record; refused to everybody else."""
    origin = record.find(db.session, actor(), kind, ref)
    subject = record.subject_of(origin, actor())
    require(actor(), Action.RECORD_READ, subject)
    sights = [Sight(actor(), each, _readable(origin, each)) for each in rules.readers(actor(), subject)]
    return origin, sights


def _read(origin: Origin, sights: list[Sight], limit: int, before: int | None) -> Book:
    """The entries that this reader may see, each with where it leads."""
    part = request.args.get("part", "")
    found = _told(db.session, origin, sights, part, limit + 1, before)
    rows = [replace(each, url=_url(each.line, origin, sights)) for each in found[:limit]]
    return Book(origin, sights, rows, len(found) > limit)


def _told(
    session: Session, origin: Origin, sights: list[Sight], part: str, limit: int, before: int | None
) -> list[Shown]:
    lines = record.lines(session, origin, sights, part=part, before=before, limit=limit)
    acted = {line.user_id for line in lines if line.user_id is not None}
    judged = {line.phase for line in lines if line.phase is not None}
    people = record.people(session, origin, sights, acted)
    cards = record.cards(session, origin, sights, judged)
    return [_shown(line, people, cards) for line in lines]


def _readable(origin: Origin, reader: str) -> bool:
    """Whether a seeker may read what was entered for its need: not before the close, nor under a seal."""
    if reader != "seeker" or origin.need_ref is None:
        return False
    need = requirements.without_seeker(db.session, origin.need_ref)
    return can(actor(), Action.SUBMISSION_READ, facts.any_of(need, page_now()))


def _shown(line: Traced, people: Mapping[int, record.Who], cards: Mapping[int, int]) -> Shown:
    tone, icon = words.look_of(line)
    part, text = rules.part_of(line.action), words.text_of(line, cards)
    return Shown(line, part, text, words.who_of(line, people), tone, icon)


def _url(line: Traced, origin: Origin, sights: list[Sight]) -> str:
    for sight in sights:
        endpoint, by = LINKS[sight.reader].get(line.of, ("", ""))
        values: dict[str, Any] = {"ref": line.ref, "slug": origin.slug}
        wanted = ("ref", "slug") if by == "both" else (by,)
        if endpoint and all(values[name] for name in wanted):
            return url_for(endpoint, **{name: values[name] for name in wanted})
    return ""


def _tabs(kind: str, ref: str, part: str) -> list[tuple[str, Any, None, bool]]:
    every = (url_for("record.record", kind=kind, ref=ref), _("All"), None, part not in rules.PARTS)
    parts = [
        (url_for("record.record", kind=kind, ref=ref, part=each), words.PARTS[each], None, part == each)
        for each in rules.PARTS
    ]
    return [every, *parts]


def _back(book: Book) -> tuple[str, str]:
    """Where this reader came from: the thing's own page, else their work."""
    origin, reader = book.origin, book.sights[0].reader
    if reader == "organizer":
        return url_for("organize.control", slug=origin.slug), "round"
    if origin.kind == "need" and reader == "seeker":
        return url_for("seek.requirement", ref=origin.ref), "need"
    if origin.kind == "submission" and reader == "solver":
        return url_for("solve.show", ref=origin.ref), "submission"
    if origin.kind == "agreement":
        return url_for("agree.agreement", ref=origin.ref), "agreement"
    return url_for("account.work"), "work"
