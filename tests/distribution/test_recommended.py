"""Whom matching names is offered on the page that sends, as far as they agreed; answers are remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.distribution import answering, past
from challenge.matches import subjects
from challenge.matches.models import Match
from challenge.rules.matching import Past
from challenge.rules.permissions import ANONYMOUS
from challenge.supply import experts
from challenge.supply.models import Expert
from tests.distribution.stories import Office, office
from tests.factories import RequirementFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.supply.stories import KNOWN, expert, offered, owning

ENGLISH = {"Accept-Language": "en"}
AGREED = {"matched": True, "mailed": True}


@pytest.fixture
def desk(db: Session) -> Office:
    return office(db)


def named(db: Session, desk: Office, **who: int) -> None:
    """A match of the desk's need, without any engine."""
    kind = next(iter(who)).removesuffix("_id")
    place = db.query(Match).filter_by(requirement_id=desk.need.id, kind=kind).count() + 1
    db.add(Match(requirement_id=desk.need.id, kind=kind, place=place, score=900, reasons=[], **who))
    db.commit()


def page(desk: Office) -> str:
    return f"/organize/rounds/{desk.round.slug}/distribution/send"


def order(desk: Office, number: int, *picked: str, need: str = "") -> dict[str, Any]:
    whole = {"ref": f"abcdefgh234{number}", "requirements": need or desk.need.ref, "channels": "mail"}
    return {**whole, "recommended": list(picked), "step": "send"}


def key(db: Session, person: User) -> str:
    return f"expert/{db.get_one(Expert, person.id).ref}"


def test_those_who_agreed_to_both_are_offered_and_nobody_else_is_written_to(
    db: Session, desk: Office, visitor: Any, mailbox: Mailbox
) -> None:
    leacher, silent = expert(db, "Leach Li", **AGREED), expert(db, "Silent Shi", matched=True)
    speaker, firm = owning(db)
    named(db, desk, expert_id=leacher.id)
    named(db, desk, expert_id=silent.id)
    named(db, desk, organization_id=firm.id)
    organizer: Visitor = visitor(desk.organizer)
    shown = organizer.get(f"{page(desk)}?need={desk.need.ref}", headers=ENGLISH).text
    assert "Leach Li, expert" in shown
    assert "Silent Shi" not in shown
    assert f"organization/{firm.ref}" not in shown  # nothing of its is on offer
    assert "Leach Li" not in organizer.get(page(desk)).text  # no need is chosen yet
    picked = (key(db, leacher), key(db, silent), f"organization/{firm.ref}")
    organizer.post(page(desk), data=order(desk, 5, *picked))
    assert {each.recipient for each in mailbox.letters} == {leacher.email}
    assert speaker.email != leacher.email


def test_of_an_organization_those_who_speak_for_it_are_written_to(
    db: Session, desk: Office, visitor: Any, mailbox: Mailbox
) -> None:
    achievement = offered(db)
    named(db, desk, organization_id=achievement.organization_id or 0)
    organizer: Visitor = visitor(desk.organizer)
    shown = organizer.get(f"{page(desk)}?need={desk.need.ref}").text
    found = shown[shown.index('value="organization/') :].split('"')[1]
    organizer.post(page(desk), data=order(desk, 5, found))
    assert [each.recipient for each in mailbox.letters] == [db.get_one(User, achievement.author_id).email]


def test_an_expert_gets_as_many_letters_a_week_as_agreed(
    db: Session, desk: Office, visitor: Any, mailbox: Mailbox
) -> None:
    leacher = expert(db, "Leach Li", **AGREED, weekly_letters=1)
    named(db, desk, expert_id=leacher.id)
    organizer: Visitor = visitor(desk.organizer)
    organizer.post(page(desk), data=order(desk, 5, key(db, leacher)))
    other = RequirementFactory(round=desk.round)
    both = {**order(desk, 6, key(db, leacher)), "requirements": [desk.need.ref, other.ref]}
    again = organizer.post(page(desk), data={**both, "step": "look"}, headers=ENGLISH)
    assert "had as many letters lately as they want" in again.text
    assert len(mailbox.to(leacher.email)) == 1


def test_whoever_took_consent_back_is_offered_no_more(
    db: Session, desk: Office, visitor: Any, mailbox: Mailbox
) -> None:
    leacher = expert(db, "Leach Li", **AGREED)
    named(db, desk, expert_id=leacher.id)
    experts.save_profile(db, actor_of(leacher), replace(KNOWN, matched=True, mailed=False))
    db.commit()
    organizer: Visitor = visitor(desk.organizer)
    assert "Leach Li" not in organizer.get(f"{page(desk)}?need={desk.need.ref}").text
    refused = organizer.post(page(desk), data=order(desk, 5, key(db, leacher)), headers=ENGLISH)
    assert "Nobody is left to send it to." in refused.text
    assert mailbox.letters == []


def test_a_broker_reads_who_suits_a_need_and_comes_back_to_its_answers(
    db: Session, desk: Office, visitor: Any
) -> None:
    named(db, desk, expert_id=expert(db, "Leach Li", **AGREED).id)
    broker: Visitor = visitor(desk.broker)
    room = f"/organize/rounds/{desk.round.slug}/distribution/{desk.need.ref}"
    suits = f"/organize/rounds/{desk.round.slug}/requirements/{desk.need.ref}/matches"
    assert suits in broker.get(room).text
    found = broker.get(suits)
    assert (found.status_code, f'href="{room}"' in found.text) == (200, True)


def test_the_page_asks_the_same_for_one_and_for_three_recommended(
    db: Session, desk: Office, visitor: Any, statements: Counting
) -> None:
    organizer: Visitor = visitor(desk.organizer)
    counts = []
    for more in (1, 2):
        for number in range(more):
            named(db, desk, expert_id=expert(db, f"E{more}{number}", **AGREED).id)
            named(db, desk, organization_id=offered(db).organization_id or 0)
        with statements() as made:
            organizer.get(f"{page(desk)}?need={desk.need.ref}")
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_what_somebody_answered_counts_when_needs_are_matched(
    db: Session, desk: Office, mailbox: Mailbox
) -> None:
    leacher = expert(db, "Leach Li", **AGREED)
    desk.send(people=(leacher,))
    assert mailbox.to(leacher.email)
    assert past.answers(db) == {}
    dispatch = desk.dispatch(leacher.email)
    answering.interest(db, ANONYMOUS, desk.posting(leacher.email), dispatch.ref)
    db.commit()
    known = past.answers(db)
    assert known == {leacher.id: Past(interested=1)}
    (found,) = [each for each in subjects.everyone(db, known) if each.id == leacher.id]
    assert found.past == Past(interested=1)


def test_the_industry_of_a_need_is_a_fact_of_it(db: Session, desk: Office) -> None:
    desk.need.industry = "C38"
    db.commit()
    assert [each.facts.industries for each in subjects.needs(db)] == [frozenset({"C38"})]
