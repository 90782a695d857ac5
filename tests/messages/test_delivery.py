"""Letters leave by a real SMTP server, or stay in the mailbox without one."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts import invitations, organizations, people
from challenge.audit import statements
from challenge.audit.keys import keyring
from challenge.base import clock
from challenge.flow.errands import drain
from challenge.messages import delivery, letters, rendering
from challenge.messages.models import Letter
from challenge.submissions import submitting
from challenge.tasks import health
from tests.factories import OrganizationFactory, RoundFactory, UserFactory, actor_of
from tests.messages.posts import due_now, write_to
from tests.rigs.mail import Postman
from tests.rigs.server import MakeServer
from tests.submissions.stories import owner_of, ready, with_file


def test_a_letter_arrives_in_both_forms_and_is_noted(
    db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    reader = UserFactory(locale="zh_CN", name="王芳")
    round_ = RoundFactory(title_zh="春季赛")
    task = write_to(db, reader, "round_launched", round_id=round_.id)
    posting()
    arrived = smtp.to(reader.email)
    assert len(arrived) == 1
    letter = db.scalars(sa.select(Letter)).one()
    assert "春季赛" in str(arrived[0]["Subject"])
    assert arrived[0]["Message-ID"] == letter.message_id
    assert "office@example.org" in str(arrived[0]["From"])
    text, html = (arrived[0].get_body([kind]) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "http://localhost/organize/rounds/" in text.get_content()
    assert "<h1>" in html.get_content()
    assert letter.sent_at is not None
    assert task.state == "done"


def test_a_receipt_arrives_as_a_file_that_verifies(
    app: Flask, db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    draft = ready()
    with_file(draft, "报告.pdf")
    owner = owner_of(draft)
    submitting.submit(db, actor_of(owner), draft.ref)
    posting()
    arrived = smtp.to(owner.email)[-1]
    attached = list(arrived.iter_attachments())
    assert [part.get_filename() for part in attached] == [f"receipt-{draft.code}-1.json"]
    assert attached[0].get_content_type() == "application/json"
    data = attached[0].get_payload(decode=True)
    assert isinstance(data, bytes)
    assert statements.examine(keyring(), data).verdict is statements.Verdict.VALID
    text = arrived.get_body(["plain"])
    assert text is not None
    assert "报告.pdf" in text.get_content()
    with app.app_context():
        settings, letter = app.config["SETTINGS"], db.scalars(sa.select(Letter)).all()[-1]
        assert delivery.compose(settings, letter).as_bytes() == delivery.compose(settings, letter).as_bytes()


def test_without_a_server_the_letter_stays_in_the_mailbox(db: Session) -> None:
    task = write_to(db, UserFactory())
    db.commit()
    drain()
    db.expire_all()
    letter = db.scalars(sa.select(Letter)).one()
    assert (letter.sent_at, task.state) == (None, "done")


def test_a_server_that_is_busy_is_asked_again_later(
    db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    reader = UserFactory()
    task = write_to(db, reader)
    smtp.answer = "451 4.3.0 come back later"
    posting()
    assert (task.state, task.attempts) == ("queued", 1)
    assert "451" in (task.error or "")
    assert task.run_at > clock.now(db)
    smtp.answer = "250 OK"
    due_now(db, task)
    posting()
    assert (task.state, task.error, len(smtp.to(reader.email))) == ("done", None, 1)


def test_a_server_that_is_away_is_asked_again_later(make_app: Callable[..., Flask], db: Session) -> None:
    task = write_to(db, UserFactory())
    db.commit()
    with make_app(smtp_host="127.0.0.1", smtp_port=1).app_context():
        drain()
    db.expire_all()
    assert (task.state, task.attempts) == ("queued", 1)


def test_a_refusal_for_good_is_recorded_and_an_administrator_may_try_again(
    db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    reader = UserFactory()
    task = write_to(db, reader)
    smtp.answer = "550 5.1.1 no such user"
    posting()
    assert (task.state, task.attempts) == ("failed", 1)
    assert "no such user" in (task.error or "")
    assert health.failed(db) == [task]
    smtp.answer = "250 OK"
    assert health.retry(db, task.id)
    assert not health.retry(db, task.id)
    posting()
    assert (task.state, len(smtp.to(reader.email))) == ("done", 1)


def test_whoever_left_meanwhile_is_not_written_to(
    db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    reader = UserFactory()
    task = write_to(db, reader)
    people.deactivate(db, actor_of(UserFactory(admin=True)), reader)
    posting()
    assert (task.state, smtp.letters) == ("done", [])


def test_a_letter_that_was_sent_keeps_no_secret_link(
    db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    organization = OrganizationFactory()
    token = invitations.create(
        db,
        actor_of(UserFactory(represents=[organization])),
        email="invited@example.org",
        role="representative",
        scope="organization",
        scope_id=organization.id,
        subject=organizations.subject_of(organization),
    )
    posting()
    assert token in smtp.to("invited@example.org")[0].get_body(["plain"]).get_content()  # type: ignore[union-attr]
    kept = db.scalars(sa.select(Letter)).one()
    assert token not in kept.body + (kept.html or "")
    assert "/invitations/…" in kept.body


HOSTILE = "Win\r\nBcc: all@example.org <script>alert(1)</script> [click](https://evil.example) **now**"


def test_what_people_write_can_neither_add_headers_nor_links(
    db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    reader = UserFactory(locale="en_US")
    round_ = RoundFactory(title_en=HOSTILE)
    write_to(db, reader, "round_launched", round_id=round_.id)
    posting()
    letter = smtp.to(reader.email)[0]
    assert letter["Bcc"] is None
    html = letter.get_body(["html"]).get_content()  # type: ignore[union-attr]
    assert "<script>" not in html
    assert 'href="https://evil.example' not in html


def test_a_quotation_keeps_every_line_marked() -> None:
    assert rendering.quoted("one\n\ntwo\n") == "> one\n>\n> two"
    assert rendering.quoted(None) == ""


def test_a_letter_goes_to_a_person_or_to_an_address() -> None:
    with pytest.raises(ValueError, match="a person or to an address"):
        letters.mail("cause", "invitation")
    with pytest.raises(ValueError, match="a person or to an address"):
        letters.mail("cause", "invitation", user_id=1, address="a@example.org")


def test_a_worker_of_its_own_sends_through_the_settings_server(
    smtp: Postman, make_server: MakeServer
) -> None:
    server = make_server(web=0, work=2, SMTP_HOST=smtp.host, SMTP_PORT=str(smtp.port))
    server.flask("user", "organizer", "boss@example.org", "科技局", "--create")
    deadline = time.monotonic() + 20
    while not smtp.letters and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(smtp.to("boss@example.org")) == 1
    assert server.url in smtp.letters[0].get_body(["plain"]).get_content()  # type: ignore[union-attr]
