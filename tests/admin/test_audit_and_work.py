"""The audit trail read and checked on its page; the state of the work, and failed work looked after."""

from __future__ import annotations

import io
import json
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.audit.models import AuditCheck, AuditEntry
from challenge.flow import errands
from challenge.rules.permissions import SYSTEM
from challenge.tasks import faults, queue
from challenge.tasks.models import Task
from tests.factories import RoundFactory, SubmissionFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

WHY = {"reason": "The address does not exist any more."}


@pytest.fixture
def boss(db: Session) -> User:
    return UserFactory(admin=True, name="Boss", email="boss@example.org")


@pytest.fixture
def admin(client: Visitor, boss: User) -> Visitor:
    return client.sign_in(boss)


@pytest.fixture
def record(db: Session, boss: User) -> None:
    """Entries of two people and the product, in two chains."""
    chain.record(db, actor_of(boss), "programme.created", "programme:1")
    chain.record(db, SYSTEM, "round.submission_opened", "round:7", chain="round:7")
    chain.record(db, actor_of(UserFactory(name="Lin")), "organization.edited", "organization:3")
    db.commit()


def subjects(page: str) -> list[str]:
    return re.findall(r"href=\"[^\"]*thing=([a-z_]+(?:%3A|:)\d+)(?!\d|&amp;as=)", page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["organization:3", "round:7", "programme:1"]),
        ("who=boss@example.org", ["programme:1"]),
        ("who=system", ["round:7"]),
        ("who=nobody@example.org", []),
        ("thing=organization:3", ["organization:3"]),
        ("thing=programme", ["programme:1"]),
        ("action=round.submission_opened", ["round:7"]),
        ("chain=platform", ["organization:3", "programme:1"]),
        ("since=2999-01-01", []),
        ("until=2001-01-01", []),
    ],
)
def test_entries_are_found_by_person_thing_kind_chain_and_time(
    admin: Visitor, record: None, query: str, found: list[str]
) -> None:
    page = admin.get(f"/admin/audit?{query}").text
    assert [each.replace("%3A", ":") for each in subjects(page)] == found
    assert ("No entry is of this person" in page) is not found


def test_the_trail_is_read_by_pages_at_a_constant_cost(
    admin: Visitor, record: None, db: Session, boss: User, statements: Counting
) -> None:
    def cost() -> int:
        with statements() as asked:
            assert admin.get("/admin/audit").status_code == 200
        return len(asked)

    few = cost()
    for number in range(60):
        chain.record(db, actor_of(boss), "round.edited", f"round:{number}", chain="round:1")
    db.commit()
    assert cost() == few
    page = admin.get("/admin/audit").text
    older = page.split('rel="next" href="')[1].split('"')[0]
    assert "programme:1" in admin.get(older).text.replace("%3A", ":")


def test_the_trail_of_a_round_is_shut_to_an_administrator_who_takes_part_in_it(
    admin: Visitor, db: Session, boss: User
) -> None:
    mine, other = RoundFactory(), RoundFactory()
    SubmissionFactory(requirement__round=mine, team=[boss])
    for round_ in (mine, other):
        chain.record(db, SYSTEM, "assignment.made", f"round:{round_.id}", chain=f"round:{round_.id}")
    db.commit()
    page = admin.get("/admin/audit").text
    assert [each.replace("%3A", ":") for each in subjects(page)] == [f"round:{other.id}"]
    assert "round that you take part in" in page


def test_all_chains_are_checked_as_a_piece_of_work(admin: Visitor, record: None, db: Session) -> None:
    admin.post("/admin/audit/check")
    assert "data-waits" in admin.get("/admin/audit").text
    again = admin.post("/admin/audit/check")
    assert "under way" in admin.get(again.location).text
    db.commit()
    errands.drain()
    assert "4 entries, every one in its place" in admin.get("/admin/audit").text
    db.execute(sa.update(AuditEntry).where(AuditEntry.subject == "round:7").values(actor="user:1"))
    db.commit()
    admin.post("/admin/audit/check")
    errands.drain()
    page = admin.get("/admin/audit").text
    assert "1 fault" in page
    assert "does not fit its fingerprint" in page


def test_a_kept_anchor_tells_what_was_cut_off(admin: Visitor, record: None, db: Session) -> None:
    anchor = admin.get("/admin/audit/anchor.json").data
    last = db.scalars(sa.select(AuditEntry).where(AuditEntry.chain == "round:7")).one()
    db.execute(sa.text("DELETE FROM audit_entry WHERE chain = 'round:7'"))
    db.execute(sa.text("DELETE FROM audit_head WHERE chain = 'round:7'"))
    db.commit()
    assert last is not None
    sent = {"anchor": (io.BytesIO(anchor), "anchor.json")}
    admin.post("/admin/audit/check", data=sent, content_type="multipart/form-data")
    errands.drain()
    page = admin.get("/admin/audit").text
    assert "anchor.json" in page
    assert "is not what was signed" in page
    assert "The anchor names 2 positions" in page


def test_a_file_that_was_not_signed_here_is_no_anchor(admin: Visitor, record: None, db: Session) -> None:
    told = json.loads(admin.get("/admin/audit/anchor.json").data)
    told["statement"]["heads"][0]["seq"] = 1000
    for data in (b"not even JSON", json.dumps(told).encode()):
        sent = {"anchor": (io.BytesIO(data), "x.json")}
        answer = admin.post("/admin/audit/check", data=sent, content_type="multipart/form-data")
        assert "This file is no anchor" in admin.get(answer.location).text
    assert db.scalars(sa.select(AuditCheck)).all() == []


def failed(db: Session, *kinds: str) -> list[int]:
    for number, kind in enumerate(kinds):
        queue.put(db, queue.Work(kind, f"{kind}/{number}/lin@example.org", {}))
    for task in db.scalars(sa.select(Task)):
        task.state, task.error = "failed", "550 lin@example.org is unknown, call 138 0013 8000"
    db.commit()
    return list(db.scalars(sa.select(Task.id).order_by(Task.id)))


def test_failed_work_is_told_without_anybodys_address(admin: Visitor, db: Session) -> None:
    failed(db, "mail", "mail", "paper")
    page = admin.get("/admin/health").text
    assert "550 [address] is unknown, call [number]" in page
    assert "lin@" not in page
    assert page.count("Try all again") == 1  # where there are several of a kind


def test_failed_work_is_dropped_with_a_reason_or_tried_again(admin: Visitor, db: Session) -> None:
    one, two, three = failed(db, "mail", "mail", "paper")
    admin.post(f"/admin/health/tasks/{one}/drop")
    assert db.get_one(Task, one).state == "failed"
    for _ in range(2):
        admin.post(f"/admin/health/tasks/{one}/drop", data=WHY)
    assert db.get_one(Task, one).state == "done"
    admin.post("/admin/health/kinds/mail/retry")
    assert [db.get_one(Task, each).state for each in (two, three)] == ["queued", "failed"]
    found = sa.select(AuditEntry.action).where(AuditEntry.action.startswith("task."))
    told = db.scalars(found.order_by(AuditEntry.seq)).all()
    assert told == ["task.dropped", "task.retried"]


def test_an_error_says_where_in_our_code_it_arose() -> None:
    try:
        faults.told(None)  # type: ignore[arg-type]
    except AttributeError as error:
        said = faults.told(error)
    assert said.startswith("AttributeError: ")
    assert "challenge/tasks/faults.py:" in said
    assert "tests/" not in said
