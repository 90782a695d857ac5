"""An agreement that no round brought about: no entry and no award stand behind it, only a meeting."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.agreements.models import Agreement
from challenge.docking import meeting
from challenge.docking.meeting import Candidate
from challenge.reports import record
from challenge.reports.threads import Sight
from challenge.rules import record as rules
from tests.agreements.signers import both_sign
from tests.agreements.stories import Deal, deal


def read_by(made: Deal, agreement: Agreement, who: str) -> set[str]:
    """What somebody finds in its record."""
    actor = {"seeker": made.as_seeker, "organizer": made.as_organizer}[who]
    origin = record.find(made.db, actor, "agreement", agreement.ref)
    held = rules.readers(actor, record.subject_of(origin, actor))
    lines = record.lines(made.db, origin, [Sight(actor, each) for each in held], limit=100)
    return {line.action for line in lines}


def test_what_docking_brought_is_signed_with_neither_entry_nor_award(db: Session) -> None:
    made = deal(db, entry=False, state="published")
    candidate = Candidate(organization_id=made.firm.id)
    pair = meeting.pair_up(db, made.as_seeker, made.need.ref, candidate)
    made.begin(entry=None, pair=pair.ref)
    made.complete()
    made.propose()
    both_sign(made)
    agreement = made.agreement
    assert (agreement.submission_id, agreement.award_id, agreement.pair_id) == (None, None, pair.id)
    assert agreement.state == "signed"
    assert agreement.number is not None
    assert agreement.requirement.state == "agreed"
    whole = {"docking.paired", "agreement.begun", "agreement.proposed", "agreement.signed"}
    assert whole <= read_by(made, agreement, "seeker")
    assert whole <= read_by(made, agreement, "organizer")
