"""The offers for my requirement side by side: filtered, chosen, noted on, taken along as a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict

from challenge.awards import noting, offer_books, offer_rows, offers
from challenge.awards.offers import Comparison, Offer
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.requirements import queries as requirements
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.offers import Wanted
from challenge.rules.permissions import Action, require
from challenge.web import access, words
from challenge.web.context import page_now
from challenge.web.seek.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "offers": {"GET": Action.SUBMISSION_READ},
    "offer_note": {"POST": Action.OFFER_NOTE},
    "offer_book": {"POST": Action.SUBMISSION_READ},
    "offer_book_file": {"GET": Action.SUBMISSION_READ},
}
BESIDE = 6  # shown side by side until others are chosen
MOST_BESIDE = 12
TRLS = range(1, 10)
# mark -> (tone, icon, words)
MARKS: Mapping[str, tuple[str, str, LazyString]] = {
    "shortlist": ("good", "check", lazy_gettext("Shortlist")),
    "maybe": ("info", "half", lazy_gettext("Maybe")),
    "out": ("", "x", lazy_gettext("Not this one")),
}
_KEPT = ("musts", "budget", "trl", "mode", "mark", "pick")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says: the filters, and whom to lay side by side."""

    wanted: Wanted
    picked: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...] = field(default=())

    @property
    def query(self) -> dict[str, Any]:
        """The same as an address takes it."""
        return {key: [value for name, value in self.pairs if name == key] for key, _value in self.pairs}


def _asked(given: MultiDict[str, str]) -> Asked:
    trl, mark = given.get("trl", type=int), given.get("mark", "")
    wanted = Wanted(
        musts="musts" in given,
        budget="budget" in given,
        trl=trl if trl in TRLS else None,
        mode=given.get("mode", ""),
        mark=mark if mark in MARKS else "",
    )
    pairs = tuple((key, value) for key in _KEPT for value in given.getlist(key) if value)
    return Asked(wanted, tuple(given.getlist("pick")), pairs)


@blueprint.get("/requirements/<ref>/offers", endpoint="offers")
def compared(ref: str) -> ResponseReturnValue:
    """The offers that pass the filters; those that are picked, or the first, side by side."""
    return _page(ref, _asked(request.args))


Typed = Mapping[str, tuple[str, str, str]]  # offer -> mark, note, and what is wrong with them


def _page(ref: str, asked: Asked, typed: Typed | None = None) -> ResponseReturnValue:
    require(actor(), Action.ACCOUNT_USE)
    requirement = requirements.by_ref(db.session, ref)
    if requirement.seeker_id not in actor().represents:
        raise NotFound
    actor().asked.add(Action.SUBMISSION_READ)
    if not offers.readable(requirement, page_now(), actor()):
        return redirect(url_for("seek.submissions", ref=ref))  # it says when
    about = offers.comparison(db.session, actor(), requirement, page_now())
    kept = about.wanted(asked.wanted)
    picked = [each for each in kept if each.ref in asked.picked]
    shown = (picked or list(kept[:BESIDE]))[:MOST_BESIDE]
    # Filters tell of each offer, shown or not: all of them are read.
    access.note_entries("seeker", [each.id for each in about.offers])
    book = offer_books.mine(db.session, actor(), about.requirement.id)
    page = render_template(
        "seek/offers.html",
        about=about,
        requirement=about.requirement,
        round=about.round,
        asked=asked,
        kept=kept,
        shown=shown,
        groups=offer_rows.groups(about, shown),
        lines=[_line(about, each) for each in kept],
        marks=MARKS,
        trls=TRLS,
        book=book,
        book_current=book is not None and offer_books.current(book, about),
        typed=typed or {},
        longest=noting.NOTE_LENGTH,
    )
    return page, 422 if typed else 200


def _line(about: Comparison, offer: Offer) -> dict[str, object]:
    """One offer in the list from which some are picked."""
    musts = [each for each in about.requirement.indicators if each.level == "must"]
    return {
        "offer": offer,
        "musts": len(musts),
        "met": len(musts) - offer.missed(musts),
        "trl": offer.values.get("trl_delivery"),
    }


@blueprint.post("/offers/<ref>/note")
def offer_note(ref: str) -> ResponseReturnValue:
    """Keep my mark and note on an offer; back to the same comparison."""
    mark, text = request.form.get("mark", ""), request.form.get("text", "")
    asked = _asked(MultiDict(parse_qsl(request.form.get("back", ""))))
    need = request.form.get("need", "")
    try:
        with writing() as session:
            noting.note(session, actor(), ref, mark, text)
    except Invalid as refusal:
        return _page(need, asked, {ref: (mark, text, words.say(refusal))})
    return redirect(url_for("seek.offers", ref=need, _anchor=f"note-{ref}", **asked.query))


@blueprint.post("/requirements/<ref>/offers/book")
def offer_book(ref: str) -> ResponseReturnValue:
    """Have what is shown made into a workbook."""
    asked = _asked(MultiDict(parse_qsl(request.form.get("back", ""))))
    chosen: Sequence[str] = request.form.getlist("pick")
    with writing() as session:
        offer_books.ask(session, actor(), ref, chosen, str(i18n.current_locale()), i18n.reader().zone)
    flash(_("The workbook is being made. It is offered here in a moment."))
    return redirect(url_for("seek.offers", ref=ref, _anchor="book", **asked.query))


@blueprint.get("/requirements/<ref>/offers/book/<book_ref>.xlsx")
def offer_book_file(ref: str, book_ref: str) -> ResponseReturnValue:
    """My workbook, as long as all in it still stands as it was; each time the log says who reads."""
    require(actor(), Action.ACCOUNT_USE)
    about = offers.comparison(db.session, actor(), requirements.by_ref(db.session, ref), page_now())
    book, within = offer_books.find(db.session, actor(), book_ref, about)
    sha256, size, number = book.sha256 or "", book.size, about.requirement.number or ref
    access.note_entries("seeker", [each.id for each in within])
    db.session.close()  # no connection is held while the bytes go out
    return send(sha256, size, offer_books.TYPE, f"offers-{number}.xlsx")
