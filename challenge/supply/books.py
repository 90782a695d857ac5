"""Achievements as workbooks: a template with what is there, and a filled one read back.

What came in is checked as it stands when `flask work` takes it up, in one transaction: all of it or nothing,
or the right rows alone where its sender asked for that. What exists is changed only where that was asked for
too, and is listed otherwise.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from challenge.accounts import grants
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.files.sniffing import ALLOWED
from challenge.rules import supply_sheets as sheets
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.supply_sheets import Fault, Line
from challenge.rules.workbooks import cell
from challenge.supply import achievements, content, reads
from challenge.supply.achievements import Owner
from challenge.supply.content import Content
from challenge.supply.models import Achievement, SupplyBook
from challenge.tasks import queue
from challenge.tasks.queue import Work

_, TYPE = ALLOWED["xlsx"]
MOST_BYTES = 4 * 1024 * 1024
SHOWN = 10
KEPT_FAULTS = 200


@dataclass(frozen=True, slots=True)
class Wishes:
    """What whoever sends a workbook asks for beside the rule."""

    only_valid: bool = False
    update_known: bool = False
    publish: bool = False


def ask(session: Session, actor: Actor, owner: Owner, locale: str) -> SupplyBook:
    """Have a template made with all that the owner has; asked twice while it comes, it is one."""
    _require(actor, owner)
    begin_write(session)
    coming = _mine(actor).where(SupplyBook.kind == "template", SupplyBook.state == "coming")
    there = session.scalars(coming.where(_of(owner))).first()
    if there is not None:
        return there
    return _put(session, actor, owner, SupplyBook(kind="template", locale=locale))


def take(session: Session, actor: Actor, owner: Owner, kept: Kept, locale: str, wishes: Wishes) -> SupplyBook:
    """Keep a filled workbook for `flask work`; the same bytes while they wait are one."""
    _require(actor, owner)
    begin_write(session)
    waits = _mine(actor).where(SupplyBook.state == "coming", SupplyBook.sha256 == kept.sha256)
    there = session.scalars(waits).first()
    if there is not None:
        return there
    files.store(session, [kept], clock.now(session))
    facts = {"sha256": kept.sha256, "size": kept.size, **dataclasses.asdict(wishes)}
    return _put(session, actor, owner, SupplyBook(kind="achievements", locale=locale, **facts))


def _require(actor: Actor, owner: Owner) -> None:
    subject = reads.owner_subject(owner.organization_id, None if owner.organization_id else owner.person_id)
    require(actor, Action.ACHIEVEMENT_CREATE, subject)


def _mine(actor: Actor) -> sa.Select[SupplyBook]:
    return sa.select(SupplyBook).where(SupplyBook.author_id == (actor.user_id or 0))


def _of(owner: Owner) -> sa.ColumnElement[bool]:
    return SupplyBook.organization_id.is_not_distinct_from(owner.organization_id)


def _put(session: Session, actor: Actor, owner: Owner, book: SupplyBook) -> SupplyBook:
    book.author_id, book.organization_id = actor.user_id or 0, owner.organization_id
    session.add(book)
    session.flush()
    queue.put(session, Work("supply_book", f"supply_book/{book.id}", {"id": book.id}))
    return book


def newest(session: Session, actor: Actor) -> Sequence[SupplyBook]:
    """The actor's last workbooks, newest first (one statement)."""
    query = _mine(actor).order_by(SupplyBook.id.desc()).limit(SHOWN)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def find(session: Session, actor: Actor, ref: str) -> SupplyBook:
    """A finished template of the actor; raises NotFound."""
    query = _mine(actor).where(
        SupplyBook.ref == ref, SupplyBook.kind == "template", SupplyBook.state == "done"
    )
    book = session.scalar(query)
    if book is None:
        raise NotFound
    return book


def waiting(session: Session, book_id: int) -> SupplyBook | None:
    """The workbook that a row of work is about; None where it is done already."""
    return session.scalar(sa.select(SupplyBook).where(SupplyBook.id == book_id, SupplyBook.state == "coming"))


def owner_of(book: SupplyBook) -> Owner:
    """Whose achievements it is about."""
    return Owner(book.organization_id, None if book.organization_id else book.author_id)


def there(session: Session, owner: Owner) -> list[tuple[Achievement, Content]]:
    """What the owner has and has not retired, with its confidential detail (one statement)."""
    mine = (
        Achievement.organization_id == owner.organization_id
        if owner.organization_id
        else Achievement.person_id == owner.person_id
    )
    query = sa.select(Achievement).where(mine, Achievement.state != "retired").order_by(Achievement.id)
    options = (undefer(Achievement.detail),)
    query = query.options(*options).limit(sheets.MOST_ROWS).execution_options(populate_existing=True)
    return [(each, content.read(each, each.detail)) for each in session.scalars(query)]


def done(session: Session, book: SupplyBook, sha256: str, size: int, at: dt.datetime) -> None:
    """The template is made."""
    files.store(session, [Kept(sha256, size, TYPE, "")], at)
    book.state, book.sha256, book.size, book.done_at = "done", sha256, size, at
    session.flush()


def enter(session: Session, book: SupplyBook, rows: Sequence[Sequence[str]] | str) -> None:
    """Write the achievements of a filled workbook, or refuse it with every fault by its cell.

    Instead of rows: why it could not be read at all. The permission of its sender is asked anew.
    """
    begin_write(session)
    actor = grants.actor_of(session, session.get_one(User, book.author_id))
    owner = owner_of(book)
    _require(actor, owner)
    lines = Fault("A1", rows) if isinstance(rows, str) else sheets.lines_of(rows)
    if isinstance(lines, Fault):
        return _end(session, actor, book, [lines], refused=True)
    faults = [fault for line in lines for fault in _faults(line)]
    if not lines:
        faults.append(Fault(cell(0, sheets.FIRST_ROW - 1), "no_rows"))
    if not lines or (faults and not book.only_valid):
        return _end(session, actor, book, faults, refused=True)
    known = there(session, owner)
    for line in lines:
        if not _faults(line):
            _write(session, actor, book, line, _twin(line, known))
    return _end(session, actor, book, faults, refused=False)


def _content(line: Line, before: Content | None = None) -> Content:
    return dataclasses.replace(before or Content(), **line.values).tidied()


def _faults(line: Line) -> list[Fault]:
    found = list(line.faults)
    said = {fault.cell for fault in found}
    for fault in content.faults(_content(line)):
        where = line.places.get(fault.field) or line.places.get("title_zh") or cell(0, line.row - 1)
        if where not in said:
            found.append(Fault(where, fault.code, fault.params))
    return found


def _twin(line: Line, known: Sequence[tuple[Achievement, Content]]) -> tuple[Achievement, Content] | None:
    """The achievement that a row is about: by its reference, else by a title that is the same."""
    titles = {text for key in ("title_zh", "title_en") if (text := line.values.get(key))}
    by_ref = (each for each in known if line.ref and each[0].ref == line.ref)
    by_title = (each for each in known if titles & {each[0].title_zh, each[0].title_en})
    return next(by_ref, None) or next(by_title, None)


def _write(
    session: Session,
    actor: Actor,
    book: SupplyBook,
    line: Line,
    twin: tuple[Achievement, Content] | None,
) -> None:
    if twin is None:
        made = achievements.create(session, actor, owner_of(book), _content(line))
        book.created += 1
        if book.publish:
            achievements.publish(session, actor, made.ref)
        return
    achievement, before = twin
    after = _content(line, before)
    differs = [name for name in _names() if getattr(before, name) != getattr(after, name)]
    if differs and book.update_known:
        achievements.edit(session, actor, achievement.ref, after)
        book.updated += 1
    title = achievement.title_zh or achievement.title_en or ""
    book.known = [*book.known, {"row": line.row, "ref": achievement.ref, "title": title, "differs": differs}]


def _names() -> Sequence[str]:
    return [each.name for each in dataclasses.fields(Content)]


def _end(session: Session, actor: Actor, book: SupplyBook, faults: Sequence[Fault], *, refused: bool) -> None:
    book.faults = [fault.to_json() for fault in faults[:KEPT_FAULTS]]
    book.state, book.done_at = ("refused" if refused else "done"), clock.now(session)
    session.flush()
    told: Mapping[str, Any] = {"created": book.created, "updated": book.updated, "faults": len(faults)}
    action = "supply.refused" if refused else "supply.imported"
    chain.record(session, actor, action, f"user:{book.author_id}", book=book.ref, sha256=book.sha256, **told)


def refuse(session: Session, book: SupplyBook, code: str) -> None:
    """Nothing of it can be entered any more."""
    book.state, book.faults, book.done_at = "refused", [Fault("A1", code).to_json()], clock.now(session)
    session.flush()
