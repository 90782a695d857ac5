"""The life of a requirement: drafted, handed in, returned, handed in again, published, withdrawn."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.requirements import content, queries, services
from challenge.rounds.models import Round, RoundWindow
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, TooLate, WrongState
from challenge.rules.stages import Stage
from challenge.tasks.models import Task
from tests.factories import DAY, UserFactory, actor_of
from tests.requirements.needs import DETECTION, OFFLINE, codes, need, open_call
from tests.rigs.statements import Counting

SECOND = dt.timedelta(seconds=1)


def events(db: Session, name: str) -> int:
    """How often something was announced."""
    keys = db.scalars(sa.select(Task.key).where(Task.kind == "event")).all()
    return sum(key.startswith(f"event/{name}/") for key in keys)


def audited(db: Session) -> list[str]:
    """What the record says, in order."""
    return list(db.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def close(db: Session, round_: Round, stage: Stage) -> None:
    """The window of that stage has just closed."""
    now = clock.now(db)
    db.execute(
        sa.update(RoundWindow)
        .where(RoundWindow.round_id == round_.id, RoundWindow.stage == stage)
        .values(opens_at=now - DAY, closes_at=now, ends_at=now)
    )


def test_a_need_goes_from_an_empty_draft_to_a_number(db: Session) -> None:
    call = open_call()
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id)
    services.edit(db, call.as_seeker, draft.ref, need())
    services.submit(db, call.as_seeker, draft.ref)
    assert draft.state == "submitted"

    services.give_back(db, call.as_organizer, draft.ref, "Add the unit of indicator 3.")
    assert (draft.state, draft.state_reason) == ("returned", "Add the unit of indicator 3.")

    services.edit(db, call.as_seeker, draft.ref, need(title_en="Flaw vision"))
    services.submit(db, call.as_seeker, draft.ref)
    services.publish(db, call.as_organizer, draft.ref)
    year = clock.now(db).year
    assert (draft.state, draft.number, draft.title_en) == ("published", f"R-{year}-001", "Flaw vision")
    assert draft.state_reason is None
    assert audited(db) == [
        "requirement.created",
        "requirement.submitted",
        "requirement.returned",
        "requirement.submitted",
        "requirement.published",
    ]
    assert events(db, "requirement.submitted") == 2
    db.flush()
    assert chain.verify(db)[1] == []


def test_everything_written_comes_back_as_written(db: Session) -> None:
    call = open_call()
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id, need())
    db.commit()
    db.expire_all()
    kept = queries.by_ref(db, draft.ref)
    assert [row.target for row in kept.indicators] == ["99.20", None]
    assert (kept.budget_min_minor, kept.budget_max_minor) == (60_000_000, 100_000_000)
    assert content.read(kept, queries.closed_part(db, kept.id)) == need().tidied()


def test_a_draft_may_lack_everything(db: Session) -> None:
    call = open_call()
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id)
    assert (draft.state, draft.title_zh, draft.title_en, draft.field) == ("draft", None, None, None)


def test_what_is_missing_is_said_field_by_field_and_nothing_is_handed_in(db: Session) -> None:
    call = open_call()
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id)
    with pytest.raises(InvalidMany) as refusal:
        services.submit(db, call.as_seeker, draft.ref)
    assert codes(refusal.value) == {
        "title_zh": "one_language",
        "problem_zh": "one_language",
        "field": "required",
        "keywords": "keywords_count",
        "modes": "choose_one",
        "indicators": "needs_indicator",
    }
    assert draft.state == "draft"
    assert events(db, "requirement.submitted") == 0


def test_after_the_close_a_draft_is_not_taken(db: Session) -> None:
    call = open_call()
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id, need())
    close(db, call.round, Stage.REQUIREMENTS)
    with pytest.raises(TooLate) as refusal:
        services.submit(db, call.as_seeker, draft.ref)
    assert refusal.value.code == "window_closed"
    assert draft.state == "draft"


def test_what_came_in_time_and_was_returned_may_be_corrected_after_the_call(db: Session) -> None:
    call = open_call()
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id, need())
    services.submit(db, call.as_seeker, draft.ref)
    close(db, call.round, Stage.REQUIREMENTS)
    services.give_back(db, call.as_organizer, draft.ref, "Say what the line runs at night.")
    services.submit(db, call.as_seeker, draft.ref)
    assert draft.state == "submitted"


def test_once_solutions_are_closed_nothing_is_corrected_or_published(db: Session) -> None:
    call = open_call()
    late = call.requirement(state="returned", state_reason="Too short.")
    waiting = call.requirement(state="submitted")
    close(db, call.round, Stage.REQUIREMENTS)
    close(db, call.round, Stage.SUBMISSION)
    with pytest.raises(TooLate):
        services.submit(db, call.as_seeker, late.ref)
    with pytest.raises(TooLate):
        services.publish(db, call.as_organizer, waiting.ref)


def test_a_cancelled_round_takes_no_requirement(db: Session) -> None:
    call = open_call()
    draft = call.requirement()
    call.round.stage, call.round.cancelled_at = "cancelled", clock.now(db)
    with pytest.raises(WrongState) as refusal:
        services.submit(db, call.as_seeker, draft.ref)
    assert refusal.value.code == "round_cancelled"


def test_publishing_counts_in_its_round_and_withdrawing_takes_it_out(db: Session) -> None:
    call = open_call()
    first, second = call.requirement(state="submitted"), call.requirement(state="submitted")
    for each in (first, second):
        services.publish(db, call.as_organizer, each.ref)
    figures = sa.select(Round.requirement_count, Round.budget_minor, Round.version)
    assert db.execute(figures).one() == (2, 200_000_000, 3)

    services.withdraw(db, call.as_seeker, first.ref, "Solved in house.")
    assert db.execute(figures).one() == (1, 100_000_000, 4)
    assert (first.state, first.state_reason) == ("withdrawn", "Solved in house.")
    assert first.number != second.number
    assert events(db, "requirement.withdrawn") == 1


def test_a_published_requirement_is_withdrawn_with_a_reason_and_not_after_the_solutions(db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    published = call.requirement(state="published")
    with pytest.raises(Invalid) as refusal:
        services.withdraw(db, call.as_seeker, published.ref, "  ")
    assert (refusal.value.field, refusal.value.code) == ("reason", "required")
    close(db, call.round, Stage.SUBMISSION)
    with pytest.raises(TooLate):
        services.withdraw(db, call.as_seeker, published.ref, "We changed our mind.")


def test_numbers_run_on_within_a_year_past_a_thousand(db: Session) -> None:
    call = open_call()
    year = clock.now(db).year
    for number in (f"R-{year}-002", f"R-{year}-1004", f"R-{year - 1}-2000"):
        call.requirement(state="published", number=number)
    waiting = call.requirement(state="submitted")
    assert services.publish(db, call.as_organizer, waiting.ref).number == f"R-{year}-1005"


def test_every_step_taken_twice_has_one_effect_and_the_same_answer(db: Session) -> None:
    call = open_call()
    seeker, organizer = call.as_seeker, call.as_organizer
    draft = call.requirement()
    for _ in range(2):
        assert services.submit(db, seeker, draft.ref).state == "submitted"
    for _ in range(2):
        assert services.give_back(db, organizer, draft.ref, "Shorter.").state == "returned"
    services.submit(db, seeker, draft.ref)
    numbers = {services.publish(db, organizer, draft.ref).number for _ in range(2)}
    assert len(numbers) == 1
    for _ in range(2):
        assert services.withdraw(db, seeker, draft.ref, "Solved.").state == "withdrawn"
    rejected = call.requirement(state="submitted")
    for _ in range(2):
        assert services.reject(db, organizer, rejected.ref, "Not a technical need.").state == "rejected"
    assert audited(db).count("requirement.published") == 1
    assert len(audited(db)) == 6
    assert db.scalar(sa.select(Round.requirement_count)) == 0


def test_the_same_draft_page_sent_twice_gives_one_draft(db: Session) -> None:
    call = open_call()
    refs = {
        services.create(db, call.as_seeker, call.round.id, call.seeker.id, ref="abcdefgh2345").ref
        for _ in range(2)
    }
    assert refs == {"abcdefgh2345"}
    other = open_call()
    taken = services.create(db, other.as_seeker, other.round.id, other.seeker.id, ref="abcdefgh2345")
    assert taken.ref != "abcdefgh2345"


def test_a_step_from_the_wrong_state_is_a_conflict_and_without_the_role_forbidden(db: Session) -> None:
    call = open_call()
    published = call.requirement(state="published")
    with pytest.raises(WrongState):
        services.give_back(db, call.as_organizer, published.ref, "Too late.")
    with pytest.raises(NotAllowed):
        services.give_back(db, call.as_seeker, published.ref, "Mine.")
    with pytest.raises(NotAllowed):
        services.submit(db, actor_of(UserFactory()), published.ref)


def test_reasons_are_asked_for(db: Session) -> None:
    call = open_call()
    waiting = call.requirement(state="submitted")
    for decide in (services.give_back, services.reject):
        with pytest.raises(Invalid) as refusal:
            decide(db, call.as_organizer, waiting.ref, " ")
        assert (refusal.value.field, refusal.value.code) == ("reasons", "required")


def test_who_saved_meanwhile_is_not_overwritten(db: Session) -> None:
    call = open_call()
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id)
    first = draft.updated_at
    services.edit(db, call.as_seeker, draft.ref, need(), seen=first)
    with pytest.raises(WrongState) as refusal:
        services.edit(db, call.as_seeker, draft.ref, need(title_en="Mine"), seen=first - SECOND)
    assert refusal.value.code == "changed_meanwhile"
    again = services.edit(db, call.as_seeker, draft.ref, need(), seen=first - SECOND)
    assert again.title_en == need().title_en  # the same page sent twice is no quarrel


def test_its_own_close_must_lie_in_the_time_for_solutions(db: Session) -> None:
    call = open_call()
    window = next(each for each in call.round.windows if each.stage == Stage.SUBMISSION)
    opens_at, closes_at = window.opens_at, window.closes_at
    assert opens_at is not None
    assert closes_at is not None
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id)
    for outside in (opens_at, closes_at + SECOND):
        services.edit(db, call.as_seeker, draft.ref, need(closes_at=outside))
        with pytest.raises(InvalidMany) as refusal:
            services.submit(db, call.as_seeker, draft.ref)
        assert codes(refusal.value) == {"closes_at": "outside_window"}
    services.edit(db, call.as_seeker, draft.ref, need(closes_at=closes_at))
    assert services.submit(db, call.as_seeker, draft.ref).state == "submitted"


def test_what_would_close_before_anyone_reads_it_is_not_published(db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    waiting = call.requirement(state="submitted", closes_at=clock.now(db) - SECOND)
    with pytest.raises(InvalidMany) as refusal:
        services.publish(db, call.as_organizer, waiting.ref)
    assert codes(refusal.value) == {"closes_at": "closes_in_past"}


def test_more_indicators_than_fit_on_a_page_are_refused_at_once(db: Session) -> None:
    call = open_call()
    with pytest.raises(InvalidMany) as refusal:
        services.create(db, call.as_seeker, call.round.id, call.seeker.id, need(indicators=(DETECTION,) * 21))
    assert codes(refusal.value) == {"indicators": "too_many_rows"}


@pytest.mark.parametrize("count", [1, 3])
def test_saving_and_handing_in_cost_the_same_however_many_indicators(
    db: Session, statements: Counting, count: int
) -> None:
    call = open_call()
    rows = (DETECTION, OFFLINE, DETECTION)[:count]
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id, need())
    ref, seeker, organizer = draft.ref, call.as_seeker, call.as_organizer
    db.commit()
    with statements() as asked:
        services.edit(db, seeker, ref, need(indicators=rows))
    assert len(asked) <= 9, asked
    db.commit()
    with statements() as asked:
        services.submit(db, seeker, ref)
    assert len(asked) <= 12, asked
    db.commit()
    with statements() as asked:
        services.publish(db, organizer, ref)
    assert len(asked) <= 17, asked
