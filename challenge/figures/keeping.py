"""The figures follow the facts: new ones take the place of old ones, and each sum moves by the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import Base, begin_write, insert_into, is_sqlite
from challenge.figures.models import FigureCell, FigureFact, FigureMember, FigureSum
from challenge.rules import figures
from challenge.rules.figures import STEPS, Cell, Fact, Figures, Member, Scope

LOCK = 7304  # one line for all who move the sums: who is new in a scope is asked of what others wrote
AT_ONCE = 500  # rows of one statement
Thing = tuple[str, int]
_MOMENTS = [getattr(FigureFact, f"{step}_at") for step in STEPS]


def lock(session: Session) -> None:
    """Hold the sums until the end of the transaction; nobody else moves them meanwhile."""
    begin_write(session)
    if not is_sqlite(session):
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:space, 0)"), {"space": LOCK})


def refresh(session: Session, asked: Collection[Thing], found: Sequence[Fact]) -> int:
    """Let these be the facts of what was asked for; what has none any more goes. How many differed.

    The lock must be held since before the facts were read. Sent twice, it is done once.
    """
    known = facts(session, asked)
    fresh = {(fact.kind, fact.thing_id): fact for fact in found}
    changed = [each for each in asked if fresh.get(each) != known.get(each, (0, None))[1]]
    if not changed:
        return 0
    old = {known[each][0]: known[each][1] for each in changed if each in known}
    new = [fresh[each] for each in changed if each in fresh]
    rest = _others(session, old, new)
    _replace(session, list(old), new)
    _move(session, figures.change(old.values(), new, rest))
    return len(changed)


def replace(session: Session, asked: Collection[Thing], found: Sequence[Fact]) -> None:
    """Keep these facts of what was asked for; the sums stay as they are."""
    _replace(session, [row for row, _fact in facts(session, asked).values()], found)


def facts(session: Session, asked: Collection[Thing]) -> dict[Thing, tuple[int, Fact]]:
    """What is kept of these, with the numbers of the rows (four statements at most)."""
    by_kind: dict[str, list[int]] = {}
    for kind, thing_id in asked:
        by_kind.setdefault(kind, []).append(thing_id)
    wanted = [sa.and_(FigureFact.kind == kind, FigureFact.thing_id.in_(ids)) for kind, ids in by_kind.items()]
    return _read(session, sa.or_(sa.false(), *wanted))


def every(session: Session) -> dict[Thing, tuple[int, Fact]]:
    """All that is kept."""
    return _read(session, sa.true())


def _read(session: Session, which: sa.ColumnElement[bool]) -> dict[Thing, tuple[int, Fact]]:
    columns = (FigureFact.id, FigureFact.kind, FigureFact.thing_id, FigureFact.cell_id, FigureFact.numbers)
    rows = session.execute(sa.select(*columns, *_MOMENTS).where(which)).all()
    cells = _cells(session, {row.cell_id for row in rows})
    members: dict[int, dict[tuple[str, str], int]] = {row.id: {} for row in rows}
    who = sa.select(FigureMember.fact_id, FigureMember.kind, FigureMember.key, FigureMember.steps)
    who = who.join(FigureFact, FigureFact.id == FigureMember.fact_id).where(which)
    for fact_id, kind, key, steps in session.execute(who):
        members[fact_id][kind, key] = steps
    found = {}
    for row in rows:
        moments = {step: at for step, at in zip(STEPS, row[5:], strict=True) if at is not None}
        fact = Fact(row.kind, row.thing_id, cells[row.cell_id], moments, row.numbers, members[row.id])
        found[row.kind, row.thing_id] = (row.id, fact)
    return found


def _cells(session: Session, ids: Collection[int]) -> dict[int, Cell]:
    found = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        part = sa.select(FigureCell).where(FigureCell.id.in_(wanted[start : start + AT_ONCE]))
        for row in session.scalars(part):
            found[row.id] = Cell(row.programme_id, row.round_id, path_of(row.path), row.field, row.year)
    return found


def path_of(text: str) -> tuple[int, ...]:
    """A path as it is kept, read: .3.17. is (3, 17)."""
    return tuple(int(each) for each in text.strip(".").split(".") if each)


def path_text(path: Iterable[int]) -> str:
    """A path as it is kept."""
    return f".{'.'.join(str(each) for each in path)}."


def _others(session: Session, old: Mapping[int, Fact], new: Iterable[Fact]) -> list[Member]:
    """In which cells, and at which steps, whoever is in these facts stands besides."""
    keys = {key for fact in (*old.values(), *new) for key in fact.members}
    columns = (FigureMember.kind, FigureMember.key, FigureMember.cell_id, FigureMember.steps)
    rows: list[Any] = []
    by_kind: dict[str, list[str]] = {}
    for kind, key in sorted(keys):
        by_kind.setdefault(kind, []).append(key)
    for kind, held in by_kind.items():
        for start in range(0, len(held), AT_ONCE):
            mine = sa.and_(FigureMember.kind == kind, FigureMember.key.in_(held[start : start + AT_ONCE]))
            query = sa.select(*columns).where(mine, FigureMember.fact_id.not_in(list(old))).distinct()
            rows += session.execute(query).all()
    cells = _cells(session, {row.cell_id for row in rows})
    return [Member(row.kind, row.key, row.steps, cells[row.cell_id]) for row in rows]


def _replace(session: Session, gone: Sequence[int], new: Sequence[Fact]) -> None:
    for start in range(0, len(gone), AT_ONCE):
        part = gone[start : start + AT_ONCE]
        session.execute(sa.delete(FigureMember).where(FigureMember.fact_id.in_(part)))
        session.execute(sa.delete(FigureFact).where(FigureFact.id.in_(part)))
    write(session, new)


def write(session: Session, new: Sequence[Fact]) -> None:
    """Keep facts that are not kept yet; the sums stay as they are."""
    cells = _cell_ids(session, {fact.cell for fact in new})
    for start in range(0, len(new), AT_ONCE):
        part = new[start : start + AT_ONCE]
        rows = [_row(fact, cells[fact.cell]) for fact in part]
        insert = sa.insert(FigureFact).returning(FigureFact.id, FigureFact.kind, FigureFact.thing_id)
        ids = {(kind, thing_id): key for key, kind, thing_id in session.execute(insert, rows)}
        members = [
            {"fact_id": ids[fact.kind, fact.thing_id], "kind": kind, "key": key, "steps": steps}
            | {"cell_id": cells[fact.cell]}
            for fact in part
            for (kind, key), steps in fact.members.items()
        ]
        if members:
            session.execute(sa.insert(_table(FigureMember)), members)


def _row(fact: Fact, cell_id: int) -> dict[str, Any]:
    moments = {f"{step}_at": fact.moments.get(step) for step in STEPS}
    numbers = dict(fact.numbers)
    return {"kind": fact.kind, "thing_id": fact.thing_id, "cell_id": cell_id, "numbers": numbers, **moments}


def _cell_ids(session: Session, wanted: Collection[Cell]) -> dict[Cell, int]:
    if not wanted:
        return {}
    rows = [
        {"programme_id": cell.programme_id, "round_id": cell.round_id, "path": path_text(cell.path)}
        | {"field": cell.field, "year": cell.year}
        for cell in sorted(wanted, key=str)
    ]
    session.execute(insert_into(session, _table(FigureCell)).on_conflict_do_nothing(), rows)
    rounds = sorted({cell.round_id for cell in wanted})
    found = {}
    for start in range(0, len(rounds), AT_ONCE):
        part = sa.select(FigureCell).where(FigureCell.round_id.in_(rounds[start : start + AT_ONCE]))
        for row in session.scalars(part):
            found[Cell(row.programme_id, row.round_id, path_of(row.path), row.field, row.year)] = row.id
    return found


def _move(session: Session, change: Mapping[Scope, Figures]) -> None:
    known = sums(session, change)
    after = {scope: Counter(known.get(scope, Counter())) for scope in change}
    for scope, figures_ in change.items():
        after[scope].update(figures_)
    settle(session, after)


def sums(session: Session, scopes: Iterable[Scope]) -> dict[Scope, Figures]:
    """The figures that are kept of these scopes."""
    keys = sorted(scope_key(scope) for scope in scopes)
    found: dict[Scope, Figures] = {}
    for start in range(0, len(keys), AT_ONCE):
        found |= _sums(session, FigureSum.scope.in_(keys[start : start + AT_ONCE]))
    return found


def all_sums(session: Session) -> dict[Scope, Figures]:
    """The figures that are kept of all scopes."""
    return _sums(session, sa.true())


def _sums(session: Session, which: sa.ColumnElement[bool]) -> dict[Scope, Figures]:
    columns = (FigureSum.programme_id, FigureSum.round_id, FigureSum.branch_id, FigureSum.field)
    query = sa.select(*columns, FigureSum.year, FigureSum.figures).where(which)
    return {(p, r, b, f, y): Counter(held) for p, r, b, f, y, held in session.execute(query)}


def settle(session: Session, after: Mapping[Scope, Figures]) -> None:
    """Let these be the figures of these scopes; a scope with nothing in it has no row."""
    rows, empty = [], []
    names = ("programme_id", "round_id", "branch_id", "field", "year")
    for scope, held in sorted(after.items()):
        kept = {name: count for name, count in held.items() if count}
        if kept:
            row = dict(zip(names, scope, strict=True))
            rows.append({"scope": scope_key(scope), **row, "figures": kept})
        else:
            empty.append(scope_key(scope))
    if rows:
        insert = insert_into(session, _table(FigureSum))
        fresh = {"figures": insert.excluded["figures"]}
        session.execute(insert.on_conflict_do_update(index_elements=["scope"], set_=fresh), rows)
    for start in range(0, len(empty), AT_ONCE):
        session.execute(sa.delete(FigureSum).where(FigureSum.scope.in_(empty[start : start + AT_ONCE])))


def scope_key(scope: Scope) -> str:
    """A scope as one word."""
    return "/".join(str(each) for each in scope)


def of_branch(session: Session, organization_id: int, after: int, limit: int) -> list[tuple[int, Thing]]:
    """Facts that lie with an organization or below it, above the row `after` (one statement)."""
    cells = sa.select(FigureCell.id).where(FigureCell.path.contains(f".{organization_id}."))
    query = sa.select(FigureFact.id, FigureFact.kind, FigureFact.thing_id)
    query = query.where(FigureFact.cell_id.in_(cells), FigureFact.id > after).order_by(FigureFact.id)
    return [(key, (kind, thing_id)) for key, kind, thing_id in session.execute(query.limit(limit))]


def _table(model: type[Base]) -> sa.Table:
    return Base.metadata.tables[model.__tablename__]
