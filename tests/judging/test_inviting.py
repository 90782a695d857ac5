"""Judges invited one by one and by list; what they answer, how much they take on, and abstaining."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import invitations
from challenge.accounts.models import Invitation
from challenge.audit.models import AuditEntry
from challenge.exchange import row_imports
from challenge.exchange.row_imports import Place
from challenge.exchange.row_kinds import KINDS
from challenge.judging import assigning, declaring, expertise, panel
from challenge.judging.models import PanelJudge
from challenge.rules.errors import Invalid, NotAllowed, Refused
from challenge.rules.permissions import ANONYMOUS
from tests.factories import UserFactory, actor_of
from tests.judging.stories import Court, court, lock_all
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox

LIST = """mail; name; keywords; capacity; languages
li@lzu.edu.cn; 李雷; 催化, 纳米材料; 12; zh en
han@lzu.edu.cn
"""


def page(made: Court, tail: str = "") -> str:
    return f"/organize/rounds/{made.round.slug}/panel{tail}"


def invited(db: Session) -> list[str]:
    return list(db.scalars(sa.select(Invitation.email).order_by(Invitation.id)))


def test_what_the_list_says_fills_in_what_the_judge_has_not_said(db: Session, client: Visitor) -> None:
    made = court(db)
    row_imports.take(db, KINDS["judges"], made.as_organizer, Place(made.round.id), LIST, {})
    invitation = db.scalars(sa.select(Invitation).order_by(Invitation.id)).first()
    assert invitation is not None
    person = UserFactory(email="li@lzu.edu.cn", name="")
    client.sign_in(person)
    link = f"/invitations/{invitations.token_of(invitation)}"
    assert 'value="12"' in client.get(link).text
    assert client.post(link, data={"capacity": "x"}).status_code == 422
    for _ in range(2):
        assert client.post(link, data={"capacity": "7"}).status_code == 302
    seat = db.scalars(sa.select(PanelJudge).where(PanelJudge.user_id == person.id)).one()
    known = expertise.of_panel(db, made.phase.id)[seat.id]
    assert (known.keywords, known.languages, known.capacity) == (("催化", "纳米材料"), {"zh", "en"}, 7)
    db.refresh(person)
    assert person.name == "李雷"
    said = sa.select(AuditEntry.detail).where(AuditEntry.action == "judge.capacity_set")
    assert [each["capacity"] for each in db.scalars(said)] == [7], "said twice, it stands in the trail once"


def test_an_organizer_sets_how_many_a_judge_takes(db: Session, client: Visitor) -> None:
    made = court(db)
    client.sign_in(made.organizer)
    most = page(made, f"/{made.judges[0].id}/capacity")
    for typed, kept in (("5", 5), ("0", 5), ("many", 5), ("", None)):
        assert client.post(most, data={"capacity": typed}).status_code == 302
        db.refresh(made.judges[0])
        assert made.judges[0].capacity == kept
    with pytest.raises(NotAllowed):
        panel.set_capacity(db, made.as_judge(), made.round.id, made.judges[0].id, "3")


def test_an_invited_person_declines_with_a_reason_that_the_organizer_reads(
    db: Session, client: Visitor, mailbox: Mailbox
) -> None:
    made = court(db)
    token = panel.invite(db, made.as_organizer, made.round.id, "guest@lzu.edu.cn")
    link = f"/invitations/{token}"
    assert "Decline the invitation" in client.get(link).text
    assert client.post(f"{link}/decline", data={"reason": " "}).status_code == 422
    for _ in range(2):
        assert client.post(f"{link}/decline", data={"reason": "On leave until May"}).status_code == 302
    assert "This invitation was declined" in client.get(link).text
    (letter,) = [each for each in mailbox.to(made.organizer.email) if each.template == "invitation_declined"]
    assert "On leave until May" in letter.body
    client.sign_in(made.organizer)
    assert "On leave until May" in client.get(page(made)).text
    with pytest.raises(Refused, match="invitation_declined"):
        invitations.accept(db, actor_of(UserFactory(email="guest@lzu.edu.cn")), token)
    again = panel.invite(db, made.as_organizer, made.round.id, "guest@lzu.edu.cn")
    assert again != token


def test_nobody_else_signed_in_declines_for_them(db: Session) -> None:
    made = court(db)
    token = panel.invite(db, made.as_organizer, made.round.id, "guest@lzu.edu.cn")
    with pytest.raises(NotAllowed):
        invitations.decline(db, actor_of(UserFactory()), token, "x")
    with pytest.raises(Invalid, match="too_long"):
        invitations.decline(db, ANONYMOUS, token, "x" * 1001)


def test_a_judge_abstains_and_is_absent_not_zero(db: Session, client: Visitor, mailbox: Mailbox) -> None:
    made = court(db)
    lock_all(made, 0, (8, 6), (6, 8))
    before = made.standing()
    assert before is not None
    total = before.total
    client.sign_in(made.people[2])
    ref = made.assignment(2).ref
    assert client.post(f"/judge/{ref}/abstention", data={"reason": ""}).status_code == 422
    for _ in range(2):
        answer = client.post(f"/judge/{ref}/abstention", data={"reason": "I teach this method"})
        assert answer.status_code == 302
    assert (made.assignment(2).state, made.assignment(2).reason) == ("abstained", "I teach this method")
    after = made.standing()
    assert after is not None
    assert after.total == total
    assert [each.template for each in mailbox.to(made.organizer.email)].count("assignment_abstained") == 1
    client.sign_in(made.organizer)
    board = f"/organize/rounds/{made.round.slug}/assignments"
    assert "abstains" in client.get(board).text
    assert "I teach this method" in client.get(f"{board}/{ref}").text


def test_who_abstained_is_replaced_and_the_word_stays(db: Session) -> None:
    made = court(db, judges=3, assigned=False)
    one = assigning.assign(db, made.as_organizer, made.round.id, made.judges[0].id, made.entries[0].ref)
    declaring.abstain(db, made.as_judge(), one.ref, "I teach this method")
    assigning.replace(db, made.as_organizer, one.ref, made.judges[1].id, "", round_id=made.round.id)
    assert made.assignment(0).state == "abstained"
    assert made.assignment(1).state == "invited"
    with pytest.raises(Invalid, match="judge_abstained"):
        assigning.assign(db, made.as_organizer, made.round.id, made.judges[0].id, made.entries[0].ref)


def test_a_locked_card_is_no_abstention_any_more(db: Session) -> None:
    made = court(db)
    lock_all(made, 0, (8, 6))
    with pytest.raises(NotAllowed):
        declaring.abstain(db, made.as_judge(), made.assignment().ref, "x")
    with pytest.raises(NotAllowed):
        declaring.abstain(db, made.as_judge(1), made.assignment(2).ref, "x")
