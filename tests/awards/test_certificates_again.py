"""Certificates issued and revoked more than once: no second one of a kind, and one effect."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.awards import certifying
from challenge.judging.models import Phase
from tests.awards.outcome_stories import issued, out
from tests.awards.stories import happened
from tests.factories import PhaseFactory
from tests.judging.test_at_once import together


def test_an_entry_has_one_of_finalists_or_of_participants_whatever_is_issued_next(db: Session) -> None:
    judged = out(db)
    by, number = judged.as_organizer, judged.round.id
    db.execute(sa.update(Phase).where(Phase.round_id == number).values(number=2))
    PhaseFactory(round_id=number, number=1)
    assert certifying.issue(db, by, number, ("award", "finalist")) == 3
    assert certifying.issue(db, by, number, ("award", "participation")) == 0
    assert [each.kind for each in issued(db, number)] == ["award", "finalist", "finalist"]


def test_revoked_at_once_by_two_it_is_recorded_and_told_once(app: Flask, db: Session) -> None:
    judged = out(db)
    certifying.issue(db, judged.as_organizer, judged.round.id)
    by, code = judged.as_organizer, issued(db, judged.round.id)[0].code
    db.commit()
    together(app, [lambda s: certifying.revoke(s, by, code, "A slip.").code for _ in range(3)])
    assert happened(db, "award_certificate.revoked") == 1
