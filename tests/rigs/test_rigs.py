"""The rigs themselves: what they promise, small."""

from __future__ import annotations

import smtplib
import urllib.request

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from tests.factories import UserFactory
from tests.rigs.application import Visitor
from tests.rigs.browser import PHONE, OpenPage
from tests.rigs.database import Database
from tests.rigs.mail import Postman
from tests.rigs.server import MakeServer
from tests.rigs.statements import Counting


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_starts_with_a_clean_database(db: Session, turn: str) -> None:
    assert db.scalar(sa.select(sa.func.count()).select_from(User)) == 0
    first = UserFactory()
    db.commit()
    assert first.id == 1, turn


def test_cleaning_brings_back_what_the_migrations_wrote(db: Session, database: Database) -> None:
    tables = sa.inspect(db.get_bind()).get_table_names()
    before = {name: db.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in tables}
    UserFactory()
    db.commit()
    db.close()
    db.get_bind().dispose()  # type: ignore[union-attr]
    database.clean()
    assert before == {name: db.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in tables}


def test_a_statement_is_counted_once(db: Session, statements: Counting) -> None:
    with statements() as asked:
        db.execute(sa.text("SELECT 1"))
    assert len(asked) == 1


def test_a_visitor_can_be_somebody(client: Visitor, db: Session) -> None:
    somebody = UserFactory()
    client.sign_in(somebody)
    assert client.get("/").status_code == 200


def test_the_embedded_postgresql_is_there(server: str) -> None:
    with psycopg.connect(server) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row is not None
    assert row[0].startswith("18")


def test_the_mail_server_keeps_letters(smtp: Postman) -> None:
    letter = "Subject: 您好\nTo: b@example.org\n\n正文"
    with smtplib.SMTP(smtp.host, smtp.port) as sender:
        sender.sendmail("a@example.org", ["b@example.org"], letter.encode())
    assert len(smtp.to("b@example.org")) == 1


def test_web_workers_and_work_start_and_end(make_server: MakeServer) -> None:
    server = make_server(web=1, work=1)
    with urllib.request.urlopen(server.url) as answer:
        assert answer.status == 200
    web, work = server.processes
    work.kill()
    assert web.alive
    assert not work.alive


@pytest.mark.browser
def test_a_page_is_as_wide_as_asked(open_page: OpenPage) -> None:
    page = open_page(size=PHONE)
    page.set_content("<h1>hello</h1>")
    assert page.evaluate("innerWidth") == 390
