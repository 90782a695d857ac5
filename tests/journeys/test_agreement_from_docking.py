"""An agreement that outlives its round: no entry and no award stand behind it, only a meeting."""

from __future__ import annotations

import datetime as dt

import pytest

from challenge.base import clock
from challenge.base.db import db
from challenge.docking import meeting
from challenge.docking.meeting import Candidate
from tests.agreements.stories import deal
from tests.journeys.people import Town, fill, press, says
from tests.journeys.test_award_to_handover import sign
from tests.rigs.server import LiveServer
from tests.submissions.live import inside

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_what_docking_brought_is_signed_with_neither_entry_nor_award(
    live_server: LiveServer, open_page: object
) -> None:
    town = Town(live_server, open_page)  # type: ignore[arg-type]
    with inside(live_server):
        made = deal(db.session, entry=False, state="published")
        pair = meeting.pair_up(
            db.session, made.as_seeker, made.need.ref, Candidate(organization_id=made.firm.id)
        )
        way, today = f"pair:{pair.ref}", clock.now(db.session).date()
        need, people = made.need.ref, (made.speaker, made.solver)
        db.session.commit()
        page = town.stranger()
        live_server.sign_in(page, people[0].email)
        town.go(page, f"/agreements/new/{need}")
        fill(page, kind="intent", lang="en", solver=way)
        press(page, "Begin the draft")
        address = page.url.removeprefix(live_server.url).removesuffix("/edit")
        fill(page, scope="Both look for a way to see flaws in the dark.", ownership="joint")
        fill(page, starts_on=f"{today}", ends_on=f"{today + dt.timedelta(days=90)}")
        press(page, "Save and look it over")
        press(page, "Propose it")
        sign(town, page, address, *people)
        town.go(page, address)
        says(page, "Letter of intent")
        says(page, "Signed")
