"""Judging and award in the demo: assignments, scores by lot, ranking, seekers' words, notice, results."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards import deciding, proposing, publishing, releases, releasing
from challenge.awards.models import Decision
from challenge.awards.releasing import Choice
from challenge.base import clock
from challenge.cli.demo import people
from challenge.cli.demo.loader import LAST, Steps, World
from challenge.cli.demo.plans import Plan
from challenge.flow import announcing, errands
from challenge.judging import declaring, phases, ranking, rubric, runs, scoring
from challenge.judging.models import Assignment, Criterion, PanelJudge
from challenge.judging.phases import PhaseDraft
from challenge.judging.scorecards import Entered
from challenge.requirements.models import Indicator, Requirement
from challenge.rules.assignment import Options
from challenge.submissions.models import Submission

JUDGES = ("judge", "judge2", "judge3", "judge4", "judge5")


def steps(world: World, key: str, plan: Plan, organizer: str) -> Steps:
    """From the close of submission on."""
    opens, closes = plan.windows["judging"]
    if opens < 0 < closes:
        yield opens - 1.5, partial(_phases, world, key, organizer, closes)
    yield opens + 0.2, partial(_assign, world, key, organizer)
    yield opens + 1, partial(_accept, world, key)
    yield opens + (min(closes, 0) - opens) * 0.9, partial(_score, world, key, plan.locked_share)
    award = plan.windows["award"][0]
    yield award + 0.2, partial(_rank, world, key, organizer)
    for number, need in enumerate(plan.needs):
        yield award + 2 + number, partial(_decide, world, need, differs=plan.differs == need)
    # A notice under way began three days ago; one that is over began when all seekers had spoken.
    begins = -3 if plan.ends == "notice" else award + 3 + len(plan.needs)
    yield begins, partial(_notice, world, key, organizer)
    over = begins + plan.notice_days + 1
    yield over, partial(_prepare, world, key, organizer)
    yield over + 0.02, partial(_approve, world, key)
    yield over + 0.1, partial(_say_more, world, key, organizer)  # the results went out in between


def _phases(world: World, key: str, organizer: str, closes: float) -> None:
    """Where judging is under way, a screening leads to a final in the second half of what is left."""
    with world.acting(organizer) as (session, actor):
        round_id = world.rounds[key]
        ends = clock.now(session) - world.travel.shift + dt.timedelta(days=closes / 2)
        ends = ends.replace(minute=0, second=0, microsecond=0)
        first = PhaseDraft(kind="screening", cut="top", cut_value=Decimal(2), closes_at=ends)
        phases.edit(session, actor, round_id, 1, first)
        final = PhaseDraft(
            kind="final",
            name_zh="路演决赛",
            name_en="Pitch day",
            blindness="open",
            opens_at=ends,
            panel_public=True,
            carried_points=Decimal(40),
        )
        phases.add(session, actor, round_id, final)


def indicator_ids(session: Session, ref: str) -> list[int]:
    """The indicators of a requirement, in order."""
    query = sa.select(Indicator.id).join(Requirement, Requirement.id == Indicator.requirement_id)
    return list(session.scalars(query.where(Requirement.ref == ref).order_by(Indicator.position)))


def _assign(world: World, key: str, organizer: str) -> None:
    with world.acting(organizer) as (session, actor):
        runs.ask(session, actor, world.rounds[key], Options(per_entry=3))
    errands.drain(but=LAST)
    with world.acting(organizer) as (session, actor):
        found = runs.latest(session, rubric.phase_or_404(session, world.rounds[key]).id)
        if found is not None and found.digest:
            runs.apply(session, actor, world.rounds[key], found.digest)


def _mine(session: Session, world: World, key: str, judge: str) -> list[str]:
    """The references of a judge's assignments in a round, in the order of the entries."""
    query = (
        sa.select(Assignment.ref)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(PanelJudge.user_id == world.users[judge], Submission.round_id == world.rounds[key])
        .order_by(Submission.code)
    )
    return list(session.scalars(query))


def _accept(world: World, key: str) -> None:
    for judge in JUDGES:
        with world.acting(judge) as (session, _):
            refs = _mine(session, world, key, judge)
        for ref in refs:
            with world.acting(judge) as (session, actor):
                declaring.accept(session, actor, ref)


def _score(world: World, key: str, share: float) -> None:
    """Each judge locks this share of their cards; of the next one a draft is kept."""
    with world.acting(JUDGES[0]) as (session, _):
        phase = rubric.phase_or_404(session, world.rounds[key])
        query = sa.select(Criterion.id).where(Criterion.phase_id == phase.id).order_by(Criterion.position)
        criteria = list(session.scalars(query))
    for number, judge in enumerate(JUDGES):
        with world.acting(judge) as (session, _):
            refs = _mine(session, world, key, judge)
        locked = round(len(refs) * share)
        for position, ref in enumerate(refs[: locked + 1]):
            scores = {each: _points(world, number) for each in criteria}
            with world.acting(judge) as (session, actor):
                if position < locked:
                    to_solver = "指标论证充分，建议补充整卷连续运行数据。"
                    scoring.lock(session, actor, ref, Entered(scores=scores, to_solver=to_solver))
                else:
                    scoring.save(session, actor, ref, Entered(scores=dict(list(scores.items())[:3])))


def _points(world: World, judge: int) -> str:
    """A score by lot: better than the middle, some judges harsher than others, in steps of a half."""
    value = world.lot.gauss(7.4 - 0.4 * (judge % 3), 1.1)
    return str(min(20, max(6, round(value * 2))) / 2)


def _rank(world: World, key: str, organizer: str) -> None:
    round_id = world.rounds[key]
    with world.acting(organizer) as (session, actor):
        ranking.fix(session, actor, round_id)
    with world.acting(organizer) as (session, actor):
        proposing.propose(session, actor, round_id)


def _decide(world: World, need: str, *, differs: bool) -> None:
    seeker = people.seeker_of(need)
    with world.acting(seeker) as (session, actor):
        query = sa.select(Decision).join(Requirement, Requirement.id == Decision.requirement_id)
        decision = session.scalars(query.where(Requirement.ref == world.needs[need])).one()
        entries = sa.select(Submission.id, Submission.ref).where(
            Submission.requirement_id == decision.requirement_id, Submission.state == "submitted"
        )
        others = [ref for number, ref in session.execute(entries) if number != decision.proposed_id]
        proposed = decision.proposed_id is not None
        if (differs or not proposed) and others:
            reason = "该方案可在现有设备上实施，无需停产改造。"
            deciding.decide(session, actor, decision.ref, "differs", others[0], reason)
        else:
            deciding.decide(session, actor, decision.ref, "confirmed")


def _notice(world: World, key: str, organizer: str) -> None:
    with world.acting(organizer) as (session, actor):
        publishing.start_notice(session, actor, world.rounds[key])


def _prepare(world: World, key: str, organizer: str) -> None:
    with world.acting(organizer) as (session, actor):
        announcing.prepare(session, actor, world.rounds[key])


def _approve(world: World, key: str) -> None:
    """The second key is somebody else's."""
    with world.acting("deputy") as (session, actor):
        release = releases.unstopped(session, world.rounds[key])
        if release is not None:
            announcing.approve(session, actor, release.ref, release.digest)


def _say_more(world: World, key: str, organizer: str) -> None:
    with world.acting(organizer) as (session, actor):
        releasing.choose(session, actor, world.rounds[key], None, Choice("criteria", "band", comments=True))
        releasing.release(session, actor, world.rounds[key], None)
