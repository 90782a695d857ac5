"""An organizer writes to a group in the browser: sees who, sends, stops one; a judge reads the other."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from challenge.accounts.models import User
from challenge.base import clock
from challenge.base.db import db
from challenge.rules.stages import Stage
from challenge.tasks.models import Task
from tests.factories import PanelJudgeFactory, PhaseFactory, ProgrammeFactory, RoundFactory, UserFactory
from tests.rigs import inspection
from tests.rigs.browser import PHONE, OpenPage
from tests.rigs.server import LiveServer
from tests.submissions.live import inside, session_of

pytestmark = pytest.mark.browser


def signed_in(server: LiveServer, open_page: OpenPage, session: str) -> Page:
    page = open_page(server.url, size=PHONE)
    page.context.add_cookies([{"name": "session", "value": session, "url": server.url}])
    return page


def write(page: Page, subject: str) -> None:
    page.get_by_label("Everyone on the panel").check()
    page.locator("#subject_en").fill(subject)
    page.locator("#body_en").fill("We meet on **Friday**.")
    page.get_by_role("button", name="See who gets what").click()
    expect(page.get_by_role("heading", name="It would go to 2 people")).to_be_visible()
    page.get_by_text("Who they are").click()
    expect(page.get_by_text("Ada Judge")).to_be_visible()
    assert inspection.faults(page) == []
    page.get_by_role("button", name="Send to 2 people").click()
    expect(page.get_by_role("button", name="Stop it")).to_be_visible()


def test_a_message_to_the_panel_is_seen_sent_stopped_and_read(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    with inside(live_server) as app:
        programme = ProgrammeFactory()
        round_ = RoundFactory(programme=programme, stage=Stage.JUDGING)
        phase = PhaseFactory(round_id=round_.id)
        judges: list[User] = [UserFactory(name=name, locale="en_US") for name in ("Ada Judge", "Bo Judge")]
        for judge in judges:
            PanelJudgeFactory(phase_id=phase.id, user=judge)
        organizer = UserFactory(organizes=[programme], locale="en_US")
        db.session.commit()
        slug, office, desk = round_.slug, session_of(app, organizer), session_of(app, judges[0])
    page = signed_in(live_server, open_page, office)
    page.goto(f"/organize/rounds/{slug}/groups")
    write(page, "A mistake")
    page.get_by_role("button", name="Stop it").click()
    expect(page.get_by_text("Stopped", exact=True)).to_be_visible()
    write(page, "The panel meets")
    with inside(live_server):
        waiting = sa.and_(Task.kind == "group", Task.state == "queued")
        db.session.execute(sa.update(Task).where(waiting).values(run_at=clock.now(db.session)))
        db.session.commit()
    judge = signed_in(live_server, open_page, desk)
    for _ in range(40):
        judge.goto("/messages")
        if judge.get_by_role("button", name="The panel meets").count():
            break
        judge.wait_for_timeout(500)
    assert inspection.faults(judge) == []
    assert not judge.get_by_text("A mistake").count()
    judge.get_by_role("button", name="The panel meets").click()
    expect(judge.locator("strong", has_text="Friday")).to_be_visible()
    assert inspection.faults(judge) == []
