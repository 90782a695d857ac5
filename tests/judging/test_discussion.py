"""After the lock: others' scores only then, the discussion, and a lock opened again with its reason."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.judging import discussing, flagging, scoring
from challenge.judging.discussion_models import DiscussionComment
from challenge.judging.models import Phase, PhaseEntry
from challenge.judging.scorecards import Entered
from challenge.rules.errors import Invalid, WrongState
from challenge.submissions.models import Version
from tests.factories import PanelJudgeFactory, PhaseFactory
from tests.judging.discussion_stories import close_phase, lock, room, url
from tests.judging.stories import Court, assign, court, lock_all
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def test_others_are_not_even_selected_before_all_of_ones_own_are_locked(
    client: Visitor, db: Session, statements: Counting
) -> None:
    made = court(db, judges=2, entries=2)
    lock(made, 1, 0, 9, 9, to_solver="from the other")
    lock(made, 0, 0, 2, 2)
    client.sign_in(made.people[0])
    target = url(made)
    with statements() as asked:
        page = client.get(target).text
    assert "1 of your scorecards in this phase is still open." in page
    assert "from the other" not in page
    assert len(asked) == 3, asked
    assert not any("scorecard.total" in each or "discussion_comment" in each for each in asked)
    lock(made, 0, 1, 5, 5)
    with statements() as asked:
        page = client.get(target).text
    assert len(asked) == 5, asked
    assert "from the other" in page
    assert ">J2<" in page.replace("</th>", "<")
    assert made.people[1].name not in page
    assert "The totals are 70 % of the scale apart." in page


def test_what_one_judge_writes_to_the_organizer_stays_between_them(client: Visitor, db: Session) -> None:
    made = court(db, judges=2)
    lock(made, 0, 0, 5, 5, to_organizer="between us")
    lock(made, 1, 0, 5, 5)
    client.sign_in(made.people[1])
    assert "between us" not in client.get(url(made, judge=1)).text
    client.sign_in(made.people[0])
    assert "between us" in client.get(url(made)).text
    client.sign_in(made.organizer)
    assert "between us" in client.get(room(made, f"/{made.entries[0].ref}")).text


def test_judges_talk_by_label_and_the_same_said_twice_is_said_once(client: Visitor, db: Session) -> None:
    made = court(db, judges=2)
    lock_all(made, 0, (8, 8), (3, 3))
    client.sign_in(made.people[0])
    for _ in range(2):
        answer = client.post(url(made), data={"text": "The coil is shown.\r\nSee page 3."})
        assert answer.location == f"{url(made)}#said"
    assert db.scalar(sa.select(sa.func.count(DiscussionComment.id))) == 1
    client.sign_in(made.people[1])
    page = client.get(url(made, judge=1)).text
    assert "The coil is shown." in page
    assert made.people[0].name not in page
    client.sign_in(made.organizer)
    board = client.get(room(made)).text
    assert "far apart" in board
    talk = client.get(room(made, f"/{made.entries[0].ref}")).text
    assert "The coil is shown." in talk
    assert made.people[0].name in talk


def test_nobody_talks_before_all_of_the_own_are_locked(client: Visitor, db: Session) -> None:
    made = court(db, judges=2, entries=2)
    lock(made, 0, 0, 5, 5)
    client.sign_in(made.people[0])
    answer = client.post(url(made), data={"text": "early"})
    assert answer.status_code == 409
    assert "Lock your own scorecards first: 1 are still open." in answer.text
    assert client.post(url(made, entry=1), data={"text": "early"}).status_code == 403
    client.sign_in(made.people[1])
    assert client.get(url(made)).status_code == 403


def test_empty_and_endless_words_are_refused_at_their_field(client: Visitor, db: Session) -> None:
    made = court(db, judges=1)
    lock(made, 0, 0, 5, 5)
    client.sign_in(made.people[0])
    assert "Fill this in." in client.post(url(made), data={"text": " "}).text
    assert client.post(url(made), data={"text": "x" * 4001}).status_code == 422
    with pytest.raises(Invalid, match="too_long"):
        discussing.say(db, made.as_judge(), made.assignment().ref, "x" * 4001)


def test_all_own_locked_the_table_leads_to_the_discussion_and_flags(client: Visitor, db: Session) -> None:
    made = court(db, judges=2, entries=2)
    lock(made, 1, 0, 1, 1)
    lock(made, 0, 0, 9, 9)
    client.sign_in(made.people[0])
    table = f"/judge/phases/{made.phase.id}"
    assert "far apart" not in client.get(table).text
    lock(made, 0, 1, 5, 5)
    page = client.get(table).text
    assert page.count("far apart") == 1
    assert url(made, entry=1) in page


def test_the_organizer_sets_from_which_spread_on_entries_are_flagged(client: Visitor, db: Session) -> None:
    made = court(db, judges=2)
    lock_all(made, 0, (8, 8), (6, 6))  # 20 % of the scale
    client.sign_in(made.organizer)
    assert "are at least 25 % of the scale apart are flagged" in client.get(room(made)).text
    assert "far apart" not in client.get(room(made)).text
    for typed in ("4", "101", "x", "", "12.5"):
        refused = client.post(room(made), data={"percent": typed})
        assert refused.status_code == 422
        assert "Write a whole percentage from 5 to 100." in refused.text
    for _ in range(2):
        assert client.post(room(made), data={"percent": "20 %"}).location == room(made)
    lines = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "phase.flag_set")).all()
    assert [each.detail for each in lines] == [{"before": 25, "percent": 20}]
    page = client.get(room(made)).text
    assert "are at least 20 % of the scale apart are flagged" in page
    assert "far apart" in page
    assert "far apart" in client.get(room(made, f"/{made.entries[0].ref}")).text
    client.sign_in(made.people[0])
    assert "From 20 % on, judges are asked to talk" in client.get(url(made)).text
    assert "far apart" in client.get(f"/judge/phases/{made.phase.id}").text
    assert client.post(room(made), data={"percent": "30"}).status_code == 403
    close_phase(made)
    with pytest.raises(WrongState, match="phase_over"):
        flagging.set_limit(db, made.as_organizer, made.round.id, 30)


@pytest.mark.parametrize("entries", [1, 3])
def test_the_organizers_board_asks_a_fixed_number_of_times(
    client: Visitor, db: Session, statements: Counting, entries: int
) -> None:
    made = court(db, judges=2, entries=entries)
    for number in range(entries):
        lock_all(made, number, (8, 6), (7, 7))
    client.sign_in(made.organizer)
    target = room(made)
    with statements() as asked:
        page = client.get(target).text
    assert all(each.code in page for each in made.entries)
    assert len(asked) == 8, asked


@pytest.mark.parametrize("blindness", ["open", "blind", "double"])
def test_team_is_shown_in_an_open_phase_and_never_selected_in_another(
    client: Visitor, db: Session, statements: Counting, blindness: str
) -> None:
    made = court(db, blindness=blindness)
    team = {"name": "Team Lynx", "organization": "Lynx Optics", "members": []}
    mine = Version.submission_id == made.entries[0].id
    db.execute(sa.update(Version).where(mine).values(team=team))
    db.commit()
    client.sign_in(made.people[0])
    target = f"/judge/{made.assignment().ref}"
    client.get(target)
    with statements() as asked:
        page = client.get(target).text
    assert len(asked) == 5, asked
    shown = blindness == "open"
    assert ("Team Lynx" in page, "Lynx Optics" in page) == (shown, shown)
    assert any(".team " in each or ".team\n" in each or ".team)" in each for each in asked) is shown
    assert ("hidden in a blind phase" in page) is not shown


def second_phase(made: Court, **of_phase: object) -> Phase:
    """The entry goes on to a phase with one judge of its own."""
    phase: Phase = PhaseFactory(round_id=made.round.id, number=2, begun_at=made.phase.created_at, **of_phase)
    made.db.add(
        PhaseEntry(phase_id=phase.id, submission_id=made.entries[0].id, carried_at=made.phase.created_at)
    )
    seat = PanelJudgeFactory(phase_id=phase.id, user=made.people[2], label="F1")
    assign(phase, seat, made.entries[0])
    made.db.commit()
    return phase


@pytest.mark.parametrize("carries", [True, False])
def test_comments_of_the_phase_before_come_without_names_where_the_phase_carries_them(
    client: Visitor, db: Session, statements: Counting, carries: bool
) -> None:
    made = court(db, judges=3)
    first = made.criteria[0]
    ref = made.assignment(0).ref
    words = Entered(
        {each.id: "5" for each in made.criteria}, {first.id: "thin on heat"}, "for you alone", "show the coil"
    )
    scoring.lock(db, made.as_judge(0), ref, words)
    phase = second_phase(made, carries_comments=carries)
    target = (
        "/judge/"
        + db.scalars(sa.text("SELECT ref FROM assignment WHERE phase_id = :id").bindparams(id=phase.id)).one()
    )
    client.sign_in(made.people[2])
    client.get(target)
    with statements() as asked:
        page = client.get(target).text
    assert len(asked) == 5, asked
    assert ("thin on heat" in page, "show the coil" in page) == (carries, carries)
    assert "for you alone" not in page
    assert made.people[0].name not in page
