"""Invitation links: shown by GET, answered by POST, once, for one address; clear where they are refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import invitations, organizations
from challenge.accounts.models import Invitation, Membership, Organization, RoleGrant, User
from challenge.base import clock, ids
from challenge.judging.models import PanelJudge, Phase
from challenge.rules.errors import Invalid, NotAllowed, NotFound, Refused
from challenge.rules.permissions import ANONYMOUS, Subject
from challenge.submissions.models import Submission, TeamMember
from challenge.tasks.models import Task
from tests.factories import OrganizationFactory, PhaseFactory, SubmissionFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox

INVITED = "invited@example.org"


def invite(db: Session, organization: Organization, email: str = INVITED, by: User | None = None) -> str:
    """A link to speak for the organization."""
    by = by or UserFactory(represents=[organization])
    return invitations.create(
        db,
        actor_of(by),
        email=email,
        role="representative",
        scope="organization",
        scope_id=organization.id,
        subject=organizations.subject_of(organization),
    )


def the(db: Session) -> Invitation:
    return db.scalars(sa.select(Invitation)).one()


def test_an_accepted_link_gives_the_role_once(db: Session) -> None:
    organization = OrganizationFactory()
    token = invite(db, organization)
    invited = UserFactory(email=INVITED)
    first = invitations.accept(db, actor_of(invited), token)
    again = invitations.accept(db, actor_of(invited), token)
    assert (first.first, again.first) == (True, False)
    assert (first.role, first.scope_id) == (again.role, again.scope_id)
    assert organization.id in actor_of(invited).represents
    assert db.scalar(sa.select(sa.func.count()).where(Membership.user_id == invited.id)) == 1


def test_no_row_keeps_the_secret_of_a_link(db: Session) -> None:
    token = invite(db, OrganizationFactory())
    assert the(db).token_digest == ids.digest(token)
    kept = [str(row) for row in db.execute(sa.text("SELECT * FROM invitation"))]
    kept += [str(task.payload) for task in db.scalars(sa.select(Task))]
    kept += [str(row) for row in db.execute(sa.text("SELECT * FROM audit_entry"))]
    assert not any(token in text for text in kept)


def test_inviting_an_address_twice_gives_one_link_and_one_letter(db: Session, mailbox: Mailbox) -> None:
    organization = OrganizationFactory()
    inviter = UserFactory(represents=[organization])
    tokens = {
        invite(db, organization, email, inviter) for email in (INVITED, INVITED.upper(), f" {INVITED} ")
    }
    assert len(tokens) == 1
    assert len(mailbox.to(INVITED)) == 1


def test_sending_again_mails_the_same_link_for_a_new_term(db: Session, mailbox: Mailbox) -> None:
    organization = OrganizationFactory()
    inviter = UserFactory(represents=[organization])
    token = invite(db, organization, by=inviter)
    the(db).expires_at = clock.now(db) - dt.timedelta(days=1)
    invitations.send_again(db, actor_of(inviter), the(db).id, organizations.subject_of(organization))
    assert invitations.state_of(the(db), clock.now(db)) == "open"
    letters = mailbox.to(INVITED)
    assert len(letters) == 2
    assert all(f"/invitations/{token}" in letter.body for letter in letters)


def expired(db: Session) -> None:
    the(db).expires_at = clock.now(db) - dt.timedelta(seconds=1)


def revoked(db: Session) -> None:
    the(db).revoked_at = clock.now(db)


def used_by_another(db: Session) -> None:
    the(db).accepted_at, the(db).accepted_by = clock.now(db), UserFactory().id


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (expired, "invitation_expired", "has expired"),
        (revoked, "invitation_revoked", "was taken back"),
        (used_by_another, "invitation_used", "was used before"),
    ],
)
def test_a_dead_link_says_why_and_gives_nothing(
    db: Session, client: Visitor, spoil: Callable[[Session], Any], code: str, words: str
) -> None:
    organization = OrganizationFactory()
    token = invite(db, organization)
    spoil(db)
    invited = UserFactory(email=INVITED)
    with pytest.raises(Refused, match=code):
        invitations.accept(db, actor_of(invited), token)
    db.flush()
    page = client.sign_in(invited).get(f"/invitations/{token}")
    assert page.status_code == 410
    assert words in page.text
    assert client.post(f"/invitations/{token}").status_code == 409
    assert not actor_of(invited).represents


def test_a_link_for_another_address_is_refused_in_words(db: Session, client: Visitor) -> None:
    token = invite(db, OrganizationFactory())
    somebody = UserFactory()
    with pytest.raises(NotAllowed, match="invitation_other_address"):
        invitations.accept(db, actor_of(somebody), token)
    page = client.sign_in(somebody).get(f"/invitations/{token}")
    assert page.status_code == 200
    assert "for another address" in page.text
    assert somebody.email in page.text
    assert client.post(f"/invitations/{token}").status_code == 403


def test_a_wrong_link_is_a_clear_page(db: Session, client: Visitor) -> None:
    with pytest.raises(NotFound, match="invitation_unknown"):
        invitations.accept(db, actor_of(UserFactory()), "no-such-token")
    answer = client.get("/invitations/no-such-token")
    assert answer.status_code == 404
    assert "not one of ours" in answer.text


def test_nobody_accepts_without_signing_in(db: Session, client: Visitor) -> None:
    token = invite(db, OrganizationFactory())
    with pytest.raises(NotAllowed):
        invitations.accept(db, ANONYMOUS, token)
    answer = client.post(f"/invitations/{token}")
    assert answer.status_code == 302
    assert answer.location.startswith("/login")
    assert the(db).accepted_at is None


def test_showing_a_link_changes_nothing_and_hides_the_address(db: Session, client: Visitor) -> None:
    token = invite(db, OrganizationFactory())
    page = client.get(f"/invitations/{token}")
    assert page.status_code == 200
    assert INVITED not in page.text
    assert "in***@example.org" in page.text
    assert the(db).accepted_at is None


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "a b@example.org", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_not_invited(db: Session, address: str) -> None:
    with pytest.raises(Invalid) as refusal:
        invite(db, OrganizationFactory(), address)
    assert (refusal.value.field, refusal.value.code) == ("email", "not_an_address")


def test_nobody_invites_for_what_is_not_theirs(db: Session) -> None:
    organization = OrganizationFactory()
    with pytest.raises(NotAllowed):
        invite(db, organization, by=UserFactory(represents=[OrganizationFactory()]))
    with pytest.raises(ValueError, match="nobody is"):
        invitations.create(
            db,
            actor_of(UserFactory(admin=True)),
            email=INVITED,
            role="organizer",
            scope="submission",
            scope_id=1,
            subject=Subject(),
        )


def test_a_judge_joins_the_panel_by_accepting(db: Session, client: Visitor) -> None:
    phase: Phase = PhaseFactory()
    token = raw(db, "judge", "phase", phase.id)
    judge = UserFactory(email=INVITED)
    answer = client.sign_in(judge).post(f"/invitations/{token}")
    assert answer.location == "/judge/"
    seat = db.scalars(sa.select(PanelJudge)).one()
    assert (seat.user_id, seat.phase_id) == (judge.id, phase.id)
    assert db.scalars(sa.select(RoleGrant)).one().scope_id == phase.id
    assert client.post(f"/invitations/{token}").status_code == 302  # twice is once
    assert db.scalar(sa.select(sa.func.count()).select_from(PanelJudge)) == 1


def test_a_named_person_joins_the_team_by_accepting(db: Session, client: Visitor) -> None:
    submission: Submission = SubmissionFactory()
    member = TeamMember(submission_id=submission.id, email=INVITED, name="Wang", affiliation="")
    db.add(member)
    token = raw(db, "team", "submission", submission.id)
    person = UserFactory(email=INVITED)
    assert client.sign_in(person).post(f"/invitations/{token}").status_code == 302
    assert db.get_one(TeamMember, member.id).user_id == person.id


def test_an_acceptance_that_its_thing_refuses_leaves_the_link_open(db: Session, client: Visitor) -> None:
    submission: Submission = SubmissionFactory()  # its team does not name the invited person
    token = raw(db, "team", "submission", submission.id)
    assert client.sign_in(UserFactory(email=INVITED)).post(f"/invitations/{token}").status_code == 409
    assert the(db).accepted_at is None


def raw(db: Session, role: str, scope: str, scope_id: int) -> str:
    """An invitation as the thing's own service writes it."""
    now = clock.now(db)
    row = Invitation(
        email=INVITED,
        role=role,
        scope=scope,
        scope_id=scope_id,
        created_at=now,
        expires_at=now + invitations.VALID_FOR,
    )
    token = invitations.token_of(row)
    row.token_digest = ids.digest(token)
    db.add(row)
    db.flush()
    return token


def test_an_address_without_an_account_registers_confirms_and_comes_back(
    db: Session, client: Visitor, mailbox: Mailbox
) -> None:
    organization = OrganizationFactory()
    invite(db, organization)
    link = mailbox.link(INVITED)
    page = client.get(link)
    assert "Create an account" in page.text
    answer = client.post(
        "/register",
        data={
            "name": "In Vited",
            "email": INVITED,
            "password": "three little words",
            "password_confirm": "three little words",
            "locale": "en_US",
        },
    )
    assert answer.location == "/check-mail"
    assert client.get(mailbox.link(INVITED)).location == "/login"
    signed_in = client.post(
        "/login", data={"email": INVITED, "password": "three little words", "next": next_of(client)}
    )
    assert signed_in.location == link
    assert client.post(link).status_code == 302
    invited = db.scalars(sa.select(User).where(User.email == INVITED)).one()
    assert organization.id in actor_of(invited).represents


def next_of(client: Visitor) -> str:
    """What the sign-in form carries as the way back."""
    page = client.get("/login").text
    return page.split('name="next" type="hidden" value="')[1].split('"')[0]


def test_whoever_registers_on_another_device_finds_the_invitation_at_work(
    client: Visitor, db: Session
) -> None:
    token = invite(db, OrganizationFactory())
    client.sign_in(UserFactory(email=INVITED))
    assert f"/invitations/{token}" in client.get("/work").text
