"""My own pages: how I read, my profile, my work, and the mail of a demo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from challenge.rules.stages import Stage
from challenge.tasks import queue
from tests.factories import (
    OrganizationFactory,
    ProgrammeFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting


def test_a_visitor_chooses_language_theme_and_zone_without_a_token(client: Visitor) -> None:
    form = {"locale": "zh_CN", "theme": "dark", "zone": "Europe/Berlin", "next": "/login?x=1"}
    answer = client.post("/reader", data=form, token=False)
    assert answer.location == "/login?x=1"
    page = client.get("/login")
    assert '<html lang="zh-CN" data-theme="dark">' in page.text
    assert client.get_cookie("zone").value == "Europe/Berlin"  # type: ignore[union-attr]


@pytest.mark.parametrize("away", ["https://evil.example", "//evil.example", "/\\evil.example", "", "reader"])
def test_the_way_back_never_leads_away(client: Visitor, away: str) -> None:
    assert client.post("/reader", data={"theme": "dark", "next": away}).location == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_choose_for_the_reader(client: Visitor, headers: dict[str, str]) -> None:
    answer = client.post("/reader", data={"locale": "zh_CN"}, headers=headers, token=False)
    assert answer.status_code == 400
    assert client.get_cookie("locale") is None


def test_what_is_no_language_or_zone_is_left(client: Visitor, db: Session) -> None:
    somebody = UserFactory()
    client.sign_in(somebody).post("/reader", data={"locale": "tlh", "zone": "Moon/Base", "theme": "pink"})
    assert (somebody.locale, somebody.zone) == ("en_US", None)
    assert client.get_cookie("theme") is None


def test_a_signed_in_readers_choice_holds_for_letters_to_come(client: Visitor, db: Session) -> None:
    somebody = UserFactory(locale="en_US")
    client.sign_in(somebody).post("/reader", data={"locale": "zh_CN", "zone": "Asia/Tokyo"})
    assert (somebody.locale, somebody.zone) == ("zh_CN", "Asia/Tokyo")


def test_a_profile_is_kept(client: Visitor, db: Session) -> None:
    somebody = UserFactory()
    form = {"name": "王芳", "affiliation": "浙江大学", "locale": "zh_CN", "zone": "Asia/Shanghai"}
    assert client.sign_in(somebody).post("/profile", data=form).location == "/profile"
    assert (somebody.name, somebody.affiliation, somebody.locale, somebody.zone) == tuple(form.values())
    assert 'value="浙江大学"' in client.get("/profile").text


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": " "}, "name"), ({"affiliation": "x" * 201}, "affiliation"), ({"zone": "Moon/Base"}, "zone")],
)
def test_a_wrong_profile_comes_back(client: Visitor, db: Session, change: dict[str, str], field: str) -> None:
    somebody = UserFactory(name="Before")
    form = {"name": "After", "affiliation": "", "locale": "en_US", "zone": "", **change}
    page = client.sign_in(somebody).post("/profile", data=form)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert somebody.name == "Before"


def test_my_work_shows_each_role_its_own(client: Visitor, db: Session) -> None:
    programme = ProgrammeFactory()
    round_ = RoundFactory(programme=programme, stage=Stage.SUBMISSION)
    seeker = OrganizationFactory()
    requirement = RequirementFactory(round=round_, seeker=seeker)
    busy = UserFactory(organizes=[programme], represents=[seeker])
    mine = SubmissionFactory(requirement=RequirementFactory(round=round_), owner=busy)
    page = client.sign_in(busy).get("/work").text
    assert round_.title_en in page
    assert requirement.title_en in page
    assert mine.title in page
    stranger = client.sign_in(UserFactory()).get("/work").text
    assert requirement.title_en not in stranger
    assert mine.title not in stranger
    assert "Nothing waits for you" in stranger


def test_my_work_costs_the_same_however_much_there_is(
    client: Visitor, db: Session, statements: Counting
) -> None:
    programme, seeker = ProgrammeFactory(), OrganizationFactory()
    busy = UserFactory(organizes=[programme], represents=[seeker])

    def cost() -> int:
        round_ = RoundFactory(programme=programme)
        SubmissionFactory(requirement=RequirementFactory(round=round_, seeker=seeker), owner=busy)
        client.sign_in(busy)
        with statements() as asked:
            assert client.get("/work").status_code == 200
        return len(asked)

    first = cost()
    cost()
    assert cost() == first


def test_the_demos_mailbox_makes_registering_work_offline(
    make_app: Callable[..., Flask], db: Session, mailbox: Mailbox
) -> None:
    client = make_app(mode="demo").test_client()
    form = {"name": "A", "email": "a@example.org", "locale": "en_US"}
    password = {"password": "three little words", "password_confirm": "three little words"}
    page = client.post("/register", data={**form, **password}, follow_redirects=True)
    assert 'href="/mailbox"' in page.text
    assert len(mailbox.letters) == 1
    listed = client.get("/mailbox?to=a@example.org").text
    assert "Confirm your address" in listed
    letter = client.get(f"/mailbox/{mailbox.letters[0].ref}").text
    link = letter.split('href="http://localhost/confirm-address/')[1].split('"')[0]
    assert client.get(f"/confirm-address/{link}").location == "/login"
    html = client.get(f"/mailbox/{mailbox.letters[0].ref}/html")
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]


@pytest.mark.parametrize("settings", [{"mode": "prod"}, {"mode": "demo", "smtp_host": "mail.example.org"}])
def test_otherwise_the_mailbox_is_the_administrators(
    make_app: Callable[..., Flask], db: Session, settings: dict[str, str]
) -> None:
    client = make_app(**settings).test_client()
    assert isinstance(client, Visitor)
    assert client.get("/mailbox").status_code == 302
    assert client.sign_in(UserFactory()).get("/mailbox").status_code == 403
    assert client.sign_in(UserFactory(admin=True)).get("/mailbox").status_code == 200


def test_the_mailbox_is_read_by_pages(client: Visitor, db: Session, mailbox: Mailbox) -> None:
    for number in range(60):
        somebody = UserFactory()
        payload = {"template": "account_changed", "user_id": somebody.id, "address": None, "locale": None}
        queue.put(db, queue.Work("mail", f"mail/test/{number}", {**payload, "about": {}}))
    assert len(mailbox.letters) == 60
    client.sign_in(UserFactory(admin=True))
    first = client.get("/mailbox").text
    assert first.count("Your password was changed") == 50
    older = first.split('rel="next" href="')[1].split('"')[0]
    assert client.get(older).text.count("Your password was changed") == 10
