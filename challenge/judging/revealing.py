"""What the big screen shows of the scores: written by the chair's word, and by nothing else.

A step puts exactly what it reveals onto the board, at the place where the screen reads it. Totals and places
that are still hidden stand in no column that any screen, tablet or visitor's page selects.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import on_site, ranking, rubric
from challenge.judging.models import Assignment, Phase
from challenge.judging.on_site import Held
from challenge.judging.on_site_models import OnSite, StageTurn
from challenge.judging.scorecards import JUDGED
from challenge.rules.errors import WrongState
from challenge.rules.lifecycles import UNLOCKED
from challenge.rules.permissions import Actor
from challenge.rules.scoring import Placed
from challenge.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the board: what stands there was revealed."""

    code: str
    title: str
    total: str | None
    place: int | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """Scorecards of entries that were on stage and are still to be locked, by entry."""

    by_code: dict[str, int]

    @property
    def count(self) -> int:
        """How many altogether."""
        return sum(self.by_code.values())


def hide(session: Session, actor: Actor, round_id: int, number: int | None) -> None:
    """Nothing of any score is on the screen; final places that were begun begin anew from the last."""
    held = on_site.hold_drawn(session, actor, round_id, number)
    if held.site.reveal != "hidden":
        _put(session, actor, held, "hidden", [])


def show_total(
    session: Session, actor: Actor, round_id: int, number: int | None, *, anyway: bool = False
) -> None:
    """Show the total of the entry on stage, as it is now.

    Raises WrongState("nobody_on_stage"), ("stage_cards_open") unless all its cards are locked or `anyway`,
    ("nothing_locked").
    """
    held = on_site.hold_drawn(session, actor, round_id, number)
    current = held.site.current_id
    if current is None:
        raise WrongState("nobody_on_stage")
    _refuse_open(session, held.site, anyway=anyway, only=current)
    rows = [row for row in _rows(session, held.phase, {current}) if row.total is not None]
    if not rows:
        raise WrongState("nothing_locked")
    _put(session, actor, held, "total", [Shown(row.code, row.title, row.total) for row in rows])


def show_ranking(
    session: Session, actor: Actor, round_id: int, number: int | None, *, anyway: bool = False
) -> None:
    """Show the running ranking of those who were on stage, as it is now; raises as `show_total` does."""
    held = on_site.hold_drawn(session, actor, round_id, number)
    _refuse_open(session, held.site, anyway=anyway)
    rows = _rows(session, held.phase, _presented(session, held.site))
    if not any(row.total is not None for row in rows):
        raise WrongState("nothing_locked")
    _put(session, actor, held, "ranking", rows)


def next_place(
    session: Session,
    actor: Actor,
    round_id: int,
    number: int | None,
    shown: int,
    *,
    anyway: bool = False,
) -> int:
    """The next final place from the last to the first; how many are shown then.

    `shown` says how many the chair saw: the same step asked for twice is taken once. The places are reckoned
    at the first step, ties split as declared, and stay as they were then. Raises as `show_total` does.
    """
    held = on_site.hold_drawn(session, actor, round_id, number)
    site = held.site
    begun = site.reveal == "places"
    if (len(site.board) if begun else 0) != shown:
        return len(site.board)
    if begun and not site.withheld:
        return shown
    if begun:
        rows = list(site.withheld)
    else:
        _refuse_open(session, site, anyway=anyway)
        entries = set(session.scalars(sa.select(StageTurn.submission_id).where(_of(site))))
        known = [row for row in _rows(session, held.phase, entries) if row.place is not None]
        if not known:
            raise WrongState("nothing_locked")
        rows = [asdict(row) for row in known]
    board = [*(site.board if begun else []), rows.pop()]
    _put(session, actor, held, "places", board, withheld=rows)
    return len(board)


def open_of(session: Session, phase_id: int, only: int | None = None) -> Open:
    """Cards that judges still promise of entries that have come on stage (one statement)."""
    query = (
        sa.select(Submission.code, sa.func.count())
        .select_from(Assignment)
        .join(StageTurn, StageTurn.submission_id == Assignment.submission_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(
            Assignment.phase_id == phase_id,
            StageTurn.phase_id == phase_id,
            Assignment.state.in_(UNLOCKED),
            StageTurn.on_stage_at.is_not(None),
            Submission.state.in_(JUDGED),
        )
        .group_by(Submission.code)
    )
    if only is not None:
        query = query.where(Assignment.submission_id == only)
    return Open(dict(session.execute(query).all()))


def _refuse_open(session: Session, site: OnSite, *, anyway: bool, only: int | None = None) -> None:
    lacking = open_of(session, site.phase_id, only)
    if lacking.count and not anyway:
        raise WrongState("stage_cards_open", count=lacking.count)


def _presented(session: Session, site: OnSite) -> set[int]:
    query = sa.select(StageTurn.submission_id).where(_of(site), StageTurn.on_stage_at.is_not(None))
    return set(session.scalars(query))


def _of(site: OnSite) -> sa.ColumnElement[bool]:
    return StageTurn.phase_id == site.phase_id


def _rows(session: Session, phase: Phase, wanted: Collection[int]) -> list[Shown]:
    """These entries from the best to the last, by the published method; places are their own among them."""
    (computed,) = ranking.compute(session, [phase.id])
    titles = dict(
        session.execute(sa.select(Submission.id, Submission.title).where(Submission.id.in_(wanted))).all()
    )
    places = rubric.method_of(phase).places
    mine = [each for each in computed.results if each.submission_id in wanted]
    return [
        Shown(
            each.code,
            titles[each.submission_id],
            _text(each.placed.total, places),
            _among(each.placed, [other.placed for other in mine]),
            each.placed.shared,
        )
        for each in mine
    ]


def _among(placed: Placed, others: list[Placed]) -> int | None:
    if placed.place is None:
        return None
    return 1 + sum(other.place is not None and other.place < placed.place for other in others)


def _text(total: Decimal | None, places: int) -> str | None:
    return None if total is None else f"{total:.{places}f}"


def _put(
    session: Session,
    actor: Actor,
    held: Held,
    reveal: str,
    rows: list[Any],
    withheld: list[Any] | None = None,
) -> None:
    board = [row if isinstance(row, dict) else asdict(row) for row in rows]
    site = held.site
    site.reveal, site.board, site.withheld = reveal, board, withheld or []
    site.version += 1
    session.flush()
    where = chain.round_chain(held.gate.round.id)
    told = {"what": reveal, "shown": len(board), "open_cards": open_of(session, site.phase_id).count}
    chain.record(
        session, actor, "stage.revealed", f"phase:{site.phase_id}", chain=where, at=held.gate.now, **told
    )
