"""Manipulations of the audit log behind the product's back, and whether verifying finds each of them.

Each is done in a transaction of its own that is rolled back: an honest record goes into every one. What was
cut off or recomputed whole holds in itself; the anchor, signed before and kept elsewhere, tells it.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.crowds import app_of
from bench.rows import Row
from challenge.audit import anchors, chain
from challenge.audit.models import AuditEntry, AuditHead
from challenge.base.db import db, fresh_session
from challenge.rules.permissions import SYSTEM, Actor

ENTRY, HEAD = sa.inspect(AuditEntry).local_table, sa.inspect(AuditHead).local_table
COLUMNS = ("seq", "at", "actor", "action", "subject", "detail", "previous", "hash")
COUNT = 1000
Entries = list[dict[str, Any]]


def fill(session: Session, chains: int = 3, entries: int = 6) -> None:
    """An honest record of a few chains."""
    for number in range(chains):
        name = chain.PLATFORM if not number else chain.round_chain(number)
        for place in range(entries):
            actor = Actor(user_id=place) if place % 2 else SYSTEM
            chain.record(session, actor, f"round.step_{place}", f"round:{number}", chain=name, place=place)


def chance(seed: int) -> random.Random:
    """The dice of a run: the same for the same seed."""
    return random.Random(seed)


def entries_of(session: Session, name: str) -> Entries:
    """The entries of a chain as they are stored."""
    query = sa.select(ENTRY).where(ENTRY.c.chain == name).order_by(ENTRY.c.seq)
    return [dict(row) for row in session.execute(query).mappings()]


def rewritten(session: Session, entries: Entries, chance: random.Random) -> None:
    """One column of one entry says something else."""
    entry, column = chance.choice(entries), chance.choice(COLUMNS)
    old = entry[column]
    other: Any = f"{old}0"
    if column == "seq":
        other = 1_000 + old
    elif column == "at":
        other = old + dt.timedelta(microseconds=chance.choice((-1, 1, 10**6, 10**9)))
    elif column == "detail":
        other = {**old, chance.choice(("place", "more")): chance.randrange(10, 99)}
    elif column in ("hash", "previous"):
        other = f"{chance.getrandbits(256):064x}"
    session.execute(sa.update(ENTRY).where(ENTRY.c.id == entry["id"]).values({column: other}))


def rewritten_with_its_hash(session: Session, entries: Entries, chance: random.Random) -> None:
    """The same, and its fingerprint made to fit."""
    entry = chance.choice(entries)
    changed = {**entry, "action": entry["action"] + "x"}
    _replace(session, entry, {"action": changed["action"], "hash": _hash(changed)})


def taken_out(session: Session, entries: Entries, chance: random.Random) -> None:
    """Some entries in a row are gone."""
    start = chance.randrange(len(entries))
    gone = [each["id"] for each in entries[start : start + chance.randint(1, 3)]]
    session.execute(sa.delete(ENTRY).where(ENTRY.c.id.in_(gone)))


def put_in(session: Session, entries: Entries, chance: random.Random) -> None:
    """An entry more at the end, with a fingerprint that fits; the head is left."""
    last = entries[-1]
    forged = {**last, "seq": last["seq"] + 1, "previous": last["hash"], "action": "award.confirmed"}
    forged["detail"] = {"number": chance.randrange(99)}
    _insert(session, [{**forged, "hash": _hash(forged)}])


def moved(session: Session, entries: Entries, chance: random.Random) -> None:
    """Two entries have changed places."""
    one, two = chance.sample(entries, 2)
    content = ("at", "actor", "action", "subject", "detail", "hash", "previous")
    _replace(session, one, {name: two[name] for name in content})
    _replace(session, two, {name: one[name] for name in content})


def cut_off(session: Session, entries: Entries, chance: random.Random) -> None:
    """The end is gone, and the head says that this is all."""
    keep = chance.randrange(1, len(entries))
    kept = entries[keep - 1]
    session.execute(sa.delete(ENTRY).where(ENTRY.c.chain == kept["chain"], ENTRY.c.seq > kept["seq"]))
    _head(session, kept)


def recomputed(session: Session, entries: Entries, chance: random.Random) -> None:
    """An entry rewritten, left out or put in, and every fingerprint after it, and the head, made to fit."""
    place, way = chance.randrange(len(entries)), chance.choice(("rewritten", "left out", "put in"))
    told = [dict(each) for each in entries]
    if way == "rewritten":
        told[place]["actor"] = f"user:{chance.randrange(1000, 2000)}"
    elif way == "left out":
        del told[place]
    else:
        told.insert(place, {**told[place], "action": "award.confirmed"})
    session.execute(sa.delete(ENTRY).where(ENTRY.c.chain == entries[0]["chain"]))
    previous = chain.GENESIS
    for seq, each in enumerate(told, start=1):
        each.update(seq=seq, previous=previous)
        each["hash"] = previous = _hash(each)
    _insert(session, told)
    _head(session, told[-1])


def head_changed(session: Session, entries: Entries, chance: random.Random) -> None:
    """The head points elsewhere, or is gone."""
    mine = HEAD.c.chain == entries[0]["chain"]
    way = chance.randrange(3)
    if way == 0:
        session.execute(sa.delete(HEAD).where(mine))
    elif way == 1:
        session.execute(sa.update(HEAD).where(mine).values(seq=HEAD.c.seq + chance.choice((-1, 1))))
    else:
        session.execute(sa.update(HEAD).where(mine).values(hash=f"{chance.getrandbits(256):064x}"))


def chain_renamed(session: Session, entries: Entries, chance: random.Random) -> None:
    """A whole chain goes by another name, its head too."""
    mine, other = entries[0]["chain"], f"round:{chance.randrange(1000, 2000)}"
    session.execute(sa.update(ENTRY).where(ENTRY.c.chain == mine).values(chain=other))
    session.execute(sa.update(HEAD).where(HEAD.c.chain == mine).values(chain=other))


def chain_gone(session: Session, entries: Entries, chance: random.Random) -> None:
    """A whole chain is gone, its head with or without it."""
    mine = entries[0]["chain"]
    session.execute(sa.delete(ENTRY).where(ENTRY.c.chain == mine))
    if chance.randrange(2):
        session.execute(sa.delete(HEAD).where(HEAD.c.chain == mine))


WAYS: Mapping[str, Callable[[Session, Entries, random.Random], None]] = {
    each.__name__.replace("_", " "): each
    for each in (
        *(rewritten, rewritten_with_its_hash, taken_out, put_in, moved),
        *(cut_off, recomputed, head_changed, chain_renamed, chain_gone),
    )
}


def missed(session: Session, count: int, seed: int) -> Iterator[str]:
    """Which of so many manipulations, the ways in turn, verifying did not find; it is left as it was."""
    dice = chance(seed)
    anchor = anchors.of_now(session)
    chains = [entries_of(session, head["chain"]) for head in anchor["heads"]]
    session.rollback()
    names = sorted(WAYS)
    for number in range(count):
        name = names[number % len(names)]
        WAYS[name](session, dice.choice(chains), dice)
        _count, faults = chain.verify(session)
        _named, differ = anchors.compare(session, anchor)
        session.rollback()
        if not faults and not differ:
            yield f"{number}: {name}"


def storm(name: str, url: str, data: Path, seed: int) -> list[Row]:
    """The rows of this storm; `url` names a migrated empty database."""
    job = f"{name}: {COUNT:,} manipulations of the audit log"
    with app_of(url, data):
        with fresh_session() as session:
            fill(session)
        lost = list(missed(db.session, COUNT, seed))
        count, faults = chain.verify(db.session)
    return [
        Row(f"{job}: found", COUNT - len(lost), "manipulations", COUNT, "eq"),
        Row(f"{job}: faults in the untouched record of {count} entries", len(faults), "faults", 0, "eq"),
    ]


def _hash(entry: Mapping[str, Any]) -> str:
    names = ("chain", "seq", "actor", "action", "subject", "detail", "previous")
    values = {name: entry[name] for name in names}
    return chain.entry_hash({**values, "at": chain.instant_text(entry["at"])})


def _replace(session: Session, entry: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    session.execute(sa.update(ENTRY).where(ENTRY.c.id == entry["id"]).values(values))


def _insert(session: Session, entries: Entries) -> None:
    session.execute(
        sa.insert(ENTRY), [{name: each[name] for name in each if name != "id"} for each in entries]
    )


def _head(session: Session, last: Mapping[str, Any]) -> None:
    mine = HEAD.c.chain == last["chain"]
    session.execute(sa.update(HEAD).where(mine).values(seq=last["seq"], hash=last["hash"]))
