"""Sealed rounds for stories: a key is made as a launch makes it, a proposal written as its team would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.base.db import Base, is_sqlite
from challenge.requirements.models import Indicator, Requirement
from challenge.rounds import sealing
from challenge.rounds.models import Round
from challenge.submissions import drafting, submitting
from challenge.submissions.models import Submission, Version
from tests.factories import PROPOSED, RequirementFactory, RoundFactory, UserFactory, actor_of
from tests.submissions.stories import saved

CANARY = "KingfisherCanary"
SECRETS = {
    "title": f"{CANARY} title",
    "summary": f"{CANARY} summary",
    "proposal": f"{CANARY} proposal",
    "schedule": f"{CANARY} schedule",
}


def sealed_round(db: Session, **facts: Any) -> Round:
    """A round that takes sealed solutions now."""
    round_: Round = RoundFactory(sealed=True, **facts)
    sealing.make(db, round_, clock.now(db))
    return round_


def draft(db: Session, round_: Round, owner: User | None = None, **values: Any) -> Submission:
    """A complete draft for a requirement of the round, written through the product's own doors."""
    requirement: Requirement = RequirementFactory(round=round_)
    person = actor_of(owner or UserFactory())
    submission = drafting.start(db, person, requirement=requirement.ref)
    asked = db.scalars(sa.select(Indicator.id).where(Indicator.requirement_id == requirement.id))
    answers = {str(key): {"met": "met", "evidence": f"{CANARY} evidence"} for key in asked}
    written = {**PROPOSED, **SECRETS, "indicators": answers, **values}
    saved(db, person, submission, **written, team_name=f"{CANARY} team")
    return submission


def entered(db: Session, round_: Round, owner: User | None = None, **values: Any) -> Version:
    """The same, handed in."""
    submission = draft(db, round_, owner, **values)
    person = db.get_one(User, submission.owner_id)
    version = submitting.submit(db, actor_of(person), submission.ref)
    db.commit()
    return version


def dump(db: Session) -> str:
    """Every row of every table as it is stored; on SQLite also the bytes of the file and its log."""
    db.commit()
    found = []
    for name in Base.metadata.tables:
        rows = db.connection().exec_driver_sql(f'SELECT * FROM "{name}"').all()
        found += [f"{name}: {tuple(row)!r}" for row in rows]
    if is_sqlite(db):
        path = db.get_bind().engine.url.database  # type: ignore[union-attr]
        found += [Path(f"{path}{end}").read_bytes().decode("latin-1") for end in ("", "-wal")]
    return "\n".join(found)
