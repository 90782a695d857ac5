"""Requirements as workbooks: asked for, taken in, and each right one made a draft or handed in.

What came in is checked as it stands when `flask work` takes it up. Where anything is wrong nothing is made of
it, until whoever brought it says that the right ones alone shall be taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import grants, organizations
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.files.sniffing import ALLOWED
from challenge.requirements import drafting, on_behalf, sheet_contents
from challenge.requirements.book_faults import stored
from challenge.requirements.book_firms import Firm, Firms
from challenge.requirements.intake_models import NeedBook
from challenge.requirements.models import Requirement
from challenge.requirements.sheet_contents import Reading
from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rounds.gate import Gate
from challenge.rules import need_sheets
from challenge.rules.errors import Invalid, InvalidMany, NotFound, Refused
from challenge.rules.need_sheets import Fault
from challenge.rules.permissions import Action, Actor, Subject, can, require
from challenge.rules.stages import Stage
from challenge.rules.workbooks import Page, place_of
from challenge.tasks import queue
from challenge.tasks.queue import Work

_, TYPE = ALLOWED["xlsx"]
MOST_BYTES = 4 * 1024 * 1024
SHOWN = 10
KEPT_FAULTS = 300


def check(session: Session, actor: Actor, round_id: int, seeker_id: int | None) -> Gate:
    """The gate of a round that takes requirements from this person now, for this seeker or for any."""
    gate = gates.hold(session, round_id)
    ask_for(actor, rounds.subject_of(gate.round, gate.now, seeker_id=seeker_id))
    return gate


def ask_for(actor: Actor, subject: Subject) -> None:
    """Raise unless this person may bring a workbook: of one seeker who posts for it, of many a broker too."""
    require(actor, Action.REQUIREMENT_BRING, subject)
    if subject.seeker_id is not None:
        require(actor, Action.REQUIREMENT_CREATE, subject)


def ask(
    session: Session, actor: Actor, round_id: int, seeker_id: int | None, kind: str, locale: str
) -> NeedBook:
    """Have a template made, a table or a paper form; asked twice while it comes, it is one."""
    gate = check(session, actor, round_id, seeker_id)
    _alone(session, actor)
    coming = _mine(actor, round_id, seeker_id).where(NeedBook.kind == kind, NeedBook.state == "coming")
    there = session.scalars(coming).first()
    return there or _put(session, actor, gate, NeedBook(kind=kind, locale=locale, seeker_id=seeker_id))


def take(
    session: Session,
    actor: Actor,
    round_id: int,
    seeker_id: int | None,
    kept: Kept,
    locale: str,
    *,
    hand_in: bool = False,
) -> NeedBook:
    """Keep a filled workbook for `flask work`; the same bytes while they wait are one."""
    gate = check(session, actor, round_id, seeker_id)
    _alone(session, actor)
    waiting = _mine(actor, round_id, seeker_id).where(
        NeedBook.sha256 == kept.sha256, NeedBook.state == "coming"
    )
    there = session.scalars(waiting).first()
    if there is not None:
        return there
    files.store(session, [kept], gate.now)
    facts = {"sha256": kept.sha256, "size": kept.size, "hand_in": hand_in, "seeker_id": seeker_id}
    return _put(session, actor, gate, NeedBook(kind="needs", locale=locale, **facts))


def take_good(session: Session, actor: Actor, ref: str) -> NeedBook:
    """Take the right requirements of a refused workbook although others are wrong; said twice, it is once."""
    book = find(session, actor, ref)
    gate = check(session, actor, book.round_id, book.seeker_id)
    session.refresh(book, with_for_update=True)
    if book.state == "refused" and book.good and not book.only_valid:
        book.only_valid, book.state = True, "coming"
        session.flush()
        queue.put(session, Work("need_book", f"need-book/{book.ref}/good", {"id": book.id}), at=gate.now)
    return book


def newest(session: Session, actor: Actor, round_id: int, seeker_id: int | None) -> list[NeedBook]:
    """The last workbooks that this person asked for or brought, newest first (one statement)."""
    query = _mine(actor, round_id, seeker_id).order_by(NeedBook.id.desc()).limit(SHOWN)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def find(session: Session, actor: Actor, ref: str) -> NeedBook:
    """A workbook of this very person; raises NotFound."""
    mine = NeedBook.author_id == (actor.user_id or 0)
    book = session.scalar(sa.select(NeedBook).where(NeedBook.ref == ref, mine))
    if book is None:
        raise NotFound
    return book


def waiting(session: Session, book_id: int) -> NeedBook | None:
    """The workbook that a row of work is about; None where it is done already."""
    query = sa.select(NeedBook).where(NeedBook.id == book_id, NeedBook.state == "coming")
    return session.scalar(query)


def done(session: Session, book: NeedBook, sha256: str, size: int, at: dt.datetime) -> None:
    """The template is made."""
    files.store(session, [Kept(sha256, size, TYPE, "")], at)
    book.state, book.sha256, book.size, book.done_at = "done", sha256, size, at
    session.flush()


def refuse(session: Session, book: NeedBook, code: str) -> None:
    """Nothing of it can be taken any more."""
    book.faults, book.good = [stored(Fault("", "", code))], 0
    book.state, book.done_at = "refused", clock.now(session)
    session.flush()


def enter(session: Session, book: NeedBook, pages: Sequence[Page] | str) -> NeedBook:
    """Make requirements of a filled workbook, or refuse it with every fault by its cell.

    Instead of sheets: why it could not be read at all. The permission of whoever brought it is asked anew;
    raises NotAllowed.
    """
    author = session.get(User, book.author_id) if book.author_id is not None else None
    actor = grants.actor_of(session, author) if author is not None else Actor()
    gate = check(session, actor, book.round_id, book.seeker_id)
    found = Fault("", "", pages) if isinstance(pages, str) else need_sheets.find(pages)
    faults, good = [found] if isinstance(found, Fault) else [], list[tuple[Reading, Firm]]()
    if not isinstance(found, Fault):
        good, faults = _checked(session, gate, book, actor, found)
    refused = not good or (bool(faults) and not book.only_valid)
    made = [] if refused else _made(session, actor, book, good, faults)
    book.faults = [stored(each) for each in faults[:KEPT_FAULTS]]
    book.good, book.entered, book.offered, book.done_at = len(good), len(made), sum(made), gate.now
    book.state = "done" if made else "refused"
    session.flush()
    _record(session, actor, gate, book)
    return book


def bring(
    session: Session, actor: Actor, round_id: int, book: NeedBook, raws: Sequence[need_sheets.Raw]
) -> list[Fault]:
    """Make drafts of what came without a file, told apart by whose they are; every fault of the others."""
    gate = check(session, actor, round_id, None)
    book.round_id, book.author_id, book.created_at, book.done_at = (
        gate.round.id,
        actor.user_id,
        gate.now,
        gate.now,
    )
    good, faults = _checked(session, gate, book, actor, raws)
    made = _made(session, actor, book, good, faults)
    book.faults, book.good = [stored(each) for each in faults[:KEPT_FAULTS]], len(good)
    book.entered, book.offered, book.state = len(made), sum(made), "done" if made else "refused"
    session.add(book)
    session.flush()
    _record(session, actor, gate, book)
    return faults


def _checked(
    session: Session, gate: Gate, book: NeedBook, actor: Actor, raws: Sequence[need_sheets.Raw]
) -> tuple[list[tuple[Reading, Firm]], list[Fault]]:
    """The right ones, each with its seeker, and all faults."""
    window = gate.windows.get(Stage.SUBMISSION)
    readings = [sheet_contents.read(raw, gate.round.budget_ceiling_minor, window) for raw in raws]
    known = _titles(session, gate.round.id)
    subject = rounds.subject_of(gate.round, gate.now)
    firms = Firms(session, posts=can(actor, Action.REQUIREMENT_CREATE, subject))
    good = []
    for reading in readings:
        firm = Firm(book.seeker_id) if book.seeker_id is not None else firms.of(reading)
        _once(reading, firm, known)
        if not reading.faults and firm is not None:
            good.append((reading, firm))
    return good, [
        fault
        for reading in readings
        for fault in sorted(reading.faults, key=lambda each: place_of(each.cell))
    ]


def _once(reading: Reading, firm: Firm | None, known: dict[tuple[object, str], str]) -> None:
    """A need that is here already is not made again, whether it came before or stands above."""
    for name in ("title_zh", "title_en"):
        title = getattr(reading.content, name)
        if not title:
            continue
        at = reading.raw.cells[name].at
        before = known.setdefault((firm.key if firm else None, title), f"{reading.raw.sheet} {at}")
        if before != f"{reading.raw.sheet} {at}":
            reading.fault(at, "need_known", where=before)


def _titles(session: Session, round_id: int) -> dict[tuple[object, str], str]:
    query = sa.select(
        Requirement.seeker_id, Requirement.title_zh, Requirement.title_en, Requirement.number, Requirement.ref
    ).where(Requirement.round_id == round_id, Requirement.state != "withdrawn")
    found: dict[tuple[object, str], str] = {}
    for seeker_id, zh, en, number, ref in session.execute(query):
        found |= {(seeker_id, title): number or ref for title in (zh, en) if title}
    return found


def _made(
    session: Session,
    actor: Actor,
    book: NeedBook,
    good: Sequence[tuple[Reading, Firm]],
    faults: list[Fault],
) -> list[bool]:
    made = []
    for reading, firm in good:
        try:
            made.append(_draft(session, actor, book, reading, firm))
        except (
            Invalid,
            InvalidMany,
        ) as refusal:  # what only the service knows
            found = refusal.faults if isinstance(refusal, InvalidMany) else (refusal,)
            faults += [Fault(reading.raw.sheet, reading.seeker.at, each.code) for each in found]
    return made


def _draft(session: Session, actor: Actor, book: NeedBook, reading: Reading, firm: Firm) -> bool:
    """One of them. Whether its firm, for which nobody speaks, got the link that an entry by hand gives it."""
    if firm.facts is not None:
        whose = organizations.by_id(session, firm.id) if firm.id is not None else firm.facts
        draft = on_behalf.write_down(session, actor, book.round_id, whose, reading.content)
        on_behalf.offer(session, actor, draft.ref)
        return True
    draft = drafting.create(session, actor, book.round_id, firm.id or 0, reading.content)
    if book.hand_in:
        drafting.submit(session, actor, draft.ref)
    return False


def _alone(session: Session, actor: Actor) -> None:
    """The person's own row is the line in which two posts of one form wait for each other."""
    session.execute(sa.select(User.id).where(User.id == actor.user_id).with_for_update())


def _mine(actor: Actor, round_id: int, seeker_id: int | None) -> sa.Select[NeedBook]:
    return sa.select(NeedBook).where(
        NeedBook.author_id == (actor.user_id or 0),
        NeedBook.round_id == round_id,
        NeedBook.seeker_id.is_not_distinct_from(seeker_id),
    )


def _put(session: Session, actor: Actor, gate: Gate, book: NeedBook) -> NeedBook:
    book.round_id, book.author_id, book.created_at = gate.round.id, actor.user_id, gate.now
    session.add(book)
    session.flush()
    queue.put(session, Work("need_book", f"need-book/{book.ref}", {"id": book.id}), at=gate.now)
    return book


def _record(session: Session, actor: Actor, gate: Gate, book: NeedBook) -> None:
    action = "needs.refused" if book.state == "refused" else "needs.imported"
    told = {"sha256": book.sha256, "made": book.entered, "good": book.good, "faults": len(book.faults)}
    where = chain.round_chain(gate.round.id)
    chain.record(session, actor, action, f"need_book:{book.ref}", chain=where, at=gate.now, **told)


def refusal_code(refusal: Refused) -> str:
    """What a workbook says that came too late or from somebody who may not any more."""
    return "not_allowed" if refusal.code == "not_allowed" else "needs_too_late"
