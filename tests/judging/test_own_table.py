"""All of one's own cards in one table: saved in one go, locked one or all, nothing silently overwritten."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.judging import scoring
from challenge.judging.models import Score
from challenge.judging.scorecards import Entered
from tests.factories import UserFactory
from tests.judging.stories import Court, court
from tests.judging.test_judge_pages import on_postgresql
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

JSON = {"Accept": "application/json"}


def here(made: Court, verb: str = "") -> str:
    return f"/judge/phases/{made.phase.id}" + (f"/{verb}" if verb else "")


def name(made: Court, entry: int, criterion: int) -> str:
    return f"{made.assignment(0, entry).ref}:score-{made.criteria[criterion].id}"


def table(made: Court, *rows: tuple[object, ...], **more: str) -> dict[str, str]:
    """The form of the table: a row of scores for each entry."""
    fields = {
        name(made, entry, place): str(score)
        for entry, scores in enumerate(rows)
        for place, score in enumerate(scores)
    }
    return {"zone": "Asia/Shanghai", **fields, **more}


def stored(made: Court, entry: int) -> list[str]:
    card = made.card(0, entry)
    if card is None:
        return []
    query = sa.select(Score.value).where(Score.scorecard_id == card.id).order_by(Score.criterion_id)
    return ["" if value is None else f"{value.normalize():f}" for value in made.db.scalars(query)]


def test_table_is_filled_and_saved_in_one_go(client: Visitor, db: Session) -> None:
    made = court(db, entries=2)
    client.sign_in(made.people[0])
    answer = client.post(here(made, "save"), data=table(made, ("7,5", 6), (9, "")))
    assert answer.location == here(made)
    assert (stored(made, 0), stored(made, 1)) == (["7.5", "6"], ["9", ""])
    page = client.get(here(made)).text
    assert "2 scorecards saved." in page
    assert f'name="{name(made, 1, 1)}"' in page


@pytest.mark.parametrize("entries", [1, 3])
def test_table_asks_a_fixed_number_of_times(
    client: Visitor, db: Session, statements: Counting, entries: int
) -> None:
    made = court(db, entries=entries)
    client.sign_in(made.people[0])
    form, target = table(made, *([(8, 7)] * entries)), here(made)
    with statements() as asked:
        assert client.get(target).status_code == 200
    assert len(asked) == 5, asked
    with statements() as asked:
        client.post(f"{target}/save", data=form, headers=JSON)
    # user, roles, (PostgreSQL: the locks of round and cards,) gate, cards at hand, conflicts, cards, scores
    assert len(asked) == (8 if on_postgresql(db) else 7), asked


def test_faults_are_told_by_entry_and_nothing_is_kept(client: Visitor, db: Session) -> None:
    made = court(db, entries=2)
    client.sign_in(made.people[0])
    answer = client.post(here(made, "save"), data=table(made, (8, 6), (11, "x")))
    assert answer.status_code == 422
    assert "The score is off the scale: 0 to 10." in answer.text
    assert 'value="x"' in answer.text
    assert stored(made, 0) == []
    told = client.post(here(made, "save"), data=table(made, (8, 6), (11, 5)), headers=JSON)
    assert list(told.json["faults"]) == [name(made, 1, 0)]


def test_what_another_window_saved_is_shown_and_not_written_over(client: Visitor, db: Session) -> None:
    made = court(db, entries=2)
    client.sign_in(made.people[0])
    scoring.save(db, made.as_judge(), made.assignment(0, 0).ref, made.entered(5, 5))
    db.commit()
    form = table(made, (8, 5), (9, 9))
    seen = {f"seen-{each}": "" for each in form if ":" in each}
    told = client.post(here(made, "save"), data={**form, **seen}, headers=JSON)
    assert told.json["contested"] == {name(made, 0, 0): "5"}
    assert (stored(made, 0), stored(made, 1)) == (["5", "5"], ["9", "9"])
    page = client.post(here(made, "save"), data={**form, **seen})
    assert page.status_code == 409
    assert "Meanwhile “5” was saved in another window." in page.text
    # What the page shows now was seen: the next save decides.
    assert f'name="seen-{name(made, 0, 0)}" value="5"' in page.text


def test_lock_all_refuses_and_names_what_is_missing_by_entry(client: Visitor, db: Session) -> None:
    made = court(db, entries=3)
    client.sign_in(made.people[0])
    answer = client.post(here(made, "lock"), data=table(made, (8, 6), (9, ""), ("", ""), sure="1"))
    assert answer.status_code == 422
    said = answer.text.split('role="alert"')[1].split("</ul>")[0]
    assert [entry.code in said for entry in made.entries] == [False, True, True]
    assert "This criterion has no score yet." in said
    assert stored(made, 1) == ["9", ""], "the drafts are kept"
    assert {made.assignment(0, n).state for n in range(3)} == {"accepted"}


def test_lock_all_locks_all_with_a_line_in_the_audit_for_each(client: Visitor, db: Session) -> None:
    made = court(db, entries=2, judges=1)
    client.sign_in(made.people[0])
    form = table(made, (8, 6), (9, 7))
    question = client.post(here(made, "lock"), data=form)
    assert "Lock 2 scorecards?" in question.text
    for _ in range(2):
        assert client.post(here(made, "lock"), data={"sure": "1"}).location == here(made)
    assert {made.assignment(0, n).state for n in range(2)} == {"completed"}
    assert [str(made.standing(n).total) for n in range(2)] == ["36.0000", "41.0000"]  # type: ignore[union-attr]
    lines = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "scorecard.locked")).all()
    assert len(lines) == 2


def test_one_is_locked_from_the_table(client: Visitor, db: Session) -> None:
    made = court(db, entries=2)
    client.sign_in(made.people[0])
    ref = made.assignment(0, 1).ref
    client.post(here(made, "lock"), data=table(made, (8, ""), (9, 7), sure="1", only=ref))
    assert [made.assignment(0, n).state for n in range(2)] == ["accepted", "completed"]
    assert stored(made, 0) == ["8", ""]


def test_what_waits_for_a_declaration_is_named_before_all_are_locked(client: Visitor, db: Session) -> None:
    made = court(db, entries=2)
    made.assignment(0, 1).state = "invited"
    db.commit()
    client.sign_in(made.people[0])
    answer = client.post(here(made, "lock"), data=table(made, (8, 6), sure="1"))
    assert answer.status_code == 409
    assert f"Declare first whether you have a conflict: {made.entries[1].code}." in answer.text


def test_withdrawn_foreign_and_late_cards_are_refused(client: Visitor, db: Session) -> None:
    made = court(db, entries=1)
    client.sign_in(made.people[0])
    other = f"{made.assignment(1).ref}:score-{made.criteria[0].id}"
    assert client.post(here(made, "save"), data={other: "5"}).status_code == 403
    assert client.post(here(made, "save"), data={"nosuchref222:score-1": "5"}).status_code == 404
    made.entries[0].state = "withdrawn"
    db.commit()
    told = client.post(here(made, "save"), data=table(made, (8, 6)), headers=JSON)
    assert (told.status_code, told.json["code"]) == (409, "entry_not_judged")
    made.entries[0].state = "submitted"
    db.commit()
    made.close()
    db.commit()
    told = client.post(here(made, "save"), data=table(made, (8, 6)), headers=JSON)
    assert (told.status_code, told.json["code"]) == (409, "window_closed")


def test_totals_are_drawn_with_their_table(client: Visitor, db: Session) -> None:
    made = court(db, entries=3)
    client.sign_in(made.people[0])
    client.post(here(made, "save"), data=table(made, (8, 6), (9, 7), (1, 1)))
    page = client.get(here(made)).text
    assert "<svg viewBox" in page
    assert "Your totals by parts of the scale" in page


def test_somebody_else_finds_no_table(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(UserFactory())
    assert client.get(here(made)).status_code == 404


def test_desk_keeps_what_another_window_saved(client: Visitor, db: Session) -> None:
    made = court(db)
    first, second = (f"score-{each.id}" for each in made.criteria)
    ref = made.assignment().ref
    scoring.save(db, made.as_judge(), ref, Entered({made.criteria[0].id: "5"}))
    db.commit()
    client.sign_in(made.people[0])
    form = {first: "8", f"seen-{first}": "", second: "6", f"seen-{second}": ""}
    told = client.post(f"/judge/{ref}/save", data=form, headers=JSON)
    assert told.json["contested"] == {first: "5"}
    page = client.post(f"/judge/{ref}/lock", data={**form, "sure": "1"})
    assert page.status_code == 422
    assert "Meanwhile “5” was saved in another window." in page.text
    assert 'value="8"' in page.text
    assert stored(made, 0) == ["5", "6"]
    again = client.post(f"/judge/{ref}/lock", data={**form, f"seen-{first}": "5", "sure": "1"})
    assert again.status_code == 302
    assert stored(made, 0) == ["8", "6"]


def test_save_and_next_goes_round_and_ends_at_the_table(client: Visitor, db: Session) -> None:
    made = court(db, entries=2)
    client.sign_in(made.people[0])
    cards = [{f"score-{each.id}": "7" for each in made.criteria}] * 2
    refs = [made.assignment(0, n).ref for n in range(2)]
    answer = client.post(f"/judge/{refs[0]}/save", data={**cards[0], "next": "1"})
    assert answer.location == f"/judge/{refs[1]}#score"
    answer = client.post(f"/judge/{refs[1]}/save", data={**cards[1], "next": "1"})
    assert answer.location == here(made)
    assert "All of yours are scored." in client.get(here(made)).text


def test_script_with_a_new_sign_in_asks_what_is_stored(client: Visitor, db: Session) -> None:
    made = court(db)
    target = f"/judge/{made.assignment().ref}/save"
    client.sign_out()
    told = client.get(target, headers=JSON)
    assert (told.status_code, "/login" in told.json["sign_in"]) == (401, True)
    assert client.get(here(made, "save"), headers=JSON).status_code == 401
    client.sign_in(made.people[0])
    assert client.get(target, headers=JSON).json["token"]
    assert client.get(here(made, "save"), headers=JSON).json["token"]
