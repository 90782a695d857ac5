"""The judges of a phase in figures, and reminders to those who lag."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership
from challenge.base import clock
from challenge.flow import reminding as flow
from challenge.flow.errands import drain
from challenge.judging import reminding, watching
from challenge.judging.models import Assignment, Phase
from challenge.judging.reminder_models import JudgeReminder
from challenge.rounds.models import RoundWindow
from challenge.rules.errors import NotAllowed, WrongState
from challenge.rules.stages import Stage
from challenge.submissions.models import TeamMember
from challenge.tasks import queue
from challenge.tasks.models import Task
from tests.factories import OrganizationFactory, UserFactory
from tests.judging.stories import Court, court, lock_all
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting


def url(made: Court, room: str = "judges") -> str:
    return f"/organize/rounds/{made.round.slug}/{room}"


def seen(db: Session, made: Court) -> watching.Watch:
    found = watching.watch(db, made.as_organizer, made.round.id)
    assert found is not None
    return found


def test_figures_are_those_of_the_locked_cards(db: Session) -> None:
    made = court(db, judges=3, entries=3)
    lock_all(made, 0, (8, 6), (9, 7), (10, 8))  # totals by weights 3 and 2: 36, 41, 46
    lock_all(made, 1, (5, 5), (6, 6), (7, 7))  # 25, 30, 35
    lock_all(made, 2, (4, 4))  # alone: 20
    watch = seen(db, made)
    harsh, middle, mild = watch.judges
    assert (harsh.beside.severity, harsh.beside.shared) == (Fraction(-15, 2), 2)
    assert (middle.beside.severity, mild.beside.severity) == (0, Fraction(15, 2))
    assert harsh.beside.spread == 0
    assert harsh.five is not None
    assert (harsh.five[0], harsh.five[2], harsh.five[4]) == (20, 25, 36)
    assert (watch.low, watch.most) == (0, 50)
    total, *criteria = watch.agreements
    assert total.criterion is None
    assert [each.entries for each in watch.agreements] == [2, 2, 2]
    assert total.alpha is not None
    assert 0 < total.alpha < 1
    assert [each.criterion is not None for each in criteria] == [True, True]
    assert (watch.days[-1][1], watch.promised) == (7, 9)
    assert watch.odd == ()


def test_far_score_is_listed_with_entry_and_criterion(db: Session, client: Visitor) -> None:
    made = court(db, judges=3, entries=4)
    for number in range(3):
        lock_all(made, number, (8, 6), (8, 6), (8.5, 6))
    lock_all(made, 3, (8, 6), (8, 6), (1, 6))
    (odd,) = seen(db, made).odd
    assert (odd.code, odd.label, odd.far.score, odd.far.panel) == (made.entries[3].code, "J3", 1, 8)
    assert odd.criterion.id == made.criteria[0].id
    client.sign_in(made.organizer)
    page = client.get(url(made)).text
    assert f'href="{url(made, "assignments")}/{odd.ref}"' in page
    assert client.get(f"{url(made, 'assignments')}/{odd.ref}").status_code == 200


def test_drafts_and_entries_that_left_say_nothing(db: Session) -> None:
    made = court(db, judges=2, entries=2)
    lock_all(made, 0, (8, 6), (2, 2))
    lock_all(made, 1, (8, 6))
    made.entries[0].state, made.entries[0].state_reason = "ineligible", "copied"
    db.flush()
    watch = seen(db, made)
    assert [each.beside.severity for each in watch.judges] == [None, None]
    assert [each.alpha for each in watch.agreements] == [None, None, None]


def test_favour_towards_the_own_region_is_seen_and_said_with_care(db: Session, client: Visitor) -> None:
    made = court(db, judges=2, entries=12)
    home = OrganizationFactory(region="620000")
    db.add(Membership(user_id=made.people[0].id, organization_id=home.id))
    near = OrganizationFactory(region="620100")
    for number, entry in enumerate(made.entries):
        if number < 5:
            entry.organization_id = near.id
        lock_all(made, number, (9, 9) if number < 5 else (5, 5 + number % 2), (6, 6))
    db.flush()
    (like,) = seen(db, made).likes
    assert (like.label, like.kind, like.found.group, like.found.rest) == ("J1", "region", 5, 7)
    assert like.found.exact
    assert like.found.chance == Fraction(1, 792)
    assert like.unusual
    page = client.sign_in(made.organizer).get(url(made)).text
    assert "the same province" in page
    assert "worth a look" in page
    assert "never a finding" in page


def test_shared_affiliation_counts_however_it_is_spelled(db: Session) -> None:
    made = court(db, judges=2, entries=4)
    made.people[1].affiliation = "Lanzhou  University"
    for number in range(4):
        lock_all(made, number, (6, 6), (7, 7))
    db.execute(
        sa.update(TeamMember)
        .where(TeamMember.submission_id == made.entries[0].id)
        .values(affiliation="LANZHOU University")
    )
    db.flush()
    (like,) = seen(db, made).likes
    assert (like.label, like.kind, like.found.group, like.unusual) == ("J2", "affiliation", 1, False)


def lagging(db: Session) -> Court:
    """Two judges with an open card, one who has locked, one who cannot be written to."""
    made = court(db, judges=4, entries=2)
    lock_all(made, 0, (8, 6), (8, 6), (8, 6))
    lock_all(made, 1, (8, 6))
    made.people[3].active = False
    db.flush()
    return made


def test_those_who_lag_are_reminded_once_a_day(db: Session, client: Visitor, mailbox: Mailbox) -> None:
    made = lagging(db)
    client.sign_in(made.organizer)
    page = client.get(url(made, "judges/remind")).text
    assert "2 letters would go out" in page
    for _ in range(2):
        assert client.post(url(made, "judges/remind")).location == url(made)
    letters = [each for each in mailbox.letters if each.template == "judge_reminded"]
    assert [each.recipient for each in letters] == [made.people[1].email, made.people[2].email]
    assert "1 scorecard is still open" in letters[0].subject
    assert not any(entry.code in each.body for entry in made.entries for each in letters)
    assert "Whoever lags was reminded within a day." in client.get(url(made, "judges/remind")).text
    yesterday = clock.now(db) - dt.timedelta(hours=25)
    db.execute(sa.update(JudgeReminder).values(sent_at=yesterday))
    assert reminding.remind(db, made.as_organizer, made.round.id) == 2


def test_nobody_is_reminded_of_a_closed_phase(db: Session, client: Visitor) -> None:
    made = lagging(db)
    phase = db.get_one(Phase, made.phase.id)
    phase.opens_at = clock.now(db) - dt.timedelta(days=2)
    phase.closes_at = clock.now(db) - dt.timedelta(minutes=1)
    db.flush()
    with pytest.raises(WrongState, match="phase_not_open"):
        reminding.remind(db, made.as_organizer, made.round.id)
    with pytest.raises(NotAllowed):
        reminding.remind(db, made.as_judge(), made.round.id)
    page = client.sign_in(made.organizer).get(url(made, "judges/remind")).text
    assert "The phase is not open" in page


def closes_in(db: Session, made: Court, left: dt.timedelta) -> None:
    """Judging began ten days ago and closes in so much time."""
    now = clock.now(db)
    mine = sa.and_(RoundWindow.round_id == made.round.id, RoundWindow.stage == Stage.JUDGING.value)
    at = {"opens_at": now - dt.timedelta(days=10), "closes_at": now + left, "ends_at": now + left}
    db.execute(sa.update(RoundWindow).where(mine).values(at))
    db.expire_all()


def put_due(db: Session) -> list[str]:
    """What the five minutes' look puts, done at once."""
    works = flow.due(db)
    queue.put(db, *works)
    db.commit()
    drain()
    db.expire_all()
    return [work.key.rpartition("/")[2] for work in works]


def marks(db: Session) -> list[str]:
    return sorted(mark.split("/")[0] for mark in db.scalars(sa.select(JudgeReminder.mark)))


def test_reminders_go_three_days_and_one_day_before_the_close_once_each(db: Session) -> None:
    made = lagging(db)
    closes_in(db, made, dt.timedelta(days=4))
    assert put_due(db) == []
    closes_in(db, made, dt.timedelta(days=2, hours=20))
    assert put_due(db) == ["3d"]
    assert put_due(db) == ["3d"], "the row of work is the same"
    assert marks(db) == ["3d", "3d"]
    db.execute(sa.update(JudgeReminder).values(sent_at=clock.now(db) - dt.timedelta(days=2)))
    closes_in(db, made, dt.timedelta(hours=20))
    assert put_due(db) == ["1d"]
    assert marks(db) == ["1d", "1d", "3d", "3d"]
    failed = db.scalars(sa.select(Task.error).where(Task.error.is_not(None))).all()
    assert failed == []


def test_reminder_of_a_close_that_moved_says_nothing(db: Session) -> None:
    made = lagging(db)
    closes_in(db, made, dt.timedelta(days=2))
    queue.put(db, *flow.due(db))
    closes_in(db, made, dt.timedelta(days=9))
    db.commit()
    drain()
    assert marks(db) == []


def test_phase_that_has_just_opened_reminds_nobody(db: Session) -> None:
    made = lagging(db)
    closes_in(db, made, dt.timedelta(days=2))
    phase = db.get_one(Phase, made.phase.id)
    phase.opens_at = clock.now(db) - dt.timedelta(hours=1)
    db.flush()
    assert flow.due(db) == []


def test_rooms_open_to_the_rounds_organizers_only(db: Session, client: Visitor) -> None:
    made, other = court(db), court(db)
    doors = [("GET", url(made)), ("GET", url(made, "judges/remind")), ("POST", url(made, "judges/remind"))]
    for person in (made.people[0], other.organizer, UserFactory(), UserFactory(admin=True)):
        client.sign_in(person)
        assert {client.open(path, method=method).status_code for method, path in doors} == {403}


@pytest.mark.parametrize("room", ["judges", "judges/remind", "feedback", "feedback/preview"])
def test_room_is_drawn_before_anything_is_set_up(db: Session, client: Visitor, room: str) -> None:
    made = court(db, judges=0, entries=0)
    db.execute(sa.delete(Assignment))
    client.sign_in(made.organizer)
    assert client.get(url(made, room)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_figures_are_read_in_eight_statements(
    db: Session, client: Visitor, statements: Counting, count: int
) -> None:
    made = court(db, judges=count, entries=count)
    for number in range(count):
        lock_all(made, number, *[(8, Decimal(6) + number)] * count)
    reader = made.as_organizer
    with statements() as asked:
        watching.watch(db, reader, made.round.id)
    assert len(asked) <= 8, asked
    client.sign_in(made.organizer)
    with statements() as page:
        assert client.get(url(made)).status_code == 200
    assert len(page) <= 12, page
