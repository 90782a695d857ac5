"""What was accepted of the hostile files is opened in Chromium in every way there is: no script runs."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import sqlalchemy as sa
from playwright.sync_api import Dialog, Page

from challenge.base.db import db
from challenge.files import services as files
from challenge.files import sniffing
from challenge.files.models import Attachment, Blob
from challenge.files.names import display_name
from challenge.files.receiving import Kept
from challenge.files.storage import storage
from challenge.submissions.models import Version
from tests.factories import RequirementFactory
from tests.files import hostile, papers
from tests.judging.stories import assign, court, entry
from tests.rigs.browser import Complaints, OpenPage
from tests.rigs.server import LiveServer, MakeServer
from tests.submissions.live import inside, session_of
from tests.submissions.stories import owner_of, ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WAYS = """
async (places) => {
  const ways = [["iframe", "src"], ["img", "src"], ["object", "data"], ["embed", "src"], ["script", "src"],
                ["link", "href"]];
  for (let start = 0; start < places.length; start += 20) {
    for (const place of places.slice(start, start + 20)) {
      for (const [tag, attribute] of ways) {
        const element = document.createElement(tag);
        if (tag === "link") element.rel = "stylesheet";
        element[attribute] = place;
        document.body.append(element);
      }
    }
    await new Promise((done) => setTimeout(done, 2000));
  }
}
"""


def attach_all(owner_id: int) -> int:
    """Attach every accepted specimen to a submission; how many."""
    kept = []
    for specimen in hostile.specimens_of_all_kinds():
        if specimen.accepted:
            name = display_name(specimen.name)
            media_type = sniffing.check(name, io.BytesIO(specimen.data)).media_type
            with storage().stage() as staged:
                staged.write(specimen.data)
                kept.append(Kept(storage().keep(staged), staged.size, media_type, name))
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    room = files.Room(999)
    return len(files.attach(db.session, "submission", owner_id, kept, room=room, user_id=None, at=at))


def watched(page: Page, server: LiveServer, session: str) -> list[str]:
    """The page's visitor signed in; every dialog that a script opens, which is none."""
    opened: list[str] = []

    def seen(dialog: Dialog) -> None:
        opened.append(f"{page.url}: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", seen)
    page.context.add_cookies([{"name": "session", "value": session, "url": server.url}])
    return opened


LINK = """
(place) => {
  const link = document.createElement("a");
  link.href = place;
  document.body.append(link);
  link.click();
}
"""


def visit(page: Page, place: str) -> None:
    """Go there as by a link; a download is no page."""
    with page.expect_download() as download:
        page.evaluate(LINK, place)
    assert download.value.url.endswith(place)
    download.value.cancel()


def test_downloads_of_the_team_run_nothing(
    make_server: MakeServer, open_page: OpenPage, complaints: Complaints
) -> None:
    server = make_server(work=0)
    with inside(server) as app:
        draft = ready(requirement=RequirementFactory(round__max_files=200))
        assert attach_all(draft.id) >= 60
        refs = db.session.scalars(sa.select(Attachment.ref)).all()
        places = [f"/solve/{draft.ref}/files/{ref}" for ref in refs]
        session, editor = session_of(app, owner_of(draft)), f"/solve/{draft.ref}"
    page = open_page(server.url)
    opened = watched(page, server, session)
    page.goto(editor)
    for place in places[::6]:
        visit(page, place)
    page.evaluate(WAYS, places)
    page.goto(f"{editor}/edit")  # the names of all of them stand there as text
    assert page.locator(".files > li").count() >= 60
    assert page.locator(".files img, .files script").count() == 0
    assert (opened, [each for each in complaints if "PWNED" in each]) == ([], [])
    complaints.clear()  # Chromium says of each that it will not run it


def test_what_judges_get_of_them_runs_nothing(
    make_server: MakeServer, open_page: OpenPage, complaints: Complaints
) -> None:
    server = make_server(work=0)
    with inside(server) as app:
        made = court(db.session, entries=0)
        submission = entry(db.session, made.requirement, files=[])
        attach_all(submission.id)
        rows = db.session.execute(sa.select(Attachment.name, Blob).join(Blob).order_by(Attachment.id)).all()
        version = db.session.scalars(sa.select(Version).where(Version.submission_id == submission.id)).one()
        version.manifest = [
            {"name": name, "sha256": blob.sha256, "size": blob.size, "media_type": blob.media_type}
            for name, blob in rows
        ]
        made.entries.append(submission)
        assign(made.phase, made.judges[0], submission)
        db.session.commit()
        papers.derive_all(db.session)
        desk, session = f"/judge/{made.assignment().ref}", session_of(app, made.people[0])
    page = open_page(server.url)
    opened = watched(page, server, session)
    page.goto(desk)
    copies = [link.get_attribute("href") for link in page.locator("#documents ~ ul a").all()]
    downloads = [each for each in copies if each and not each.endswith("/pages")]
    pages = [each for each in copies if each and each.endswith("/pages")]
    assert len(downloads) >= 40
    assert len(pages) >= 8
    page.evaluate(WAYS, [*downloads, *(f"{each}/1" for each in pages)])
    for address in pages:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.locator("main img").first.evaluate("img => img.naturalWidth") > 0, address
    assert (opened, [each for each in complaints if "PWNED" in each]) == ([], [])
    complaints.clear()
