"""Rows of stored files: attach, list, find, remove. The feature that owns the thing asks who may."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import insert_into
from challenge.base.ids import new_ref
from challenge.files.models import Attachment, Blob
from challenge.files.receiving import Kept, Size
from challenge.rules.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Listed:
    """One attached file as pages, manifests and downloads need it."""

    ref: str
    name: str
    size: int
    sha256: str
    media_type: str
    confidential: bool
    created_at: dt.datetime
    field: str


class Sized(Protocol):
    """A file that is there or is to come: how large, and in which field of the form."""

    @property
    def size(self) -> int:
        """In bytes."""

    @property
    def field(self) -> str:
        """Its key."""


@dataclass(frozen=True, slots=True)
class Room:
    """What an owner takes: so many files, of so many bytes altogether, in these fields so many each.

    Without `fields` any field takes them all; a field of None takes as many as the owner does.
    """

    most: int
    most_bytes: int | None = None
    fields: Mapping[str, int | None] | None = None


def store(session: Session, kept: Sequence[Kept], at: dt.datetime) -> None:
    """A row for every kept blob; one that has a row already is left as it is. One statement."""
    rows = {
        each.sha256: {
            "sha256": each.sha256,
            "size": each.size,
            "media_type": each.media_type,
            "created_at": at,
        }
        for each in kept
    }
    session.execute(insert_into(session, Blob).values(list(rows.values())).on_conflict_do_nothing())


def attach(
    session: Session,
    owner_kind: str,
    owner_id: int,
    kept: Sequence[Kept],
    *,
    room: Room,
    user_id: int | None,
    at: dt.datetime,
    confidential: bool = False,
) -> list[str]:
    """Attach kept files to their owner, as far as there is room for all of them; the refs of new ones.

    The same bytes under the same name are not attached to a field twice. Raises as `check_room` does. The
    caller holds a lock on the owner, so that two uploads at once cannot pass the limits together.
    """
    known = listed(session, owner_kind, owner_id)
    present = {(each.sha256, each.name, each.field) for each in known}
    fresh = list({key: k for k in kept if (key := (k.sha256, k.name, k.field)) not in present}.values())
    check_room(known, fresh, room)
    if fresh:
        store(session, fresh, at)
    rows = [
        {
            "owner_kind": owner_kind,
            "owner_id": owner_id,
            "field": each.field,
            "ref": new_ref(),
            "sha256": each.sha256,
            "name": each.name,
            "confidential": confidential,
            "uploaded_by": user_id,
            "created_at": at,
        }
        for each in fresh
    ]
    if rows:
        session.execute(sa.insert(Attachment), rows)
    return [str(row["ref"]) for row in rows]


def check_room(known: Sequence[Sized], coming: Sequence[Sized], room: Room) -> None:
    """Raise `Invalid` unless these files may be added to the known ones: at "files", or at their field."""
    if not coming:
        return
    if room.fields is not None:
        _check_fields(known, coming, room.fields)
    if len(known) + len(coming) > room.most:
        raise Invalid("files", "too_many_files", most=room.most)
    if room.most_bytes is not None and sum(each.size for each in (*known, *coming)) > room.most_bytes:
        raise Invalid("files", "files_too_large", limit=Size(room.most_bytes))


def _check_fields(known: Sequence[Sized], coming: Sequence[Sized], fields: Mapping[str, int | None]) -> None:
    there = Counter(each.field for each in known)
    for key, count in Counter(each.field for each in coming).items():
        if key not in fields:
            raise Invalid("files", "field_gone")
        most = fields[key]
        if most is not None and there[key] + count > most:
            raise Invalid(key, "field_full", most=most)


def listed(session: Session, owner_kind: str, owner_id: int) -> list[Listed]:
    """The files of an owner, oldest first; one statement."""
    rows: Sequence[Any] = session.execute(_files(owner_kind, owner_id).order_by(Attachment.id)).all()
    return [Listed(*row) for row in rows]


def find(session: Session, owner_kind: str, owner_id: int, ref: str) -> Listed:
    """One file of this very owner; raises NotFound."""
    row: Any = session.execute(_files(owner_kind, owner_id).where(Attachment.ref == ref)).one_or_none()
    if row is None:
        raise NotFound
    return Listed(*row)


def remove(session: Session, owner_kind: str, owner_id: int, ref: str, at: dt.datetime) -> bool:
    """Hide a file; versions that froze it still name it. False where it was gone already."""
    mine = sa.and_(
        Attachment.owner_kind == owner_kind, Attachment.owner_id == owner_id, Attachment.ref == ref
    )
    removed_at = session.execute(sa.select(Attachment.removed_at).where(mine)).one_or_none()
    if removed_at is None:
        raise NotFound
    if removed_at[0] is not None:
        return False
    session.execute(sa.update(Attachment).where(mine).values(removed_at=at))
    return True


@cache
def _listed() -> sa.Select[str, str, int, str, str, bool, dt.datetime, str]:
    """Built once: to build it costs more than to ask it."""
    kind, owner = sa.bindparam("kind", type_=sa.Text), sa.bindparam("owner", type_=sa.BigInteger)
    return _files(kind, owner).order_by(Attachment.id)


def _files(
    owner_kind: str | sa.BindParameter[str], owner_id: int | sa.BindParameter[int]
) -> sa.Select[str, str, int, str, str, bool, dt.datetime, str]:
    return (
        sa.select(
            Attachment.ref,
            Attachment.name,
            Blob.size,
            Blob.sha256,
            Blob.media_type,
            Attachment.confidential,
            Attachment.created_at,
            Attachment.field,
        )
        .join(Blob, Blob.sha256 == Attachment.sha256)
        .where(
            Attachment.owner_kind == owner_kind,
            Attachment.owner_id == owner_id,
            Attachment.removed_at.is_(None),
        )
    )
