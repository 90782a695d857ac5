"""The auditor's door: opened for a time and a reason, shut by itself; reads all, changes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.accounts.scope_models import AuditScope
from challenge.audit import statements
from challenge.audit.keys import keyring
from challenge.base import clock
from challenge.exchange import evidence as file
from challenge.flow.errands import drain
from challenge.judging import ranking
from challenge.judging.models import RankingRow
from challenge.messages.models import Letter
from challenge.reports import auditing, reckoning
from challenge.reports.evidence_models import EvidenceReading
from challenge.rounds.models import Programme
from challenge.rules.errors import Invalid, NotAllowed, Refused
from challenge.rules.permissions import Action, Actor, Grant, Subject, can
from challenge.submissions import submitting
from challenge.submissions.models import Submission
from tests.factories import RoundFactory, SubmissionFactory, UserFactory, actor_of, organizer_of
from tests.judging.stories import court, lock_all
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.submissions.stories import owner_of, ready, round_of

PARTS = ("", "/overrides", "/reads", "/conflicts", "/scorecards", "/rankings", "/evidence.zip")


def let_in(
    db: Session, programme: Programme, person: User, round_id: int | None = None, days: int = 7
) -> AuditScope:
    """An organizer lets somebody in from now on."""
    until = clock.now(db) + dt.timedelta(days=days)
    wanted = auditing.Wanted(person.email, round_id, None, until, "The yearly audit.")
    made = auditing.appoint(db, actor_of(organizer_of(programme)), programme, wanted)
    db.commit()
    return made


def entered(db: Session) -> Submission:
    """An entry with its receipt."""
    entry = ready()
    db.commit()
    submitting.submit(db, actor_of(owner_of(entry)), entry.ref)
    db.commit()
    return entry


def test_every_part_is_open_while_the_scope_is_and_shut_after_it(client: Visitor, db: Session) -> None:
    round_ = round_of(entered(db))
    person = UserFactory()
    where = f"/audit/rounds/{round_.slug}"
    client.sign_in(person)
    assert {client.get(where + part).status_code for part in PARTS} == {403}
    scope = let_in(db, round_.programme, person, round_.id)
    assert {client.get(where + part).status_code for part in PARTS} == {200}
    assert round_.slug in client.get("/audit/").text
    other = RoundFactory(programme=round_.programme)
    assert client.get(f"/audit/rounds/{other.slug}").status_code == 403, "of this round alone"
    scope.from_at, scope.until_at = (clock.now(db) - dt.timedelta(hours=hours) for hours in (2, 1))
    assert {client.get(where + part).status_code for part in PARTS} == {403}, "it ended by itself"
    assert round_.slug not in client.get("/audit/").text


def test_it_opens_at_its_first_day_and_is_shut_before_the_last(client: Visitor, db: Session) -> None:
    round_ = round_of(entered(db))
    person, boss = UserFactory(), organizer_of(round_.programme)
    page = f"/organize/programmes/{round_.programme.slug}/auditors"
    client.sign_in(boss)
    assert client.get(page).status_code == 200
    tomorrow = clock.now(db).date() + dt.timedelta(days=2)
    asked = {"email": person.email, "round": "", "begin": tomorrow.isoformat(), "reason": "By law."}
    assert client.post(page, data=asked).status_code == 422, "without an end"
    asked["until"] = (tomorrow + dt.timedelta(days=3)).isoformat()
    for _ in range(2):  # sent twice
        assert client.post(page, data=asked).status_code == 302
    scope = db.scalars(sa.select(AuditScope)).one()
    assert not actor_of(person).holds_any("auditor")
    scope.from_at = clock.now(db) - dt.timedelta(hours=1)
    db.commit()
    assert actor_of(person).holds("auditor", "programme", round_.programme_id)
    assert client.post(f"{page}/{scope.ref}/end").status_code == 302
    assert not actor_of(person).holds_any("auditor")
    assert client.sign_in(person).get(page).status_code == 403


def test_the_auditor_gets_a_letter_and_each_reading_is_on_record(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    round_ = round_of(entered(db))
    person = UserFactory(name="Audrey")
    let_in(db, round_.programme, person, round_.id)
    drain()
    letter = db.scalars(sa.select(Letter).where(Letter.template == "auditor_appointed")).one()
    assert "The yearly audit." in letter.body
    client.sign_in(person)
    for _ in range(2):
        client.get(f"/audit/rounds/{round_.slug}/reads")
    assert [(row.part, row.reader_id) for row in db.scalars(sa.select(EvidenceReading))] == [
        ("reads", person.id)
    ]
    client.sign_in(organizer_of(round_.programme))
    page = client.get(f"/organize/programmes/{round_.programme.slug}/auditors").text
    assert "Audrey" in page


@pytest.mark.parametrize("part", ["team", "organizer", "nobody", "oneself"])
def test_whoever_has_a_stake_is_not_let_in(db: Session, part: str) -> None:
    entry = ready()
    round_ = round_of(entry)
    boss = organizer_of(round_.programme)
    people = {"team": owner_of(entry), "organizer": organizer_of(round_.programme), "oneself": boss}
    email = people[part].email if part in people else "nobody@example.org"
    wanted = auditing.Wanted(email, None, None, clock.now(db) + dt.timedelta(days=1), "Why not.")
    with pytest.raises(Refused) as refused:
        auditing.appoint(db, actor_of(boss), round_.programme, wanted)
    codes = {"nobody": "auditor_without_account", "oneself": "audit_not_oneself"}
    assert refused.value.code == codes.get(part, "auditor_involved")


def test_whoever_takes_part_later_reads_no_more(client: Visitor, db: Session) -> None:
    entry = entered(db)
    round_ = round_of(entry)
    person = UserFactory()
    let_in(db, round_.programme, person)
    client.sign_in(person)
    assert client.get(f"/audit/rounds/{round_.slug}").status_code == 200
    SubmissionFactory(owner=person, requirement=entry.requirement)
    assert client.get(f"/audit/rounds/{round_.slug}").status_code == 403


@pytest.mark.parametrize(
    ("days", "reason", "field"), [(0, "Why", "until"), (400, "Why", "until"), (1, "", "reason")]
)
def test_a_scope_has_an_end_and_a_reason(db: Session, days: int, reason: str, field: str) -> None:
    programme = RoundFactory().programme
    until = clock.now(db) + dt.timedelta(days=days)
    wanted = auditing.Wanted(UserFactory().email, None, None, until, reason)
    with pytest.raises(Invalid) as refused:
        auditing.appoint(db, actor_of(organizer_of(programme)), programme, wanted)
    assert refused.value.field == field
    with pytest.raises(NotAllowed):
        auditing.appoint(db, actor_of(UserFactory()), programme, wanted)


def test_the_role_gives_nothing_but_reading() -> None:
    """Every other action is answered to an auditor as to anybody who is signed in."""
    grants = frozenset({Grant("auditor", "programme", 1), Grant("auditor", "round", 2)})
    about = Subject(programme_id=1, round_id=2, host_id=3)
    more = {action for action in Action if can(Actor(9, grants=grants), action, about)} - {
        action for action in Action if can(Actor(9), action, about)
    }
    assert more == {Action.EVIDENCE_READ}


def test_no_door_of_the_room_takes_anything_but_a_get(client: Visitor) -> None:
    doors = [rule for rule in client.application.url_map.iter_rules() if rule.endpoint.startswith("audit.")]
    assert doors
    assert {method for rule in doors for method in rule.methods or ()} == {"GET", "HEAD", "OPTIONS"}


def test_a_ranking_is_reckoned_once_more_and_a_changed_line_is_seen(client: Visitor, db: Session) -> None:
    made = court(db, judges=2)
    for number in range(len(made.entries)):
        lock_all(made, number, [7] * len(made.criteria), [3] * len(made.criteria))
    round_ = made.round
    round_.stage = "award"
    ranking.fix_imported(db, [made.phase.id])
    db.commit()
    (found,) = reckoning.rankings(db, round_.id)
    assert found.equal
    assert found.stored == found.found
    row = db.scalars(sa.select(RankingRow)).first()
    assert row is not None
    row.total = (row.total or Decimal(0)) + 1
    person = UserFactory()
    let_in(db, round_.programme, person, round_.id)
    page = client.sign_in(person).get(f"/audit/rounds/{round_.slug}/rankings").text
    assert "Different." in page
    assert "A line is not what follows from the scorecards." in page


def test_the_zip_is_whole_signed_and_every_receipt_verifies(client: Visitor, db: Session) -> None:
    entry = entered(db)
    round_ = round_of(entry)
    person = UserFactory()
    let_in(db, round_.programme, person, round_.id)
    answer = client.sign_in(person).get(f"/audit/rounds/{round_.slug}/evidence.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    *names, last = archive.namelist()
    signed = json.loads(archive.read(last))
    examined = statements.examine(keyring(), statements.canonical(signed), (file.KIND,))
    assert examined.verdict is statements.Verdict.VALID
    told = {each["name"]: each["sha256"] for each in signed["statement"]["files"]}
    assert told == {name: hashlib.sha256(archive.read(name)).hexdigest() for name in names}
    verdicts = json.loads(archive.read("receipts.json"))
    assert [each["verdict"] for each in verdicts] == ["valid"]
    assert f"receipts/{entry.code}-1.json" in names
    lines = [json.loads(line) for line in archive.read("record.jsonl").splitlines()]
    assert "submission.submitted" in {line["action"] for line in lines}
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for secret in (owner_of(entry).email, "We replace the line-scan camera."):
        assert secret.encode() not in everything, secret


def test_its_pages_cost_the_same_however_many_rows(
    client: Visitor, db: Session, statements: Counting
) -> None:
    entry = entered(db)
    round_ = round_of(entry)
    person = UserFactory()
    let_in(db, round_.programme, person, round_.id)
    client.sign_in(person)

    def cost() -> list[int]:
        found = []
        for part in PARTS[:5]:
            client.get(f"/audit/rounds/{round_.slug}{part}")  # noted for this hour
            with statements() as asked:
                client.get(f"/audit/rounds/{round_.slug}{part}")
            found.append(len(asked))
        return found

    few = cost()
    for _ in range(2):
        other = ready(requirement=entry.requirement)
        db.commit()
        submitting.submit(db, actor_of(owner_of(other)), other.ref)
    assert cost() == few
