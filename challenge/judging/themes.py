"""Judges and tracks: a judge with tracks reads entries of these alone, a judge without any reads all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging.models import PanelJudge, PanelJudgeTheme, Phase
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rounds.models import Theme
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
from challenge.submissions.themes import of_submission


def of_panel(session: Session, phase_id: int) -> dict[int, frozenset[int]]:
    """The tracks of each judge of a phase that has any (one statement)."""
    query = (
        sa.select(PanelJudgeTheme.judge_id, PanelJudgeTheme.theme_id)
        .join(PanelJudge, PanelJudge.id == PanelJudgeTheme.judge_id)
        .where(PanelJudge.phase_id == phase_id)
    )
    found: dict[int, frozenset[int]] = {}
    for judge_id, theme_id in session.execute(query):
        found[judge_id] = found.get(judge_id, frozenset()) | {theme_id}
    return found


def outside(session: Session, phase_id: int, wanted: sa.ColumnElement[bool]) -> Mapping[tuple[int, int], str]:
    """(panel judge, submission) -> "track" where the entry is in none of the judge's tracks.

    One statement where no judge of the phase has tracks, else two. No conflict of interest: what was assigned
    by hand before the tracks were set stays assigned.
    """
    themes = of_panel(session, phase_id)
    if not themes:
        return {}
    entries = session.execute(sa.select(Submission.id, of_submission()).where(wanted)).all()
    return {
        (judge, entry): "track"
        for judge, mine in themes.items()
        for entry, theme_id in entries
        if theme_id not in mine
    }


def give(session: Session, actor: Actor, round_id: int, judge_id: int, theme_refs: Sequence[str]) -> None:
    """Let a judge of the round read entries of these tracks alone; of all where there are none."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_INVITE, rounds.subject_of(held.round, held.now))
    judge = session.scalar(
        sa.select(PanelJudge)
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .where(PanelJudge.id == judge_id, Phase.round_id == round_id)
    )
    if judge is None:
        raise NotFound
    refs = set(theme_refs)
    chosen = set(
        session.scalars(sa.select(Theme.id).where(Theme.round_id == round_id, Theme.ref.in_(list(refs))))
    )
    if len(chosen) != len(refs):
        raise Invalid("themes", "not_a_choice")
    mine = PanelJudgeTheme.judge_id == judge_id
    before = set(session.scalars(sa.select(PanelJudgeTheme.theme_id).where(mine)))
    if chosen == before:
        return
    session.execute(sa.delete(PanelJudgeTheme).where(mine))
    session.add_all(PanelJudgeTheme(judge_id=judge_id, theme_id=each) for each in sorted(chosen))
    session.flush()
    chain.record(
        session,
        actor,
        "judge.tracks_set",
        f"judge:{judge_id}",
        chain=chain.round_chain(round_id),
        at=held.now,
        tracks=sorted(chosen),
    )
