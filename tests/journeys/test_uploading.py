"""Files go up as they are chosen: paused, gone on with after a reload, refused in the reader's words."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from challenge.base.db import db
from challenge.files.models import Attachment, Blob, Upload
from tests.factories import RequirementFactory
from tests.files import specimens
from tests.rigs import inspection
from tests.rigs.browser import PHONE, Complaints, OpenPage
from tests.rigs.server import LiveServer, MakeServer
from tests.submissions.live import inside, session_of
from tests.submissions.stories import owner_of, ready

pytestmark = [pytest.mark.browser, pytest.mark.both]


@pytest.fixture
def live_server(make_server: MakeServer) -> LiveServer:
    """A server of the test's own: it is killed, and all that it stored is counted."""
    return make_server()


def editor(server: LiveServer, open_page: OpenPage, **options: object) -> Page:
    """The editor of a new draft, before its owner's eyes."""
    with inside(server) as app:
        draft = ready(requirement=RequirementFactory(round__max_file_mb=30))
        owner_of(draft).locale = "zh_CN" if options.get("language") == "zh-CN" else "en_US"
        ref, session = draft.ref, session_of(app, owner_of(draft))
    page = open_page(server.url, **options)
    page.context.add_cookies([{"name": "session", "value": session, "url": server.url}])
    page.goto(f"/solve/{ref}/edit")
    return page


def slow(page: Page, bytes_a_second: int) -> None:
    """A phone's line."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    about = {"offline": False, "latency": 20, "downloadThroughput": -1}
    line.send("Network.emulateNetworkConditions", {**about, "uploadThroughput": bytes_a_second})


def until(page: Page, sent: int) -> None:
    """Wait until so many bytes have arrived."""
    for _ in range(300):
        bar = page.locator(".files progress")
        if bar.count() and float(bar.first.evaluate("bar => bar.value")) > sent:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{sent} bytes did not arrive")


def stored(server: LiveServer) -> dict[str, str]:
    """What is attached: names and digests."""
    with inside(server):
        query = sa.select(Attachment.name, Blob.sha256).join(Blob)
        return dict(db.session.execute(query).all())


def test_chosen_files_are_there_without_a_save(
    live_server: LiveServer, open_page: OpenPage, tmp_path: Path
) -> None:
    report, figure = tmp_path / "报告.pdf", tmp_path / "figure.png"
    report.write_bytes(specimens.PDF + b"x" * 5_000_000)
    figure.write_bytes(specimens.png())
    page = editor(live_server, open_page, size=PHONE)
    page.get_by_label("Title").fill("Not saved yet")
    page.get_by_label("Attachments").set_input_files([report, figure])
    expect(page.get_by_role("link", name="报告.pdf")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("link", name="figure.png")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Not saved yet")
    assert stored(live_server) == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (report, figure)
    }
    assert inspection.faults(page) == []
    page.get_by_role("button", name="Remove figure.png").click()
    expect(page.get_by_role("link", name="figure.png")).to_have_count(0)
    expect(page.get_by_role("link", name="报告.pdf")).to_be_visible()


def test_an_upload_is_paused_and_goes_on_after_the_page_was_left(
    live_server: LiveServer, open_page: OpenPage, tmp_path: Path
) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(specimens.PDF + bytes(range(256)) * 32_000)
    page = editor(live_server, open_page)
    slow(page, 1_500_000)
    page.get_by_label("Attachments").set_input_files(report)
    expect(page.get_by_text("Uploading")).to_be_visible()
    until(page, 2_000_000)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Not finished:")).to_be_visible()
    with inside(live_server):
        assert db.session.scalars(sa.select(Upload.state)).all() == ["open"]
    slow(page, -1)
    page.get_by_label("Attachments").set_input_files(report)
    expect(page.get_by_role("link", name="report.pdf")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Not finished:")).to_have_count(0)
    assert stored(live_server) == {"report.pdf": hashlib.sha256(report.read_bytes()).hexdigest()}
    with inside(live_server):
        assert db.session.scalars(sa.select(Upload.state)).all() == ["done"]  # the same one


def test_a_server_that_dies_meanwhile_is_waited_for(
    live_server: LiveServer, open_page: OpenPage, tmp_path: Path, complaints: Complaints
) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(specimens.PDF + bytes(range(256)) * 24_000)
    page = editor(live_server, open_page)
    slow(page, 2_000_000)
    page.get_by_label("Attachments").set_input_files(report)
    until(page, 1_500_000)
    live_server.processes[0].kill()
    live_server.start_web()
    expect(page.get_by_role("link", name="report.pdf")).to_be_visible(timeout=40_000)
    assert stored(live_server) == {"report.pdf": hashlib.sha256(report.read_bytes()).hexdigest()}
    complaints.clear()


def test_a_refused_file_says_why_and_stays_out(
    live_server: LiveServer, open_page: OpenPage, tmp_path: Path
) -> None:
    liar, large = tmp_path / "报告.pdf", tmp_path / "large.txt"
    liar.write_bytes(specimens.EXE)
    large.write_bytes(b"a line of text\n" * 2_200_000)
    page = editor(live_server, open_page, language="zh-CN")
    page.locator("input[type=file]").set_input_files([liar, large])
    expect(page.get_by_text("EXE")).to_be_visible()
    expect(page.get_by_text("超过上限")).to_be_visible()
    page.get_by_role("button", name="移除 报告.pdf").click()
    expect(page.get_by_text("EXE")).to_have_count(0)
    assert stored(live_server) == {}
