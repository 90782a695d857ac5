"""An upload is paused, the server killed and started again; it goes on to a receipt that proves itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from challenge.base.db import db
from challenge.files.storage import storage
from challenge.submissions.models import Version
from tests.files import specimens
from tests.journeys.people import download
from tests.rigs.browser import DESKTOP, Complaints, OpenPage
from tests.rigs.server import LiveServer, MakeServer
from tests.submissions.live import inside
from tests.submissions.stories import owner_of, ready

pytestmark = [pytest.mark.browser, pytest.mark.both, pytest.mark.timeout(240)]

BYTES_A_SECOND = 600_000
FILE_BYTES = 6_000_000
SOME_OF_IT = 1_500_000


@pytest.fixture
def live_server(make_server: MakeServer) -> LiveServer:
    """A server of the test's own: it is killed, and all that it stored is counted."""
    return make_server()


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A file of which no two pieces are alike, so that a piece in the wrong place would be found."""
    path = tmp_path / "report.pdf"
    numbered = b"".join(f"{number:07d}\n".encode() for number in range(FILE_BYTES // 8))
    path.write_bytes((specimens.PDF + numbered)[:FILE_BYTES])
    return path


def slow_line(page: Page) -> None:
    """Slow enough that somebody has time to press a button."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    speed = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": BYTES_A_SECOND}
    line.send("Network.emulateNetworkConditions", speed)


def until_sent(bar: Locator, count: int) -> None:
    """Wait until so many bytes have gone."""
    page, handle = bar.page, bar.element_handle()
    page.wait_for_function("([bar, count]) => bar.value >= count", arg=[handle, count], timeout=60_000)


def fetch(url: str, path: Path) -> Path:
    """What the server gives everyone at this address, as a file."""
    with urlopen(url, timeout=10) as answer:
        path.write_bytes(answer.read())
    return path


def verify(script: Path, *arguments: Path | str) -> subprocess.CompletedProcess[str]:
    """The single-file script, alone in its folder: no application, no settings, no packages."""
    command = [sys.executable, "-I", "-S", str(script), *map(str, arguments)]
    return subprocess.run(command, cwd=script.parent, env={}, capture_output=True, text=True, check=False)


def test_a_paused_upload_outlives_the_server_and_its_receipt_outlives_the_site(
    live_server: LiveServer, open_page: OpenPage, complaints: Complaints, report: Path, tmp_path: Path
) -> None:
    with inside(live_server):
        draft = ready()
        ref, email = draft.ref, owner_of(draft).email
    page = open_page(live_server.url, size=DESKTOP)
    live_server.sign_in(page, email)
    slow_line(page)

    page.goto(f"/solve/{ref}/edit")
    page.locator("input[type=file]").first.set_input_files(report)
    until_sent(page.get_by_role("progressbar", name="report.pdf"), SOME_OF_IT)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused")).to_be_visible()

    live_server.processes[0].kill()
    live_server.start_web()

    bar = page.get_by_role("progressbar", name="report.pdf")
    before = bar.evaluate("bar => bar.value")
    assert 0 < before < FILE_BYTES
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("link", name="report.pdf")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Save and review").first.click()
    page.wait_for_url("**/review")
    page.get_by_role("button", name="Submit", exact=True).first.click()
    expect(page.get_by_text("This is your receipt; keep it.")).to_be_visible()
    receipt = download(page, "Save the receipt", tmp_path)

    script = fetch(f"{live_server.url}/verify/verify_receipt.py", tmp_path / "verify_receipt.py")
    keys = fetch(f"{live_server.url}/verify/keys.json", tmp_path / "keys.json")
    with inside(live_server):
        (version,) = db.session.scalars(sa.select(Version))
        (entered,) = version.manifest
        assert b"".join(storage().read(entered["sha256"], 0, FILE_BYTES)) == report.read_bytes()
    page.close()
    live_server.close()

    said = verify(script, receipt, report, "--keys", keys)
    assert said.returncode == 0, said.stdout + said.stderr
    report.write_bytes(report.read_bytes()[:-1] + b"!")
    assert verify(script, receipt, report, "--keys", keys).returncode != 0
    # A browser logs the requests that a killed server could not answer.
    complaints[:] = [each for each in complaints if "net::ERR_" not in each]
