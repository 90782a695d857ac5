"""Very many cells that wait to be sent go in several requests, none larger than the server takes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Request, expect

from challenge.base.db import db
from challenge.rules.formfaults import MOST_COLUMNS
from challenge.rules.formspec import MOST_ROWS
from challenge.submissions.models import Submission
from tests.rigs.browser import DESKTOP, OpenPage
from tests.rigs.server import LiveServer
from tests.solve.test_large_forms import LARGE, TABLES
from tests.solve.wide import wide_draft
from tests.submissions.live import inside
from tests.submissions.stories import owner_of

pytestmark = pytest.mark.browser
ONE_BY_ONE = """() => {
  for (const each of document.querySelectorAll("[data-rows] input")) each.value = "new";
  document.querySelector("[data-rows] input").dispatchEvent(new Event("input", { bubbles: true }));
}"""


def test_three_tables_that_wait_are_sent_in_turn(live_server: LiveServer, open_page: OpenPage) -> None:
    with inside(live_server):
        values = {table.key: [["old"] * MOST_COLUMNS] * MOST_ROWS for table in TABLES}
        draft = wide_draft({"title": "Large", **values}, LARGE)
        ref, email = draft.ref, owner_of(draft).email
        db.session.commit()
    page = open_page(live_server.url, DESKTOP)
    live_server.sign_in(page, email)
    page.goto(f"/solve/{ref}/edit")
    page.wait_for_load_state("networkidle")  # its scripts are there
    sent: list[int] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(len(re.findall(rb'name="plan_', request.post_data_buffer or b"")))

    page.on("request", note)
    page.evaluate(ONE_BY_ONE)
    with inside(live_server):
        for _ in range(100):
            page.wait_for_timeout(100)
            db.session.expire_all()
            kept = dict(db.session.query(Submission).filter_by(ref=ref).one().values)
            db.session.rollback()
            if kept["plan_2"][0][0] == "new":
                break
    new = [["new"] * MOST_COLUMNS] * MOST_ROWS
    assert {key: rows for key, rows in kept.items() if key != "title"} == {each.key: new for each in TABLES}
    assert sent == [2 * MOST_ROWS * MOST_COLUMNS, MOST_ROWS * MOST_COLUMNS]
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
