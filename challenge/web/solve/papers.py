"""Receipts and refusals as printed papers: shown whether they are there, asked for, handed out."""

from __future__ import annotations

import datetime as dt

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action
from challenge.submissions import papers, queries
from challenge.submissions.models import LateArrival, Version
from challenge.submissions.papers import TYPE, Standing, Wanted
from challenge.submissions.queries import Shown
from challenge.web.solve.room import blueprint, draw, enter

SOON = dt.timedelta(seconds=20)

ROUTES: dict[str, dict[str, Action]] = {
    "paper": {"GET": Action.SUBMISSION_READ},
    "ask_paper": {"POST": Action.SUBMISSION_READ},
    "late": {"GET": Action.SUBMISSION_READ},
    "late_paper": {"GET": Action.SUBMISSION_READ},
    "ask_late_paper": {"POST": Action.SUBMISSION_READ},
}


@blueprint.get("/<ref>/receipts/<int:number>.pdf")
def paper(ref: str, number: int) -> ResponseReturnValue:
    """The receipt as a PDF in the reader's language; where it is not made yet, its page says so."""
    shown = enter(ref, Action.SUBMISSION_READ)
    wanted, sealed = _of_version(shown, number)
    found = papers.standing(db.session, wanted, sealed=sealed)
    name = f"receipt-{shown.submission.code}-{number}.pdf"
    return _sent(found, name) or redirect(url_for("solve.receipt", ref=ref, number=number, _anchor="paper"))


@blueprint.post("/<ref>/receipts/<int:number>/paper")
def ask_paper(ref: str, number: int) -> ResponseReturnValue:
    """Have it made."""
    wanted, sealed = _of_version(enter(ref, Action.SUBMISSION_READ), number)
    with writing() as session:
        papers.ask(session, wanted, sealed=sealed)
    return redirect(url_for("solve.receipt", ref=ref, number=number, _anchor="paper"))


@blueprint.get("/<ref>/late/<int:number>")
def late(ref: str, number: int) -> ResponseReturnValue:
    """What came too late: what happened, what was kept, what can be done."""
    shown = enter(ref, Action.SUBMISSION_READ)
    return late_page(shown, _arrival(shown, number))


@blueprint.get("/<ref>/late/<int:number>.pdf")
def late_paper(ref: str, number: int) -> ResponseReturnValue:
    """The refusal as a PDF."""
    shown = enter(ref, Action.SUBMISSION_READ)
    found = late_standing(shown, _arrival(shown, number))
    name = f"refusal-{shown.submission.code}-{number}.pdf"
    return _sent(found, name) or redirect(url_for("solve.late", ref=ref, number=number, _anchor="paper"))


@blueprint.post("/<ref>/late/<int:number>/paper")
def ask_late_paper(ref: str, number: int) -> ResponseReturnValue:
    """Have it made."""
    shown = enter(ref, Action.SUBMISSION_READ)
    wanted = _wanted("late", _arrival(shown, number).id)
    sealed = shown.subject.sealed
    with writing() as session:
        papers.ask(session, wanted, sealed=sealed)
    return redirect(url_for("solve.late", ref=ref, number=number, _anchor="paper"))


def late_page(shown: Shown, arrival: LateArrival) -> str:
    """The page of a late arrival: the answer to the submit, and again by its own address."""
    return draw("solve/late.html", shown, arrival=arrival, paper=late_standing(shown, arrival))


def version_standing(shown: Shown, version: Version) -> Standing:
    """How the paper of a version's receipt stands for this reader."""
    found = papers.standing(db.session, _wanted("version", version.id), sealed=version.sealed)
    # Whoever has just handed in gets it unasked: the event that has it made may not have been read yet.
    fresh = shown.now - version.submitted_at < SOON and version.submitted_by == actor().user_id
    return Standing("coming") if found.state == "absent" and fresh else found


def late_standing(shown: Shown, arrival: LateArrival) -> Standing:
    """The same for a refusal."""
    return papers.standing(db.session, _wanted("late", arrival.id), sealed=shown.subject.sealed)


def _of_version(shown: Shown, number: int) -> tuple[Wanted, bool]:
    version = queries.version(db.session, shown.submission.id, number)
    if not version.receipt:
        raise NotFound
    return _wanted("version", version.id), version.sealed


def _wanted(kind: str, key: int) -> Wanted:
    # The zone of the account, as `flask work` knows it; one that only this browser has is not asked for.
    return Wanted(kind, key, i18n.reader().locale, getattr(current_user, "zone", None) or "")


def _arrival(shown: Shown, number: int) -> LateArrival:
    return queries.late_arrival(db.session, shown.submission.id, number)


def _sent(found: Standing, name: str) -> ResponseReturnValue | None:
    if found.state != "there":
        return None
    db.session.close()
    return send(found.sha256, found.size, TYPE, name)
