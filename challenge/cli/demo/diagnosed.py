"""What an expert says of the needs in the demo's call: one is handed in and given, one is being written."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import Any

from challenge.base import clock
from challenge.cli.demo.loader import Steps, World
from challenge.requirements import diagnosing, opining, queries
from challenge.requirements.diagnosing import Wish
from challenge.requirements.opining import Opinion
from challenge.requirements.rewording import wording_of

EXPERT = "judge"
QUESTION = "指标是否可测、预算是否合理？ Can the indicators be measured, and is the budget plausible?"
SAID = Opinion(
    feasible="hard",
    clear="partly",
    novel="adapted",
    budget="fits",
    verdict="rework",
    advice="写明测量方法与样本量，否则无法比较各方案。",
)


def steps(world: World, organizer: str, need: str, number: int, at: float) -> Steps:
    """Of the second and the third need of the call, from the day on which each was posted."""
    if number == 1:
        yield -3, partial(_ask, world, organizer, need, with_closed=True)
        yield -2, partial(_write, world, need, hand_in=False)
    if number == 2:
        yield at + 0.3, partial(_ask, world, organizer, need, with_closed=False)
        yield at + 0.9, partial(_write, world, need, hand_in=True)
        yield at + 1.45, partial(_give, world, organizer, need)


def _ask(world: World, organizer: str, need: str, *, with_closed: bool) -> None:
    with world.acting(organizer) as (session, actor):
        due = clock.now(session) + dt.timedelta(days=6)
        wish = Wish(world.users[EXPERT], QUESTION, due, with_closed=with_closed)
        world.diagnoses[need] = diagnosing.ask(session, actor, world.needs[need], wish).ref


def _write(world: World, need: str, *, hand_in: bool) -> None:
    ref = world.diagnoses[need]
    with world.acting(EXPERT) as (session, actor):
        opining.accept(session, actor, ref)
    with world.acting(EXPERT) as (session, actor):
        own: dict[str, Any] = wording_of(opining.shown(session, queries.by_ref(session, world.needs[need])))
        worded = {**own, "problem_zh": own["problem_zh"] + "每批抽检不少于 30 件。"}
        (opining.hand_in if hand_in else opining.save)(session, actor, ref, replace(SAID, wording=worded))


def _give(world: World, organizer: str, need: str) -> None:
    with world.acting(organizer) as (session, actor):
        diagnosing.give(session, actor, world.needs[need], [world.diagnoses[need]])
