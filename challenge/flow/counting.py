"""The figures of the funnel follow what happens: an event puts a row of work, which reads a need anew.

Whatever the event was, a need is read as it stands when the work is done: twice, late or out of order it
comes out the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements.models import Agreement
from challenge.base.db import fresh_session, one_view
from challenge.figures import keeping
from challenge.reports import records
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules import figures
from challenge.rules.figures import Fact, Figures, Scope
from challenge.submissions.models import Submission
from challenge.tasks import queue
from challenge.tasks.queue import Leased, Work

KIND = "figures"
BATCH = 200
# What may change a figure; of a round, where its needs belong or in which year they fall.
THINGS = ("requirement", "submission", "team", "docking", "agreement", "milestone")
ROUNDS = ("round.changed", "awards.published")
PLACED = "organization.renamed"  # also where it was put under another one
Facts = Mapping[str, Any]
Thing = keeping.Thing


def follow(session: Session, facts: Facts) -> Sequence[Work]:
    """The work that follows from any event: what it is about, read anew."""
    event = facts["event"]
    if event == PLACED:
        subject = int(str(facts["subject"]).removeprefix("organization:"))
        return [_part({"branch": subject}, facts["key"], 0)]
    if event in ROUNDS:
        return [_part({"round": facts["round_id"]}, facts["key"], 0)]
    if event.partition(".")[0] not in THINGS:
        return ()
    about = _about(session, facts)
    if about is None:
        return ()
    kind, key = about
    return [Work(KIND, f"{KIND}/{kind}/{facts['key']}", {"things": [[kind, key]]})]


def _about(session: Session, facts: Facts) -> Thing | None:
    if (need := facts.get("requirement_id")) is not None:
        return "need", need
    if (entry := facts.get("submission_id")) is not None:
        query = sa.select(Submission.requirement_id, Submission.round_id).where(Submission.id == entry)
        row = session.execute(query).one_or_none()
        return None if row is None else ("round", row[1]) if row[0] is None else ("need", row[0])
    if (deal := facts.get("agreement_id")) is not None:
        need = session.scalar(sa.select(Agreement.requirement_id).where(Agreement.id == deal))
        return None if need is None else ("need", need)
    return None


def _part(which: Facts, cause: str, after: int) -> Work:
    name = "/".join(str(each) for pair in which.items() for each in pair)
    return Work(KIND, f"{KIND}/{name}/{cause}/{after}", {**which, "cause": cause, "after": after})


def everything(cause: str) -> list[Work]:
    """Work that reads all there is, a part at a time; once for each cause."""
    return [_part({"all": kind}, cause, 0) for kind in ("need", "round")]


def run(task: Leased) -> None:
    """Read what a row of work names: single needs, or the next part of many."""
    facts = task.payload
    with fresh_session() as session:
        keeping.lock(session)
        if "things" in facts:
            things: list[Thing] = [(kind, key) for kind, key in facts["things"]]
        else:
            things, last = _next(session, facts)
            if len(things) == BATCH and last:
                which = {name: value for name, value in facts.items() if name not in ("cause", "after")}
                queue.put(session, _part(which, facts["cause"], last))
        keeping.refresh(session, things, records.facts(session, things))
        queue.finish(session, task)


def _next(session: Session, facts: Facts) -> tuple[list[Thing], int]:
    after = facts["after"]
    if "branch" in facts:
        rows = keeping.of_branch(session, facts["branch"], after, BATCH)
        return [thing for _row, thing in rows], rows[-1][0] if rows else 0
    kind = facts.get("all", "need")
    column = Round.id if kind == "round" else Requirement.id
    query = sa.select(column).where(column > after).order_by(column).limit(BATCH)
    if "round" in facts:
        query = query.where(Requirement.round_id == facts["round"])
    ids = list(session.scalars(query))
    found = [(kind, key) for key in ids]
    if "round" in facts and len(ids) < BATCH:  # with the last part, what was handed in to no need
        found.append(("round", facts["round"]))
    return found, ids[-1] if ids else 0


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is kept otherwise than a full recount has it."""

    scope: Scope
    figure: str
    kept: int
    counted: int


def recount() -> tuple[list[Difference], int]:
    """Compare all that is kept with a full count, as of one moment: what differs, and how much counts."""
    with fresh_session() as session:
        one_view(session)
        counted = _counted(session)
        found = [*_facts_apart(session, counted), *_sums_apart(session, counted)]
    return found, len(counted)


def repair() -> int:
    """Mend what differs from a full count; how many facts were read anew.

    The long count is made beside everything else; others who write wait while the sums are put together.
    """
    with fresh_session() as session:
        one_view(session)
        things = _apart(session, _counted(session))[0]
    with fresh_session() as session:
        keeping.lock(session)
        for start in range(0, len(things), BATCH):
            part = things[start : start + BATCH]
            keeping.replace(session, part, records.facts(session, part))
        kept, had = keeping.every(session), keeping.all_sums(session)
        has = figures.tally(fact for _row, fact in kept.values())
        nothing: Figures = Figures()
        wrong = [scope for scope in had.keys() | has.keys() if had.get(scope) != has.get(scope)]
        keeping.settle(session, {scope: has.get(scope, nothing) for scope in wrong})
    return len(things)


def _counted(session: Session) -> list[Fact]:
    return [fact for part in records.every(session) for fact in part]


def _apart(session: Session, counted: Sequence[Fact]) -> tuple[list[Thing], set[Thing], set[Thing]]:
    """What is kept otherwise than it was counted; and all that is kept, and that was counted."""
    kept = {thing: fact for thing, (_row, fact) in keeping.every(session).items()}
    fresh = {(fact.kind, fact.thing_id): fact for fact in counted}
    apart = sorted(thing for thing in kept.keys() | fresh.keys() if kept.get(thing) != fresh.get(thing))
    return apart, set(kept), set(fresh)


def _facts_apart(session: Session, counted: Sequence[Fact]) -> list[Difference]:
    apart, kept, fresh = _apart(session, counted)
    return [
        Difference(figures.EVERYTHING, f"{kind}:{key}", int((kind, key) in kept), int((kind, key) in fresh))
        for kind, key in apart
    ]


def _sums_apart(session: Session, counted: Sequence[Fact]) -> list[Difference]:
    kept, fresh = keeping.all_sums(session), figures.tally(counted)
    nothing: Figures = Figures()
    return [
        Difference(scope, name, had[name], has[name])
        for scope in sorted(kept.keys() | fresh.keys())
        for had, has in [(kept.get(scope, nothing), fresh.get(scope, nothing))]
        for name in sorted(had.keys() | has.keys())
        if had[name] != has[name]
    ]
