"""The comments of a phase as its organizer looks through them, and which of them seem to name a judge."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.awards import feedback, said
from challenge.awards.feedback_models import CommentRuling, CriterionRuling
from challenge.judging.models import Assignment, Criterion, PanelJudge, Phase, Score, Scorecard
from challenge.judging.places import Columns
from challenge.judging.scorecards import JUDGED
from challenge.rules import naming
from challenge.submissions.models import Submission

PAGE = 50


@dataclass(frozen=True, slots=True)
class Written:
    """One judge's words to a team, on the whole or on a criterion, and what was decided about them."""

    ref: str  # of the assignment
    criterion: int | None
    name_zh: str | None  # of the criterion
    name_en: str | None
    code: str
    label: str
    text: str
    verdict: str | None
    instead: str | None
    undecided: bool  # somebody has to look at it before anything is released
    stale: bool  # for it was changed after the decision
    names: tuple[str, ...]  # of members of the round's panels that stand in it
    own: bool  # of an entry whose team the reader belongs to; on a criterion: that they are behind

    @property
    def key(self) -> str:
        """What names it on a page."""
        return self.ref if self.criterion is None else f"{self.ref}-{self.criterion}"


def of_phase(session: Session, phase: Phase, reader: int | None = None) -> list[Written]:
    """Every comment to a team on a locked card of the phase, the undecided first (two statements).

    Of an entry of the reader's own team the text is left out: it is released to everybody at once.
    """
    none = sa.null()
    query = _cards(
        sa.select(
            *(Assignment.ref, none.label("criterion"), none.label("name_zh"), none.label("name_en")),
            *(Submission.code, PanelJudge.label, Scorecard.comment_solver.label("said")),
            *(CommentRuling.verdict, CommentRuling.text, CommentRuling.digest),
            feedback.own_team(reader).label("own"),
        ),
        phase,
    )
    query = query.outerjoin(CommentRuling, CommentRuling.scorecard_id == Scorecard.id).where(said.to_team())
    rows = session.execute(query.order_by(Submission.code, Assignment.id)).all()
    found = _read(session, phase, rows)
    return sorted(found, key=lambda each: (not each.undecided, not each.names))


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of comments on criteria: of how many, and how many of all wait for a word."""

    rows: tuple[Written, ...]
    count: int
    waiting: int


def on_criteria(
    session: Session, phase: Phase, own: Collection[int] = (), begin: int = 0, limit: int = PAGE
) -> Listed:
    """The comments on criteria of locked cards, those that wait for a word first (two statements).

    None has to be decided about: without a word it reaches nobody. One locked anew since waits again.
    Of the entries `own`, which the reader is behind, the text is left out.
    """
    ruled = CriterionRuling.decided_at >= Scorecard.locked_at
    waits = sa.case((ruled, 0), else_=1)
    mine = sa.and_(
        CriterionRuling.scorecard_id == Score.scorecard_id, CriterionRuling.criterion_id == Score.criterion_id
    )
    query = _cards(
        sa.select(
            *(Assignment.ref, Score.criterion_id.label("criterion"), Criterion.name_zh, Criterion.name_en),
            *(Submission.code, PanelJudge.label, Score.comment.label("said")),
            *(CriterionRuling.verdict, CriterionRuling.text, CriterionRuling.digest),
            Submission.id.in_(own).label("own"),
            sa.func.count().over().label("of_all"),
            sa.func.sum(waits).over().label("waiting"),
        ),
        phase,
    )
    query = query.join(Score, Score.scorecard_id == Scorecard.id)
    query = query.join(Criterion, Criterion.id == Score.criterion_id).outerjoin(CriterionRuling, mine)
    order = (waits.desc(), Submission.code, Criterion.position, Criterion.id, Assignment.id)
    query = query.where(said.on_criterion()).order_by(*order).offset(begin).limit(limit)
    rows = session.execute(query).all()
    found = tuple(_read(session, phase, rows))
    return Listed(found, rows[0].of_all if rows else 0, int(rows[0].waiting) if rows else 0)


def _cards(query: Any, phase: Phase) -> Columns:
    found: Columns = (
        query.select_from(Scorecard)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Assignment.phase_id == phase.id, Submission.state.in_(JUDGED))
    )
    return found


def _read(session: Session, phase: Phase, rows: Sequence[Any]) -> list[Written]:
    named: dict[int, list[str]] = {}
    panel = _panel(session, phase.round_id)
    for place, name in naming.found(panel, {str(n): row.said for n, row in enumerate(rows)}):
        named.setdefault(int(place), []).append(name)
    return [_written(row, named.get(place, ())) for place, row in enumerate(rows)]


def _written(row: Any, names: Sequence[str]) -> Written:
    stale = row.digest is not None and row.digest != said.digest_of(row.said)
    return Written(
        *(row.ref, row.criterion, row.name_zh, row.name_en, row.code, row.label),
        "" if row.own else row.said,
        row.verdict,
        None if row.own else row.text,
        row.criterion is None and (stale or (bool(names) and row.verdict is None)),
        stale,
        () if row.own else tuple(names),
        row.own,
    )


def undecided(session: Session, phase: Phase) -> int:
    """How many comments wait for a word (two statements)."""
    return sum(each.undecided for each in of_phase(session, phase))


def _panel(session: Session, round_id: int) -> Iterable[str]:
    """Names and addresses of everyone on a panel of the round."""
    query = (
        sa.select(User.name, User.email)
        .join(PanelJudge, PanelJudge.user_id == User.id)
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .where(Phase.round_id == round_id)
        .distinct()
    )
    return [word for row in session.execute(query) for word in row if word]
