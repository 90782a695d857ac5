"""What a submission is made of beside its own row: team, files, indicators, last version. One statement.

A submit at the deadline has at most fourteen statements, so these four short lists are read as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.files.models import Attachment, Blob
from challenge.files.services import Room
from challenge.requirements.models import Indicator
from challenge.rounds.models import Round
from challenge.rules.formspec import Spec
from challenge.submissions.models import Submission, TeamMember, Version

OWNER = "submission"  # of its attachments


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the team; without `user_id` the invitation was not accepted yet."""

    id: int
    user_id: int | None
    name: str
    affiliation: str
    email: str


@dataclass(frozen=True, slots=True)
class File:
    """An attached file."""

    ref: str
    name: str
    size: int
    sha256: str
    media_type: str
    field: str = "files"


@dataclass(frozen=True, slots=True)
class Asked:
    """An indicator of the requirement."""

    id: int
    position: int
    name_zh: str | None
    name_en: str | None
    unit: str
    comparison: str
    target: str | None
    level: str


@dataclass(frozen=True, slots=True)
class Last:
    """The newest version: whether it stands, and the digest of what it holds."""

    id: int
    number: int
    current: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Material:
    """All of it."""

    members: tuple[Member, ...] = ()
    files: tuple[File, ...] = ()
    indicators: tuple[Asked, ...] = ()
    last: Last | None = None

    @property
    def team(self) -> frozenset[int]:
        """The accounts behind the submission."""
        return frozenset(member.user_id for member in self.members if member.user_id is not None)

    @property
    def names(self) -> dict[int, str]:
        """How those who joined are named, by account."""
        return {member.user_id: member.name for member in self.members if member.user_id is not None}

    @property
    def files_by_field(self) -> dict[str, int]:
        """How many files each field of the form holds."""
        return dict(Counter(file.field for file in self.files))

    @property
    def manifest(self) -> list[dict[str, Any]]:
        """The files as a version freezes them."""
        return [
            {
                "name": file.name,
                "sha256": file.sha256,
                "size": file.size,
                "media_type": file.media_type,
                **({"field": file.field} if file.field != USUAL_FIELD else {}),
            }
            for file in self.files
        ]


def room_of(spec: Spec, round_: Round) -> Room:
    """What a draft takes of files: its round's limits, and those of each field of its form."""
    fields = {field.key: field.most for field in spec.of_kind("files")}
    return Room(round_.max_files, round_.max_total_bytes, fields)


_NUMBERS, _TEXTS = 2, 6
Ids = sa.BindParameter[Any]
USUAL_FIELD = "files"  # a line of the manifest says the field only where it is another


def load(session: Session, submission: Submission) -> Material:
    """Read it; each list in the order in which it was made."""
    return load_many(session, [submission])[submission.id]


def load_many(session: Session, submissions: Sequence[Submission]) -> dict[int, Material]:
    """The same for several submissions, still in one statement."""
    if not submissions:
        return {}
    ids = [each.id for each in submissions]
    rows = session.execute(_everything(), {"ids": ids})
    found: dict[int, dict[str, list[Any]]] = {each: {"a": [], "b": [], "c": [], "d": []} for each in ids}
    for what, owner, *row in rows:
        found[owner][what].append(_PARSE[what](row))
    return {
        owner: Material(tuple(lists["a"]), tuple(lists["b"]), tuple(lists["c"]), (lists["d"] or [None])[-1])
        for owner, lists in found.items()
    }


@cache
def _everything() -> sa.CompoundSelect[Any]:
    """The four lists of the submissions `:ids`. Built once: to build it costs more than to ask it."""
    ids: Ids = sa.bindparam("ids", expanding=True)
    lists = (_members(ids), _files(ids), _indicators(ids), _versions(ids))
    return sa.union_all(*lists).order_by("what", "place")


_PARSE: Mapping[str, Any] = {
    "a": lambda r: Member(r[0], r[1], r[3], r[4], r[5]),
    "b": lambda r: File(r[3], r[4], r[2], r[5], r[6], r[7]),
    "c": lambda r: Asked(r[0], r[1], r[3], r[4], r[5], r[6], r[7], r[8]),
    "d": lambda r: Last(r[0], r[1], bool(r[2]), r[3]),
}


def _members(ids: Ids) -> sa.Select[Any]:
    member = TeamMember
    texts = (member.name, member.affiliation, member.email)
    return _part("a", member.submission_id, member.id, (member.user_id,), texts).where(
        member.submission_id.in_(ids)
    )


def _files(ids: Ids) -> sa.Select[Any]:
    texts = (Attachment.ref, Attachment.name, Blob.sha256, Blob.media_type, Attachment.field)
    return (
        _part("b", Attachment.owner_id, Attachment.id, (sa.null(), Blob.size), texts)
        .join(Blob, Blob.sha256 == Attachment.sha256)
        .where(
            Attachment.owner_kind == OWNER,
            Attachment.owner_id.in_(ids),
            Attachment.removed_at.is_(None),
        )
    )


def _indicators(ids: Ids) -> sa.Select[Any]:
    asked = Indicator
    texts = (asked.name_zh, asked.name_en, asked.unit, asked.comparison, asked.target, asked.level)
    return (
        _part("c", Submission.id, asked.id, (asked.position,), texts, place=asked.position)
        .join(Submission, Submission.requirement_id == asked.requirement_id)
        .where(Submission.id.in_(ids))
    )


def _versions(ids: Ids) -> sa.Select[Any]:
    newer = sa.orm.aliased(Version)
    newest = (
        sa.select(sa.func.max(newer.number))
        .where(newer.submission_id == Version.submission_id)
        .scalar_subquery()
    )
    standing = sa.case((Version.current, 1), else_=0)
    return _part("d", Version.submission_id, Version.id, (Version.number, standing), (Version.digest,)).where(
        Version.submission_id.in_(ids), Version.number == newest
    )


def _part(
    what: str,
    owner: sa.orm.InstrumentedAttribute[int],
    key: sa.orm.InstrumentedAttribute[int],
    numbers: Sequence[Any],
    texts: Sequence[Any],
    *,
    place: sa.orm.InstrumentedAttribute[int] | None = None,
) -> sa.Select[Any]:
    """One list in the common shape: kind, owner, key, two numbers, six texts, its place in the list."""
    cells: list[sa.ColumnElement[Any]] = [
        *(sa.cast(each, sa.BigInteger) for each in _filled(numbers, _NUMBERS)),
        *(sa.cast(each, sa.Text) for each in _filled(texts, _TEXTS)),
    ]
    columns = [cell.label(f"c{n}") for n, cell in enumerate(cells)]
    order: sa.ColumnElement[int] = sa.type_coerce(key if place is None else place, sa.BigInteger)
    return sa.select(
        sa.literal(what).label("what"), owner.label("owner"), key.label("key"), *columns, order.label("place")
    )


def _filled(values: Sequence[Any], length: int) -> list[Any]:
    return [*values, *[sa.null()] * (length - len(values))]
