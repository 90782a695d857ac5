"""Organizers of a programme appoint each other."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.accounts.models import Invitation, RoleGrant
from challenge.rules.stages import Stage
from tests.factories import ProgrammeFactory, RoundFactory, UserFactory, organizer_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox


def test_a_colleague_with_an_account_organizes_at_once(client: Visitor, db: Session) -> None:
    programme = ProgrammeFactory(slug="energy")
    round_ = RoundFactory(stage=Stage.SUBMISSION, programme=programme)
    colleague = UserFactory(email="colleague@example.org")
    client.sign_in(organizer_of(programme))

    answer = client.post("/organize/programmes/energy/organizers", data={"email": "Colleague@example.org"})

    assert answer.status_code == 302
    assert "colleague@example.org" in client.get(answer.location).text
    assert client.sign_in(colleague).get(f"/organize/rounds/{round_.slug}").status_code == 200


def test_a_colleague_without_one_is_mailed_a_link(client: Visitor, db: Session, mailbox: Mailbox) -> None:
    programme = ProgrammeFactory(slug="energy")
    client.sign_in(organizer_of(programme))
    client.post("/organize/programmes/energy/organizers", data={"email": "new@example.org"})
    assert mailbox.link("new@example.org").startswith("/invitations/")
    assert "new@example.org" in client.get("/organize/programmes/energy/organizers").text

    number = db.query(Invitation).one().id
    where = f"/organize/programmes/energy/invitations/{number}"
    assert client.post(f"{where}/again").status_code == 302
    assert client.post(f"{where}/revoke").status_code == 302
    assert "new@example.org" not in client.get("/organize/programmes/energy/organizers").text


def test_an_organizer_is_dismissed(client: Visitor, db: Session) -> None:
    programme = ProgrammeFactory(slug="energy")
    gone = organizer_of(programme)
    client.sign_in(organizer_of(programme))
    client.post(f"/organize/programmes/energy/organizers/{gone.id}/dismiss")
    assert db.query(RoleGrant).filter_by(user_id=gone.id).count() == 0


def test_what_is_no_address_stands_at_the_field(client: Visitor, db: Session) -> None:
    ProgrammeFactory(slug="energy")
    client.sign_in(UserFactory(admin=True))
    assert client.post("/organize/programmes/energy/organizers", data={"email": "nobody"}).status_code == 422


def test_strangers_appoint_nobody(client: Visitor, db: Session) -> None:
    programme = ProgrammeFactory(slug="energy")
    here = organizer_of(programme)
    for stranger in (UserFactory(), organizer_of(ProgrammeFactory())):
        client.sign_in(stranger)
        for where in ("", f"/{here.id}/dismiss"):
            answer = client.post(f"/organize/programmes/energy/organizers{where}", data={"email": "a@b.org"})
            assert answer.status_code == 403
        assert client.post("/organize/programmes/energy/invitations/1/revoke").status_code == 403
    assert db.query(RoleGrant).filter_by(scope_id=programme.id).count() == 1
