"""People and drafts for stories about submissions."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base.db import db
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.files.storage import storage
from challenge.requirements.models import Indicator
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round, RoundWindow
from challenge.rules.permissions import Actor
from challenge.submissions import merging
from challenge.submissions.merging import Merged
from challenge.submissions.models import Submission, Version
from tests.factories import SubmissionFactory

EVIDENCE = "Measured on 1,200 m of strip."


def ready(**facts: Any) -> Submission:
    """A draft with nothing missing: every indicator answered."""
    submission: Submission = SubmissionFactory(**facts)
    answer(submission)
    return submission


def answer(submission: Submission) -> None:
    """Meet every indicator, with evidence."""
    asked = sa.select(Indicator.id).where(Indicator.requirement_id == submission.requirement_id)
    answers = {str(key): {"met": "met", "evidence": EVIDENCE} for key in db.session.scalars(asked)}
    submission.values = {**submission.values, "indicators": answers}
    db.session.flush()


def owner_of(submission: Submission) -> User:
    """Whose it is."""
    return db.session.get_one(User, submission.owner_id)


def round_of(submission: Submission) -> Round:
    """Its round, with the programme."""
    return rounds.by_id(db.session, submission.round_id)


def again(submission: Submission) -> Submission:
    """The same, read anew."""
    db.session.expire_all()
    return db.session.get_one(Submission, submission.id)


def versions(submission: Submission) -> list[Version]:
    """Every version, oldest first."""
    db.session.expire_all()
    mine = sa.select(Version).where(Version.submission_id == submission.id).order_by(Version.number)
    return list(db.session.scalars(mine))


def with_file(
    submission: Submission,
    name: str = "report.pdf",
    data: bytes = b"%PDF-1.7 bytes",
    field: str = "files",
) -> str:
    """Attach a stored file; its digest."""
    digest = storage().put(data)
    assert digest == hashlib.sha256(data).hexdigest()
    kept = Kept(digest, len(data), "application/pdf", name, field)
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    files.attach(db.session, "submission", submission.id, [kept], room=files.Room(99), user_id=None, at=at)
    db.session.flush()
    return digest


def window(submission: Submission, stage: str = "submission") -> RoundWindow:
    """A window of its round."""
    mine = sa.and_(RoundWindow.round_id == submission.round_id, RoundWindow.stage == stage)
    return db.session.scalars(sa.select(RoundWindow).where(mine)).one()


def close(submission: Submission, at: dt.datetime) -> None:
    """Let the submission window end at this instant."""
    window(submission).closes_at = at
    db.session.flush()


def frozen_content(submission: Submission) -> dict[str, Any]:
    """What a version of it holds beside the answers to indicators."""
    values = {key: value for key, value in submission.values.items() if key != "indicators"}
    return {
        "title": submission.heading,
        "currency": submission.currency,
        "quote_minor": values["quote"],
        "values": values,
    }


def saved(session: Session, actor: Actor, submission: Submission, **parts: Any) -> Merged:
    """Write these parts as the form does, by who has seen the draft as it stands."""
    seen = dict.fromkeys(parts, again(submission).draft_version)
    return merging.merge(session, actor, submission.ref, parts, seen, strict=True)


def write(submission: Submission, **values: Any) -> None:
    """Type into the draft, past the form."""
    submission.values = {**submission.values, **values}
    db.session.flush()
