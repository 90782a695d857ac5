"""A whole round as one archive: its rows under numbers of their own, its files, its audit chain as evidence.

Numbers in an archive count from 1 in each table, so that the same round is the same content wherever it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.audit.hidden import MARK
from challenge.audit.models import AuditEntry, AuditHead
from challenge.base import clock
from challenge.base.db import Base, fresh_session, one_view
from challenge.exchange import columns
from challenge.exchange import round_tables as plan
from challenge.exchange.archives import Writing, file_member, table_member
from challenge.exchange.round_archives import EVIDENCE, Content, Part, RoundManifest, line_of
from challenge.files.models import Blob
from challenge.files.storage import Storage
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound, WrongState

BATCH = 1000
Told = Callable[[int, int], None]
"""Hears how much is done, of how much."""


def export(round_id: int, target: Path, storage: Storage, installation: str, told: Told) -> RoundManifest:
    """Write the archive of a round to `target`, which appears only when it is whole; its manifest.

    Raises `WrongState` for a sealed round before its close: nobody can read what is in it.
    """
    with storage.in_use(), Writing(target) as archive, fresh_session() as session:
        one_view(session)
        writer = _Writer(session, archive, round_id, told)
        manifest = writer.write(storage, installation)
        archive.finish(manifest)
    return manifest


class _Writer:
    """One export: the numbers that its rows have in the archive, and what was written so far."""

    def __init__(self, session: Session, archive: Writing, round_id: int, told: Told) -> None:
        self.session, self.archive, self.round_id, self.told = session, archive, round_id, told
        self.numbers: dict[str, dict[int, int]] = {}
        self.content = Content()
        self.parts: dict[str, Part] = {}
        self.left: dict[str, int] = {}
        self.digests: set[str] = set()

    def write(self, storage: Storage, installation: str) -> RoundManifest:
        round_ = self.session.get_one(Round, self.round_id)
        if round_.sealed and round_.unsealed_at is None:
            raise WrongState("round_is_sealed")
        tables = plan.taken()
        for table in tables:
            if plan.numbered(table):
                query = sa.select(table.c.id).where(plan.wanted(table, self.round_id)).order_by(table.c.id)
                self.numbers[table.name] = {key: n for n, key in enumerate(self.session.scalars(query), 1)}
        companions = self._companions(tables)
        for name, rows in companions.items():
            self._put(name, self._companion_lines(name, rows), self._kinds(name))
        for done, table in enumerate(tables):
            self.told(done, len(tables))
            kinds = {each.name: columns.kind_of(each) for each in plan.columns_of(table)}
            self._put(table.name, self._lines(table), kinds)
        files, media, missing = self._files(storage)
        evidence, last = self._evidence()
        return RoundManifest(
            made_at=chain.instant_text(clock.now(self.session)),
            installation=installation,
            revision=_revision(self.session),
            round={"slug": round_.slug, "title_zh": round_.title_zh, "title_en": round_.title_en},
            tables=self.parts,
            files=files,
            media=media,
            evidence=evidence,
            chain=last,
            digest=self.content.digest([*media]),
            missing=tuple(missing),
            left=self.left,
        )

    def _put(self, name: str, rows: Iterator[dict[str, Any]], kinds: Mapping[str, str]) -> None:
        count = 0
        only = plan.MATCHED[name][:2] if name == "organization" else plan.MATCHED.get(name, ())[:1]

        def lines() -> Iterator[bytes]:
            nonlocal count
            for row in rows:
                count += 1
                self.content.add(name, row, only)
                yield line_of(row)

        digest, size = self.archive.add(table_member(name), lines())
        self.parts[name] = Part(count, size, digest, dict(kinds))

    def number(self, table: str, value: Any) -> Any:
        """The number in the archive; what is not in it is told of, and stands as nothing."""
        found = self.numbers.get(table, {}).get(value)
        if found is None:
            self.left[f"to:{table}"] = self.left.get(f"to:{table}", 0) + 1
        return found

    def _lines(self, table: sa.Table) -> Iterator[dict[str, Any]]:
        """In the order of their numbers in the archive, which is that of the keys but for matched rows."""
        lines = (self._line(table, row) for row in self._rows(table))
        keys = list(table.primary_key.columns)
        mine = plan.names()
        if plan.numbered(table) or all(plan.root_of(key) in mine for key in keys):
            yield from lines
        else:
            yield from sorted(lines, key=lambda row: [row[key.name] for key in keys])

    def _rows(self, table: sa.Table) -> Iterator[sa.RowMapping]:
        chosen = [columns.stored(column) for column in plan.columns_of(table)]
        query = sa.select(*chosen).where(plan.wanted(table, self.round_id))
        query = query.order_by(*table.primary_key.columns)
        yield from self.session.execute(query.execution_options(yield_per=BATCH)).mappings()

    def _line(self, table: sa.Table, row: sa.RowMapping) -> dict[str, Any]:
        plain = {name: self._shown(value) for name, value in row.items()}
        for column in table.columns:
            if plan.root_of(column) == plan.FILES and plain[column.name] is not None:
                self.digests.add(plain[column.name])
        if "manifest" in plain:
            self.digests |= {file["sha256"] for file in plain["manifest"] or ()}
        moved = plan.moved(table, plain, self.number)
        return {name: columns.spelled(value) for name, value in moved.items()}

    def _shown(self, value: Any) -> Any:
        """A draft that was never handed in of a round that was sealed stays unread here as well."""
        if isinstance(value, dict) and MARK in value:
            self.left["sealed"] = self.left.get("sealed", 0) + 1
            return {}
        return value

    def _companions(self, tables: tuple[sa.Table, ...]) -> dict[str, list[sa.RowMapping]]:
        """Whoever is named: addresses and programmes first, as these name people and organizations."""
        wanted: dict[str, set[int]] = {name: set() for name in plan.MATCHED}
        for table in tables:
            for column in table.columns:
                if (root := plan.root_of(column)) in wanted:
                    query = sa.select(column).where(plan.wanted(table, self.round_id), column.is_not(None))
                    wanted[root] |= set(self.session.scalars(query.distinct()))
        found: dict[str, list[sa.RowMapping]] = {}
        for name in ("recipient", "programme", "user_account", "organization"):
            rows = self._named(name, wanted[name])
            found[name] = rows
            for column in Base.metadata.tables[name].columns:
                root = plan.root_of(column)
                if root in wanted and root not in found and column.name in plan.MATCHED[name]:
                    wanted[root] |= {row[column.name] for row in rows if row[column.name] is not None}
            self.numbers[name] = {row["id"]: n for n, row in enumerate(rows, start=1)}
        return {name: found[name] for name in plan.MATCHED}

    def _named(self, name: str, ids: set[int]) -> list[sa.RowMapping]:
        table = Base.metadata.tables[name]
        chosen = [table.c.id, *(table.c[each] for each in plan.MATCHED[name])]
        rows: list[sa.RowMapping] = []
        numbers = sorted(ids)
        for start in range(0, len(numbers), BATCH):
            query = sa.select(*chosen).where(table.c.id.in_(numbers[start : start + BATCH]))
            rows += self.session.execute(query).mappings()
        return sorted(rows, key=lambda row: [str(row[each] or "") for each in plan.MATCHED[name][:3]])

    def _companion_lines(self, name: str, rows: list[sa.RowMapping]) -> Iterator[dict[str, Any]]:
        table = Base.metadata.tables[name]
        for row in rows:
            moved = plan.moved(table, {**row}, self.number)
            yield {each: columns.spelled(value) for each, value in moved.items()}

    def _kinds(self, name: str) -> dict[str, str]:
        table = Base.metadata.tables[name]
        return {each: columns.kind_of(table.c[each]) for each in ("id", *plan.MATCHED[name])}

    def _files(self, storage: Storage) -> tuple[dict[str, Part], dict[str, str], list[str]]:
        files: dict[str, Part] = {}
        media: dict[str, str] = {}
        missing: list[str] = []
        known = sorted(self.digests)
        for start in range(0, len(known), BATCH):
            query = sa.select(Blob.sha256, Blob.size, Blob.media_type)
            query = query.where(Blob.sha256.in_(known[start : start + BATCH])).order_by(Blob.sha256)
            for sha256, size, media_type in self.session.execute(query):
                media[sha256] = media_type
                try:
                    chunks = storage.read(sha256, 0, size)
                except NotFound:
                    missing.append(sha256)
                    continue
                found, length = self.archive.add(file_member(sha256), chunks, packed=False)
                files[sha256] = Part(0, length, found)
        return files, media, missing

    def _evidence(self) -> tuple[Part, dict[str, Any]]:
        """The round's chain as it is: its hashes hold it together wherever it lies."""
        name, count = chain.round_chain(self.round_id), 0
        head = self.session.get(AuditHead, name)
        fields = ("chain", "seq", "actor", "action", "subject", "detail", "previous", "hash")

        def lines() -> Iterator[bytes]:
            nonlocal count
            query = sa.select(AuditEntry).where(AuditEntry.chain == name).order_by(AuditEntry.seq)
            for entry in self.session.scalars(query.execution_options(yield_per=BATCH)):
                count += 1
                yield line_of(
                    {**{each: getattr(entry, each) for each in fields}, "at": chain.instant_text(entry.at)}
                )

        digest, size = self.archive.add(EVIDENCE, lines())
        return Part(count, size, digest), {
            "name": name,
            "seq": head.seq if head else 0,
            "hash": head.hash if head else chain.GENESIS,
        }


def _revision(session: Session) -> str:
    """The migration that the database is at; nothing where it was made without."""
    if not sa.inspect(session.connection()).has_table("alembic_version"):
        return ""
    return str(session.scalar(sa.text("SELECT version_num FROM alembic_version")) or "")


def told_as_json(manifest: RoundManifest) -> str:
    """What an operator reads of an archive."""
    return json.dumps(
        {
            "round": dict(manifest.round),
            "digest": manifest.digest,
            "rows": {name: part.rows for name, part in manifest.tables.items() if part.rows},
            "files": len(manifest.files),
            "missing": list(manifest.missing),
            "left": dict(manifest.left),
        },
        ensure_ascii=False,
        indent=1,
    )
