"""Letters about roles: invitations in the reader's language, appointments told once."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from challenge.accounts import invitations, organizations, people
from tests.factories import OrganizationFactory, UserFactory, actor_of
from tests.rigs.mail import Mailbox

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_an_invitation_speaks_the_language_of_its_reader_or_of_whoever_invites(
    db: Session, mailbox: Mailbox
) -> None:
    organization = OrganizationFactory(name="甲", name_en="Jia")
    inviter = UserFactory(locale="zh_CN", represents=[organization])
    UserFactory(email="known@example.org", locale="en_US")
    for address in ("known@example.org", "unknown@example.org"):
        invitations.create(
            db,
            actor_of(inviter),
            email=address,
            role="representative",
            scope="organization",
            scope_id=organization.id,
            subject=organizations.subject_of(organization),
        )
    assert mailbox.to("known@example.org")[0].subject == "Invitation: speak for Jia"
    assert CHINESE.search(mailbox.to("unknown@example.org")[0].subject)
    token = mailbox.link("known@example.org").removeprefix("/invitations/")
    known = people.by_email(db, "known@example.org")
    assert known is not None
    invitations.accept(db, actor_of(known), token)
    assert mailbox.to(inviter.email)[0].template == "invitation_accepted"


def test_an_appointed_organizer_is_told(db: Session, mailbox: Mailbox) -> None:
    organization = OrganizationFactory()
    boss, chosen = UserFactory(admin=True), UserFactory()
    for _ in range(2):
        people.appoint_organizer(
            db,
            actor_of(boss),
            email=chosen.email,
            scope="organization",
            scope_id=organization.id,
            subject=organizations.subject_of(organization),
        )
    assert [letter.template for letter in mailbox.to(chosen.email)] == ["organizer_appointed"]
