"""The scorecard at hand: what an assignment asks of its judge, what was typed, and how a draft is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import is_sqlite
from challenge.judging import conflicts, waiting
from challenge.judging.models import Assignment, Criterion, PanelJudge, Phase, Score, Scorecard
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules import scoring
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.merging import Same, merge, same_score, same_text
from challenge.rules.permissions import Subject
from challenge.rules.phases import Own
from challenge.rules.scales import plain
from challenge.submissions.models import Submission

MOST_COMMENT = 4000
SCORE, COMMENT, TO_ORGANIZER, TO_SOLVER = "score-", "comment-", "comment_organizer", "comment_solver"
JUDGED = ("submitted", "selected", "not_selected")  # submissions that still stand


@dataclass(frozen=True, slots=True)
class Entered:
    """What a judge typed, by criterion; a criterion that is not named keeps what it has, '' empties it."""

    scores: Mapping[int, str] = field(default_factory=dict)
    comments: Mapping[int, str] = field(default_factory=dict)
    to_organizer: str | None = None
    to_solver: str | None = None
    seen: Mapping[str, str] = field(default_factory=dict)  # by name: what stood there before it was typed

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, by the names of the fields."""
        found = {f"{SCORE}{number}": text for number, text in self.scores.items()}
        found |= {f"{COMMENT}{number}": text for number, text in self.comments.items()}
        to = {TO_ORGANIZER: self.to_organizer, TO_SOLVER: self.to_solver}
        return found | {name: text for name, text in to.items() if text is not None}

    def only(self, names: Container[str]) -> Entered:
        """The same without the fields that are not in `names`."""
        return Entered(
            {number: text for number, text in self.scores.items() if f"{SCORE}{number}" in names},
            {number: text for number, text in self.comments.items() if f"{COMMENT}{number}" in names},
            self.to_organizer if TO_ORGANIZER in names else None,
            self.to_solver if TO_SOLVER in names else None,
        )


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft as it is kept now: when, how far it is, its weighted total once nothing is missing.

    `contested` are the fields that were not written, because they were changed elsewhere meanwhile, with
    what is stored there: a person says which of the two stands.
    """

    at: dt.datetime
    done: int
    count: int
    total: Decimal | None
    contested: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """One criterion of the scorecard at hand, with what is stored of it."""

    id: int
    scale: scoring.Criterion
    value: Decimal | None
    comment: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The assignment at hand as the permission table and the verbs need it."""

    assignment_id: int
    phase_id: int
    round_id: int
    submission_id: int
    entry_state: str
    state: str
    judge_user_id: int | None
    conflict: bool
    to_organizer: str
    to_solver: str
    own: Own
    cells: tuple[Cell, ...]
    waits: bool = False  # for its turn on stage
    way: str = "scores"
    open_until: dt.datetime | None = None  # opened again for an objection

    @property
    def texts(self) -> dict[str, str]:
        """What is stored, by the names of the fields."""
        held = [(cell.id, cell.value, cell.comment) for cell in self.cells]
        return texts_of(held, self.to_organizer, self.to_solver)

    def subject(self, held: gate.Gate) -> Subject:
        """The facts that the permission table asks for."""
        conflicted = {self.judge_user_id} if self.conflict and self.judge_user_id is not None else ()
        return rounds.subject_of(
            held.round,
            held.now,
            kind="assignment",
            state=self.state,
            judge_id=self.judge_user_id,
            conflicted=frozenset(conflicted),
        )


def hold(session: Session, ref: str) -> gate.Gate:
    """The gate of the round that an assignment belongs to; raises NotFound."""
    which = sa.select(Phase.round_id).join(Assignment, Assignment.phase_id == Phase.id)
    return gate.hold_of(session, which.where(Assignment.ref == ref).scalar_subquery())


def take(session: Session, wanted: sa.ColumnElement[bool]) -> None:
    """Lock assignments in a statement of its own: what is read after it, nobody changes until the end.

    SQLite's one write lock is held from the gate on.
    """
    if not is_sqlite(session):
        session.execute(taken(wanted))


def taken(wanted: sa.ColumnElement[bool]) -> sa.Select[int]:
    """The statement that locks assignments, always in one order."""
    return sa.select(Assignment.id).where(wanted).order_by(Assignment.id).with_for_update(of=Assignment)


def facts() -> sa.Select[*tuple[Any, ...]]:
    """Assignments with their rubric and what is scored so far: a row for each criterion."""
    return (
        sa.select(
            *(Assignment.ref, Assignment.id, Assignment.phase_id, Assignment.judge_id),
            *(Assignment.submission_id, Assignment.state),
            Phase.round_id,
            Submission.state.label("entry_state"),
            PanelJudge.user_id,
            *(Scorecard.comment_organizer, Scorecard.comment_solver, Scorecard.open_until),
            *(Phase.opens_at, Phase.closes_at, Phase.closed_at, Phase.way),
            waiting.waits().label("waits"),
            Criterion.id.label("criterion_id"),
            *(Criterion.minimum, Criterion.maximum, Criterion.step, Criterion.weight),
            *(Score.value, Score.comment),
        )
        .select_from(Assignment)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Phase, Phase.id == Assignment.phase_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .join(Criterion, sa.and_(Criterion.phase_id == Phase.id, sa.not_(Criterion.carried)))
        .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .outerjoin(Score, sa.and_(Score.scorecard_id == Scorecard.id, Score.criterion_id == Criterion.id))
        .order_by(Assignment.id, Criterion.position, Criterion.id)
    )


_FACTS = (
    facts().add_columns(conflicts.of_assignment().label("ties")).where(Assignment.ref == sa.bindparam("ref"))
)


def at_hand(session: Session, ref: str, domain: str, held: gate.Gate) -> Desk:
    """The assignment `ref` of the gate's round, taken before (one statement); raises NotFound."""
    rows = session.execute(_FACTS, {"ref": ref, "domain": domain}).all()
    if not rows or rows[0].round_id != held.round.id:
        raise NotFound
    return desk_of(rows, conflict=bool(rows[0].ties))


def desk_of(rows: Sequence[Any], *, conflict: bool) -> Desk:
    """The rows of one assignment as a desk."""
    first = rows[0]
    cells = tuple(
        Cell(
            row.criterion_id,
            scoring.Criterion(str(row.criterion_id), row.minimum, row.maximum, row.step, row.weight),
            row.value,
            row.comment or "",
        )
        for row in rows
    )
    return Desk(
        first.id,
        first.phase_id,
        first.round_id,
        first.submission_id,
        first.entry_state,
        first.state,
        first.user_id,
        conflict,
        first.comment_organizer or "",
        first.comment_solver or "",
        Own(first.opens_at, first.closes_at, first.closed_at is not None),
        cells,
        bool(first.waits),
        first.way,
        first.open_until,
    )


def score_in(cell: Cell, given: Mapping[int, str]) -> Decimal | None:
    """What the criterion holds once what was given is kept; '' is no score, and never a zero."""
    return scoring.read_score(given[cell.id]) if cell.id in given else cell.value


def check(cells: Sequence[Cell], entered: Entered) -> None:
    """Raise InvalidMany naming every field that cannot be kept."""
    known = {cell.id: cell.scale for cell in cells}
    faults = [
        Invalid(f"score-{number}", "no_such_criterion")
        for number in entered.scores.keys() | entered.comments.keys()
        if number not in known
    ]
    for number, text in entered.scores.items():
        scale = known.get(number)
        fault = scoring.check_score(scale, text) if scale is not None and text.strip() else None
        if fault is not None and scale is not None:
            limits = {"minimum": plain(scale.minimum), "maximum": plain(scale.maximum)}
            code = "score_not_a_number" if fault == "not_a_number" else fault
            faults.append(Invalid(f"score-{number}", code, step=plain(scale.step), **limits))
    texts = {f"comment-{number}": text for number, text in entered.comments.items()}
    texts |= {"comment_organizer": entered.to_organizer or "", "comment_solver": entered.to_solver or ""}
    faults += [
        Invalid(name, "too_long", length=len(text), most=MOST_COMMENT)
        for name, text in texts.items()
        if len(text) > MOST_COMMENT
    ]
    if faults:
        raise InvalidMany(faults)


def texts_of(
    held: Sequence[tuple[int, Decimal | None, str]], to_organizer: str, to_solver: str
) -> dict[str, str]:
    """What a card holds (criterion, score, comment), by the names of its fields."""
    scores = {f"{SCORE}{number}": "" if value is None else plain(value) for number, value, _ in held}
    comments = {f"{COMMENT}{number}": comment for number, _, comment in held}
    return {**scores, **comments, TO_ORGANIZER: to_organizer, TO_SOLVER: to_solver}


def against(desk: Desk, entered: Entered) -> tuple[Entered, Mapping[str, str]]:
    """What of `entered` is to be written over what is stored, and the fields that were changed elsewhere."""
    found = merge(entered.texts, entered.seen, desk.texts, _same_of)
    return entered.only(found.changed), found.contested


def _same_of(name: str) -> Same:
    return same_score if name.startswith(SCORE) else same_text
