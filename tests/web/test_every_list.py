"""Every list that is drawn page by page: in the demo world its file holds what its page holds, all of it."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
import shutil
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask, template_rendered
from jinja2 import Template
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.accounts.scope_models import AuditScope
from challenge.base import clock
from challenge.base.db import db as database_of
from challenge.distribution.models import Dispatch
from challenge.forum import posting
from challenge.judging.models import Criterion, Phase
from challenge.messages.webhook_models import Webhook, WebhookDelivery
from challenge.reports.look_models import LookedAt, LookOn
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.web import listing
from tests.factories import actor_of
from tests.house import tree
from tests.rigs.application import Visitor
from tests.rigs.database import SqliteDatabase
from tests.rigs.demo import MakeDemo

OPEN, ROOM = "/rounds/demo-", "/organize/rounds/demo-"
# Who reads it, and where; what stands in braces is looked up.
PLACES = {
    "": (
        *("/requirements", "/rounds", "/results", "/results/stories", "/search?q=a", "/achievements"),
        *("/experts", "/brokers", "/services", f"{OPEN}submission", f"{OPEN}submission/questions"),
        *(f"{OPEN}submission/announcements", f"{OPEN}submission/discussion", f"{OPEN}closed/gallery"),
        *(f"{OPEN}submission/discussion/{{thread}}", f"{OPEN}closed/results"),
    ),
    "solver": (f"{OPEN}submission/teammates", "/messages"),
    "bio": ("/agreements",),
    "farm": ("/audit/rounds/demo-judging",),
    "admin": (
        *("/mailbox", "/admin/audit", "/admin/people", "/admin/roles", "/admin/organizations"),
        *("/figures/site/all/behind/collected", "/admin/people/{seeker}/looks/{look}"),
    ),
    "manager": ("/organize/branches/{branch}?state=published",),
    "organizer": (
        *("/organize/?over=1", f"{ROOM}closed/agreements", f"{ROOM}submission/announcements"),
        *(f"{ROOM}closed/certificates", f"{ROOM}submission/distribution", "/services/of/{centre}"),
        *(f"{ROOM}submission/distribution/{{sent}}", f"{ROOM}submission/questions?show=answered"),
        *(f"{ROOM}submission/requirements?state=published", f"{ROOM}submission/teammates"),
        *("/record/need/{sent}", "/webhooks/programme/{programme}/{hook}"),
    ),
    "energy": (
        *(f"{ROOM}judging/assignments", f"{ROOM}judging/audit", f"{ROOM}judging/submissions"),
        *(f"{ROOM}judging/conflicts?pile=in_force", f"{ROOM}judging/feedback", f"{ROOM}judging/likeness"),
        *(f"{ROOM}judging/ranking?view=live", f"{ROOM}judging/ranking/what-if?{{supposed}}"),
    ),
}


@pytest.fixture
def demo(make_demo: MakeDemo, worker_app: Flask, database: SqliteDatabase) -> Iterator[Session]:
    """The demo world in the worker's own database; the next test cleans it up."""
    with worker_app.app_context():
        database_of.engine.dispose()
        database.clean()
        shutil.copyfile(make_demo().database_url.removeprefix("sqlite:///"), database.file)
        yield database_of.session
        database_of.session.rollback()


def looked_up(db: Session, people: dict[str, User]) -> dict[str, str]:
    """What the addresses name, some of it made for the occasion."""
    now, round_ = clock.now(db), db.scalars(sa.select(Round).where(Round.slug == "demo-submission")).one()
    programme = db.get_one(Programme, round_.programme_id)
    hook = Webhook(name="Ours", url="https://a.example", programme_id=programme.id, salt="s")
    look = LookOn(
        looker_id=people["admin"].id,
        person_id=people["seeker"].id,
        reason="Help",
        begun_at=now,
        until_at=now + dt.timedelta(minutes=5),
    )
    db.add_all((hook, look))
    db.flush()
    db.add(WebhookDelivery(webhook_id=hook.id, cause="1", event="ping", body="{}", created_at=now))
    db.add(LookedAt(look_on_id=look.id, at=now, path="/work"))
    judged = db.scalars(sa.select(Round).where(Round.slug == "demo-judging")).one()
    db.add(
        AuditScope(
            user_id=people["farm"].id,
            scope="round",
            scope_id=judged.id,
            from_at=now - dt.timedelta(days=1),
            until_at=now + dt.timedelta(days=1),
            reason="Yearly",
        )
    )
    criteria = sa.select(Criterion.id).join(Phase, Phase.id == Criterion.phase_id)
    weights = "".join(
        f"&weight-{each}=1"
        for each in db.scalars(criteria.where(Phase.round_id == judged.id, Phase.number == 1))
    )
    actor = actor_of(people["solver"])
    thread = posting.begin(db, actor, round_.id, "Who has a pump", "We look for one.", own_name=True)
    need = sa.select(Requirement.ref).join(Dispatch, Dispatch.requirement_id == Requirement.id)
    body = sa.select(Organization.ref)
    return {
        "branch": db.scalars(body.where(Organization.name_en.startswith("Weibei Branch"))).one(),
        "centre": db.scalars(body.where(Organization.name_en.startswith("Hexi"))).one(),
        "sent": db.scalars(need.where(Requirement.round_id == round_.id)).first() or "",
        "thread": thread.ref,
        "hook": hook.ref,
        "look": look.ref,
        "seeker": people["seeker"].ref,
        "programme": programme.slug,
        "supposed": f"rule=mean&basis=total&places=2&ties=shared{weights}",
    }


def rows_of(client: Visitor, path: str) -> list[dict[str, object]]:
    """The file of a list as JSON, read two rows at a time; its table has as many rows."""
    at = path + ("&" if "?" in path else "?") + "as="
    assert client.get(path).status_code == 200, path
    table = list(csv.reader(io.StringIO(client.get(at + "csv").text)))
    listing.BATCH, usual = 2, listing.BATCH
    try:
        rows: list[dict[str, object]] = client.get(at + "json").get_json()
    finally:
        listing.BATCH = usual
    assert len(rows) - len(table) + 1 in (0, 1), path  # a trail has one entry more: that it was taken along
    return rows


@pytest.mark.timeout(120, func_only=True)  # the world may be another test’s to load first
@pytest.mark.sqlite
def test_a_file_holds_what_its_page_holds(demo: Session, worker_app: Flask) -> None:
    people = {each.email.partition("@")[0]: each for each in demo.scalars(sa.select(User))}
    known = looked_up(demo, people)
    empty, drawn = [], set[str]()

    def seen(_app: Flask, template: Template, **_context: object) -> None:
        drawn.add(str(template.name))

    with template_rendered.connected_to(seen, worker_app):
        for name, paths in PLACES.items():
            client = worker_app.test_client()
            assert isinstance(client, Visitor)
            if name:
                client.sign_in(people[name])
            for path in (each.format(**known) for each in paths):
                rows = rows_of(client, path)
                page = client.get(path).text
                text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))
                if not rows:
                    empty.append(path)
                    continue
                assert "as=xlsx" in page, path
                for row in rows[:5]:
                    said = [str(each) for each in row.values() if each and len(str(each)) > 2]
                    assert any(each in text or each in page for each in said), (path, row)
    paged = {each for each in tree.under("templates", ending=".html") if "{{ pager(" in tree.text(each)}
    assert {each.removeprefix("templates/") for each in paged} - drawn == {"public/requirement_list.html"}
    # Nothing was found in the demo world; what these hold is told by the tests of their pages.
    assert {each.rpartition("/")[2] for each in empty} == {"conflicts?pile=in_force", "likeness"}
