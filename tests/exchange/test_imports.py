"""Imports as an operator runs them: real files in, a report out, nothing half-written on a fault."""

from __future__ import annotations

import csv
import io
import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from challenge.judging.models import Score, Scorecard
from challenge.messages.models import Letter
from challenge.requirements.models import Requirement
from challenge.rounds.models import Prize, Round, RoundPage, RoundWindow
from challenge.tasks.models import Task

DATA = Path(__file__).resolve().parent.parent / "data"
FEED = DATA / "challenge-gov" / "feed.json"
SCORES = DATA / "judged-scores"
NEEDS = DATA / "needs" / "topics.csv"


def effects(db: Session) -> int:
    """Rows of work that follow from an import, but those that let it be found and counted."""
    return db.scalar(sa.select(sa.func.count()).where(Task.kind.not_in(("index", "figures")))) or 0


def run(command: FlaskCliRunner, *args: object) -> tuple[int, list[dict[str, str]], str]:
    """The exit status, the report's lines, and what was said beside it."""
    result = command.invoke(args=[str(arg) for arg in args])
    return result.exit_code, list(csv.DictReader(io.StringIO(result.stdout))), result.stderr


def count(db: Session, model: type) -> int:
    db.rollback()
    return db.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_every_item_of_a_feed_becomes_a_round_and_a_second_run_changes_nothing(
    command: FlaskCliRunner, db: Session
) -> None:
    items = len(json.loads(FEED.read_text(encoding="utf-8"))["_challenge"])
    status, lines, said = run(command, "import", "challenges", FEED)
    assert (status, count(db, Round)) == (0, items)
    assert f"{items} imported, 0 unchanged" in said
    assert sum(line["code"] == "no_zone" for line in lines) == 2 * items  # the zone is a reported guess
    versions = list(db.scalars(sa.select(Round.version).order_by(Round.id)))
    status, lines, said = run(command, "import", "challenges", FEED)
    assert (status, lines, count(db, Round)) == (0, [], items)
    assert f"0 imported, {items} unchanged" in said
    assert list(db.scalars(sa.select(Round.version).order_by(Round.id))) == versions


def test_past_rounds_arrive_closed_without_effects(command: FlaskCliRunner, db: Session) -> None:
    run(command, "import", "challenges", FEED)
    assert set(db.scalars(sa.select(Round.stage))) == {"closed"}
    open_ends = sa.select(RoundWindow).where(
        RoundWindow.closes_at.is_not(None), RoundWindow.closed_at.is_(None)
    )
    assert list(db.scalars(open_ends)) == []
    assert command.invoke(args=["work", "--once"]).exit_code == 0
    assert (effects(db), count(db, Letter)) == (0, 0)


def test_prizes_texts_and_dates_come_along(command: FlaskCliRunner, db: Session) -> None:
    run(command, "import", "challenges", FEED)
    round_ = db.scalars(
        sa.select(Round).where(Round.title_en == "Preventing Rodent Burrows in Earthen Embankments")
    ).one()
    prize = db.scalars(sa.select(Prize).where(Prize.round_id == round_.id)).one()
    assert (prize.amount_minor, prize.currency, prize.text) == (2_000_000, "USD", "$20,000")
    window = db.scalars(
        sa.select(RoundWindow).where(RoundWindow.round_id == round_.id, RoundWindow.stage == "submission")
    ).one()
    assert window.closes_at is not None
    assert window.closes_at.isoformat() == "2016-10-12T03:59:00+00:00"  # 11:59 PM in New York


def test_html_is_sanitised_and_what_was_removed_is_reported(
    command: FlaskCliRunner, db: Session, tmp_path: Path
) -> None:
    item = json.loads(FEED.read_text(encoding="utf-8"))["_challenge"][0]
    item["description"] = (
        '<p onclick="x()">Hi<script>steal()</script><img src=x></p><a href="javascript:x()">y</a>'
    )
    file = tmp_path / "feed.json"
    file.write_text(json.dumps({"_challenge": [item]}), encoding="utf-8")
    _, lines, _ = run(command, "import", "challenges", file)
    page = db.scalars(sa.select(RoundPage.html).where(RoundPage.kind == "about")).one()
    assert "Hi" in page
    assert not any(evil in page for evil in ("script", "onclick", "<img", "javascript:"))
    assert [line["text"] for line in lines if line["code"] == "html_removed"] == ["img script"]


def test_open_item_is_closed_by_the_scheduler_in_its_time(
    command: FlaskCliRunner, db: Session, tmp_path: Path
) -> None:
    item = json.loads(FEED.read_text(encoding="utf-8"))["_challenge"][0]
    item |= {"submission-end": "08/13/2099 05:00 PM", "challenge_status": "open"}
    file = tmp_path / "feed.json"
    file.write_text(json.dumps([item]), encoding="utf-8")
    run(command, "import", "challenges", file)
    round_ = db.scalars(sa.select(Round)).one()
    assert (round_.stage, round_.public) == ("submission", True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not_json"),
        (b'{"a": 1}', "not_a_feed"),
        (b'{"_challenge": "\xff"}', "not_utf8"),
        (b"[1]", "not_an_object"),
        (b'[{"challenge-id": "1", "challenge-title": "A"}]', "submission-start: missing"),
        (
            b'[{"challenge-id": "", "challenge-title": "", "submission-start": "", "submission-end": ""}]',
            "empty",
        ),
    ],
)
def test_bad_feed_is_refused_whole_with_its_place(
    command: FlaskCliRunner, db: Session, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "feed.json"
    file.write_bytes(content)
    status, _, error = run(command, "import", "challenges", file)
    assert (status, count(db, Round)) == (1, 0)
    assert said in error
    assert "nothing was imported" in error


def test_duplicate_item_is_refused(command: FlaskCliRunner, db: Session, tmp_path: Path) -> None:
    item = json.loads(FEED.read_text(encoding="utf-8"))["_challenge"][0]
    file = tmp_path / "feed.json"
    file.write_text(json.dumps([item, item]), encoding="utf-8")
    status, _, error = run(command, "import", "challenges", file)
    assert (status, count(db, Round)) == (1, 0)
    assert "item 2: challenge-id: duplicate" in error


def test_unknown_zone_is_refused(command: FlaskCliRunner) -> None:
    assert (
        "no IANA time zone"
        in command.invoke(args=["import", "challenges", str(FEED), "--zone", "Mars"]).stderr
    )


def exported(command: FlaskCliRunner, what: str) -> list[dict[str, str]]:
    result = command.invoke(args=["export", what, "--all", "--format", "csv"])
    assert result.exit_code == 0
    return list(csv.DictReader(io.StringIO(result.stdout)))


def rows_of(name: str) -> list[dict[str, str]]:
    with (SCORES / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_exports_equal_what_was_published_to_the_cent(command: FlaskCliRunner, db: Session) -> None:
    assert run(command, "import", "scores", SCORES)[0] == 0
    panel = {
        (r["round"], r["entry"], r["criterion"]): Decimal(r["panel_score"])
        for r in exported(command, "panel-scores")
    }
    published = {
        (r["round"], r["entry"], r["criterion"]): Decimal(r["panel_score"]) for r in rows_of("published.csv")
    }
    assert panel == published
    totals = {(r["round"], r["entry"]): Decimal(r["total"]) for r in exported(command, "ranking")}
    assert totals == {(r["round"], r["entry"]): Decimal(r["published_total"]) for r in rows_of("entries.csv")}


def test_places_run_from_the_best_total_down(command: FlaskCliRunner, db: Session) -> None:
    run(command, "import", "scores", SCORES)
    by_round: dict[str, list[tuple[int, Decimal]]] = {}
    for row in exported(command, "ranking"):
        by_round.setdefault(row["round"], []).append((int(row["place"]), Decimal(row["total"])))
    for rows in by_round.values():
        assert rows[0][0] == 1
        assert [total for _, total in rows] == sorted((total for _, total in rows), reverse=True)


def test_an_absence_stays_an_absence(command: FlaskCliRunner, db: Session) -> None:
    run(command, "import", "scores", SCORES)
    absent = sum(row["score"] == "" for row in rows_of("scores.csv"))
    assert absent == 40
    assert db.scalar(sa.select(sa.func.count()).where(Score.value.is_(None))) == absent
    assert set(db.scalars(sa.select(Scorecard.state))) == {"locked"}


def test_scores_imported_twice_change_nothing_and_mail_nobody(command: FlaskCliRunner, db: Session) -> None:
    run(command, "import", "scores", SCORES)
    before = count(db, Score)
    _, _, said = run(command, "import", "scores", SCORES)
    assert "0 imported, 2 unchanged" in said
    assert (count(db, Score), effects(db)) == (before, 0)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("scores.csv", ",judge,", ",referee,", "scores.csv line 1: judge: missing_column"),
        ("scores.csv", ",6.75\n", ",6.8\n", "off_step"),
        ("scores.csv", ",6.75\n", ",17\n", "off_scale"),
        ("scores.csv", ",6.75\n", ",NaN\n", "not_a_number"),
        ("scores.csv", ",6.75\n", ",six\n", "not_a_number"),
        ("entries.csv", ",1,", ",one,", "start_number: not_a_number"),
        ("criteria.csv", "0.25,10.00", "10.00,0.25", "bad_scale"),
    ],
)
def test_bad_score_files_are_refused_by_line_and_nothing_is_written(
    command: FlaskCliRunner, db: Session, tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    shutil.copytree(SCORES, tmp_path / "in")
    path = tmp_path / "in" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    status, _, error = run(command, "import", "scores", tmp_path / "in")
    assert (status, count(db, Round)) == (1, 0)
    assert said in error


def test_missing_score_file_and_broken_encoding_are_named(
    command: FlaskCliRunner, db: Session, tmp_path: Path
) -> None:
    shutil.copytree(SCORES, tmp_path / "in")
    (tmp_path / "in" / "entries.csv").unlink()
    (tmp_path / "in" / "criteria.csv").write_bytes(b"round,\xff")
    _, _, error = run(command, "import", "scores", tmp_path / "in")
    assert "entries.csv: missing_file" in error
    assert "criteria.csv: byte 6: not_utf8" in error
    assert count(db, Round) == 0


def test_needs_are_published_in_a_rolling_round_once(command: FlaskCliRunner, db: Session) -> None:
    rows = list(csv.DictReader(NEEDS.read_text(encoding="utf-8").splitlines()))
    run(command, "import", "requirements", NEEDS)
    _, _, said = run(command, "import", "requirements", NEEDS)
    assert f"0 imported, {len(rows)} unchanged" in said
    round_ = db.scalars(sa.select(Round)).one()
    assert (round_.rolling, round_.requirement_count) == (True, len(rows))
    first = db.scalars(sa.select(Requirement).order_by(Requirement.id)).first()
    assert first is not None
    assert (first.title_zh, first.title_en) == (rows[0]["title_zh"], rows[0]["title_en"])
    assert first.budget_max_minor == int(rows[0]["budget_max_cny"]) * 100
    rolling = {row["title_zh"] for row in rows if row["open_days"] == "rolling"}
    without_end = db.scalars(sa.select(Requirement.title_zh).where(Requirement.closes_at.is_(None)))
    assert rolling <= set(without_end)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("electronics and information", "alchemy", "line 2: field_en: unknown: alchemy"),
        (",600000,", ",many,", "line 2: budget_min_cny: not_a_number: many"),
        (",600000,", ",-5,", "line 2: budget_min_cny: not_an_amount"),
        (",600000,1000000,", ",1000000,600000,", "line 2: budget_min_cny: more_than_maximum"),
        (",45\n", ",soon\n", "line 2: open_days: not_days: soon"),
        ("number,", "no,", "line 1: number: missing_column"),
        ("2,电子信息", "1,电子信息", "line 3: number: duplicate: 1"),
    ],
)
def test_bad_needs_are_refused_by_line(
    command: FlaskCliRunner, db: Session, tmp_path: Path, old: str, new: str, said: str
) -> None:
    file = tmp_path / "needs.csv"
    file.write_text(NEEDS.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    status, _, error = run(command, "import", "requirements", file)
    assert (status, count(db, Requirement)) == (1, 0)
    assert said in error


def test_needs_for_an_unknown_round_are_refused(command: FlaskCliRunner, db: Session) -> None:
    status, _, error = run(command, "import", "requirements", NEEDS, "--round", "nowhere")
    assert status == 1
    assert "--round: unknown: nowhere" in error


def test_an_export_says_which_rounds(command: FlaskCliRunner) -> None:
    assert "Say --all, or name one round" in command.invoke(args=["export", "ranking"]).stderr
