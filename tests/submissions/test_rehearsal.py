"""The dry run of a close says what the close then does, rule by rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.flow import closing, freezing
from challenge.flow.errands import drain
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules import eligibility
from challenge.rules.eligibility import Rules
from challenge.submissions import at_close, rehearsal, submitting
from challenge.submissions.models import Submission
from tests.factories import (
    OrganizationFactory,
    RequirementFactory,
    RoundFactory,
    UserFactory,
    actor_of,
)
from tests.rigs.statements import Counting
from tests.submissions.stories import again, close, owner_of, ready, round_of, versions, write

Story = Callable[[Session], list[Submission]]


def asking(db: Session, round_: Round, **facts: object) -> Submission:
    """A complete draft whose owner asked that it be entered at the close."""
    submission = ready(requirement=RequirementFactory(round=round_), **facts)
    at_close.choose(db, actor_of(owner_of(submission)), submission.ref, wanted=True)
    return submission


def of_one_person(db: Session) -> list[Submission]:
    round_, solver = RoundFactory(max_per_solver=1), UserFactory()
    return [asking(db, round_, owner=solver), asking(db, round_, team=[solver]), asking(db, round_)]


def whose_place_is_taken(db: Session) -> list[Submission]:
    round_, solver = RoundFactory(max_per_solver=1), UserFactory()
    stands = ready(requirement=RequirementFactory(round=round_), owner=solver)
    submitting.submit(db, actor_of(solver), stands.ref)
    return [asking(db, round_, owner=solver)]


def of_one_organization(db: Session) -> list[Submission]:
    round_, works = RoundFactory(max_per_organization=2, max_per_requirement=1), OrganizationFactory()
    wanted = RequirementFactory(round=round_)
    found = [ready(requirement=wanted, organization_id=works.id) for _ in range(2)]
    for each in found:
        at_close.choose(db, actor_of(owner_of(each)), each.ref, wanted=True)
    return found + [asking(db, round_, organization_id=works.id) for _ in range(2)]


def for_whom_it_is_not(db: Session) -> list[Submission]:
    round_ = RoundFactory(eligibility=eligibility.write(Rules(kinds=("university",))))
    university = OrganizationFactory(kind="university")
    return [asking(db, round_), asking(db, round_, organization_id=university.id)]


def too_many_members(db: Session) -> list[Submission]:
    return [asking(db, RoundFactory(max_members=1), team=[UserFactory()])]


def incomplete_since(db: Session) -> list[Submission]:
    submission = asking(db, RoundFactory())
    submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    write(submission, summary="")
    return [submission]


def beyond_the_limit_since(db: Session) -> list[Submission]:
    round_ = RoundFactory()
    submission = asking(db, round_, team=[UserFactory()])
    submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    write(submission, summary="Better.")
    round_.max_members = 1
    return [submission]


def whose_requirement_is_gone(db: Session) -> list[Submission]:
    submission = asking(db, RoundFactory())
    assert submission.requirement_id is not None
    db.get_one(Requirement, submission.requirement_id).state = "withdrawn"
    return [submission]


@pytest.mark.parametrize(
    ("story", "outcomes"),
    [
        (of_one_person, ["enters", "barred", "enters"]),
        (whose_place_is_taken, ["barred"]),
        (of_one_organization, ["enters", "barred", "enters", "barred"]),
        (for_whom_it_is_not, ["barred", "enters"]),
        (too_many_members, ["barred"]),
        (incomplete_since, ["kept"]),
        (beyond_the_limit_since, ["kept"]),
        (whose_requirement_is_gone, ["fails"]),
    ],
)
def test_what_is_foretold_is_what_the_close_does(db: Session, story: Story, outcomes: list[str]) -> None:
    entries = story(db)
    db.commit()
    run = rehearsal.of_round(db, round_of(entries[0]), clock.now(db))
    foretold = {line.code: line.outcome for line in run.lines}
    assert [foretold[each.code] for each in entries] == outcomes
    close(entries[0], clock.now(db) - dt.timedelta(seconds=1))
    db.commit()
    closing.close_due()
    drain()  # what follows from the close lets them be looked at
    freezing.enter_due()
    happened = []
    for each in entries:
        entered = [version.admitted for version in versions(each)][-1:] == ["opt_in"]
        stands = "kept" if again(each).state == "submitted" else "out"
        happened.append("enters" if entered else stands)
    assert happened == [each if each in ("enters", "kept") else "out" for each in outcomes]


def test_it_costs_the_same_for_one_and_for_three(db: Session, statements: Counting) -> None:
    rules = eligibility.write(Rules(account_days=1))
    plain = RoundFactory()
    limited = RoundFactory(eligibility=rules, max_per_solver=1, max_per_organization=1)
    costs: dict[int, list[int]] = {plain.id: [], limited.id: []}
    for more in (1, 2):
        for round_ in (plain, limited):
            for _ in range(more):
                asking(db, round_, organization_id=OrganizationFactory().id)
            db.commit()
            db.expire_all()
            found = round_of(db.query(Submission).filter_by(round_id=round_.id).first())
            with statements() as asked:
                rehearsal.of_round(db, found, clock.now(db))
            costs[found.id].append(len(asked))
    assert {len(set(each)) for each in costs.values()} == {1}
    assert costs[limited.id][0] - costs[plain.id][0] == 3
