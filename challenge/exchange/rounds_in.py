"""A round out of an archive: rehearsed and told, or taken in whole as it was. Nothing follows from it.

No event is told, no letter goes out. People are found again by their address, organizations by registration
code, reference or name; whoever is not here yet stands as an account that nobody can sign in to before its
owner has proved the address. The round's audit chain here begins with where it came from; the one of there
stays in the archive, as evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock, texts
from challenge.base.db import begin_write, fresh_session
from challenge.exchange import columns
from challenge.exchange import round_tables as plan
from challenge.exchange.archives import file_member
from challenge.exchange.round_archives import EVIDENCE, Content, Opened, Unreadable
from challenge.exchange.round_places import Places
from challenge.exchange.round_rankings import refixed
from challenge.exchange.rounds_out import Told
from challenge.exchange.rows import batches
from challenge.files.models import Blob
from challenge.files.sniffing import ALLOWED
from challenge.files.storage import Storage
from challenge.rules.permissions import SYSTEM, Actor

BATCH = 500
# Numbers that only have to be the only ones here: a taken one gets the round's address behind it.
RENAMED = {"requirement": "number", "agreement": "number"}
# What must not be here yet: an address of something that went out into the world.
ONCE = {"round": ("slug", "source"), "award_certificate": ("code",), "requirement": ("source",)}
MEDIA = frozenset(media for _kind, media in ALLOWED.values()) | {"application/json", "image/webp"}
PLAIN = "application/octet-stream"


@dataclass
class Arrived:
    """What an import did, or would do: rows by table, who was found and who is new, what was renamed."""

    slug: str
    titles: tuple[str | None, str | None]
    digest: str
    created: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    renamed: list[str] = field(default_factory=list)
    missing: int = 0
    round_id: int | None = None


class _Rehearsed(Exception):
    """Everything went well, and nothing is to stay."""


def rehearse(archive: Opened, told: Told, *, slug: str | None = None) -> Arrived:
    """What `take` would do, by doing it and taking it back. Raises `Unreadable`."""
    _examine(archive)
    arrived: list[Arrived] = []
    try:
        with fresh_session() as session:
            arrived.append(_Taking(session, archive, told, slug).run(SYSTEM))
            raise _Rehearsed
    except _Rehearsed:
        return arrived[0]


def take(archive: Opened, storage: Storage, actor: Actor, told: Told, *, slug: str | None = None) -> Arrived:
    """Take the round in, whole or not at all. Raises `Unreadable`; `slug` gives it another address."""
    _examine(archive)
    with storage.in_use():
        for sha256 in archive.manifest.files:
            _keep(archive, storage, sha256)
        with fresh_session() as session:
            return _Taking(session, archive, told, slug).run(actor)


def _keep(archive: Opened, storage: Storage, sha256: str) -> None:
    if storage.size_of(sha256) is not None:
        return
    with storage.stage() as staged:
        for chunk in archive.chunks(file_member(sha256)):
            staged.write(chunk)
        storage.keep(staged)


def _examine(archive: Opened) -> None:
    """Every byte once, before anything is written: digests, the audit chain, what the whole is said to be."""
    manifest, content = archive.manifest, Content()
    _fits(archive)
    for name in (*plan.MATCHED, *(table.name for table in plan.taken())):
        only = plan.MATCHED[name][:2] if name == "organization" else plan.MATCHED.get(name, ())[:1]
        if name in manifest.tables:
            for row in archive.rows(name):
                content.add(name, row, only)
    for sha256 in manifest.files:
        for _chunk in archive.chunks(file_member(sha256)):
            pass
    if content.digest([*manifest.media]) != manifest.digest:
        raise Unreadable("archive_altered", member="manifest.json")
    _walk(archive)


def _fits(archive: Opened) -> None:
    """Tables and columns that this version has not are those of a newer one."""
    known = {table.name: {each.name for each in plan.columns_of(table)} for table in plan.taken()}
    known |= {name: {"id", *names} for name, names in plan.MATCHED.items()}
    for name, part in archive.manifest.tables.items():
        if name not in known:
            raise Unreadable("archive_newer", what=name)
        for column in part.columns.keys() - known[name]:
            raise Unreadable("archive_newer", what=f"{name}.{column}")
    for table in plan.taken():
        told = archive.manifest.tables.get(table.name)
        for each in plan.columns_of(table):
            optional = each.nullable or each.default is not None or each.server_default is not None
            if told is not None and told.rows and each.name not in told.columns and not optional:
                raise Unreadable("archive_older", what=f"{table.name}.{each.name}")
    if archive.manifest.tables.get(plan.ROOT) is None or archive.manifest.tables[plan.ROOT].rows != 1:
        raise Unreadable("archive_members")


def _walk(archive: Opened) -> None:
    """The evidence holds together and ends where the manifest says."""
    last, count = chain.GENESIS, 0
    for entry in archive.lines(EVIDENCE):
        count += 1
        said = {name: value for name, value in entry.items() if name != "hash"}
        if entry.get("seq") != count or entry.get("previous") != last:
            raise Unreadable("archive_chain", seq=count)
        if entry.get("hash") != chain.entry_hash(said):
            raise Unreadable("archive_chain", seq=count)
        last = entry["hash"]
    if (count, last) != (archive.manifest.chain.get("seq"), archive.manifest.chain.get("hash")):
        raise Unreadable("archive_chain", seq=count)


class _Taking:
    """One import in one transaction: the numbers that rows of the archive have here."""

    def __init__(self, session: Session, archive: Opened, told: Told, slug: str | None) -> None:
        self.session, self.archive, self.told, self.slug = session, archive, told, slug
        self.numbers: dict[str, dict[int, int]] = {}
        self.later: list[tuple[sa.Table, str, int, int]] = []
        titles = archive.manifest.round
        self.arrived = Arrived(
            slug or str(titles.get("slug")),
            (titles.get("title_zh"), titles.get("title_en")),
            archive.manifest.digest,
            missing=len(archive.manifest.missing),
        )

    def run(self, actor: Actor) -> Arrived:
        begin_write(self.session)
        self._blobs()
        places = Places(self.session, self.archive, self.numbers)
        self.arrived.found, self.arrived.made = places.settle()
        tables = plan.taken()
        for done, table in enumerate(tables):
            self.told(done, len(tables))
            if table.name in self.archive.manifest.tables:
                self._fill(table)
        self._refer_back()
        self.arrived.round_id = self.numbers[plan.ROOT][1]
        self._record(actor)
        return self.arrived

    def _blobs(self) -> None:
        manifest = self.archive.manifest
        known = set(self.session.scalars(sa.select(Blob.sha256).where(Blob.sha256.in_(manifest.media))))
        rows = [
            {"sha256": sha256, "size": part.size, "media_type": media if media in MEDIA else PLAIN}
            for sha256, part in manifest.files.items()
            if sha256 not in known and (media := manifest.media[sha256])
        ]
        if rows:
            self.session.execute(sa.insert(Blob), rows)
        self.here = known | manifest.files.keys()

    def number(self, table: str, value: Any) -> Any:
        """The number here; a row that the archive does not have is a damaged reference."""
        found = self.numbers.get(table, {}).get(value)
        if found is None:
            raise Unreadable("archive_reference", table=table)
        return found

    def _fill(self, table: sa.Table) -> None:
        kinds = {each.name: columns.kind_of(each) for each in plan.columns_of(table)}
        mine = plan.numbered(table)
        known = self.numbers.setdefault(table.name, {}) if mine else {}
        for batch in batches(self.archive.rows(table.name), BATCH):
            numbers = [row["id"] for row in batch] if mine else []
            rows = [self._row(table, row, kinds) for row in batch]
            self._free(table, rows)
            try:
                if mine:
                    given = sa.insert(table).returning(table.c.id, sort_by_parameter_order=True)
                    for number, new in zip(numbers, self.session.scalars(given, rows), strict=True):
                        if not isinstance(number, int) or number in known:
                            raise Unreadable("archive_row", member=table.name, row=number)
                        known[number] = new
                else:
                    self.session.execute(sa.insert(table), rows)
            except (DBAPIError, StatementError) as error:
                raise Unreadable("archive_refused", table=table.name) from error
            self.arrived.created[table.name] = self.arrived.created.get(table.name, 0) + len(rows)

    def _row(self, table: sa.Table, row: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
        try:
            plain = {name: columns.read(kinds[name], value) for name, value in row.items()}
            number = int(plain.pop("id")) if plan.numbered(table) else 0
            for column in table.columns:  # a row may refer to a later one of its own table
                refers = plan.root_of(column) == table.name and plan.numbered(table)
                if refers and plain.get(column.name) is not None:
                    self.later.append((table, column.name, number, plain[column.name]))
                    plain[column.name] = None
            found = plan.moved(table, plain, self.number)
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
            if isinstance(error, Unreadable):
                raise
            raise Unreadable("archive_row", member=table.name, row=row.get("id", 0)) from error
        if table.name == "round_page":  # what goes onto a page is cleaned here, whoever said that it was
            found["html"] = texts.clean_html(str(found["html"]))
        if table.name == "role_grant" and found["role"] != plan.JUDGE:
            raise Unreadable("archive_row", member=table.name, row=row.get("id", 0))
        if table.name == plan.ROOT and self.slug is not None:
            found["slug"] = self.slug
        return found

    def _free(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        """Numbers that are taken here get the round's address behind them; other names may not be taken."""
        if (name := RENAMED.get(table.name)) is not None:
            taken = self._taken(table, name, rows)
            for row in rows:
                if row[name] in taken:
                    row[name] = f"{row[name]}-{self.arrived.slug}"
                    self.arrived.renamed.append(row[name])
        unique = {"ref"} & set(table.columns.keys()) | set(ONCE.get(table.name, ()))
        for name in unique:
            if taken := self._taken(table, name, rows):
                raise Unreadable("archive_here", table=table.name, name=min(taken))

    def _taken(self, table: sa.Table, name: str, rows: list[dict[str, Any]]) -> set[str]:
        wanted = [row[name] for row in rows if row.get(name) is not None]
        query = sa.select(table.c[name]).where(table.c[name].in_(wanted))
        return set(self.session.scalars(query))

    def _refer_back(self) -> None:
        for table, name, number, to in self.later:
            new, other = self.number(table.name, number), self.number(table.name, to)
            self.session.execute(sa.update(table).where(table.c.id == new).values({name: other}))

    def _record(self, actor: Actor) -> None:
        """Where it came from, as the first entry of its chain here."""
        manifest, at = self.archive.manifest, clock.now(self.session)
        round_id = self.arrived.round_id or 0
        name = chain.round_chain(round_id)
        detail = {
            "digest": manifest.digest,
            "installation": manifest.installation,
            "made_at": manifest.made_at,
            "chain": {"seq": manifest.chain["seq"], "hash": manifest.chain["hash"]},
            "evidence": manifest.evidence.sha256,
        }
        first = chain.Entry(name, actor, "round.arrived", f"round:{round_id}", detail)
        chain.record_many(self.session, [first, *refixed(self.session, round_id, actor)], at=at)


def described(arrived: Arrived) -> dict[str, Any]:
    """What an import did, as it is kept with its row and shown."""
    return {
        "slug": arrived.slug,
        "titles": list(arrived.titles),
        "digest": arrived.digest,
        "created": arrived.created,
        "found": arrived.found,
        "made": arrived.made,
        "renamed": arrived.renamed[:100],
        "renamed_count": len(arrived.renamed),
        "missing": arrived.missing,
    }
