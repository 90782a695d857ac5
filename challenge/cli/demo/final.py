"""A final on site in the demo: drawn, the first entry scored by all, the second on stage, the third waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.cli.demo import people
from challenge.cli.demo.loader import Steps, World
from challenge.cli.demo.plans import Plan
from challenge.judging import (
    assigning,
    carrying,
    declaring,
    entries,
    on_site,
    panel,
    phases,
    ranking,
    rubric,
    scoring,
    staging,
)
from challenge.judging.models import Assignment, Criterion, PanelJudge
from challenge.judging.on_site import Setting
from challenge.judging.phases import PhaseDraft
from challenge.judging.scorecards import Entered
from challenge.submissions.models import Submission

SCREENING, FINAL = 1, 2
JURY = ("judge", "judge2", "judge3")
# What the jury finds of each solver's proposal, on every criterion.
SEEN = {"lin": "8.5", "zhang": "8", "chen": "7"}
SCREENED, ENOUGH = -3.0, Decimal(65)


def steps(world: World, key: str, plan: Plan, organizer: str) -> Steps:
    """From the close of submission to the second entry on stage."""
    opens = plan.windows["judging"][0]
    act = (world, key, organizer)
    yield opens - 1, partial(_phases, *act)
    yield opens + 0.2, partial(_assign, *act, SCREENING)
    for number, judge in enumerate(JURY):
        yield opens + 2 + number, partial(_read, world, key, judge, SCREENING)
    yield SCREENED + 0.2, partial(_carry_on, *act)
    yield SCREENED + 0.4, partial(_assign, *act, FINAL)
    yield SCREENED + 0.6, partial(_set_up, *act)
    yield -0.01, partial(_begin, *act)


def _phases(world: World, key: str, organizer: str) -> None:
    with world.acting(organizer) as (session, actor):
        ends = clock.now(session) - world.travel.shift + dt.timedelta(days=SCREENED)
        ends = ends.replace(microsecond=0)
        first = PhaseDraft(kind="screening", closes_at=ends, cut="threshold", cut_value=ENOUGH)
        phases.edit(session, actor, world.rounds[key], SCREENING, first)
        last = PhaseDraft(
            kind="final",
            name_zh="现场决赛",
            name_en="Final on site",
            blindness="open",
            opens_at=ends,
            panel_public=True,
            carried_points=Decimal(40),
        )
        phases.add(session, actor, world.rounds[key], last)


def _assign(world: World, key: str, organizer: str, number: int) -> None:
    """Every judge of the jury gets every entry of the phase, and says that there is no conflict."""
    round_id = world.rounds[key]
    for judge in JURY:
        with world.acting(organizer) as (session, actor):
            if number == FINAL:
                panel.add(session, actor, round_id, people.address(judge), number)
            phase = rubric.phase_or_404(session, round_id, number)
            mine = PanelJudge.phase_id == phase.id, PanelJudge.user_id == world.users[judge]
            seat = session.scalars(sa.select(PanelJudge.id).where(*mine)).one()
            for ref in _entries(session, world, key, number):
                assigning.assign(session, actor, round_id, seat, ref, number)
        with world.acting(judge) as (session, actor):
            for ref in _given(session, world, key, judge, number).values():
                declaring.accept(session, actor, ref)


def _entries(session: Session, world: World, key: str, number: int) -> list[str]:
    """The entries of a phase by their refs."""
    phase = rubric.phase_or_404(session, world.rounds[key], number)
    query = sa.select(Submission.ref).where(entries.of_phase(phase))
    return list(session.scalars(query.order_by(Submission.code)))


def _given(session: Session, world: World, key: str, judge: str, number: int) -> Mapping[str, str]:
    """Solver -> the reference of the judge's assignment of that solver's entry."""
    phase = rubric.phase_or_404(session, world.rounds[key], number)
    query = (
        sa.select(Submission.ref, Assignment.ref)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Assignment.phase_id == phase.id, PanelJudge.user_id == world.users[judge])
        .order_by(Submission.code)
    )
    solvers = {ref: solver for (_, solver), ref in world.entries.items()}
    return {solvers[entry]: ref for entry, ref in session.execute(query)}


def _read(world: World, key: str, judge: str, number: int, only: str | None = None) -> None:
    """The judge locks the cards of a phase, each judge a little apart from the others; or `only` one."""
    with world.acting(judge) as (session, actor):
        phase = rubric.phase_or_404(session, world.rounds[key], number)
        query = sa.select(Criterion.id).where(Criterion.phase_id == phase.id, sa.not_(Criterion.carried))
        criteria = list(session.scalars(query.order_by(Criterion.position)))
        for solver, ref in _given(session, world, key, judge, number).items():
            if only in (None, solver):
                apart = Decimal(JURY.index(judge) - 1) / 2
                points = {each: str(Decimal(SEEN[solver]) + apart) for each in criteria}
                scoring.lock(session, actor, ref, Entered(points))


def _carry_on(world: World, key: str, organizer: str) -> None:
    round_id = world.rounds[key]
    with world.acting(organizer) as (session, actor):
        ranking.fix(session, actor, round_id, number=SCREENING)
        carrying.carry_on(session, actor, round_id, SCREENING)
        carrying.announce(session, actor, round_id, SCREENING)


def _set_up(world: World, key: str, organizer: str) -> None:
    """The organizer leads it; everybody may open the big screen."""
    with world.acting(organizer) as (session, actor):
        setting = Setting(8, 5, people.address(organizer), screen_public=True)
        on_site.set_up(session, actor, world.rounds[key], FINAL, setting)
        on_site.commit(session, actor, world.rounds[key], FINAL)


def _begin(world: World, key: str, organizer: str) -> None:
    """The draw; all judges have scored the first, and on the second only the first judge's card is open."""
    round_id = world.rounds[key]
    with world.acting(organizer) as (session, actor):
        order = on_site.draw(session, actor, round_id, FINAL, "苹果")
        phase = rubric.phase_or_404(session, round_id, FINAL)  # a code is of its round alone
        query = sa.select(Submission.ref, Submission.code).where(entries.of_phase(phase))
        codes = dict(session.execute(query).all())
    solvers = {codes[ref]: solver for (_, solver), ref in world.entries.items() if ref in codes}
    for code, judges in zip(order, (JURY, JURY[1:]), strict=False):
        with world.acting(organizer) as (session, actor):
            staging.call(session, actor, round_id, FINAL, code)
        for judge in judges:
            _read(world, key, judge, FINAL, only=solvers[code])
