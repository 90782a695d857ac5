"""A receipt in a real browser: its paper comes by itself, is verified by upload, files are compared here."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from challenge.base.db import db
from challenge.submissions import submitting
from tests.factories import actor_of
from tests.rigs import inspection
from tests.rigs.browser import PHONE, OpenPage
from tests.rigs.server import LiveServer
from tests.submissions.live import inside, session_of
from tests.submissions.stories import owner_of, ready, with_file

pytestmark = [pytest.mark.browser, pytest.mark.both]
FILE = b"%PDF-1.7 the very bytes"


@pytest.fixture
def receipt(live_server: LiveServer, open_page: OpenPage) -> Page:
    """The page that a solver on a phone sees after handing in."""
    with inside(live_server) as app:
        draft = ready()
        owner = owner_of(draft)
        owner.locale = "en_US"
        with_file(draft, "plan.pdf", FILE)
        submitting.submit(db.session, actor_of(owner), draft.ref)
        db.session.commit()
        ref, session = draft.ref, session_of(app, owner)
    page = open_page(live_server.url, size=PHONE)
    page.context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
    page.goto(f"/solve/{ref}/receipts/1")
    return page


def saved(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as coming:
        page.get_by_role("link", name=name).first.click()
    target = folder / coming.value.suggested_filename
    coming.value.save_as(target)
    return target


def test_the_paper_comes_is_verified_and_files_are_compared(receipt: Page, tmp_path: Path) -> None:
    # It was being made while the page was drawn; the page asks again by itself.
    expect(receipt.get_by_role("link", name="PDF")).to_be_visible(timeout=30_000)
    assert inspection.faults(receipt) == []
    paper = saved(receipt, "PDF", tmp_path)
    mine, other = tmp_path / "mine.pdf", tmp_path / "plan.pdf"
    mine.write_bytes(FILE)
    other.write_bytes(FILE + b" and more")

    receipt.get_by_role("link", name="Verify a receipt").first.click()
    receipt.get_by_label("Receipt file").set_input_files(paper)
    receipt.get_by_role("button", name="Verify").click()
    expect(receipt.get_by_text("Valid.")).to_be_visible()
    chosen = receipt.get_by_label("Compare your files with it")
    expect(chosen).to_be_visible()
    chosen.set_input_files([mine, other])
    expect(receipt.get_by_text("mine.pdf: is, byte for byte, plan.pdf")).to_be_visible()
    expect(
        receipt.get_by_text("plan.pdf: has the name of a file in the receipt, but other bytes")
    ).to_be_visible()
    assert inspection.faults(receipt) == []

    for name in ("verify_receipt.py", "keys.json"):
        saved(receipt, name, tmp_path)
    command = [sys.executable, "-I", "-S", "verify_receipt.py", paper.name, "mine.pdf", "--keys", "keys.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_data_is_taken_along(receipt: Page, tmp_path: Path) -> None:
    receipt.goto("/profile/data")
    assert inspection.faults(receipt) == []
    archive = zipfile.ZipFile(saved(receipt, "Download my data", tmp_path))
    names = [name for name in archive.namelist() if name.endswith("/files/01-plan.pdf")]
    assert [archive.read(name) for name in names] == [FILE]
