"""The rigs themselves: what they promise, small."""

from __future__ import annotations

import smtplib

import psycopg
import pytest

from tests.rigs.browser import PHONE, OpenPage
from tests.rigs.mail import Postman


def test_postgresql_is_there(server: str) -> None:
    with psycopg.connect(server) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row is not None
    assert row[0].startswith("18")


def test_smtp_keeps_letters(smtp: Postman) -> None:
    with smtplib.SMTP(smtp.host, smtp.port) as sender:
        sender.sendmail(
            "a@example.org", ["b@example.org"], "Subject: 您好\nTo: b@example.org\n\nbody".encode()
        )
    assert len(smtp.to("b@example.org")) == 1


@pytest.mark.browser
def test_a_page_is_as_wide_as_asked(open_page: OpenPage) -> None:
    page = open_page(size=PHONE)
    page.set_content("<h1>hello</h1>")
    assert page.evaluate("innerWidth") == 390
