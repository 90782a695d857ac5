"""Every page that links lead to, as everybody who has a part in a sealed round: nothing before, all after."""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.flow import closing
from challenge.flow.errands import drain
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.submissions import submitting
from challenge.submissions.models import Submission, Version
from tests.factories import (
    AssignmentFactory,
    PanelJudgeFactory,
    PhaseFactory,
    UserFactory,
    actor_of,
    organizer_of,
)
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.submissions.sealed import CANARY, SECRETS, draft, sealed_round
from tests.submissions.stories import close, with_file

LINK = re.compile(r'(?:href|src)="(/[^"#]*)')
PAGES = 45
FILE = f"%PDF-1.7 {CANARY} inside".encode()


def crawl(visitor: Visitor, *starts: str) -> dict[str, str]:
    """The pages that links lead to from these, by address."""
    seen: dict[str, str] = {}
    waiting = deque(starts)
    while waiting and len(seen) < PAGES:
        address = waiting.popleft()
        if address in seen or "/static/" in address or "sign-out" in address or "logout" in address:
            continue
        answer: Any = visitor.get(address)
        if answer.status_code == 302 and answer.location.startswith("/"):
            waiting.append(answer.location)
        seen[address] = answer.text if "text" in (answer.content_type or "") else str(answer.data)
        waiting.extend(link.replace("&amp;", "&") for link in LINK.findall(seen[address]))
    return seen


class World:
    """A sealed round with an entry in it, and everybody who will read it one day."""

    def __init__(self, db: Session) -> None:
        self.round: Round = sealed_round(db)
        self.owner: User = UserFactory()
        self.submission: Submission = draft(db, self.round, self.owner)
        with_file(self.submission, "plan.pdf", FILE)
        self.version: Version = submitting.submit(db, actor_of(self.owner), self.submission.ref)
        requirement = db.get_one(Requirement, self.submission.requirement_id)
        db.refresh(requirement, ["seeker"])
        self.seeker: User = UserFactory(represents=[requirement.seeker])
        self.organizer = organizer_of(self.round.programme)
        self.admin: User = UserFactory(admin=True)
        self.judge: User = UserFactory()
        phase = PhaseFactory(round_id=self.round.id)
        seat = PanelJudgeFactory(phase_id=phase.id, user=self.judge)
        self.assignment = AssignmentFactory(
            phase_id=phase.id, judge_id=seat.id, submission_id=self.submission.id, state="accepted"
        )
        self.requirement = requirement
        db.commit()

    def starts(self) -> list[str]:
        """Where each of them would look, and what a curious one would type."""
        ref, slug = self.submission.ref, self.round.slug
        return [
            f"/organize/submissions/{ref}",
            f"/organize/submissions/{ref}/files/1",
            f"/organize/submissions/{ref}/differences",
            f"/organize/rounds/{slug}/submissions",
            f"/organize/rounds/{slug}/deadline",
            f"/organize/rounds/{slug}",
            f"/seek/requirements/{self.requirement.ref}/submissions",
            f"/seek/submissions/{ref}",
            f"/seek/submissions/{ref}/files/1",
            f"/judge/{self.assignment.ref}",
            "/judge/",
            f"/solve/{ref}",
            f"/solve/{ref}/versions/1",
            f"/rounds/{slug}",
            "/work",
            "/admin/",
        ]


@pytest.mark.parametrize("who", ["organizer", "seeker", "judge", "admin", "stranger", "nobody"])
def test_no_page_tells_anything_before_the_release(client: Visitor, db: Session, who: str) -> None:
    world = World(db)
    drain()
    person = UserFactory() if who == "stranger" else getattr(world, who, None)
    visitor = client.sign_in(person) if person is not None else client
    pages = crawl(visitor, *world.starts())
    assert len(pages) >= len(world.starts())
    assert [address for address, text in pages.items() if CANARY in text] == []
    close(world.submission, clock.now(db) - dt.timedelta(seconds=1))
    db.commit()
    closing.close_due()  # released, but not opened yet
    assert [address for address in world.starts() if CANARY in str(visitor.get(address).data)] == []


def test_its_team_reads_its_draft_all_the_while(client: Visitor, db: Session) -> None:
    world = World(db)
    pages = crawl(client.sign_in(world.owner), f"/solve/{world.submission.ref}")
    assert SECRETS["title"] in pages[f"/solve/{world.submission.ref}"]


def test_no_letter_tells_anything_before_the_release(db: Session, mailbox: Mailbox) -> None:
    world = World(db)
    assert mailbox.to(world.owner.email)
    assert [letter.subject for letter in mailbox.letters if CANARY in letter.body + letter.html] == []


def test_after_the_release_whoever_may_reads_all(client: Visitor, db: Session) -> None:
    world = World(db)
    close(world.submission, clock.now(db) - dt.timedelta(seconds=1))
    db.commit()
    closing.close_due()
    drain()
    ref = world.submission.ref
    for person, address in (
        (world.organizer, f"/organize/submissions/{ref}"),
        (world.seeker, f"/seek/submissions/{ref}"),
        (world.owner, f"/solve/{ref}/versions/1"),
        (world.judge, f"/judge/{world.assignment.ref}"),
    ):
        page = client.sign_in(person).get(address).text
        assert SECRETS["title"] in page, address
        assert SECRETS["proposal"] in page, address
    for person, address in (
        (world.organizer, f"/organize/submissions/{ref}/files/1"),
        (world.seeker, f"/seek/submissions/{ref}/files/1"),
        (world.owner, f"/solve/{ref}/versions/1/files/1"),
    ):
        assert client.sign_in(person).get(address).data == FILE, address


def test_a_close_without_its_key_is_told_to_the_organizer(client: Visitor, db: Session) -> None:
    world = World(db)
    close(world.submission, clock.now(db) - dt.timedelta(seconds=1))
    db.commit()
    closing.close_due()
    page = client.sign_in(world.organizer).get(f"/organize/rounds/{world.round.slug}/submissions")
    assert page.status_code == 200
    assert "the solutions are not open yet" in page.text
