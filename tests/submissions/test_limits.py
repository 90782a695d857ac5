"""Limits of a round that are lowered while it runs: refused at the next submit, and shown, not thrown out."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.rounds import entry
from challenge.rounds.entry import Entry
from challenge.rounds.models import Round
from challenge.submissions import flagged, team
from challenge.submissions.models import Submission, TeamMember
from tests.factories import OrganizationFactory, RequirementFactory, UserFactory, actor_of, organizer_of
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.submissions.stories import again, owner_of, ready
from tests.submissions.test_entering import a_round, entry_of, refused, submit


def test_a_team_that_is_larger_than_the_round_takes_by_now_is_refused_at_a_submit(
    client: Visitor, db: Session
) -> None:
    round_ = a_round()
    draft = entry_of(round_, team=[UserFactory(), UserFactory()])
    organizer = actor_of(organizer_of(round_.programme))
    entry.change(db, organizer, round_.id, Entry(max_members=2))
    refusal = refused(db, draft)
    assert (refusal.code, refusal.params) == ("limit_team", {"most": 2, "size": 3})
    client.sign_in(owner_of(draft))
    assert "has 3 members; this round takes at most 2" in client.get(f"/solve/{draft.ref}/review").text
    leaving = again(draft)
    team.leave(db, actor_of(db.get_one(User, team_of(db, leaving)[-1])), leaving.ref)
    submit(db, leaving)


def team_of(db: Session, submission: Submission) -> list[int]:
    mine = sa.select(TeamMember.user_id).where(TeamMember.submission_id == submission.id)
    return [each for each in db.scalars(mine.order_by(TeamMember.id)) if each is not None]


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("max_members", "more members than the round takes: 1"),
        ("max_per_solver", "more entries than the round takes of one person: 1"),
        ("max_per_organization", "more entries than the round takes of one: 1"),
        ("max_per_requirement", "more entries for the requirement than the round takes: 1"),
    ],
)
def test_a_limit_that_is_lowered_throws_nothing_out_and_shows_what_exceeds_it(
    client: Visitor, db: Session, limit: str, words: str
) -> None:
    round_ = a_round()
    solver, works, wanted = UserFactory(), OrganizationFactory(), RequirementFactory(round=round_)
    facts = {"owner": solver, "team": [UserFactory()], "organization_id": works.id, "requirement": wanted}
    entries = [ready(**facts) for _ in range(2)]
    alone = entry_of(round_)
    for each in (*entries, alone):
        submit(db, each)
    now = clock.now(db)
    assert flagged.of_round(db, db.get_one(Round, round_.id), now) == []
    organizer = organizer_of(round_.programme)
    entry.change(db, actor_of(organizer), round_.id, Entry(**{limit: 1}))
    db.commit()
    found = flagged.of_round(db, db.get_one(Round, round_.id), now)
    assert [each.code for each in found] == [each.code for each in entries]
    assert {again(each).state for each in entries} == {"submitted"}
    client.sign_in(organizer)
    page = client.get(f"/organize/rounds/{round_.slug}/entry").text
    assert page.count(words) == 2
    assert alone.code not in page


def test_entries_beyond_the_limits_cost_the_same_for_one_and_for_three(
    db: Session, statements: Counting
) -> None:
    limits = {"max_per_solver": 1, "max_per_organization": 1, "max_per_requirement": 1}
    round_, works = a_round(), OrganizationFactory()
    wanted, costs = RequirementFactory(round=round_), []
    for more in (2, 2):
        for _ in range(more):
            submit(db, ready(requirement=wanted, organization_id=works.id, team=[UserFactory()]))
        for name, value in {**limits, "max_members": 1}.items():
            setattr(db.get_one(Round, round_.id), name, value)
        db.commit()
        now, read = clock.now(db), db.get_one(Round, round_.id)
        with statements() as asked:
            found = flagged.of_round(db, read, now)
        costs.append((len(asked), len(found)))
        for name in limits:
            setattr(read, name, None)
        read.max_members = 20
        db.commit()
    assert costs == [(5, 2), (5, 4)]
