"""The search index follows what happens: an event puts rows of work, and these read anew what is public.

Whatever the event was, a thing is read as it stands when the work is done: twice, late or out of order it
comes out the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import fresh_session
from challenge.requirements import indexing as requirements
from challenge.rounds import indexing as rounds
from challenge.search import index
from challenge.search.index import Entry
from challenge.search.models import SearchEntry
from challenge.supply import indexing as supply
from challenge.tasks import queue
from challenge.tasks.queue import Leased, Work

BATCH = 200
AT_ONCE = 500  # of a rebuild: fewer transactions, none of them long
TOLD = 10_000  # things of a rebuild between two words about it
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the entries of one kind come from, and where the next ids are."""

    entries: Callable[[Session, Collection[int]], list[Entry]]
    ids: Callable[[Session, int, int], list[int]]


SOURCES: Mapping[str, Source] = {
    "round": Source(rounds.entries, rounds.ids),
    "requirement": Source(requirements.entries, requirements.ids),
    "achievement": Source(supply.achievements, supply.achievement_ids),
    "expert": Source(supply.experts, supply.expert_ids),
}


def of_requirement(_session: Session, facts: Facts) -> Sequence[Work]:
    """A requirement changed, or is public no more."""
    return _work(facts, "requirement", facts["requirement_id"])


def of_round(_session: Session, facts: Facts) -> Sequence[Work]:
    """A round changed: it is read anew with everything in it."""
    payload = {"kind": "requirement", "round_id": facts["round_id"], "after": 0}
    return [*_work(facts, "round", facts["round_id"]), Work("index", f"index/all/{facts['key']}/0", payload)]


def of_achievement(_session: Session, facts: Facts) -> Sequence[Work]:
    """An achievement changed."""
    return _work(facts, "achievement", facts["achievement_id"])


def of_expert(_session: Session, facts: Facts) -> Sequence[Work]:
    """An expert's profile, name or account changed."""
    person = facts.get("expert_id", facts.get("user_id"))
    return _work(facts, "expert", person) if person is not None else ()


def of_organization(session: Session, facts: Facts) -> Sequence[Work]:
    """An organization has another name: what stands under it is read anew."""
    owner = int(str(facts["subject"]).removeprefix("organization:"))
    works = []
    for kind, ids in (
        ("requirement", requirements.of_seeker(session, owner)),
        ("achievement", supply.of_owner(session, owner)),
    ):
        for start in range(0, len(ids), BATCH):
            payload = {"kind": kind, "ids": ids[start : start + BATCH]}
            works.append(Work("index", f"index/{kind}/{facts['key']}/{start}", payload))
    return works


def _work(facts: Facts, kind: str, thing_id: int) -> list[Work]:
    return [Work("index", f"index/{kind}/{facts['key']}", {"kind": kind, "ids": [thing_id]})]


def run(task: Leased) -> None:
    """Read what a row of work names: single things, or the next part of a round."""
    facts = task.payload
    with fresh_session() as session:
        ids = facts.get("ids")
        if ids is None:
            ids = _next(session, facts)
            if len(ids) == BATCH:
                key = f"{task.key.rpartition('/')[0]}/{ids[-1]}"
                queue.put(session, Work("index", key, {**facts, "after": ids[-1]}))
        if ids:
            index.refresh(session, facts["kind"], ids, SOURCES[facts["kind"]].entries(session, ids))
        queue.finish(session, task)


def _next(session: Session, facts: Facts) -> list[int]:
    round_id = facts.get("round_id")
    if round_id is not None:
        return requirements.ids(session, facts["after"], BATCH, round_id)
    return SOURCES[facts["kind"]].ids(session, facts["after"], BATCH)


def everything(cause: str) -> list[Work]:
    """Work that reads all there is, a part at a time; once for each cause."""
    return [Work("index", f"index/{cause}/{kind}/0", {"kind": kind, "after": 0}) for kind in SOURCES]


def rebuild(say: Callable[[str, int], None] = lambda _kind, _read: None) -> dict[str, int]:
    """Read everything anew, a batch a transaction; how many entries of each kind there are then.

    `say` is told now and then how many things of a kind were read.
    """
    counts = {}
    for kind, source in SOURCES.items():
        after, read, more = 0, 0, True
        while more:
            with fresh_session() as session:
                ids = source.ids(session, after, AT_ONCE)
                more = len(ids) == AT_ONCE
                index.refresh(session, kind, ids, source.entries(session, ids))
                index.stale(session, kind, after, ids[-1] if more else None, ids)
                after = ids[-1] if ids else after
            read += len(ids)
            if more and read % TOLD == 0:
                say(kind, read)
        with fresh_session() as session:
            mine = sa.select(sa.func.count()).select_from(SearchEntry).where(SearchEntry.kind == kind)
            counts[kind] = session.scalar(mine) or 0
    return counts
