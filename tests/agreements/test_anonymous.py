"""An anonymous seeker: whoever reads a draft reads who seeks, so that the seeker alone lets others in."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from challenge.agreements import drafting, queries
from challenge.docking import meeting
from challenge.docking.meeting import Candidate
from challenge.rules.errors import NotAllowed
from challenge.rules.stages import Stage
from tests.agreements.stories import deal
from tests.factories import UserFactory


def test_the_name_of_an_anonymous_seeker_is_told_to_whom_it_said_so_alone(db: Session) -> None:
    need = {"state": "published", "number": "R-2026-001", "anonymous": True}
    made = deal(db, entry=False, stage=Stage.SUBMISSION, **need)
    pair = meeting.pair_up(db, made.as_organizer, made.need.ref, Candidate(user_id=UserFactory().id))
    meeting.name_seeker(db, made.as_seeker, pair.ref)
    made.begin(by=made.as_organizer, pair=pair.ref)
    for side in ("solver", "agency"):
        seen = made.agreement.draft_version
        with pytest.raises(NotAllowed, match="anonymous_seeker_agrees"):
            drafting.join(db, made.as_organizer, made.ref, side, made.firm.name, seen)
    drafting.join(db, made.as_seeker, made.ref, "solver", made.firm.name, made.agreement.draft_version)
    assert queries.by_ref(db, made.as_solver, made.ref)
