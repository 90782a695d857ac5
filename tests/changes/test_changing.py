"""A published need changes: proposed beside it, decided by the organizer, kept as a version."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import content, enacting, proposing, queries, services, versions
from challenge.requirements.content import IndicatorRow
from challenge.requirements.enacting import Decision
from challenge.requirements.models import Indicator
from challenge.requirements.proposing import Written
from challenge.requirements.version_models import RequirementChange, RequirementVersion
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, TooLate, WrongState
from challenge.rules.stages import Stage
from tests.changes.stories import HARDER, KEPT, NOTE, change, propose, published, running
from tests.factories import MembershipFactory, UserFactory, actor_of, organizer_of
from tests.requirements.needs import OFFLINE, codes, need
from tests.requirements.test_life import audited, close, events


def kept(db: Session) -> list[RequirementVersion]:
    return list(db.scalars(sa.select(RequirementVersion).order_by(RequirementVersion.number)))


def test_the_first_publication_is_version_one_with_all_that_everyone_reads(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    (first,) = kept(db)
    assert (first.number, first.note, first.material, first.author_id) == (
        1,
        "",
        False,
        call.representative.id,
    )
    assert first.publisher_id == call.organizer.id
    assert versions.told(first.content, {}) == need(
        confidential_part="", contact_name="", contact_phone="", contact_email=""
    )
    assert "north hall" not in str(first.content)
    (with_secret,) = versions.with_secrets(db, wanted.id)
    assert with_secret.confidential == "The line is number 4 in the north hall."


def test_a_change_leaves_what_everyone_reads_until_it_is_published(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, goals="Halve the scrap.", indicators=(HARDER, OFFLINE))
    assert (wanted.goals, wanted.version, [row.target for row in wanted.indicators]) == (
        "Halve the coils that come back.",
        1,
        ["99.20", None],
    )
    assert events(db, "change.submitted") == 1
    enacting.publish(db, call.as_organizer, ref, KEPT)
    after = queries.by_ref(db, wanted.ref)
    assert (after.goals, after.version) == ("Halve the scrap.", 2)
    assert [row.target for row in after.indicators] == ["99.50", None]
    first, second = kept(db)
    assert second.note == NOTE
    assert second.reasons == [["goals", "text"], ["indicators", "row_changed"]]
    assert (first.content["goals"], second.content["goals"]) == (
        "Halve the coils that come back.",
        "Halve the scrap.",
    )
    assert events(db, "requirement.changed") == 1
    assert audited(db)[-2:] == ["change.submitted", "requirement.changed"]


def test_published_twice_it_is_one_version(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, goals="Other.")
    made = [enacting.publish(db, call.as_organizer, ref, KEPT) for _ in range(2)]
    assert made[0] is made[1]
    assert (wanted.version, len(kept(db)), events(db, "requirement.changed")) == (2, 2, 1)


def test_an_answered_indicator_that_changed_stays_the_same_row(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    before = {row.name_en: row.id for row in wanted.indicators}
    new = IndicatorRow(name_en="Weight", unit="kg", comparison="le", target="5")
    change(db, call, wanted.ref, indicators=(new, HARDER))
    rows = db.scalars(sa.select(Indicator).order_by(Indicator.position)).all()
    assert [(row.name_en, row.target) for row in rows] == [("Weight", "5"), ("Detection rate", "99.50")]
    assert rows[1].id == before["Detection rate"]


def test_the_figures_of_the_round_follow_the_budget(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    published(db, call, title_en="Another")
    change(db, call, wanted.ref, budget_max_minor=150_000_000)
    figures = db.execute(sa.select(Round.requirement_count, Round.budget_minor)).one()
    assert figures == (2, 250_000_000)


def test_while_the_organizer_reads_it_it_stays_and_can_be_given_up(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, goals="Other.")
    with pytest.raises(WrongState) as refusal:
        proposing.save(db, call.as_seeker, wanted.ref, Written(need(goals="Third."), NOTE))
    assert refusal.value.code == "change_waits"
    for _ in range(2):
        proposing.drop(db, call.as_seeker, wanted.ref)
    with pytest.raises(WrongState):
        enacting.publish(db, call.as_organizer, ref, KEPT)
    assert propose(db, call, wanted.ref, goals="Third.") != ref


def test_two_hands_on_one_change_do_not_overwrite_each_other(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    first = proposing.save(db, call.as_seeker, wanted.ref, Written(need(goals="One."), NOTE))
    stale = first.updated_at - dt.timedelta(seconds=1)
    same = proposing.save(db, call.as_seeker, wanted.ref, Written(need(goals="One."), NOTE), stale)
    assert same is first
    with pytest.raises(WrongState) as refusal:
        proposing.save(db, call.as_seeker, wanted.ref, Written(need(goals="Two."), NOTE), stale)
    assert refusal.value.code == "changed_meanwhile"


def test_a_change_against_an_older_version_has_to_be_looked_at_again(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, goals="Other.")
    editorial = propose(db, call, wanted.ref, actor=call.as_organizer, keywords=("strip",))
    enacting.publish(db, call.as_organizer, editorial, Decision())
    with pytest.raises(WrongState) as refusal:
        enacting.publish(db, call.as_organizer, ref, KEPT)
    assert refusal.value.code == "change_outdated"
    enacting.give_back(db, call.as_organizer, ref, "The keywords changed.")
    propose(db, call, wanted.ref, goals="Other.", keywords=("strip",))
    enacting.publish(db, call.as_organizer, ref, KEPT)
    assert (wanted.goals, wanted.keywords, wanted.version) == ("Other.", ["strip"], 3)


@pytest.mark.parametrize("own", [False, True])
def test_after_the_close_nothing_changes_and_withdrawing_is_another_matter(db: Session, own: bool) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, goals="Other.")
    if own:
        wanted.closes_at = wanted.updated_at
        db.flush()
    else:
        close(db, call.round, Stage.SUBMISSION)
    for verb in (
        lambda: enacting.publish(db, call.as_organizer, ref, KEPT),
        lambda: proposing.save(db, call.as_seeker, wanted.ref, Written(need(), NOTE)),
    ):
        with pytest.raises(TooLate) as refusal:
            verb()
        assert refusal.value.code == "change_closed"
    if own:
        services.withdraw(db, call.as_seeker, wanted.ref, "Solved.")
        assert wanted.state == "withdrawn"


def test_what_is_handed_in_is_complete_has_a_note_and_differs(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    proposing.save(db, call.as_seeker, wanted.ref, Written(need(title_zh="", title_en=""), NOTE))
    with pytest.raises(InvalidMany) as many:
        proposing.hand_in(db, call.as_seeker, wanted.ref)
    assert codes(many.value) == {"title_zh": "one_language"}
    proposing.save(db, call.as_seeker, wanted.ref, Written(need(goals="Other.")))
    with pytest.raises(Invalid) as no_note:
        proposing.hand_in(db, call.as_seeker, wanted.ref)
    assert (no_note.value.field, no_note.value.code) == ("note", "change_note_needed")
    proposing.save(db, call.as_seeker, wanted.ref, Written(need(), NOTE))
    with pytest.raises(WrongState) as nothing:
        proposing.hand_in(db, call.as_seeker, wanted.ref)
    assert nothing.value.code == "change_of_nothing"


def test_the_confidential_part_is_counted_and_told_to_nobody(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    made = change(db, call, wanted.ref, confidential_part="The line is number 5.")
    assert made.reasons == [["confidential_part", "text"]]
    newest, first = versions.with_secrets(db, wanted.id)
    assert (newest.confidential, first.confidential_digest == newest.confidential_digest) == (
        "The line is number 5.",
        False,
    )
    step = versions.steps(versions.of(db, wanted.id), {})[0]
    assert (step.confidential, bool(step.change)) == (True, False)
    assert "number 5" not in repr(newest.content) + repr(step.change) + repr(newest.reasons)
    decided = db.scalars(sa.select(RequirementChange.closed)).one()
    assert decided == {}


def test_another_contact_is_no_new_version(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, contact_name="Li Na")
    for _ in range(2):
        enacting.publish(db, call.as_organizer, ref, Decision())
    assert queries.closed_part(db, wanted.id).contact_name == "Li Na"
    assert (wanted.version, len(kept(db)), events(db, "requirement.changed")) == (1, 1, 0)


def test_others_neither_propose_nor_decide(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, goals="Other.")
    stranger, other = actor_of(UserFactory()), actor_of(organizer_of(running(db).round.programme))
    for actor in (stranger, other):
        with pytest.raises(NotAllowed):
            proposing.save(db, actor, wanted.ref, Written(need(), NOTE))
    for actor in (stranger, other, call.as_seeker):
        with pytest.raises(NotAllowed):
            enacting.publish(db, actor, ref, KEPT)
    MembershipFactory(user_id=call.organizer.id, organization_id=call.seeker.id)
    with pytest.raises(NotAllowed):
        enacting.publish(db, call.as_organizer, ref, KEPT)


def test_one_that_was_published_otherwise_has_its_first_version_kept_before_it_changes(db: Session) -> None:
    call = running(db)
    wanted = call.requirement(state="published")
    stored = content.read(queries.by_ref(db, wanted.ref), queries.closed_part(db, wanted.id))
    proposing.save(
        db, call.as_seeker, wanted.ref, Written(dataclasses.replace(stored, goals="All of it."), NOTE)
    )
    handed = proposing.hand_in(db, call.as_seeker, wanted.ref)
    enacting.publish(db, call.as_organizer, handed.ref, KEPT)
    assert [(each.number, each.content["goals"]) for each in kept(db)] == [(1, ""), (2, "All of it.")]
