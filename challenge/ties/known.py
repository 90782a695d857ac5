"""The register of organizations, read once to look names and registration codes up in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, OrganizationAlias
from challenge.rules.conflicts import name_key


@dataclass(frozen=True, slots=True)
class Register:
    """Every organization by what it is called: its names, former ones, its registration code."""

    by_key: Mapping[str, frozenset[int]]
    names: Mapping[int, str]

    @classmethod
    def read(cls, session: Session) -> Register:
        """The register as it is (two statements)."""
        found: dict[str, set[int]] = defaultdict(set)
        names: dict[int, str] = {}
        columns = (Organization.id, Organization.name, Organization.name_en, Organization.registration_code)
        for number, name, *others in session.execute(sa.select(*columns)):
            names[number] = name
            for each in (name, *others):
                found[name_key(each or "")].add(number)
        aliases = sa.select(OrganizationAlias.name_key, OrganizationAlias.organization_id)
        for key, number in session.execute(aliases):
            found[key].add(number)
        found.pop("", None)
        return cls({key: frozenset(numbers) for key, numbers in found.items()}, names)

    def find(self, text: str) -> int | None:
        """The one organization of this name or code; None where there is none, or more than one."""
        numbers = self.by_key.get(name_key(text), frozenset())
        return next(iter(numbers)) if len(numbers) == 1 else None

    def name_of(self, number: int | None) -> str:
        """What it is called; '' for None."""
        return self.names.get(number, "") if number is not None else ""
