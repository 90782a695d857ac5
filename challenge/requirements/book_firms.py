"""Whose the needs of a workbook are: organizations that are here, and firms to be registered with their need.

One registration code is one organization; without one, one name is. A firm that nobody speaks for here gets a
link to claim its need, so it has to say at which address it is reached.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from challenge.accounts import organizations
from challenge.accounts import queries as people
from challenge.accounts.organizations import Facts
from challenge.requirements import on_behalf
from challenge.requirements.sheet_contents import Reading
from challenge.rules import registration
from challenge.rules.errors import Invalid, InvalidMany

CELLS = {"name": "seeker", "registration_code": "seeker_code", "region": "region"}


@dataclass(frozen=True, slots=True)
class Firm:
    """A seeker: here under a number, or to be registered. `facts` where nobody speaks for it."""

    id: int | None
    facts: Facts | None = None

    @property
    def key(self) -> object:
        """By what two needs of one seeker are told."""
        return self.id or self.facts


class Firms:
    """The seekers that one workbook names. `posts`: whether needs of those who speak are taken as well."""

    def __init__(self, session: Session, *, posts: bool) -> None:
        self._session = session
        self._posts = posts
        self._found: dict[tuple[str, str], Firm | tuple[str, Invalid]] = {}
        self._coming: list[Facts] = []

    def of(self, reading: Reading) -> Firm | None:
        """The seeker of one need; where there is none, the reading has the fault."""
        key = (reading.seeker.text, reading.code.text)
        if key not in self._found:
            try:
                self._found[key] = self._look(*key, reading.content.region)
            except (Invalid, InvalidMany) as refusal:
                first = refusal.faults[0] if isinstance(refusal, InvalidMany) else refusal
                self._found[key] = (CELLS.get(first.field, first.field), first)
        found = self._found[key]
        if isinstance(found, tuple):
            name, fault = found
            reading.fault(reading.raw.cells[name].at, fault.code, **fault.params)
            return None
        if found.facts is not None and not reading.content.contact_email:
            reading.fault(reading.raw.cells["contact_email"].at, "firm_without_address")
        return found

    def _look(self, text: str, code: str, region: str) -> Firm:
        kept = registration.credit_code("seeker_code", code)
        if not text and kept is None:
            raise Invalid("seeker", "required")
        numbers = people.organizations_named(self._session, kept or text)
        if not numbers and kept is not None and text:
            facts = Facts(name=text, registration_code=kept)
            like = organizations.like(self._session, facts)
            numbers = [like.id] if like is not None else []
        if len(numbers) > 1:
            raise Invalid("seeker", "seeker_several")
        if numbers:
            return self._here(numbers[0])
        if not text or _is_code(text):
            raise Invalid("seeker", "firm_without_name")
        new = Facts(name=text, region=region or None, registration_code=kept)
        return Firm(None, self._new(organizations.checked(new)))

    def _here(self, number: int) -> Firm:
        if not on_behalf.speakers(self._session, number):
            here = organizations.by_id(self._session, number)
            return Firm(number, Facts(name=here.name, registration_code=here.registration_code))
        if not self._posts:
            raise Invalid("seeker", "organization_speaks")
        return Firm(number)

    def _new(self, facts: Facts) -> Facts:
        """The firm as it was named first: two rows with one code are one, and so are two with one name."""
        for known in self._coming:
            same = facts.registration_code == known.registration_code
            if same and facts.registration_code:
                return known
            if facts.name == known.name and not (facts.registration_code and known.registration_code):
                return known
        self._coming.append(facts)
        return facts


def _is_code(text: str) -> bool:
    try:
        return registration.credit_code("seeker", text) is not None
    except Invalid:
        return False
