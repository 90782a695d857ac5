"""What an organizer decides when a published need changes: about the close, or that it is editorial."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import change_reads, enacting, proposing, services, versions
from challenge.requirements.enacting import Decision
from challenge.requirements.proposing import Written
from challenge.requirements.version_models import RequirementVersion
from challenge.rounds.models import Override
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from tests.changes.stories import HARDER, KEPT, NOTE, change, close_of, propose, published, running
from tests.factories import DAY
from tests.requirements.needs import OFFLINE, codes, need
from tests.requirements.test_life import events


def test_a_material_change_without_a_decision_is_refused_and_nothing_changed(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, budget_max_minor=70_000_000)
    with pytest.raises(Invalid) as refusal:
        enacting.publish(db, call.as_organizer, ref, Decision())
    assert (refusal.value.field, refusal.value.code) == ("close", "change_close_undecided")
    with pytest.raises(Invalid) as refusal:
        enacting.publish(db, call.as_organizer, ref, Decision(close="keep", reason=" "))
    assert (refusal.value.field, refusal.value.code) == ("close_reason", "reason_needed")
    assert (wanted.version, wanted.budget_max_minor) == (1, 100_000_000)


def test_a_change_that_names_an_anonymous_seeker_is_refused(db: Session) -> None:
    call = running(db)
    wanted = published(db, call, anonymous=True)
    said = f"The line of {call.seeker.name} stands still."
    ref = propose(db, call, wanted.ref, anonymous=True, problem_en=said)
    with pytest.raises(Invalid) as refusal:
        enacting.publish(db, call.as_organizer, ref, KEPT)
    assert (refusal.value.field, refusal.value.code) == ("redaction", "change_reveals")
    db.rollback()


def test_what_stands_beside_a_change_names_no_anonymous_seeker_either(db: Session) -> None:
    call = running(db)
    wanted = published(db, call, anonymous=True)
    ref = propose(db, call, wanted.ref, anonymous=True, indicators=(HARDER,))
    db.commit()
    for named in (Decision(close="keep", reason=f"{call.seeker.name} has time."), KEPT):
        if named is KEPT:
            change_reads.by_ref(db, ref).note = "Ask ma@longyuan.example why."
        with pytest.raises(Invalid) as refusal:
            enacting.publish(db, call.as_organizer, ref, named)
        assert (refusal.value.field, refusal.value.code) == ("redaction", "change_reveals")
        db.rollback()
    assert isinstance(enacting.publish(db, call.as_organizer, ref, KEPT), RequirementVersion)


def test_the_decision_can_move_the_close_of_the_round_which_is_an_extension(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    before = close_of(db, call.round.id)
    ref = propose(db, call, wanted.ref, goals="Other.")
    said = Decision(close="round", closes_at=before + 2 * DAY, reason="More to do.")
    made = enacting.publish(db, call.as_organizer, ref, said)
    assert isinstance(made, RequirementVersion)
    assert close_of(db, call.round.id) == before + 2 * DAY
    assert (made.close, made.close_before, made.close_after, made.close_reason) == (
        "round",
        before,
        before + 2 * DAY,
        "More to do.",
    )
    assert db.scalars(sa.select(Override)).one().reason == "More to do."
    assert events(db, "round.extended") == 1


def test_or_that_of_the_need_alone_up_to_its_rounds(db: Session) -> None:
    call = running(db)
    end = close_of(db, call.round.id)
    own = end - 5 * DAY
    wanted = published(db, call, closes_at=own)
    ref = propose(db, call, wanted.ref, closes_at=own, goals="Other.")
    for at, code in (
        (own, "not_later"),
        (own - DAY, "not_later"),
        (end + DAY, "own_close_past_round"),
        (None, "required"),
    ):
        with pytest.raises(Invalid) as refusal:
            enacting.publish(db, call.as_organizer, ref, Decision("need", at, "More to do."))
        assert (refusal.value.field, refusal.value.code) == ("closes_at", code)
    enacting.publish(db, call.as_organizer, ref, Decision("need", own + 3 * DAY, "More to do."))
    assert wanted.closes_at == own + 3 * DAY
    assert close_of(db, call.round.id) == end
    assert [each.content["closes_at"] for each in reversed(versions.of(db, wanted.id))] == [
        at.astimezone(dt.UTC).isoformat() for at in (own, own + 3 * DAY)
    ]


def test_a_close_that_was_promised_is_not_shortened(db: Session) -> None:
    call = running(db)
    end = close_of(db, call.round.id)
    wanted = published(db, call)
    proposing.save(db, call.as_seeker, wanted.ref, Written(need(closes_at=end - 2 * DAY), NOTE))
    with pytest.raises(InvalidMany) as refusal:
        proposing.hand_in(db, call.as_seeker, wanted.ref)
    assert codes(refusal.value) == {"closes_at": "close_not_shortened"}


def test_typography_and_translations_ask_for_no_decision(db: Session) -> None:
    call = running(db)
    wanted = published(db, call, title_zh="")
    made = change(
        db,
        call,
        wanted.ref,
        Decision(),
        title_zh="弱光瑕疵视觉检测",
        problem_en="Our line runs below 15lx at night;  the present cameras miss 3.1 % of flaws.",
    )
    assert (made.material, made.reasons, made.close) == (False, [], None)


def test_a_changed_text_can_be_called_editorial_with_a_reason_but_a_target_cannot(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    made = change(
        db,
        call,
        wanted.ref,
        Decision("editorial", reason="A typing error."),
        goals="Halve returned coils.",
    )
    assert (made.material, made.editorial) == (False, "A typing error.")
    ref = propose(db, call, wanted.ref, goals="Halve returned coils.", indicators=(HARDER, OFFLINE))
    with pytest.raises(Invalid) as refusal:
        enacting.publish(db, call.as_organizer, ref, Decision("editorial", reason="A typing error."))
    assert refusal.value.code == "change_not_editorial"


def test_an_organizer_makes_editorial_changes_alone_and_no_others(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, actor=call.as_organizer, keywords=("vision", "strip"))
    made = enacting.publish(db, call.as_organizer, ref, Decision())
    assert isinstance(made, RequirementVersion)
    assert (made.side, made.material, wanted.keywords) == ("organizer", False, ["vision", "strip"])
    ref = propose(db, call, wanted.ref, actor=call.as_organizer, region="110000")
    with pytest.raises(WrongState) as refusal:
        enacting.publish(db, call.as_organizer, ref, KEPT)
    assert refusal.value.code == "change_only_editorial"


def test_returned_it_is_corrected_and_handed_in_again(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, goals="Other.")
    with pytest.raises(Invalid):
        enacting.give_back(db, call.as_organizer, ref, " ")
    for _ in range(2):
        enacting.give_back(db, call.as_organizer, ref, "Say by how much.")
    assert events(db, "change.returned") == 1
    with pytest.raises(WrongState):
        enacting.publish(db, call.as_organizer, ref, KEPT)
    assert propose(db, call, wanted.ref, goals="By half.") == ref
    enacting.publish(db, call.as_organizer, ref, KEPT)
    assert wanted.goals == "By half."


@pytest.mark.parametrize(
    "own", [{"anonymous": True}, {"confidential_part": "Other."}, {"contact_name": "Li Na"}]
)
def test_an_organizer_does_not_change_what_is_the_seekers_own(db: Session, own: dict[str, Any]) -> None:
    call = running(db)
    wanted = published(db, call)
    with pytest.raises(InvalidMany) as refusal:
        propose(db, call, wanted.ref, actor=call.as_organizer, **own)
    assert codes(refusal.value) == dict.fromkeys(own, "seekers_own")


def test_a_change_of_a_need_that_was_withdrawn_waits_for_nobody(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    ref = propose(db, call, wanted.ref, goals="Other.")
    assert [each.ref for each in change_reads.waiting(db, call.round.id)] == [ref]
    services.withdraw(db, call.as_seeker, wanted.ref, "Solved.")
    assert change_reads.waiting(db, call.round.id) == []
    with pytest.raises(NotAllowed):
        enacting.publish(db, call.as_organizer, ref, KEPT)
