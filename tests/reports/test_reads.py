"""Who read a submission is written before it is shown, and told to its team; nobody reads unseen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.judging.models import Phase
from challenge.reports import reads
from challenge.reports.models import Access
from challenge.rules.permissions import Action
from challenge.submissions.likeness_models import LikenessPair
from challenge.submissions.models import Submission, Version
from tests.api.test_blind import API_READS
from tests.awards.stories import asked, decision_of, judged_round
from tests.factories import MembershipFactory, UserFactory
from tests.files import papers
from tests.judging.stories import Court, court
from tests.rigs.application import Visitor
from tests.submissions.stories import owner_of, with_file

READING = (
    *(Action.SUBMISSION_READ, Action.ASSIGNMENT_READ, Action.LIKENESS_READ),
    Action.AWARD_CONFIRM,  # the ranked entries side by side
)
# Pages that show nothing of a version, though only its readers may ask for them.
SHOW_NOTHING = {
    "judge.kept": "what a judge typed on their own card",
    "judge.talk": "scores and words of judges under labels, no content",
    "organize.case": "what is held against it, no content",
    "seek.offer_book_file": "a workbook of what the page of offers shows; tests/seek/test_offers holds it",
    "seek.submissions": "a list: title and team, no content",
}


@pytest.fixture
def made(db: Session) -> Court:
    """A round that is judged, blind, with one entry of one stored file and two judges."""
    found = court(db, judges=2)
    digest = with_file(found.entries[0], data=papers.pdf())
    papers.derive_all(db)
    version = standing(db, found.entries[0])
    version.manifest = [{"name": "plan.pdf", "sha256": digest, "size": 14, "media_type": "application/pdf"}]
    db.flush()
    return found


def standing(db: Session, submission: Submission) -> Version:
    return db.scalars(sa.select(Version).where(Version.submission_id == submission.id)).one()


def log(db: Session) -> list[tuple[str, int | None, str, int, int]]:
    rows = db.scalars(sa.select(Access).order_by(Access.id)).all()
    return [(row.role, row.reader_id, row.what, row.place, row.version) for row in rows]


def seeker_of(db: Session, made: Court) -> User:
    person: User = UserFactory(name="Sam Seeker")
    MembershipFactory(user=person, organization_id=made.requirement.seeker_id, representative=True)
    db.flush()
    return person


def test_the_log_is_what_happened(client: Visitor, db: Session, made: Court) -> None:
    entry = made.entries[0]
    seeker, judge = seeker_of(db, made), made.people[0]
    desk = f"/judge/{made.assignment().ref}"
    visits = [
        (made.organizer, f"/organize/submissions/{entry.ref}", ("organizer", "version", 0)),
        (made.organizer, f"/organize/submissions/{entry.ref}/files/1", ("organizer", "file", 1)),
        (seeker, f"/seek/submissions/{entry.ref}", ("seeker", "version", 0)),
        (seeker, f"/seek/submissions/{entry.ref}/files/1", ("seeker", "file", 1)),
        (judge, desk, ("judge", "version", 0)),
        (judge, f"{desk}/documents/1", ("judge", "file", 1)),
    ]
    happened = []
    for person, address, (role, what, place) in visits:
        client.sign_in(person)
        for _again in range(3):
            assert client.get(address).status_code == 200, address
        happened.append((role, person.id, what, place, 1))
        assert log(db) == happened


def test_pictures_of_pages_are_the_file(client: Visitor, db: Session, made: Court) -> None:
    judge = made.people[0]
    client.sign_in(judge)
    for rest in ("documents/1/pages", "documents/1/pages/1", "documents/1"):
        assert client.get(f"/judge/{made.assignment().ref}/{rest}").status_code == 200, rest
        assert log(db) == [("judge", judge.id, "file", 1, 1)]


def test_two_versions_side_by_side_are_two_readings(client: Visitor, db: Session, made: Court) -> None:
    first = standing(db, made.entries[0])
    first.current = False
    db.flush()
    kept = {name: getattr(first, name) for name in ("submission_id", "content", "manifest", "submitted_at")}
    db.add(Version(**kept, number=2, current=True, receipt={}))
    client.sign_in(made.organizer)
    assert client.get(f"/organize/submissions/{made.entries[0].ref}/differences").status_code == 200
    organizer = made.organizer.id
    assert log(db) == [("organizer", organizer, "version", 0, 1), ("organizer", organizer, "version", 0, 2)]


def test_a_pair_of_likeness_is_two_readings(client: Visitor, db: Session) -> None:
    made = court(db, entries=2, judges=1)
    one, two = (standing(db, entry) for entry in made.entries)
    about = {"round_id": made.round.id, "version_id": one.id, "other_id": two.id}
    found = {"same_team": False, "marks": "", "found_at": one.submitted_at}
    db.add(LikenessPair(**about, **found, share=100, common=1))
    both = {one.submission_id, two.submission_id}
    client.sign_in(made.organizer)
    refs = "/".join(entry.ref for entry in made.entries)
    assert client.get(f"/organize/rounds/{made.round.slug}/likeness/{refs}").status_code == 200
    assert {row.submission_id for row in db.scalars(sa.select(Access))} == both


def test_a_decision_reads_every_ranked_entry(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db))
    entries = {entry.id for entry in judged.entries}
    client.sign_in(judged.seekers[0])
    assert client.get(f"/seek/decisions/{decision_of(db, judged).ref}").status_code == 200
    assert {row.submission_id for row in db.scalars(sa.select(Access))} == entries


def test_what_was_refused_or_is_the_teams_own_is_no_reading(
    client: Visitor, db: Session, made: Court
) -> None:
    entry = made.entries[0]
    for address in (f"/organize/submissions/{entry.ref}", f"/seek/submissions/{entry.ref}"):
        client.sign_in(UserFactory())
        assert client.get(address).status_code in (403, 404)
    client.sign_in(made.organizer)
    assert client.get(f"/organize/submissions/{entry.ref}/files/2").status_code == 404
    client.sign_in(made.people[1])
    assert client.get(f"/judge/{made.assignment(judge=0).ref}").status_code == 403
    client.sign_in(owner_of(entry))
    assert client.get(f"/solve/{entry.ref}/versions/1").status_code == 200
    assert client.get(f"/solve/{entry.ref}/versions/1/files/1").status_code == 200
    assert log(db) == []


def test_an_hour_later_it_is_written_again(client: Visitor, db: Session, made: Court) -> None:
    client.sign_in(made.organizer)
    address = f"/organize/submissions/{made.entries[0].ref}"
    client.get(address)
    row = db.scalars(sa.select(Access)).one()
    assert row.hour == row.at.replace(minute=0, second=0, microsecond=0)
    row.hour -= dt.timedelta(hours=1)
    client.get(address)
    client.get(address)
    assert len(log(db)) == 2


def test_a_page_costs_one_question_and_the_first_time_one_line(
    client: Visitor, db: Session, made: Court, statements: object
) -> None:
    client.sign_in(made.organizer)
    address = f"/organize/submissions/{made.entries[0].ref}"
    with statements() as first:  # type: ignore[operator]
        client.get(address)
    with statements() as again:  # type: ignore[operator]
        client.get(address)
    assert len(first) - len(again) == 1, f"{first}\n{again}"
    assert len([each for each in again if "access_log" in str(each)]) == 1


def test_a_blind_phase_tells_no_judge(client: Visitor, db: Session, made: Court) -> None:
    judge = made.people[0]
    judge.name = "Judith Canary"
    client.sign_in(judge)
    client.get(f"/judge/{made.assignment().ref}")
    client.sign_in(owner_of(made.entries[0]))
    page = client.get(f"/solve/{made.entries[0].ref}/readers").text
    assert "A judge" in page
    assert "Judith Canary" not in page
    assert all(line.name == "" for line in reads.of_submission(db, made.entries[0].id))
    db.execute(sa.update(Phase).values(blindness="open"))
    assert "Judith Canary" in client.get(f"/solve/{made.entries[0].ref}/readers").text


def test_an_anonymous_seeker_stays_so(client: Visitor, db: Session, made: Court) -> None:
    seeker = seeker_of(db, made)
    client.sign_in(seeker)
    client.get(f"/seek/submissions/{made.entries[0].ref}")
    client.sign_in(owner_of(made.entries[0]))
    address = f"/solve/{made.entries[0].ref}/readers"
    assert "Sam Seeker" in client.get(address).text
    made.requirement.anonymous = True
    page = client.get(address).text
    assert "The seeker" in page
    assert "Sam Seeker" not in page


def test_an_erased_reader_leaves_the_line_without_a_name(client: Visitor, db: Session, made: Court) -> None:
    seeker = seeker_of(db, made)
    client.sign_in(seeker)
    client.get(f"/seek/submissions/{made.entries[0].ref}")
    db.execute(sa.delete(User).where(User.id == seeker.id))
    db.expire_all()
    assert [(line.role, line.name) for line in reads.of_submission(db, made.entries[0].id)] == [
        ("seeker", "")
    ]


@pytest.fixture
def refusing_log(app: Flask) -> Iterator[None]:
    """A database that takes no line of the log: read-only, full, or locked for too long."""
    from challenge.base.db import db as database

    def refuse(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("INSERT INTO ACCESS_LOG"):
            raise OperationalError(statement, {}, Exception("attempt to write a readonly database"))

    with app.app_context():
        engine = database.engine
    sa.event.listen(engine, "before_cursor_execute", refuse)
    yield
    sa.event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.usefixtures("refusing_log")
def test_nobody_reads_where_the_log_cannot_be_written(client: Visitor, db: Session, made: Court) -> None:
    entry, seeker, desk = made.entries[0], seeker_of(db, made), f"/judge/{made.assignment().ref}"
    for person, address in (
        (made.organizer, f"/organize/submissions/{entry.ref}"),
        (made.organizer, f"/organize/submissions/{entry.ref}/files/1"),
        (seeker, f"/seek/submissions/{entry.ref}"),
        (seeker, f"/seek/submissions/{entry.ref}/files/1"),
        (seeker, f"/seek/requirements/{made.requirement.ref}/offers"),
        (made.people[0], desk),
        (made.people[0], f"{desk}/documents/1"),
        (made.people[0], f"{desk}/documents/1/pages"),
        (made.people[0], f"{desk}/documents/1/pages/1"),
    ):
        client.sign_in(person)
        answer = client.get(address)
        assert answer.status_code == 503, address
        assert "Retry-After" in answer.headers
        assert b"%PDF" not in answer.data
        assert standing(db, entry).content["title"] not in answer.text
    client.sign_in(owner_of(entry))
    assert client.get(f"/solve/{entry.ref}/versions/1").status_code == 200


def test_every_door_of_readers_is_known_here(app: Flask) -> None:
    """A new page for readers is either in the story above or said to show nothing."""
    told = {
        *("organize.submission", "organize.submission_file", "seek.submission", "seek.submission_file"),
        *("judge.desk", "judge.document", "judge.pages", "judge.page"),
        *("organize.differences", "organize.likeness_pair", "seek.decision", "seek.offers"),
    }
    reading = {
        endpoint
        for endpoint, methods in app.config["ROUTES"].items()
        if methods.get("GET") in READING and not endpoint.startswith("solve.")
    }
    # Those of the API have their stories in tests/api/test_blind.py.
    by_programs = {endpoint for endpoint in reading if endpoint.startswith("api.")}
    assert by_programs == API_READS
    assert reading - by_programs == told | SHOW_NOTHING.keys()
