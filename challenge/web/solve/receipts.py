"""Receipts and versions: what was entered, proved and kept."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action
from challenge.submissions import queries, reading
from challenge.web.papers import document, frozen_file
from challenge.web.solve import papers
from challenge.web.solve.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "receipt": {"GET": Action.SUBMISSION_READ},
    "receipt_file": {"GET": Action.SUBMISSION_READ},
    "versions": {"GET": Action.SUBMISSION_READ},
    "version": {"GET": Action.SUBMISSION_READ},
    "version_file": {"GET": Action.SUBMISSION_READ},
    "refusal_file": {"GET": Action.SUBMISSION_READ},
}


@blueprint.get("/<ref>/receipts/<int:number>")
def receipt(ref: str, number: int) -> ResponseReturnValue:
    """The receipt of a version."""
    shown = enter(ref, Action.SUBMISSION_READ)
    version = queries.version(db.session, shown.submission.id, number)
    if not version.receipt:
        raise NotFound
    paper = papers.version_standing(shown, version)
    return draw("solve/receipt.html", shown, version=version, receipt=version.receipt, paper=paper)


@blueprint.get("/<ref>/receipts/<int:number>.json")
def receipt_file(ref: str, number: int) -> ResponseReturnValue:
    """The receipt as a file, to be kept and verified anywhere."""
    shown = enter(ref, Action.SUBMISSION_READ)
    version = queries.version(db.session, shown.submission.id, number)
    return document(version.receipt, f"receipt-{shown.submission.code}-{number}.json")


@blueprint.get("/<ref>/late/<int:number>.json")
def refusal_file(ref: str, number: int) -> ResponseReturnValue:
    """The signed refusal of what came too late, as a file."""
    shown = enter(ref, Action.SUBMISSION_READ)
    arrival = queries.late_arrival(db.session, shown.submission.id, number)
    return document(arrival.refusal, f"refusal-{shown.submission.code}-{number}.json")


@blueprint.get("/<ref>/versions")
def versions(ref: str) -> ResponseReturnValue:
    """Every version, on the submission's page."""
    enter(ref, Action.SUBMISSION_READ)
    return redirect(url_for("solve.show", ref=ref, _anchor="versions"))


@blueprint.get("/<ref>/versions/<int:number>")
def version(ref: str, number: int) -> ResponseReturnValue:
    """What a version holds, as it was entered."""
    shown = enter(ref, Action.SUBMISSION_READ)
    found = queries.version(db.session, shown.submission.id, number, named=True)
    parts = reading.version_parts(db.session, shown.submission, found)
    return draw("solve/version.html", shown, version=found, parts=parts)


@blueprint.get("/<ref>/versions/<int:number>/files/<int:place>")
def version_file(ref: str, number: int, place: int) -> ResponseReturnValue:
    """A file as it was entered."""
    shown = enter(ref, Action.SUBMISSION_READ)
    return frozen_file(queries.version(db.session, shown.submission.id, number), place)
