"""In the browser: a newcomer comes in by an account elsewhere, and finds it among the ways to sign in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.rigs.browser import PHONE, OpenPage
from tests.rigs.inspection import faults
from tests.rigs.provider import House
from tests.rigs.server import LiveServer


@pytest.mark.browser
def test_a_newcomer_comes_in_by_an_account_elsewhere(
    live_server: LiveServer, open_page: OpenPage, provider: House
) -> None:
    provider.person("wang-min", email="min@campus.example", email_verified=True, name="王敏")
    page = open_page(live_server.url, size=PHONE, language="zh-CN")
    page.goto("/login?next=/profile/ways")
    assert faults(page) == []
    page.get_by_role("link", name="校园账号").click()
    page.locator("input[name=sub]").first.fill("wang-min")
    page.locator("button[type=submit], input[type=submit]").first.click()
    expect(page).to_have_url(re.compile("/sign-in/first"))
    expect(page.locator("#name")).to_have_value("王敏")
    assert faults(page) == []
    page.get_by_role("button", name="创建账号").click()
    expect(page).to_have_url(re.compile("/profile/ways"))
    expect(page.get_by_text("min@campus.example").first).to_be_visible()
    expect(page.get_by_text("唯一登录方式")).to_be_visible()
    assert faults(page) == []
