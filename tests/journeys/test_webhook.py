"""An organizer sets up a webhook in the browser, tries it out, and an announcement arrives signed."""

from __future__ import annotations

import json
import time

import pytest
from playwright.sync_api import expect

from challenge.base.db import db
from challenge.rules.stages import Stage
from tests.factories import RoundFactory, UserFactory, organizer_of
from tests.rigs.browser import PHONE, OpenPage
from tests.rigs.inspection import faults
from tests.rigs.receiver import Receiver
from tests.rigs.server import LiveServer
from tests.submissions.live import inside
from tests.webhooks.stories import verified


@pytest.mark.browser
def test_a_webhook_from_setting_up_to_a_signed_delivery(
    live_server: LiveServer, open_page: OpenPage, receiver: Receiver
) -> None:
    with inside(live_server):
        round_ = RoundFactory(stage=Stage.REQUIREMENTS, slug="hooked", title_en="Hooked")
        address = organizer_of(round_.programme).email
        programme = round_.programme.slug
        UserFactory()
        db.session.commit()
    page = open_page(live_server.url, size=PHONE)
    live_server.sign_in(page, address)
    page.goto(f"{live_server.url}/organize/programmes/{programme}")
    page.get_by_role("link", name="Webhooks").click()
    assert faults(page) == []
    page.locator("#name").fill("ERP")
    page.locator("#url").fill("ftp://nowhere")
    page.get_by_label("An announcement was posted").check()
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.locator("#url-error")).to_be_visible()
    page.locator("#url").fill(receiver.url)
    page.get_by_role("button", name="Add the webhook").click()
    secret = page.locator("#secret").inner_text()
    assert faults(page) == []
    page.get_by_role("button", name="Send a trial").click()
    expect(page.locator("#secret")).to_have_count(0)
    _await(receiver, 1)
    page.goto(f"{live_server.url}/organize/rounds/hooked/announcements")
    page.locator("#title_en").fill("Doors open")
    page.locator("#body_en").fill("On Monday.")
    page.locator("main form.form button.main").first.click()
    page.locator("dialog[open]").get_by_role("button", name="Post it", exact=True).click()
    _await(receiver, 2)
    assert [json.loads(each.body)["type"] for each in receiver.got] == ["ping", "announcement.posted"]
    assert all(verified(secret, each) for each in receiver.got)
    page.goto(f"{live_server.url}/webhooks/programme/{programme}")
    page.get_by_role("link", name="ERP").click()
    expect(page.get_by_text("Delivered").first).to_be_visible()
    page.get_by_role("link", name="An announcement was posted").click()
    expect(page.get_by_text("taken")).to_be_visible()
    assert faults(page) == []


def _await(receiver: Receiver, count: int) -> None:
    deadline = time.monotonic() + 20
    while len(receiver.got) < count and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(receiver.got) == count
