"""What a judge gets of their own work, and what waits while they judge blind."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.accounts.models import Invitation
from challenge.base import clock
from challenge.exchange import rows
from challenge.judging import reopening
from challenge.judging.discussion_models import DiscussionComment
from challenge.judging.reminder_models import JudgeReminder
from challenge.judging.ways_models import Ballot, Pair, PublicVote
from challenge.rules.stages import Stage
from challenge.ties import services as ties
from challenge.ties.models import Tie, TieFile
from challenge.ties.services import Told
from tests.judging.stories import Court, court, lock_all
from tests.rigs.application import Visitor


def archive(client: Visitor, made: Court, judge: int = 0) -> zipfile.ZipFile:
    made.db.commit()
    client.sign_in(made.people[judge])
    return zipfile.ZipFile(io.BytesIO(client.get("/profile/data.zip").data))


def lines(found: zipfile.ZipFile, name: str) -> list[Any]:
    return [json.loads(line) for line in found.read(name).splitlines()]


def busy(db: Session) -> Court:
    """A court in which the first judge has done everything, and the second a little."""
    made = court(db, entries=2, judges=2)
    now, phase = clock.now(db), made.phase.id
    lock_all(made, 0, [7] * len(made.criteria), [3] * len(made.criteria))
    reopening.reopen(db, made.as_organizer, made.assignment().ref, "why-canary", round_id=made.round.id)
    one, two = (entry.id for entry in made.entries)
    pair = {"first_id": one, "second_id": two, "shown_at": now}
    for seat in made.judges:
        word = {"phase_id": phase, "submission_id": one, "judge_id": seat.id, "at": now}
        db.add_all(
            [
                Ballot(judge_id=seat.id, choices=[two, one], saved_at=now),
                Pair(judge_id=seat.id, choice="skip", reason=f"{seat.label} wavers", **pair),
                DiscussionComment(text=f"{seat.label} speaks", digest=seat.label, **word),
                JudgeReminder(judge_id=seat.id, mark="3", open_cards=2, sent_at=now),
            ]
        )
    db.add(PublicVote(phase_id=phase, user_id=made.people[0].id, submission_id=two, voted_at=now))
    away = made.assignment(0, 1)
    away.state, away.reason = "recused", "my cousin"
    away.conflict, away.conflict_at = "co_author", now
    return made


def test_all_that_a_judge_did_is_in_it_by_the_codes_of_entries(client: Visitor, db: Session) -> None:
    made = busy(db)
    found = archive(client, made)
    one, two = (entry.code for entry in made.entries)
    assert [row["choices"] for row in lines(found, "rows/ballot.jsonl")] == [[two, one]]
    (pair,) = lines(found, "rows/judged_pair.jsonl")
    assert (pair["first"], pair["second"], pair["reason"]) == (one, two, "J1 wavers")
    (word,) = lines(found, "rows/discussion_comment.jsonl")
    assert (word["submission"], word["text"]) == (one, "J1 speaks")
    assert [row["submission"] for row in lines(found, "rows/public_vote.jsonl")] == [two]
    assert len(lines(found, "rows/judge_reminder.jsonl")) == 1
    said = {row["submission"]: (row["state"], row["reason"]) for row in lines(found, "rows/assignment.jsonl")}
    assert said == {one: ("accepted", None), two: ("recused", "my cousin")}
    (card,) = lines(found, "scorecards.jsonl")
    (before,) = card["revisions"]
    assert {score["value"] for score in before["scores"]} == {"7"}
    assert before["scores"][0]["name_en"]
    everything = b"".join(found.read(name) for name in found.namelist())
    for canary in (b"why-canary", b"J2", b"co_author"):
        assert canary not in everything, canary


def test_a_replaced_judge_does_not_read_why(client: Visitor, db: Session) -> None:
    made = court(db)
    gone = made.assignment()
    gone.state, gone.reason = "replaced", "wrote with canary"
    assert "reason" not in lines(archive(client, made), "rows/assignment.jsonl")[0]


def test_rows_of_seats_come_in_batches_by_their_whole_key(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = court(db, judges=1)
    now = clock.now(db)
    db.add_all(
        JudgeReminder(judge_id=made.judges[0].id, mark=f"{n}", open_cards=1, sent_at=now) for n in range(5)
    )
    db.commit()
    monkeypatch.setattr(rows, "BATCH", 2)
    mine = JudgeReminder.judge_id == made.judges[0].id
    found = rows.matching(JudgeReminder, mine, made.people[0].id)
    assert [row["mark"] for row in found] == ["0", "1", "2", "3", "4"]


def stated(made: Court) -> None:
    """A tie of the first judge that an organizer brought."""
    file = TieFile(programme_id=made.round.programme_id, name="f.csv", digest="d", size=1, state="done")
    made.db.add(file)
    made.db.flush()
    tie = Tie(kind="co_author", person_email=made.people[0].email.lower(), other_email="canary@qq.com")
    tie.source, tie.file_id = "file", file.id
    made.db.add(tie)


def test_what_a_file_says_waits_while_its_judge_judges_blind(client: Visitor, db: Session) -> None:
    made = court(db)
    stated(made)
    ties.tell(db, made.as_judge(), Told("co_author", "A friend", "friend@qq.com", year=2025))
    own = lines(archive(client, made), "rows/tie.jsonl")
    assert [(row["source"], row["other_email"]) for row in own] == [("person", "friend@qq.com")]
    made.round.stage = Stage.CLOSED.value
    both = lines(archive(client, made), "rows/tie.jsonl")
    assert [row["other_email"] for row in both] == ["canary@qq.com", "friend@qq.com"]
    assert lines(archive(client, made, judge=1), "rows/tie.jsonl") == []


def test_an_invitation_that_waits_is_in_it(client: Visitor, db: Session) -> None:
    made = court(db)
    soon = clock.now(db) + dt.timedelta(days=3)
    facts = {"role": "judge", "scope": "phase", "scope_id": made.phase.id, "expires_at": soon}
    for number, email in enumerate((made.people[0].email.upper(), "other@example.org")):
        db.add(Invitation(token_digest=str(number), email=email, created_at=clock.now(db), **facts))
    rows = lines(archive(client, made), "rows/invitation.jsonl")
    assert [row["email"] for row in rows] == [made.people[0].email.upper()]
    assert "token_digest" not in rows[0]
