"""What a person did and said as a judge, in files of their zip; of conflicts only what they declared.

Which conflicts the records show stays out: with which entry a judge is tied says who entered it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import Base, fresh_session
from challenge.exchange.packing import Member, as_lines
from challenge.exchange.rows import BATCH, columns_of, matching
from challenge.judging import discussion_models, reminder_models, ways_models
from challenge.judging.models import (
    Assignment,
    Criterion,
    PanelJudge,
    PanelJudgeTheme,
    Phase,
    Score,
    Scorecard,
)
from challenge.rounds.models import Round
from challenge.submissions.models import Submission

# (table, the column that names the seat or the card) -> columns that stand elsewhere, or are not theirs.
OF_SEATS: Mapping[tuple[str, str], tuple[str, ...]] = {
    # Why a conflict shuts an assignment is not told: it would name who entered.
    ("assignment", "judge_id"): ("conflict", "conflict_at", "pinned"),
    ("ballot", "judge_id"): (),
    ("discussion_comment", "judge_id"): ("digest",),
    ("judge_reminder", "judge_id"): (),
    ("judged_pair", "judge_id"): (),
    ("panel_judge_theme", "judge_id"): (),
}
_MODELS: Mapping[str, type[Base]] = {
    model.__tablename__: model
    for model in (
        Assignment,
        ways_models.Ballot,
        discussion_models.DiscussionComment,
        reminder_models.JudgeReminder,
        ways_models.Pair,
        PanelJudgeTheme,
    )
}
# In the lines of scorecards.jsonl.
IN_CARDS = frozenset(
    {("scorecard", "assignment_id"), ("score", "scorecard_id"), ("scorecard_revision", "scorecard_id")}
)
# What organizers found, or decided about a judge's words.
OF_OTHERS = frozenset(
    {
        *(("conflict_case", "judge_id"), ("comment_ruling", "scorecard_id")),
        *(("criterion_ruling", "scorecard_id"), ("objection", "judge_id")),
    }
)


def members(user_id: int) -> Iterator[Member]:
    """A file for each kind of thing; each is read when its turn comes, a batch of rows at a time."""
    seats = sa.select(PanelJudge.id).where(PanelJudge.user_id == user_id)
    for (table, column), without in OF_SEATS.items():
        model = _MODELS[table]
        wanted = model.__mapper__.columns[column].in_(seats)
        yield Member(
            f"rows/{table}.jsonl", as_lines(matching(model, wanted, user_id, partial(_left_out, without)))
        )
    yield Member("scorecards.jsonl", as_lines(_scorecards(user_id)))


def _left_out(without: tuple[str, ...], row: Base) -> tuple[str, ...]:
    """Why somebody else was put in their place is an organizer's word, which may name who entered."""
    return (*without, "reason") if isinstance(row, Assignment) and row.state == "replaced" else without


def _scorecards(user_id: int) -> Iterator[Mapping[str, Any]]:
    """What they scored: entries by code, their values and words, and each card as it was locked before."""
    last = 0
    while True:
        with fresh_session() as session:
            query = (
                sa.select(Scorecard, Submission.code, Assignment.state, Round.slug, Phase.number)
                .join(Assignment, Assignment.id == Scorecard.assignment_id)
                .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
                .join(Submission, Submission.id == Assignment.submission_id)
                .join(Phase, Phase.id == Assignment.phase_id)
                .join(Round, Round.id == Phase.round_id)
                .where(PanelJudge.user_id == user_id, Scorecard.id > last)
                .order_by(Scorecard.id)
                .limit(BATCH)
            )
            cards = session.execute(query).all()
            ids = [card.id for card, *_ in cards]
            scores, revisions = _scores(session, ids), _revisions(session, ids)
            found = [
                {
                    "round": slug,
                    "phase": number,
                    "submission": code,
                    "assignment": state,
                    **columns_of(card),
                    "scores": scores.get(card.id, []),
                    "revisions": revisions.get(card.id, []),
                }
                for card, code, state, slug, number in cards
            ]
            last = cards[-1][0].id if cards else last
        yield from found
        if len(cards) < BATCH:
            return


def _scores(session: Session, ids: list[int]) -> dict[int, list[Mapping[str, Any]]]:
    query = (
        sa.select(Score.scorecard_id, Criterion.name_zh, Criterion.name_en, Score.value, Score.comment)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(Score.scorecard_id.in_(ids))
        .order_by(Criterion.position)
    )
    found: dict[int, list[Mapping[str, Any]]] = {}
    for card, *rest in session.execute(query):
        names = ("name_zh", "name_en", "value", "comment")
        found.setdefault(card, []).append(dict(zip(names, rest, strict=True)))
    return found


def _revisions(session: Session, ids: list[int]) -> dict[int, list[Mapping[str, Any]]]:
    """The cards as they were before they were opened again, with the criteria by their names.

    Why one was opened is an organizer's word.
    """
    model = discussion_models.ScorecardRevision
    rows = session.scalars(sa.select(model).where(model.scorecard_id.in_(ids)).order_by(model.id)).all()
    named = {key for row in rows for key in row.scores}
    query = sa.select(Criterion.id, Criterion.name_zh, Criterion.name_en)
    names = {
        str(number): {"name_zh": zh, "name_en": en}
        for number, zh, en in session.execute(query.where(Criterion.id.in_({int(key) for key in named})))
    }
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        scores = [{**names.get(key, {}), **value} for key, value in row.scores.items()]
        plain = columns_of(row, without=("reason",))
        found.setdefault(row.scorecard_id, []).append({**plain, "scores": scores})
    return found
