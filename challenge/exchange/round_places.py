"""Who and what a round from elsewhere names: found here by what everybody knows of it, or made anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import Base
from challenge.base.ids import new_ref
from challenge.exchange import columns
from challenge.exchange import round_tables as plan
from challenge.exchange.round_archives import Opened, Unreadable

ORDER = ("organization", "user_account", "programme", "recipient")


class Places:
    """The numbers here of everyone whom the archive names."""

    def __init__(self, session: Session, archive: Opened, numbers: dict[str, dict[int, int]]) -> None:
        self.session, self.archive, self.numbers = session, archive, numbers
        self._used: set[int] = set()

    def settle(self) -> tuple[dict[str, int], dict[str, int]]:
        """Find or make each; how many of each kind were found, and how many are new."""
        found: dict[str, int] = {}
        made: dict[str, int] = {}
        for name in ORDER:
            known = self.numbers.setdefault(name, {})
            if name not in self.archive.manifest.tables:
                continue
            for row in self.archive.rows(name):
                number = row.get("id")
                if not isinstance(number, int) or number in known:
                    raise Unreadable("archive_row", member=name, row=len(known) + 1)
                values = self._values(name, row)
                here = self._here(name, values)
                if here is None:
                    known[number] = self._made(name, values)
                    made[name] = made.get(name, 0) + 1
                else:
                    known[number] = here
                    found[name] = found.get(name, 0) + 1
        return found, made

    def _values(self, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
        table = Base.metadata.tables[name]
        try:
            plain = {
                each: columns.read(columns.kind_of(table.c[each]), row[each])
                for each in plan.MATCHED[name]
                if each in row
            }
            return plan.moved(table, plain, lambda root, value: self.numbers[root][value])
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Unreadable("archive_row", member=name, row=row.get("id", 0)) from error

    def _here(self, name: str, values: Mapping[str, Any]) -> int | None:
        table = Base.metadata.tables[name]
        if name == "organization":
            return self._organization(table, values)
        key = plan.MATCHED[name][0]
        wanted = str(values[key])
        same = (
            table.c[key] == wanted if name == "programme" else sa.func.lower(table.c[key]) == wanted.lower()
        )
        found: int | None = self.session.scalar(
            sa.select(table.c.id).where(same).order_by(table.c.id).limit(1)
        )
        return found

    def _organization(self, table: sa.Table, values: Mapping[str, Any]) -> int | None:
        """By its registration code, its reference, or its name where only one has it."""
        for name in ("registration_code", "ref"):
            if values.get(name):
                query = sa.select(table.c.id).where(table.c[name] == values[name])
                known: int | None = self.session.scalar(query)
                if known is not None:
                    self._used.add(known)
                    return known
        same = sa.select(table.c.id).where(table.c.name == values["name"], table.c.id.not_in(self._used))
        if values.get("registration_code"):
            same = same.where(table.c.registration_code.is_(None))
        found: list[int] = list(self.session.scalars(same.limit(2)))
        if len(found) != 1:
            return None
        self._used.add(found[0])
        return found[0]

    def _made(self, name: str, values: Mapping[str, Any]) -> int:
        table = Base.metadata.tables[name]
        own: dict[str, Any] = dict(values)
        if name == "user_account":
            # No password and no confirmation: the owner of the address sets one, and only by a letter to it.
            own |= {"email": str(own["email"]).lower(), "ref": new_ref(), "fs_uniquifier": uuid4().hex}
            own |= {"active": True, "admin": False, "password": None}
        if name == "recipient":
            own["ref"] = new_ref()
        made = self.session.scalar(sa.insert(table).values(own).returning(table.c.id))
        if made is None:
            raise Unreadable("archive_refused", table=name)
        if name == "organization":
            self._used.add(made)
        return int(made)
