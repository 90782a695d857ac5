"""How much the store holds, counted once a day or on request, never while a page is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import Base
from challenge.files.models import Attachment, Blob
from challenge.reports.storage_models import StorageCount
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
from challenge.tasks import queue
from challenge.tasks.queue import Work

KIND = "storage_count"
KEPT = 400  # rows: a day each, a little more than a year
MOST_ROUNDS = 200
# Table -> what its files are; every other is a paper or a workbook that the product made.
OF_TABLES = {"attachment": "attachments", "derivative": "derived"}
MADE = "made"


@dataclass(frozen=True, slots=True)
class Share:
    """What the attachments of one round take."""

    round: Round
    files: int
    size: int


def daily(day: str) -> Work:
    """The count of this day, under a name that all processes give it."""
    return Work(KIND, f"storage-count/{day}", {})


def ask(session: Session, actor: Actor) -> None:
    """Have it counted now; asked twice while it waits it is one."""
    require(actor, Action.USER_MANAGE)
    queue.put_again(session, Work(KIND, "storage-count/asked", {}))
    chain.record(session, actor, "storage.count_asked", "platform:1")


def waits(session: Session) -> bool:
    """Whether a count that was asked for is still to come."""
    return queue.state_of(session, "storage-count/asked") in ("queued", "leased")


def newest(session: Session, limit: int = 30) -> Sequence[StorageCount]:
    """The last counts, newest first; one statement."""
    return session.scalars(sa.select(StorageCount).order_by(StorageCount.id.desc()).limit(limit)).all()


def shares(session: Session, count: StorageCount) -> list[Share]:
    """The rounds of a count with their programmes, the largest first; rounds that are gone are left out."""
    ids = [each["round_id"] for each in count.rounds]
    query = sa.select(Round).where(Round.id.in_(ids)).options(joinedload(Round.programme))
    known = {each.id: each for each in session.scalars(query)}
    return [
        Share(known[each["round_id"]], each["files"], each["size"])
        for each in count.rounds
        if each["round_id"] in known
    ]


def keep(session: Session, orphans: tuple[int, int]) -> StorageCount:
    """Count what rows say, beside the orphans that were found; older counts than a year's go."""
    files, size = session.execute(sa.select(sa.func.count(), _sum(Blob.size)).select_from(Blob)).one()
    count = StorageCount(
        at=clock.now(session),
        files=files,
        size=int(size),
        orphans=orphans[0],
        orphan_size=orphans[1],
        kinds=_by_kind(session),
        rounds=_by_round(session),
    )
    session.add(count)
    session.flush()
    session.execute(sa.delete(StorageCount).where(StorageCount.id <= count.id - KEPT))
    return count


def _by_kind(session: Session) -> list[dict[str, Any]]:
    """Of each kind the files that its tables name: each file once for a kind, however often it is named."""
    named: dict[str, list[sa.Select[Any]]] = {"attachments": [], "derived": [], MADE: []}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            column = key.parent
            if key.column.table.name == Blob.__tablename__:
                if table.name == "derivative" and column.name == "sha256":
                    continue  # of what it was made, not what was made
                kind = OF_TABLES.get(table.name, MADE)
                named[kind].append(sa.select(column.label("sha256")).where(column.is_not(None)))
    return [{"kind": kind, **_sized(session, columns)} for kind, columns in named.items() if columns]


def _sized(session: Session, columns: list[sa.Select[Any]]) -> dict[str, int]:
    digests = sa.union(*columns).subquery()
    query = sa.select(sa.func.count(), _sum(Blob.size)).select_from(Blob)
    files, size = session.execute(query.where(Blob.sha256.in_(sa.select(digests.c.sha256)))).one()
    return {"files": int(files), "size": int(size)}


def _by_round(session: Session) -> list[dict[str, Any]]:
    found: dict[int, Mapping[str, Any]] = {}
    owners: tuple[tuple[str, type[Submission] | type[Requirement]], ...] = (
        ("submission", Submission),
        ("requirement", Requirement),
    )
    for kind, owner in owners:
        query = (
            sa.select(owner.round_id, sa.func.count(), _sum(Blob.size))
            .select_from(Attachment)
            .join(owner, sa.and_(owner.id == Attachment.owner_id, Attachment.owner_kind == kind))
            .join(Blob, Blob.sha256 == Attachment.sha256)
            .group_by(owner.round_id)
        )
        for round_id, files, size in session.execute(query):
            known = found.get(round_id, {"files": 0, "size": 0})
            more = {"files": known["files"] + files, "size": known["size"] + int(size)}
            found[round_id] = {"round_id": round_id, **more}
    largest = sorted(found.values(), key=lambda each: (-each["size"], each["round_id"]))
    return [dict(each) for each in largest[:MOST_ROUNDS]]


def _sum(column: Any) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(column), 0)
