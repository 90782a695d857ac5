"""Expert diagnosis: who is asked, what they read and write, what becomes of it. Twice is once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.flow import daily
from challenge.flow.errands import drain
from challenge.requirements import diagnosing, opining, rewording, services
from challenge.requirements import diagnosis_reads as reads
from challenge.requirements.diagnosis_models import WordingTaken
from challenge.requirements.queries import closed_part, queue
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, NotFound, WrongState
from challenge.tasks import queue as tasks
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory, actor_of
from tests.organize.centres import centre
from tests.requirements.experts import ADVICE, DAY, SAID, Table, table
from tests.requirements.needs import codes, open_call
from tests.rigs.mail import Mailbox

TITLE = "Flaws of cold-rolled strip found below 15 lx"
ROW = {
    "name_zh": "检出率",
    "name_en": "Detection rate at 10 m/s",
    "unit": "%",
    "comparison": "ge",
    "target": "99.2",
    "level": "must",
}


def actions(db: Session, prefix: str) -> list[str]:
    query = sa.select(AuditEntry.action).where(AuditEntry.action.startswith(prefix)).order_by(AuditEntry.seq)
    return list(db.scalars(query))


def test_from_the_question_to_the_wording_that_its_author_takes_over(db: Session, mailbox: Mailbox) -> None:
    at = table(db)
    said = at.handed_in({"title_en": TITLE, "indicators": [ROW]})
    assert sorted(said.wording) == ["indicators", "title_en"]
    at.returned(said)
    for _ in range(2):
        rewording.take(db, at.call.as_seeker, said.ref, ["title_en"])
    assert at.need.title_en == TITLE
    assert [each.name_en for each in at.need.indicators] == ["Detection rate", "Runs without internet"]
    assert rewording.take(db, at.call.as_seeker, said.ref) == ["indicators"]
    db.refresh(at.need, ["indicators"])
    assert [each.name_en for each in at.need.indicators] == ["Detection rate at 10 m/s"]
    assert closed_part(db, at.need.id).confidential_part
    assert list(db.scalars(sa.select(WordingTaken.field).order_by(WordingTaken.id))) == [
        "title_en",
        "indicators",
    ]
    steps = [f"diagnosis.{step}" for step in ("asked", "accepted", "handed_in", "given")]
    assert actions(db, "diagnosis.") == steps
    assert actions(db, "wording.") == ["wording.taken"] * 2
    db.commit()
    told = {(each.recipient, each.template) for each in mailbox.letters if "diagnosis" in each.template}
    assert told == {
        (at.expert.email, "diagnosis_asked"),
        (at.call.organizer.email, "diagnosis_handed_in"),
    }


def test_twice_is_once(db: Session) -> None:
    at = table(db)
    due = clock.now(db) + 7 * DAY
    first = at.asked(due_at=due)
    assert at.asked(due_at=due).id == first.id
    for _ in range(2):
        opining.accept(db, at.as_expert, first.ref)
    for _ in range(2):
        opining.hand_in(db, at.as_expert, first.ref, at.opinion())
    with pytest.raises(WrongState):
        diagnosing.call_off(db, at.call.as_organizer, first.ref)
    other = at.asked(expert_id=UserFactory().id)
    for _ in range(2):
        diagnosing.call_off(db, at.call.as_organizer, other.ref)
    for _ in range(2):
        diagnosing.give(db, at.call.as_organizer, at.need.ref, [first.ref])
    assert actions(db, "diagnosis.") == [
        f"diagnosis.{step}" for step in ("asked", "accepted", "handed_in", "asked", "called_off", "given")
    ]


def relative(at: Table, kind: str) -> Any:
    """Somebody in the seeker's family, or beside it."""
    above = OrganizationFactory()
    at.call.seeker.parent_id = above.id
    where = {
        "own": at.call.seeker,
        "above": above,
        "below": OrganizationFactory(parent_id=at.call.seeker.id),
        "beside": OrganizationFactory(parent_id=above.id),
    }[kind]
    person = UserFactory()
    MembershipFactory(user_id=person.id, organization=where, representative=False)
    return person


@pytest.mark.parametrize(("kind", "tied"), [("own", 1), ("above", 1), ("below", 1), ("beside", 0)])
def test_nobody_of_the_seekers_family_is_asked(db: Session, kind: str, tied: int) -> None:
    at = table(db)
    person = relative(at, kind)
    if not tied:
        assert at.asked(expert_id=person.id).expert_id == person.id
        return
    with pytest.raises(InvalidMany) as refused:
        at.asked(expert_id=person.id)
    assert codes(refused.value) == {"expert": "expert_tied"}


def test_who_cannot_be_asked_what_is_missing_and_when_is_told_by_field(db: Session) -> None:
    at = table(db)
    at.asked()
    now = clock.now(db)
    wrong = {
        "expert_asked": {"question": "Another one?"},
        "expert_yourself": {"expert_id": at.call.organizer.id},
        "nobody_by_address": {"expert_id": UserFactory(confirmed_at=None).id},
        "expert_tied": {"expert_id": at.call.representative.id},
    }
    for code, change in wrong.items():
        with pytest.raises(InvalidMany) as refused:
            at.asked(**change)
        assert codes(refused.value) == {"expert": code}
    for due in (now, now + 91 * DAY):
        with pytest.raises(InvalidMany) as refused:
            at.asked(expert_id=UserFactory().id, question=" ", due_at=due)
        assert codes(refused.value) == {"question": "required", "due_on": "due_out_of_range"}


def test_only_those_who_decide_ask_and_only_while_it_waits(db: Session) -> None:
    at = table(db)
    strangers = (
        *(at.expert, at.call.representative, UserFactory(admin=True), open_call().organizer),
        UserFactory(represents=[at.call.seeker], organizes=[at.call.round.programme]),
    )
    for person in strangers:
        with pytest.raises(NotAllowed):
            diagnosing.ask(db, actor_of(person), at.need.ref, at.wish(expert_id=UserFactory().id))
    services.publish(db, at.call.as_organizer, at.need.ref)
    with pytest.raises(NotAllowed):
        at.asked()


def test_a_branch_asks_while_it_lies_at_its_desk(db: Session) -> None:
    tree = centre(db)
    waiting = tree.handed_in()
    due = clock.now(db) + DAY
    wish = diagnosing.Wish(UserFactory().id, "Feasible?", due)
    with pytest.raises(NotAllowed):
        diagnosing.ask(db, actor_of(tree.sibling), waiting.ref, wish)
    asked = diagnosing.ask(db, actor_of(tree.chief), waiting.ref, wish)
    diagnosing.call_off(db, actor_of(tree.chief), asked.ref)
    services_accept(tree.chief, db, waiting.ref)
    with pytest.raises(NotAllowed):
        diagnosing.ask(db, actor_of(tree.chief), waiting.ref, wish)
    assert diagnosing.ask(db, actor_of(tree.organizer), waiting.ref, wish).state == "asked"


def services_accept(person: Any, db: Session, ref: str) -> None:
    from challenge.requirements import branching

    branching.accept(db, actor_of(person), ref)


def test_an_opinion_is_whole_and_a_proposal_such_as_could_be_handed_in(db: Session) -> None:
    at = table(db)
    found = at.accepted()
    cells = {**ROW, "target": "about 99"}
    empty = replace(at.opinion(title_en="x" * 101, indicators=[cells]), verdict="", advice=" ")
    opining.save(db, at.as_expert, found.ref, empty)
    with pytest.raises(InvalidMany) as refused:
        opining.hand_in(db, at.as_expert, found.ref, empty)
    assert codes(refused.value) == {
        "verdict": "required",
        "advice": "required",
        "title_en": "too_long",
        "indicators-0-target": "target_needs_number",
    }
    with pytest.raises(InvalidMany) as refused:
        opining.save(db, at.as_expert, found.ref, replace(at.opinion(), feasible="maybe"))
    assert codes(refused.value) == {"feasible": "not_a_choice"}
    opining.hand_in(db, at.as_expert, found.ref, at.opinion(goals=""))
    assert (found.wording, found.advice, found.verdict) == ({}, ADVICE, SAID["verdict"])
    with pytest.raises(WrongState):
        opining.save(db, at.as_expert, found.ref, at.opinion())


def test_declining_needs_a_reason_and_the_asker_reads_it(db: Session, mailbox: Mailbox) -> None:
    at = table(db)
    found = at.asked()
    with pytest.raises(Invalid, match="required"):
        opining.decline(db, at.as_expert, found.ref, " ")
    for _ in range(2):
        opining.decline(db, at.as_expert, found.ref, "Not my field.")
    with pytest.raises(WrongState):
        opining.accept(db, at.as_expert, found.ref)
    assert at.asked().id != found.id  # asked anew
    db.commit()
    (letter,) = [each for each in mailbox.letters if each.template == "diagnosis_declined"]
    assert letter.recipient == at.call.organizer.email
    assert "> Not my field." in letter.body


def test_nobody_takes_over_what_was_not_given_or_is_not_theirs_to_change(db: Session) -> None:
    at = table(db)
    said = at.handed_in({"title_en": TITLE})
    with pytest.raises(NotAllowed):  # it waits to be decided on
        rewording.take(db, at.call.as_seeker, said.ref)
    at.returned()
    with pytest.raises(NotFound):  # its author was not told of it
        rewording.take(db, at.call.as_seeker, said.ref)
    with pytest.raises(WrongState):
        diagnosing.give(db, at.call.as_organizer, at.need.ref, [said.ref])
    said.given_at = clock.now(db)
    for person in (at.expert, at.call.organizer, open_call().representative):
        with pytest.raises(NotAllowed):
            rewording.take(db, actor_of(person), said.ref)
    with pytest.raises(Invalid, match="choose_one"):
        rewording.take(db, at.call.as_seeker, said.ref, ["problem_en"])
    assert rewording.take(db, at.call.as_seeker, said.ref) == ["title_en"]


def test_only_an_opinion_of_this_requirement_goes_along_with_its_return(db: Session) -> None:
    at, other = table(db), table_of_another(db)
    with pytest.raises(NotFound):
        diagnosing.give(db, at.call.as_organizer, at.need.ref, [other])
    with pytest.raises(NotFound):
        diagnosing.give(db, at.call.as_organizer, at.need.ref, [at.asked().ref])


def table_of_another(db: Session) -> str:
    call = open_call()
    need = call.requirement(state="submitted")
    wish = diagnosing.Wish(UserFactory().id, "Feasible?", clock.now(db) + DAY)
    return diagnosing.ask(db, call.as_organizer, need.ref, wish).ref


def days_pass(db: Session, *days: int) -> None:
    """The daily work of these days."""
    for day in days:
        work = next(each for each in daily.due(db) if each.payload["what"] == "diagnoses")
        payload = {**work.payload, "day": f"2027-01-{day:02d}"}
        tasks.put(db, replace(work, key=f"{work.key}/{day}", payload=payload))
        db.commit()
        drain()


def test_an_expert_is_reminded_once_before_it_is_due(db: Session, mailbox: Mailbox) -> None:
    at = table(db)
    soon, later = at.asked(), at.asked(expert_id=UserFactory().id)
    fresh = at.asked(expert_id=UserFactory().id, due_at=clock.now(db) + DAY)
    decided = replace(at.wish(), expert_id=UserFactory().id)
    diagnosing.ask(db, at.call.as_organizer, at.need.ref, decided).state = "declined"
    now = clock.now(db)
    soon.due_at, soon.created_at = now + DAY, now - 5 * DAY
    assert later.due_at > now + 2 * DAY
    assert fresh.created_at > fresh.due_at - 2 * DAY  # it has just been told
    days_pass(db, 1, 2)
    reminded = [each.recipient for each in mailbox.letters if each.template == "diagnosis_due"]
    assert reminded == [at.expert.email]


def test_a_list_tells_what_lies_with_an_expert(db: Session) -> None:
    at = table(db)
    (row,) = queue(db, at.call.round.id, ["submitted"], names=True)
    assert reads.open_for(db, [row.id]) == {}
    found = at.asked()
    assert reads.open_for(db, [row.id]) == {row.id: found.due_at}
