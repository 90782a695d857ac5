"""Second steps in the browser: a passkey made, used at the front door and as a proof; an app's code."""

from __future__ import annotations

import base64
import re
import time

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page, expect

from challenge.base.ids import new_token
from tests.factories import PASSWORD, UserFactory
from tests.rigs.browser import OpenPage
from tests.rigs.inspection import faults
from tests.rigs.server import LiveServer, MakeServer
from tests.submissions.live import inside


def newcomer(server: LiveServer, address: str) -> None:
    """An account that has a password and nothing else."""
    with inside(server):
        UserFactory(email=address, fs_uniquifier=new_token())


def sign_in(page: Page, url: str, address: str) -> None:
    """By the form, as a person would."""
    page.goto(f"{url}/login")
    page.locator("#email").fill(address)
    page.locator("#password").fill(PASSWORD)
    page.locator("main form.form button.main").click()


@pytest.mark.browser
def test_a_passkey_opens_the_door_without_a_password(make_server: MakeServer, open_page: OpenPage) -> None:
    # Under a name: a browser makes no passkey for a number, in production one address alone is answered.
    server = make_server(work=0, CHALLENGE_MODE="demo")
    url = server.url.replace("127.0.0.1", "localhost")
    newcomer(server, "passkey@example.org")
    page = open_page(url)
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    browser.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**key, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    sign_in(page, url, "passkey@example.org")
    page.goto(f"{url}/profile/security/passkey")
    assert faults(page) == []
    page.locator("#name").fill("My laptop")
    page.locator("main form button.main").click()
    expect(page.locator("#codes li")).to_have_count(10)
    page.goto(f"{url}/profile/security")
    expect(page.locator("main")).to_contain_text("My laptop")
    assert faults(page) == []
    page.context.clear_cookies(name="session")
    page.goto(f"{url}/login?next=/profile/security")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{url}/profile/security")
    expect(page.locator("main")).to_contain_text("last used")
    page.get_by_role("button", name=re.compile("Remove My laptop")).click()
    page.locator("dialog button.main").click()
    expect(page.locator("main")).not_to_contain_text("My laptop")


@pytest.mark.browser
def test_an_app_is_scanned_and_asked_for(live_server: LiveServer, open_page: OpenPage) -> None:
    url = live_server.url
    newcomer(live_server, "app@example.org")
    page = open_page(url)
    sign_in(page, url, "app@example.org")
    page.goto(f"{url}/profile/security")
    page.get_by_role("button", name="Set up an app").click()
    assert faults(page) == []
    page.locator("summary", has_text="Type the key").click()
    key = base64.b32decode(page.locator("p.hash").inner_text().replace(" ", ""))
    app = TOTP(key, 6, SHA1(), 30)
    page.locator("#code").fill(app.generate(int(time.time()) - 30).decode())
    page.locator("main form button.main").click()
    expect(page.locator("#codes li")).to_have_count(10)
    page.context.clear_cookies(name="session")
    sign_in(page, url, "app@example.org")
    expect(page).to_have_url(f"{url}/login/second-step")
    assert faults(page) == []
    page.locator("#code").fill(app.generate(int(time.time())).decode())
    page.locator("main form button.main").first.click()
    expect(page).to_have_url(f"{url}/work")
