"""After the lock: others' scores only then, the discussion, and a lock opened again with its reason."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.judging import discussing, flagging, reopening, scoring
from challenge.judging.discussion_models import DiscussionComment, ScorecardRevision
from challenge.judging.models import Phase, PhaseEntry
from challenge.judging.scorecards import Entered
from challenge.rules.errors import Invalid, NotAllowed, TooLate, WrongState
from challenge.submissions.models import Version
from tests.factories import PanelJudgeFactory, PhaseFactory, UserFactory
from tests.judging.stories import Court, assign, court, lock_all
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def lock(made: Court, judge: int, entry: int, *scores: object, **words: str) -> None:
    ref = made.assignment(judge, entry).ref
    scoring.lock(made.db, made.as_judge(judge), ref, made.entered(*scores, **words))


def url(made: Court, verb: str = "discussion", judge: int = 0, entry: int = 0) -> str:
    return f"/judge/{made.assignment(judge, entry).ref}/{verb}"


def room(made: Court, path: str = "") -> str:
    return f"/organize/rounds/{made.round.slug}/discussion{path}"


def open_again(made: Court, judge: int = 0, entry: int = 0, reason: str = "a slip") -> int:
    ref = made.assignment(judge, entry).ref
    return reopening.reopen(made.db, made.as_organizer, ref, reason, round_id=made.round.id)


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


def test_opening_a_lock_keeps_the_first_and_its_reason_and_recounts(client: Visitor, db: Session) -> None:
    made = court(db, judges=2)
    lock(made, 0, 0, 8, 6, to_solver="first words")
    lock(made, 1, 0, 4, 4)
    client.sign_in(made.organizer)
    ref = made.assignment().ref
    assert client.get(room(made, f"/cards/{ref}")).status_code == 200
    bare = client.post(room(made, f"/cards/{ref}"), data={"reason": " "})
    assert bare.status_code == 422
    assert "Fill this in." in bare.text
    for _ in range(2):
        answer = client.post(room(made, f"/cards/{ref}"), data={"reason": "Typed into the wrong row."})
        assert answer.location == room(made)
    kept = db.scalars(sa.select(ScorecardRevision)).one()
    assert (kept.number, str(kept.total), kept.reason) == (1, "36.0000", "Typed into the wrong row.")
    assert [each["value"] for each in kept.scores.values()] == ["8", "6"]
    assert kept.comment_solver == "first words"
    assert (made.assignment().state, made.card().state) == ("accepted", "draft")  # type: ignore[union-attr]
    assert str(made.standing().total) == "20.0000"  # type: ignore[union-attr]
    lines = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "scorecard.reopened")).all()
    assert [each.detail["reason"] for each in lines] == ["Typed into the wrong row."]
    lock(made, 0, 0, 7, 6)
    assert made.standing().scorecards == 2  # type: ignore[union-attr]
    client.sign_in(made.people[0])
    page = client.get(url(made)).text
    assert "first 36" in page
    client.sign_in(made.organizer)
    assert "Typed into the wrong row." in client.get(room(made, f"/{made.entries[0].ref}")).text


def test_who_has_an_open_card_again_sees_nothing_of_others_until_it_is_locked(
    client: Visitor, db: Session
) -> None:
    made = court(db, judges=2)
    lock(made, 0, 0, 8, 6)
    lock(made, 1, 0, 4, 4, to_solver="from the other")
    client.sign_in(made.people[0])
    assert "from the other" in client.get(url(made)).text
    open_again(made)
    db.commit()
    assert "from the other" not in client.get(url(made)).text


def test_judge_asks_and_the_organizer_finds_the_wish(client: Visitor, db: Session) -> None:
    made = court(db, judges=1)
    lock(made, 0, 0, 8, 6)
    client.sign_in(made.people[0])
    assert client.post(url(made, "reopening"), data={"reason": ""}).status_code == 422
    for _ in range(2):
        answer = client.post(url(made, "reopening"), data={"reason": "I overlooked page 3."})
        assert answer.location == url(made)
    lines = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "scorecard.reopen_asked")).all()
    assert len(lines) == 1
    assert "It stays locked until the organizer opens it." in client.get(url(made)).text
    client.sign_in(made.organizer)
    assert "I overlooked page 3." in client.get(room(made)).text
    open_again(made)
    db.commit()
    assert "I overlooked page 3." not in client.get(room(made)).text


def test_nobody_else_opens_a_lock(client: Visitor, db: Session) -> None:
    made = court(db, judges=2)
    lock(made, 0, 0, 8, 6)
    ref = made.assignment().ref
    for person in (made.people[0], made.people[1], UserFactory(), UserFactory(admin=True)):
        client.sign_in(person)
        assert client.post(room(made, f"/cards/{ref}"), data={"reason": "mine"}).status_code == 403
    made.entries[0].owner_id = made.organizer.id
    db.flush()
    with pytest.raises(NotAllowed):
        open_again(made)


def test_a_draft_has_no_lock_and_a_closed_phase_opens_none(db: Session) -> None:
    made = court(db, judges=1)
    with pytest.raises(WrongState, match="not_locked"):
        open_again(made)
    lock(made, 0, 0, 8, 6)
    made.close()
    with pytest.raises(TooLate, match="closed_for_reopening"):
        open_again(made)
    with pytest.raises(TooLate, match="closed_for_reopening"):
        reopening.ask(db, made.as_judge(), made.assignment().ref, "late")


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


def close_phase(made: Court) -> None:
    """The phase alone has closed; the judging of the round goes on."""
    over = sa.update(Phase).where(Phase.id == made.phase.id)
    made.db.execute(over.values(closes_at=clock.now(made.db) - dt.timedelta(minutes=1)))
    made.db.commit()


def test_the_page_of_a_card_says_that_its_phase_has_closed(client: Visitor, db: Session) -> None:
    made = court(db, judges=1)
    lock(made, 0, 0, 8, 6)
    ref = made.assignment().ref
    client.sign_in(made.organizer)
    assert f"cards/{ref}" in client.get(room(made, f"/{made.entries[0].ref}")).text
    close_phase(made)
    assert f"cards/{ref}" not in client.get(room(made, f"/{made.entries[0].ref}")).text
    assert (
        "The phase is not open, so this scorecard stays locked."
        in client.get(room(made, f"/cards/{ref}")).text
    )
    answer = client.post(room(made, f"/cards/{ref}"), data={"reason": "late"})
    assert answer.status_code == 409
    assert (
        "so the scorecard stays locked. Scorecards are opened again while their phase is open" in answer.text
    )
    assert made.assignment().state == "completed"
    assert db.scalar(sa.select(sa.func.count(ScorecardRevision.id))) == 0
    client.sign_in(made.people[0])
    assert client.post(url(made, "reopening"), data={"reason": "late"}).status_code == 409


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
