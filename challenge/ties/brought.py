"""Files of past agreements and co-authorships that organizers bring: taken in, entered or refused, withdrawn.

What a file states is for a person to confirm, in the rounds of its programme alone (brought by the operator:
everywhere). Nobody but organizers reads it: who was written into a file, and who was not, would tell a judge
in a blind phase who takes part.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.rules import tie_files as rules
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.rules.tie_files import Stated
from challenge.rules.workbooks import Fault
from challenge.tasks import queue
from challenge.tasks.queue import Work
from challenge.ties.known import Register
from challenge.ties.models import Tie, TieFile

MOST_BYTES = 1024 * 1024
SHOWN = 20
KEPT_FAULTS = 200
NAME = 120
BATCH = 500
# What makes two statements one; the years are the last.
_CONTENT = (
    *("kind", "person_email", "other_email", "other_name", "organization_id", "organization_name"),
    *("other_organization_id", "since", "until"),
)


def take(session: Session, actor: Actor, subject: Subject, kept: Kept, name: str) -> TieFile:
    """Keep a file for `flask work`; the same bytes, waiting or entered already, are one."""
    require(actor, Action.TIE_BRING, subject)
    begin_write(session)
    there = _same(session, subject.programme_id, kept.sha256)
    if there is not None:
        return there
    now = clock.now(session)
    files.store(session, [kept], now)
    file = _put(session, actor, subject, kept, name)
    file.sha256 = kept.sha256
    session.flush()
    queue.put(session, Work("tie_file", f"tie-file/{file.ref}", {"id": file.id}), at=now)
    return file


def bring(
    session: Session, actor: Actor, subject: Subject, kept: Kept, name: str, rows: Sequence[rules.Row] | str
) -> TieFile:
    """Enter a file at once that was read already, for the operator; its bytes are not kept."""
    require(actor, Action.TIE_BRING, subject)
    begin_write(session)
    there = _same(session, subject.programme_id, kept.sha256)
    if there is not None:
        return there
    return enter(session, actor, subject, _put(session, actor, subject, kept, name), rows)


def waiting(session: Session, file_id: int) -> TieFile | None:
    """The file that a row of work is about, held; None where it is done already."""
    query = sa.select(TieFile).where(TieFile.id == file_id, TieFile.state == "coming")
    return session.scalar(query.with_for_update())


def enter(
    session: Session, actor: Actor, subject: Subject, file: TieFile, rows: Sequence[rules.Row] | str
) -> TieFile:
    """Keep all that a file states, or refuse it with every fault by its cell.

    Instead of rows: why it could not be read at all. What another file stated already is not kept twice.
    Raises NotAllowed.
    """
    require(actor, Action.TIE_BRING, subject)
    begin_write(session)
    now = clock.now(session)
    if isinstance(rows, str):
        return refuse(session, file, [Fault("A1", rows)], now)
    stated, faults = rules.check(rows, now.year)
    ties, unknown = _Ends(session, stated).ties()
    if faults or unknown:
        return refuse(session, file, [*faults, *unknown], now)
    there = _known(session, file.programme_id)
    new: dict[tuple[Any, ...], dict[str, Any]] = {}
    for tie in ties:
        if _content(tie) not in there:
            new.setdefault(_content(tie), tie)
    file.state, file.sha256, file.done_at = "done", None, now
    file.added, file.known = len(new), len(ties) - len(new)
    session.flush()
    if new:
        source = {"source": "file", "file_id": file.id}
        session.execute(sa.insert(Tie), [{**tie, **source} for tie in new.values()])
        _changed(session, file, now)
    _record(session, actor, file, "ties.brought", now)
    return file


def refuse(session: Session, file: TieFile, faults: Sequence[Fault], at: dt.datetime) -> TieFile:
    """Nothing of it is kept."""
    file.state, file.sha256, file.done_at = "refused", None, at
    file.faults = [fault.to_json() for fault in faults[:KEPT_FAULTS]]
    session.flush()
    return file


def withdraw(session: Session, actor: Actor, subject: Subject, ref: str) -> None:
    """Take back what a file stated, by those who may bring one; withdrawn already, nothing happens.

    What it stated goes, also where a later file stated it too: that one can be brought again.
    """
    require(actor, Action.TIE_BRING, subject)
    begin_write(session)
    query = sa.select(TieFile).where(TieFile.ref == ref, _of(subject.programme_id)).with_for_update()
    file = session.scalar(query)
    if file is None:
        raise NotFound
    if file.state != "done":
        return
    now = clock.now(session)
    session.execute(sa.delete(Tie).where(Tie.file_id == file.id))
    file.state = "withdrawn"
    session.flush()
    _changed(session, file, now)
    _record(session, actor, file, "ties.withdrawn", now)


def newest(session: Session, programme_id: int) -> list[tuple[TieFile, str]]:
    """The last files of a programme, newest first, with who brought each (one statement)."""
    query = (
        sa.select(TieFile, sa.func.coalesce(User.name, ""))
        .outerjoin(User, User.id == TieFile.author_id)
        .where(TieFile.programme_id == programme_id)
        .order_by(TieFile.id.desc())
        .limit(SHOWN)
        .execution_options(populate_existing=True)
    )
    return [(file, name) for file, name in session.execute(query)]


@dataclass(frozen=True, slots=True)
class _End:
    email: str = ""
    user_id: int | None = None
    organization_id: int | None = None
    name: str = ""


class _Ends:
    """Looks up who the ends of the rows are."""

    def __init__(self, session: Session, stated: Sequence[Stated]) -> None:
        self.stated = stated
        self.register = Register.read(session)
        self.users = _users(session, {text.lower() for each in stated for text in (each.one, each.other)})

    def ties(self) -> tuple[list[dict[str, Any]], list[Fault]]:
        """The rows as they are stored, and what cannot be."""
        made: list[dict[str, Any]] = []
        faults: list[Fault] = []
        for row in self.stated:
            try:
                made.append(self._tie(row))
            except Invalid as wrong:
                faults.append(Fault(row.cells[wrong.field], wrong.code, wrong.params))
        return made, faults

    def _tie(self, row: Stated) -> dict[str, Any]:
        one, other = self._end(row, rules.ONE), self._end(row, rules.OTHER)
        if not one.email and not other.email and row.kind == "agreement":
            for name, end in ((rules.ONE, one), (rules.OTHER, other)):
                if end.organization_id is None:
                    raise Invalid(name, "tie_unknown", found=getattr(row, name)[:40])
        first, second = sorted((one, other), key=_order)
        same = (first.email, first.organization_id) == (second.email, second.organization_id)
        if same and not second.name:
            raise Invalid(rules.OTHER, "tie_same_ends")
        of_person = bool(second.email) or row.kind == "co_author"
        place = second if first.email else first
        return {
            "kind": row.kind,
            "person_id": first.user_id,
            "person_email": first.email,
            "other_id": second.user_id,
            "other_email": second.email,
            "other_name": second.name if of_person else "",
            "organization_id": place.organization_id,
            "organization_name": "" if of_person else place.name,
            "other_organization_id": None if first.email else second.organization_id,
            "since": row.since,
            "until": row.until,
            "note": row.note,
            "file_row": row.row,
        }

    def _end(self, row: Stated, which: str) -> _End:
        text: str = getattr(row, which)
        if "@" in text:
            try:
                email = addresses.normal(which, text)
            except Invalid:
                raise Invalid(which, "tie_address", found=text[:40]) from None
            return _End(email, self.users.get(email))
        if row.kind == "co_author":
            return _End(name=text)
        number = self.register.find(text)
        return _End(organization_id=number, name="" if number is not None else text)


def _order(end: _End) -> tuple[bool, str, int]:
    """People before organizations, each in an order of its own: who is named first says nothing."""
    return not end.email, end.email, end.organization_id or 0


def _users(session: Session, texts: Iterable[str]) -> Mapping[str, int]:
    """The accounts of those of the texts that are addresses."""
    wanted = sorted(text for text in texts if "@" in text)
    address = sa.func.lower(User.email)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), BATCH):
        query = sa.select(address, User.id).where(address.in_(wanted[start : start + BATCH]))
        found |= dict(session.execute(query).all())
    return found


def _content(tie: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(tie[name] for name in _CONTENT)


def _known(session: Session, programme_id: int | None) -> set[tuple[Any, ...]]:
    """What files stated already for the same rounds."""
    columns = [getattr(Tie, name) for name in _CONTENT]
    query = sa.select(*columns).join(TieFile, TieFile.id == Tie.file_id).where(_of(programme_id))
    return {tuple(row) for row in session.execute(query)}


def _of(programme_id: int | None) -> sa.ColumnElement[bool]:
    return TieFile.programme_id.is_not_distinct_from(programme_id)


def _same(session: Session, programme_id: int | None, digest: str) -> TieFile | None:
    live = sa.and_(TieFile.digest == digest, TieFile.state.in_(("coming", "done")))
    return session.scalars(sa.select(TieFile).where(_of(programme_id), live)).first()


def _put(session: Session, actor: Actor, subject: Subject, kept: Kept, name: str) -> TieFile:
    file = TieFile(
        programme_id=subject.programme_id,
        name=name[:NAME],
        digest=kept.sha256,
        size=kept.size,
        author_id=actor.user_id,
    )
    session.add(file)
    session.flush()
    return file


def _changed(session: Session, file: TieFile, at: dt.datetime) -> None:
    """All rounds in which it counts are looked at anew."""
    about = f"tie-file:{file.id}"
    queue.announce(session, "ties.brought", about, mark=file.state, at=at, programme_id=file.programme_id)


def _record(session: Session, actor: Actor, file: TieFile, action: str, at: dt.datetime) -> None:
    told: dict[str, Any] = {"file": file.ref, "sha256": file.digest}
    told |= {"added": file.added, "known": file.known}
    about = f"programme:{file.programme_id}" if file.programme_id is not None else "platform:ties"
    chain.record(session, actor, action, about, at=at, **told)
