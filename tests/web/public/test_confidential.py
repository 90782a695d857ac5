"""The pages of a confidential part: ask, accept, read; a link that was passed on opens nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Invitation
from challenge.distribution import caring
from challenge.requirements import face_invitations, faces
from challenge.requirements.face_models import Access
from challenge.web import words
from tests.factories import GrantFactory, UserFactory, actor_of
from tests.requirements.face_stories import AGREED, SECRET, Closed, accepted, closed_need, let_in, log_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.seek.pages import text_of, typed


def accept(client: Visitor, closed: Closed, **changes: Any) -> Any:
    page = client.get(closed.page).text
    return client.post(f"{closed.page}/accept", data=typed(page, **changes))


def test_from_asking_to_reading_each_step_in_words(client: Visitor, visitor: Any, db: Session) -> None:
    closed = closed_need(db)
    seeker = visitor(closed.call.representative)
    need = client.get(f"/requirements/{closed.need.ref}").text
    assert "Ask to read it" in need
    assert "Sign in to ask." in client.get(closed.page).text
    client.sign_in(closed.solver)
    empty = client.post(f"{closed.page}/ask", data={"words": " "})
    assert (empty.status_code, 'id="words-error"' in empty.text) == (422, True)
    client.post(f"{closed.page}/ask", data={"words": "We build <b>cameras</b>."})
    assert "Your request waits." in client.get(closed.page).text
    desk = seeker.get(closed.desk).text
    assert "Sun Wei" in desk
    assert "We build &lt;b&gt;cameras&lt;/b&gt;." in desk
    assert "Vision Lab" in desk
    access = db.scalars(sa.select(Access.ref)).one()
    assert seeker.post(f"{closed.desk}/{access}/grant").status_code == 302
    page = client.get(closed.page)
    assert AGREED in page.text
    assert SECRET not in page.text
    assert 'value="Vision Lab"' in page.text
    wrong = accept(client, closed, name="")
    assert (wrong.status_code, 'id="name-error"' in wrong.text) == (422, True)
    assert accept(client, closed, organization="Institute 9").status_code == 302
    page = client.get(closed.page)
    assert SECRET in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    for hidden in ("stamped.txt", closed.call.seeker.name_en or "-"):
        assert hidden not in page.text
    link = re.search(r'href="(/requirements/\w+/confidential/files/\w+)"', page.text)
    assert link is not None
    assert client.get(link[1]).data == b"the plan"
    desk = text_of(seeker.get(closed.desk).text)
    for shown in ("Sun Wei, Institute 9", "plan.txt", "the text", "Version 1 of the round’s agreement"):
        assert shown in desk
    assert "plan.txt" in visitor(closed.call.organizer).get(closed.desk).text


def test_a_link_from_a_letter_opens_nothing_to_anybody_else(
    client: Visitor, visitor: Any, db: Session, mailbox: Mailbox
) -> None:
    closed = closed_need(db)
    accepted(db, closed)
    link = mailbox.link(closed.solver.email)
    assert link.startswith(f"{closed.page}/")
    client.sign_in(closed.solver)
    assert client.get(link).location == closed.page
    assert SECRET in client.get(closed.page).text
    logged = log_of(db)
    for other in (visitor(UserFactory()), visitor()):
        answer = other.get(link)
        assert answer.status_code == 403
        assert "This link was made for another person." in answer.text
        for secret in (SECRET, "Sun Wei", closed.solver.email, "plan.txt"):
            assert secret not in answer.text
    assert 'name="words"' in visitor(UserFactory()).get(link).text  # the way to ask oneself
    assert log_of(db) == logged
    altered = visitor(UserFactory()).get(link[:-1] + ("x" if link[-1] != "x" else "y"))
    assert (altered.status_code, "This link is not complete" in altered.text) == (404, True)
    elsewhere = closed_need(db)
    assert client.get(link.replace(closed.need.ref, elsewhere.need.ref)).status_code == 404


def test_a_forwarded_file_link_leads_to_the_way_to_ask(client: Visitor, visitor: Any, db: Session) -> None:
    closed = closed_need(db)
    accepted(db, closed)
    client.sign_in(closed.solver)
    page = client.get(closed.page).text
    link = re.findall(r'href="(/requirements/\w+/confidential/files/\w+)"', page)[0]
    assert visitor(UserFactory()).get(link).location == closed.page
    assert "/login" in visitor().get(link).location
    plain = link.replace("/confidential", "")
    assert client.get(plain).status_code == 403  # the seeker's own door stays the seeker's
    assert "plan.txt" not in [name for _who, name in log_of(db)]


def test_an_invitation_is_for_one_address_once_and_for_its_time(
    client: Visitor, visitor: Any, db: Session, mailbox: Mailbox
) -> None:
    closed = closed_need(db, anonymous=True)
    organizer = visitor(closed.call.organizer)
    refused = organizer.post(f"{closed.desk}/invitations", data={"email": "nobody"}, follow_redirects=True)
    assert str(words.say_code("not_an_address")) in text_of(refused.text)
    assert mailbox.letters == []
    organizer.post(f"{closed.desk}/invitations", data={"email": closed.solver.email.upper()})
    letter = mailbox.to(closed.solver.email)[-1]
    assert letter.subject == "Invitation: the confidential part of Flaws"
    for name in (closed.call.seeker.name, closed.call.seeker.name_en or "-", SECRET):
        assert name not in letter.body
    link = mailbox.link(closed.solver.email)
    stranger = visitor(UserFactory())
    assert "This invitation is for another address." in stranger.get(link).text
    assert stranger.post(link).status_code == 403
    assert visitor().get(link[:-2]).status_code == 404
    client.sign_in(closed.solver)
    shown = client.get(link).text
    assert "You are invited to read a confidential part" in shown
    assert closed.call.seeker.name not in shown
    for _ in range(2):
        assert client.post(link).location == closed.page
    assert stranger.post(link).status_code == 409
    assert "used" in stranger.get(link).text
    assert accept(client, closed).status_code == 302
    assert SECRET in client.get(closed.page).text


def test_an_invitation_that_expired_or_was_taken_back_says_so(
    client: Visitor, visitor: Any, db: Session, mailbox: Mailbox
) -> None:
    closed = closed_need(db)
    seeker = visitor(closed.call.representative)
    client.sign_in(closed.solver)
    seeker.post(f"{closed.desk}/invitations", data={"email": closed.solver.email})
    link = mailbox.link(closed.solver.email)
    row = db.scalars(sa.select(Invitation)).one()
    row.expires_at = row.created_at
    db.commit()
    assert client.post(link).status_code == 409
    assert "expired" in client.get(link).text
    assert seeker.post(f"{closed.desk}/invitations/{row.id}/revoke").status_code == 302
    assert "taken back" in client.get(link).text
    assert db.scalars(sa.select(Access)).all() == []


def test_a_broker_who_looks_after_it_asks_for_others_and_the_seeker_decides(
    client: Visitor, visitor: Any, db: Session, mailbox: Mailbox
) -> None:
    closed = closed_need(db)
    broker = UserFactory()
    GrantFactory(user_id=broker.id, role="broker", scope="programme", scope_id=closed.call.round.programme_id)
    guest = visitor(broker)
    assert guest.post(f"{closed.desk}/invitations", data={"email": closed.solver.email}).status_code == 403
    caring.claim(db, actor_of(broker), closed.need.ref)
    db.commit()
    assert "Invite to the confidential part" in guest.get(f"/docking/needs/{closed.need.ref}").text
    sent = guest.post(f"{closed.desk}/invitations", data={"email": closed.solver.email})
    assert sent.location.startswith(f"/docking/needs/{closed.need.ref}")
    assert guest.get(closed.desk).status_code == 403  # who reads it is not the broker's to see
    assert SECRET not in guest.get(closed.page).text
    client.sign_in(closed.solver)
    client.post(mailbox.link(closed.solver.email))
    assert "Your request waits." in client.get(closed.page).text
    assert mailbox.to(closed.call.representative.email)[-1].template == "face_asked"


def test_an_invitation_does_not_undo_a_later_no(db: Session) -> None:
    closed = closed_need(db)
    access = let_in(db, closed)
    token = face_invitations.invite(db, closed.call.as_organizer, closed.need.ref, closed.solver.email)
    faces.decide(db, closed.call.as_seeker, closed.need.ref, access.ref, "revoke", "No more.")
    face_invitations.invitations.accept(
        db, actor_of(closed.solver), token, {"confidential": face_invitations.join}
    )
    assert db.scalars(sa.select(Access.state)).one() == "revoked"
    later = face_invitations.invite(db, closed.call.as_organizer, closed.need.ref, closed.solver.email)
    db.scalars(sa.select(Access)).one().decided_at = closed.call.round.created_at
    face_invitations.invitations.accept(
        db, actor_of(closed.solver), later, {"confidential": face_invitations.join}
    )
    assert db.scalars(sa.select(Access.state)).one() == "granted"


def test_what_is_closed_says_so_and_the_public_page_does_not_mention_it(client: Visitor, db: Session) -> None:
    closed = closed_need(db, "closed")
    assert "Ask to read it" not in client.get(f"/requirements/{closed.need.ref}").text
    client.sign_in(closed.solver)
    assert "Its seeker opens the confidential part to nobody at present." in client.get(closed.page).text
    answer = client.post(f"{closed.page}/ask", data={"words": "We build cameras."}, follow_redirects=True)
    assert "opens the confidential part to nobody" in answer.text
    closed.call.round.public = False
    db.commit()
    assert client.get(closed.page).status_code == 403


def test_the_seeker_says_how_it_opens(client: Visitor, visitor: Any, db: Session) -> None:
    closed = closed_need(db)
    client.sign_in(closed.call.representative)
    assert client.get(closed.page).location == closed.desk
    wrong = client.post(closed.desk, data={"opening": "somehow", "marks": ""})
    assert (wrong.status_code, 'id="opening-error"' in wrong.text) == (422, True)
    kept = client.post(closed.desk, data={"opening": "accept", "marks": "LY-9，Bright"})
    assert kept.status_code == 302
    assert 'value="LY-9, Bright"' in client.get(closed.desk).text
    assert visitor(closed.solver).get(closed.desk).status_code == 403
    organizer = visitor(closed.call.organizer)
    assert "LY-9" not in organizer.get(closed.desk).text
    assert organizer.post(closed.desk, data={"opening": "closed"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_same_whatever_they_show(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    closed = closed_need(db)
    people = [closed.solver, *(UserFactory() for _ in range(count - 1))]
    for person in people:
        accepted(db, closed, person)
    slug = closed.call.round.slug
    pages = {
        closed.call.representative: {closed.desk: 17},
        closed.call.organizer: {f"/organize/rounds/{slug}/agreement": 9},
        closed.solver: {closed.page: 26, "/profile/opened": 5},
    }
    for person, paths in pages.items():
        client.sign_in(person)
        for path, most in paths.items():
            with statements() as asked:
                assert client.get(path).status_code == 200
            assert len(asked) <= most, f"{path}\n{asked}"
