"""A team: named by its owner, joined by accepting, closed with the window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import invitations
from challenge.accounts.models import Invitation
from challenge.base import clock
from challenge.rules.errors import Invalid, NotAllowed, NotFound, TooLate, WrongState
from challenge.submissions import submitting, team
from challenge.submissions.models import Submission, TeamMember, Version
from tests.factories import UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.submissions.stories import close, owner_of, ready


def members(db: Session, submission: Submission) -> list[tuple[str, bool]]:
    db.expire_all()
    mine = sa.select(TeamMember).where(TeamMember.submission_id == submission.id).order_by(TeamMember.id)
    return [(each.name, each.user_id is not None) for each in db.scalars(mine)]


def invite(db: Session, submission: Submission, email: str, name: str = "Zhao Lei") -> Invitation:
    team.invite(db, actor_of(owner_of(submission)), submission.ref, email, name, "Lanzhou University")
    db.commit()
    return db.scalars(sa.select(Invitation).where(Invitation.email == email)).one()


def accept(db: Session, person: object, invitation: Invitation) -> None:
    actor = actor_of(person)  # type: ignore[arg-type]
    accepted = invitations.accept(db, actor, invitations.token_of(invitation))
    team.join(db, actor, accepted.scope_id)
    db.commit()


def test_an_invited_person_joins_by_accepting(db: Session) -> None:
    draft = ready()
    invitation = invite(db, draft, "zhao@example.org")
    assert members(db, draft)[1] == ("Zhao Lei", False)
    zhao = UserFactory(email="Zhao@example.org", name="Other Name")
    db.commit()
    with pytest.raises(NotFound):
        submitting.submit(db, actor_of(zhao), draft.ref)
    db.rollback()
    accept(db, zhao, invitation)
    accept(db, zhao, invitation)  # twice is once
    assert members(db, draft)[1] == ("Zhao Lei", True)
    version = submitting.submit(db, actor_of(zhao), draft.ref)
    named = db.scalars(sa.select(Version.team).where(Version.id == version.id)).one()
    assert [each["name"] for each in named["members"]][1] == "Zhao Lei"


def test_an_address_is_invited_once_however_often_it_is_named(db: Session) -> None:
    draft = ready()
    for _ in range(2):
        invite(db, draft, "zhao@example.org")
    team.invite(db, actor_of(owner_of(draft)), draft.ref, "ZHAO@example.org", "Again")
    assert len(members(db, draft)) == 2
    assert db.scalar(sa.select(sa.func.count(Invitation.id))) == 1


def test_only_the_owner_names_and_removes(db: Session) -> None:
    member = UserFactory()
    draft = ready(team=[member])
    db.commit()
    with pytest.raises(NotAllowed):
        team.invite(db, actor_of(member), draft.ref, "a@example.org", "A")
    db.rollback()
    with pytest.raises(NotAllowed):
        team.remove(db, actor_of(member), draft.ref, 1)


def test_a_removed_person_sees_nothing_any_more_and_an_open_invitation_is_taken_back(db: Session) -> None:
    member = UserFactory()
    draft = ready(team=[member])
    owner = actor_of(owner_of(draft))
    invitation = invite(db, draft, "zhao@example.org")
    ids = list(db.scalars(sa.select(TeamMember.id).order_by(TeamMember.id)))
    for key in (ids[1], ids[2], ids[2]):
        team.remove(db, owner, draft.ref, key)
        db.commit()
    assert len(members(db, draft)) == 1
    with pytest.raises(NotFound):
        submitting.submit(db, actor_of(member), draft.ref)
    db.rollback()
    assert invitations.state_of(db.get_one(Invitation, invitation.id), clock.now(db)) == "revoked"
    with pytest.raises(WrongState):
        team.remove(db, owner, draft.ref, ids[0])


def test_a_member_leaves_and_the_owner_stays(db: Session) -> None:
    member = UserFactory()
    draft = ready(team=[member])
    team.leave(db, actor_of(member), draft.ref)
    db.commit()
    assert len(members(db, draft)) == 1
    with pytest.raises(NotAllowed):
        team.leave(db, actor_of(owner_of(draft)), draft.ref)


def test_after_the_close_nobody_comes_or_goes(db: Session) -> None:
    member = UserFactory()
    draft = ready(team=[member])
    invitation = invite(db, draft, "zhao@example.org")
    zhao = UserFactory(email="zhao@example.org")
    close(draft, clock.now(db) - dt.timedelta(seconds=1))
    db.commit()
    owner = actor_of(owner_of(draft))
    for act in (
        lambda: team.invite(db, owner, draft.ref, "b@example.org", "B"),
        lambda: team.remove(db, owner, draft.ref, 2),
        lambda: team.leave(db, actor_of(member), draft.ref),
        lambda: accept(db, zhao, invitation),
    ):
        with pytest.raises(TooLate):
            act()
        db.rollback()
    assert [joined for _, joined in members(db, draft)] == [True, True, False]


def test_a_team_has_a_limit_and_an_address_a_shape(db: Session) -> None:
    draft = ready(team=UserFactory.create_batch(19))
    owner = actor_of(owner_of(draft))
    db.commit()
    for email, code in (("not an address", "not_an_address"), ("one@example.org", "team_full")):
        with pytest.raises(Invalid) as refusal:
            team.invite(db, owner, draft.ref, email, "N")
        assert refusal.value.code == code
        db.rollback()


def test_the_page_invites_by_mail_and_the_link_leads_into_the_team(
    client: Visitor, db: Session, mailbox: Mailbox, visitor: Callable[..., Visitor]
) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    form = {"email": "zhao@example.org", "name": "Zhao Lei", "affiliation": ""}
    for _ in range(2):
        assert client.post(f"/solve/{draft.ref}/team", data=form).status_code == 302
    bad = client.post(f"/solve/{draft.ref}/team", data={**form, "email": "nobody"})
    assert bad.status_code == 422
    zhao = visitor(UserFactory(email="zhao@example.org"))
    link = mailbox.link("zhao@example.org")
    assert zhao.get(link).status_code == 200
    assert zhao.post(link).status_code == 302
    assert zhao.get(f"/solve/{draft.ref}").status_code == 200
    page = zhao.get(f"/solve/{draft.ref}/team").text
    assert "Leave the team" in page
    assert "Invite somebody" not in page
    assert zhao.post(f"/solve/{draft.ref}/leave").headers["Location"].endswith("/solve/")


def test_the_page_renames_and_removes(client: Visitor, db: Session) -> None:
    draft = ready(team=[UserFactory(name="Old")])
    client.sign_in(owner_of(draft))
    key = db.scalars(sa.select(TeamMember.id).order_by(TeamMember.id.desc())).first()
    url = f"/solve/{draft.ref}/team/{key}"
    assert 'value="Old"' in client.get(url).text
    assert client.post(url, data={"name": ""}).status_code == 422
    assert client.post(url, data={"name": "New", "affiliation": "Works"}).status_code == 302
    assert members(db, draft)[1][0] == "New"
    assert client.post(f"{url}/remove").status_code == 302
    assert client.get(url).status_code == 404
