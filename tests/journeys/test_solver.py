"""A solver at the browser: files with progress and without JavaScript, the deadline always in sight."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from challenge.base.db import db
from challenge.files.models import Attachment
from challenge.submissions.models import Submission, Version
from tests.files import specimens
from tests.rigs.browser import DESKTOP, PHONE, Complaints, OpenPage
from tests.rigs.server import LiveServer
from tests.submissions.live import inside, session_of
from tests.submissions.stories import owner_of, ready

pytestmark = pytest.mark.browser


def draft_of(server: LiveServer) -> tuple[str, str]:
    """A complete draft on the server: its address and its owner's session."""
    with inside(server) as app:
        draft = ready()
        return draft.ref, session_of(app, owner_of(draft))


def enter(page: Page, server: LiveServer, session: str) -> Page:
    page.context.add_cookies([{"name": "session", "value": session, "url": server.url}])
    return page


def in_sight(page: Page, selector: str) -> bool:
    """Whether it can be seen without scrolling."""
    box = page.locator(selector).first.bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    return box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


@pytest.mark.parametrize("script", [True, False])
def test_text_and_files_are_saved_together_and_handed_in(
    live_server: LiveServer, open_page: OpenPage, tmp_path: Path, script: bool
) -> None:
    ref, session = draft_of(live_server)
    report, figure = tmp_path / "报告.pdf", tmp_path / "figure.png"
    report.write_bytes(specimens.PDF + b"x" * 3_000_000)
    figure.write_bytes(specimens.png())
    page = enter(open_page(live_server.url, DESKTOP, java_script_enabled=script), live_server, session)
    page.goto(f"/solve/{ref}/edit")
    page.get_by_label("Title").fill("Typed and sent together")
    page.get_by_label("Attachments").set_input_files([report, figure])
    page.get_by_role("button", name="Save the draft").first.click()
    expect(page.get_by_role("link", name="报告.pdf")).to_be_visible()
    expect(page.get_by_role("link", name="figure.png")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Typed and sent together")
    page.get_by_role("button", name="Save and review").click()
    page.wait_for_url("**/review")
    page.get_by_role("button", name="Submit", exact=True).first.click()
    page.wait_for_url("**/receipts/1")
    expect(page.get_by_text("Submitted. This is your receipt; keep it.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the receipt").click()
    with inside(live_server):
        mine = sa.select(Submission.id).where(Submission.ref == ref).scalar_subquery()
        version = db.session.scalars(sa.select(Version).where(Version.submission_id == mine)).one()
        assert json.loads(Path(download.value.path()).read_text(encoding="utf-8")) == version.receipt
        assert len(version.manifest) == 2
        kept = sa.select(sa.func.count(Attachment.id)).where(
            Attachment.owner_kind == "submission", Attachment.owner_id == mine
        )
        assert db.session.scalar(kept) == 2


def test_a_refused_file_leaves_what_was_typed_on_the_page(
    live_server: LiveServer, open_page: OpenPage, tmp_path: Path, complaints: Complaints
) -> None:
    ref, session = draft_of(live_server)
    liar = tmp_path / "report.pdf"
    liar.write_bytes(specimens.EXE)
    page = enter(open_page(live_server.url, PHONE), live_server, session)
    page.goto(f"/solve/{ref}/edit")
    page.get_by_label("Title").fill("Still here")
    page.get_by_label("Attachments").set_input_files(liar)
    expect(page.get_by_role("alert").first).to_contain_text("report.pdf is really EXE")
    expect(page.get_by_label("Title")).to_have_value("Still here")


def test_on_a_phone_the_deadline_and_the_next_step_are_always_in_sight(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    ref, session = draft_of(live_server)
    page = enter(open_page(live_server.url, PHONE), live_server, session)
    for path in ("", "/edit", "/review"):
        page.goto(f"/solve/{ref}{path}")
        assert in_sight(page, ".bottom .due"), path
        assert in_sight(page, ".bottom .btn.main"), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_keyboard_alone_hands_in(live_server: LiveServer, open_page: OpenPage) -> None:
    ref, session = draft_of(live_server)
    page = enter(open_page(live_server.url, DESKTOP), live_server, session)
    page.goto(f"/solve/{ref}/review")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(
            "document.activeElement.textContent.trim() === 'Submit' && "
            "document.activeElement.tagName === 'BUTTON'"
        ):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipts/1")
    with inside(live_server):
        assert (
            db.session.scalars(sa.select(Submission.state).where(Submission.ref == ref)).one() == "submitted"
        )
