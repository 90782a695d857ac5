"""Who may take part in a round: checked rules as plain values, and which of them somebody does not meet.

Facts are those of whoever answers for a submission: its owner's address and account, and the organization on
whose behalf it is made. Every rule that is set must hold; an empty one lets everybody through.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from challenge.rules.errors import Invalid
from challenge.rules.regions import PROVINCES

PERSONS = "person"  # beside the types of organizations: somebody for themselves
LONGEST_LIST, MOST_DAYS, MOST_REGIONS = 2_000, 3650, 200
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")
_LOCAL = re.compile(r"[^\s@,;<>\"]{1,64}")
_CODE = re.compile(r"[1-9]\d{5}")
_BETWEEN = re.compile(r"[\s,;，；、]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a round asks for. `regions` are codes of six digits; their trailing pairs of zeros mean: any."""

    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    account_days: int = 0
    invited: tuple[str, ...] = ()  # addresses, and domains without an @

    def __bool__(self) -> bool:
        return bool(self.kinds or self.regions or self.account_days or self.invited)


@dataclass(frozen=True, slots=True)
class Body:
    """The organization on whose behalf somebody takes part; as persons, of kind `person` and no region."""

    kind: str = PERSONS
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who answers for it: address, and whole days since the account was made, by the database's clock."""

    address: str
    account_days: int


@dataclass(frozen=True, slots=True)
class Unmet:
    """A rule that is not met: `kind`, `region`, `account_age` or `invited`, with its figures."""

    code: str
    days: int = 0


def read(data: Mapping[str, Any]) -> Rules:
    """The rules as stored."""
    return Rules(
        tuple(data.get("kinds", ())),
        tuple(data.get("regions", ())),
        int(data.get("account_days", 0)),
        tuple(data.get("invited", ())),
    )


def write(rules: Rules) -> dict[str, Any]:
    """What is stored: nothing of what lets everybody through."""
    found: dict[str, Any] = {
        "kinds": list(rules.kinds),
        "regions": list(rules.regions),
        "account_days": rules.account_days,
        "invited": list(rules.invited),
    }
    return {name: value for name, value in found.items() if value}


def checked(kinds: Collection[str], known: Sequence[str], regions: str, days: int, invited: str) -> Rules:
    """The rules as they were typed. Raises `Invalid` at the first field that cannot be meant."""
    wrong = set(kinds) - {*known, PERSONS}
    if wrong:
        raise Invalid("kinds", "not_a_choice")
    if not 0 <= days <= MOST_DAYS:
        raise Invalid("account_days", "out_of_range", minimum=0, maximum=MOST_DAYS)
    chosen = tuple(kind for kind in (*known, PERSONS) if kind in kinds)
    # Every type chosen lets everybody through, as none does.
    kinds_kept = () if len(chosen) == len(known) + 1 else chosen
    return Rules(kinds_kept, _regions(regions), days, _invited(invited))


def _regions(text: str) -> tuple[str, ...]:
    names = {name: code for code, pair in PROVINCES.items() for name in (pair[0], pair[1].lower())}
    # "Inner Mongolia" and "Hong Kong" are two words: what stands between commas or on a line comes first.
    wanted: list[str] = []
    for part in re.split(r"[,;，；、\r\n]+", text):
        whole = part.strip()
        wanted += [whole] if whole.lower() in names else whole.split()
    found = [names.get(each.lower()) or names.get(each) or each for each in wanted]
    for each in found:
        if not _CODE.fullmatch(each) or f"{each[:2]}0000" not in PROVINCES:
            raise Invalid("regions", "entry_region_unknown", region=each[:40])
    if len(found) > MOST_REGIONS:
        raise Invalid("regions", "too_many_rows", most=MOST_REGIONS)
    return tuple(dict.fromkeys(found))


def _invited(text: str) -> tuple[str, ...]:
    found = [each.lower().removeprefix("@") for each in _BETWEEN.split(text) if each]
    for each in found:
        local, at, domain = each.rpartition("@")
        if not _DOMAIN.fullmatch(domain) or (at and not _LOCAL.fullmatch(local)):
            raise Invalid("invited", "not_an_address_or_domain", entry=each[:80])
    if len(found) > LONGEST_LIST:
        raise Invalid("invited", "too_many_rows", most=LONGEST_LIST)
    return tuple(dict.fromkeys(found))


def unmet(rules: Rules, person: Person, body: Body) -> list[Unmet]:
    """Every rule that is not met, in one order; empty where all are."""
    found = of_person(rules, person)
    if rules.kinds and body.kind not in rules.kinds:
        found.append(Unmet("kind"))
    if rules.regions and not any(within(body.region, each) for each in rules.regions):
        found.append(Unmet("region"))
    return found


def of_person(rules: Rules, person: Person) -> list[Unmet]:
    """The rules about the person alone: who is invited, and how old the account is."""
    found = []
    if rules.invited and not _is_invited(rules.invited, person.address):
        found.append(Unmet("invited"))
    if person.account_days < rules.account_days:
        found.append(Unmet("account_age", rules.account_days - person.account_days))
    return found


def nearest(rules: Rules, person: Person, bodies: Sequence[Body]) -> list[Unmet]:
    """What is not met whichever of these one would choose: that of the choice that lacks least."""
    lacking = [unmet(rules, person, body) for body in (*bodies, Body())]
    return min(lacking, key=len)


def within(region: str | None, code: str) -> bool:
    """Whether a region lies in the one that `code` names: a province, a city or a district."""
    return region is not None and region.startswith(prefix(code))


def prefix(code: str) -> str:
    """The digits of a code that say something: `620000` -> `62`."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def _is_invited(invited: Sequence[str], address: str) -> bool:
    address = address.strip().lower()
    domain = address.rpartition("@")[2]
    names = {address, domain}
    while "." in domain:  # a domain stands for those below it too
        domain = domain.partition(".")[2]
        names.add(domain)
    return not names.isdisjoint(invited)
