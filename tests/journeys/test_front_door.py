"""A newcomer in the browser: registers without any mail server, is invited, and finds every page readable."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.rigs.browser import DESKTOP, PHONE, OpenPage
from tests.rigs.inspection import faults
from tests.rigs.server import LiveServer, MakeServer

PASSWORD = "three little words"


def letter(page: Page, server: LiveServer, address: str, count: int = 1) -> None:
    """Open the newest letter to the address in the demo's mailbox, once so many are there."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        page.goto(f"{server.url}/mailbox?to={address}")
        if page.locator("main ul.list li a").count() >= count:
            page.locator("main ul.list li a").first.click()
            return
        time.sleep(0.3)
    raise AssertionError(f"no letter to {address}")


def register(page: Page, name: str, address: str) -> None:
    """Fill in the form as a person would."""
    page.locator("#name").fill(name)
    page.locator("#email").fill(address)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password_confirm").fill(PASSWORD)
    page.locator("main form.form button.main").click()


@pytest.mark.browser
@pytest.mark.both
def test_a_newcomer_registers_offline_and_registers_an_organization(
    make_server: MakeServer, open_page: OpenPage
) -> None:
    server = make_server(CHALLENGE_MODE="demo")
    page = open_page(server.url, size=PHONE, language="zh-CN")
    page.goto(f"{server.url}/organizations")
    expect(page).to_have_url(re.compile("/login"))
    assert faults(page) == []
    page.get_by_role("link", name="注册账号").click()
    assert faults(page) == []
    register(page, "王芳", "fang@example.org")
    expect(page).to_have_url(f"{server.url}/check-mail")
    assert faults(page) == []
    letter(page, server, "fang@example.org")
    assert faults(page) == []
    page.locator('a[href*="/confirm-address/"]').click()
    expect(page).to_have_url(f"{server.url}/login")
    page.locator("#email").fill("fang@example.org")
    page.locator("#password").fill(PASSWORD)
    page.locator("main form.form button.main").click()
    expect(page).to_have_url(f"{server.url}/organizations")
    page.get_by_role("link", name="登记机构").click()
    page.locator("#name").fill("浙江甲公司")
    page.locator("#registration_code").fill("91330100799655058C")
    page.locator("main form.form button.main").click()
    expect(page.locator("#registration_code-error")).to_be_visible()
    assert faults(page) == []
    page.locator("#registration_code").fill("91330100799655058B")
    page.locator("main form.form button.main").click()
    expect(page.get_by_role("heading", name="浙江甲公司")).to_be_visible()
    assert faults(page) == []


@pytest.mark.browser
def test_an_invited_colleague_comes_through_registration_to_the_organization(
    make_server: MakeServer, open_page: OpenPage
) -> None:
    server = make_server(CHALLENGE_MODE="demo")
    server.flask("user", "create", "boss@example.org", "--admin", "--locale", "en_US")
    boss = open_page(server.url, size=DESKTOP)
    server.sign_in(boss, "boss@example.org")
    boss.goto(f"{server.url}/admin/organizations/new")
    boss.locator("#name").fill("科技局")
    boss.locator("main form.form button.main").click()
    boss.locator("#email").fill("new@example.org")
    boss.locator("main form.form button.main").click()
    expect(boss.get_by_text("new@example.org").first).to_be_visible()
    for place in ("people", "organizations", "health"):
        boss.goto(f"{server.url}/admin/{place}")
        assert faults(boss) == []
    guest = open_page(server.url, size=PHONE)
    letter(guest, server, "new@example.org")
    guest.locator('a[href*="/invitations/"]').click()
    expect(guest.get_by_role("heading", name="You are invited as an organizer")).to_be_visible()
    assert faults(guest) == []
    invitation = guest.url
    guest.locator("main").get_by_role("link", name="Create an account").click()
    register(guest, "New Comer", "new@example.org")
    letter(guest, server, "new@example.org", count=2)
    guest.locator('a[href*="/confirm-address/"]').click()
    guest.locator("#email").fill("new@example.org")
    guest.locator("#password").fill(PASSWORD)
    guest.locator("main form.form button.main").click()
    expect(guest).to_have_url(invitation)
    guest.get_by_role("button", name="Accept").click()
    expect(guest).to_have_url(re.compile("/organize"))
    guest.goto(f"{server.url}/work")
    expect(guest.get_by_role("heading", name="I organize")).to_be_visible()
    for place in ("work", "profile", "password", "organizations"):
        guest.goto(f"{server.url}/{place}")
        assert faults(guest) == []
