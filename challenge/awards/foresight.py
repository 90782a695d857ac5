"""What publication would make of a round: carried out in a savepoint, read, and taken back."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import queries, settling
from challenge.awards.models import Award
from challenge.awards.standing import ranking_in_force
from challenge.judging.models import Ranking
from challenge.requirements.models import Requirement
from challenge.submissions.models import Submission

MOST_SHOWN = 100_000  # lines of results; more entries than a round has
OUT = ("selected", "not_selected")


@dataclass(frozen=True, slots=True)
class Post:
    """One kind of letter: its template, the name of its audience, and the ids of those whom it reaches."""

    template: str
    audience: str
    readers: tuple[int, ...]


Letters = Callable[[Session, int], Sequence[Post]]  # of a round's publication; `flow` knows them


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become public, and whom which letter would reach: as digests by part, and in figures."""

    parts: Mapping[str, str]
    counts: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """One digest over all of it."""
        return chain.entry_hash(self.parts)

    def differs(self, before: Mapping[str, str]) -> str | None:
        """The first part that is not as it was before; None where all is the same."""
        return next((name for name in PARTS if self.parts[name] != before.get(name)), None)


PARTS = (
    "ranking",
    "entries",
    "results",
    "letters",
)  # a change is blamed on the cause first


@contextmanager
def as_published(session: Session, round_id: int, now: dt.datetime) -> Iterator[None]:
    """The round as its publication at `now` would leave it, to be read. The caller holds its gate.

    It is done by the very function that publishes, so nothing here can differ from what will be.
    """
    point = session.begin_nested()
    try:
        settling.settle(session, round_id, now)
        yield
    finally:
        point.rollback()
        session.expire_all()


def foresee(session: Session, round_id: int, now: dt.datetime, letters: Letters) -> Foreseen:
    """What the publication of the round would be now. The caller holds its gate."""
    with as_published(session, round_id, now):
        return read(session, round_id, letters(session, round_id))


def read(session: Session, round_id: int, posts: Sequence[Post]) -> Foreseen:
    """What the published results of the round are, and whom these letters about them reach."""
    ranking = session.scalar(sa.select(Ranking.id).where(Ranking.id == ranking_in_force(round_id)))
    entries = _states(session, Submission, Submission.round_id == round_id, Submission.state.in_(OUT))
    needs = _states(session, Requirement, Requirement.round_id == round_id)
    winners = [
        dataclasses.asdict(each)
        for each in queries.winners(session, round_id=round_id, limit=MOST_SHOWN, any_round=True)
    ]
    outcomes = [dataclasses.asdict(each) for each in queries.outcomes(session, round_id)]
    parts = {
        "ranking": {"ranking": ranking},
        "entries": {"entries": entries},
        "results": {"winners": winners, "outcomes": outcomes, "requirements": needs},
        "letters": {"letters": [[post.template, post.readers] for post in posts]},
    }
    states = [state for _, state in entries]
    became = [state for _, state in needs]
    given = sa.select(sa.func.count()).where(Award.round_id == round_id, Award.state == "confirmed")
    counts = {
        "awards": session.scalar(given) or 0,
        "selected": states.count("selected"),
        "not_selected": states.count("not_selected"),
        "solved": became.count("selected"),
        "failed": became.count("failed"),
        "letters": [[post.template, post.audience, len(post.readers)] for post in posts],
    }
    return Foreseen({name: chain.entry_hash(_plain(part)) for name, part in parts.items()}, counts)


def requirements(session: Session, round_id: int) -> tuple[tuple[str, str | None, str | None, str], ...]:
    """The requirements whose pages say another thing then: ref, titles, and what they come to."""
    rows = session.execute(
        sa.select(Requirement.ref, Requirement.title_zh, Requirement.title_en, Requirement.state)
        .where(Requirement.round_id == round_id, Requirement.state.in_(("selected", "failed")))
        .order_by(Requirement.number, Requirement.id)
    )
    return tuple((ref, zh, en, state) for ref, zh, en, state in rows)


def _states(session: Session, model: Any, *where: sa.ColumnElement[bool]) -> list[tuple[int, str]]:
    rows = session.execute(sa.select(model.id, model.state).where(*where).order_by(model.id))
    return [(number, state) for number, state in rows]


def _plain(value: Any) -> Any:
    """The same in what JSON knows."""
    if isinstance(value, dt.datetime):
        return chain.instant_text(value)
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
