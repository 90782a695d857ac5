"""The registry of technology contracts (技术合同认定登记): what it asks, and what is lacking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from challenge.rules.agreements import CONTRACTS, Terms
from challenge.rules.errors import Invalid
from challenge.rules.registration import credit_code

# What of ours is which contract there: shares for a technology are registered as its transfer.
KINDS: Mapping[str, tuple[str, ...]] = {
    "development": ("development",),
    "transfer": ("transfer",),
    "licence": ("licence",),
    "service": ("service", "consulting"),
    "equity": ("transfer",),
}
CONTRACT_KINDS = ("development", "transfer", "licence", "consulting", "service")
PAYMENTS = ("lump_sum", "instalments", "commission", "entry_and_commission")
# Patents, secrets, software, layouts of circuits, plant varieties, drugs, designs, or none.
IP_KINDS = (
    *("invention", "utility_model", "design_patent", "secret", "software"),
    *("circuit", "plant", "drug", "design_right", "no_ip"),
)
AREAS = (
    *("electronics", "aerospace", "manufacturing", "biomedicine", "materials", "energy"),
    *("environment", "nuclear", "agriculture", "transport", "urban"),
)
GOALS = (  # GB/T 24450, classes of social and economic goals
    *("goal_environment", "goal_energy", "goal_health", "goal_education", "goal_infrastructure"),
    *("goal_society", "goal_earth", "goal_space", "goal_agriculture", "goal_industry"),
    *("goal_research", "goal_other", "goal_defence"),
)
SOURCES = ("national", "ministry", "province", "city", "unplanned")
YES_NO = ("yes", "no")
NUMBER, REASON = 60, 500


@dataclass(frozen=True, slots=True)
class Facts:
    """What the registry asks beside the terms; what is not said yet is empty."""

    contract_kind: str = ""
    technology_minor: int | None = None  # of the total, what is paid for the technology itself
    payment: str = ""
    ip_kind: str = ""
    area: str = ""
    goal: str = ""
    source: str = ""  # of the plan from which the project comes
    listed: str = ""  # a party is listed on a stock exchange
    foreign: str = ""  # or a foreign one


CHOICES: Mapping[str, tuple[str, ...]] = {
    "contract_kind": CONTRACT_KINDS,
    "payment": PAYMENTS,
    "ip_kind": IP_KINDS,
    "area": AREAS,
    "goal": GOALS,
    "source": SOURCES,
    "listed": YES_NO,
    "foreign": YES_NO,
}


def kept(facts: Facts) -> dict[str, Any]:
    """The facts as JSON keeps them."""
    return asdict(facts)


def told(terms: Terms, found: Mapping[str, Any]) -> Facts:
    """Such JSON as facts again; what was never said comes from the terms, where they say it."""
    kinds = KINDS.get(terms.kind, ())
    paid = {"once": "lump_sum", "instalments": "instalments", "royalty": "commission"}
    usual = {
        "contract_kind": kinds[0] if len(kinds) == 1 else "",
        "technology_minor": terms.total_minor,
        "payment": paid.get(terms.payment, ""),
    }
    names = {each.name for each in fields(Facts)}
    return Facts(**{**usual, **{name: value for name, value in found.items() if name in names}})


def check(terms: Terms, facts: Facts) -> list[Invalid]:
    """What is wrong with what was written; what is left empty is not, until it is filed."""
    faults = [
        Invalid(name, "not_a_choice")
        for name, codes in CHOICES.items()
        if getattr(facts, name) and getattr(facts, name) not in codes
    ]
    if facts.contract_kind in CONTRACT_KINDS and facts.contract_kind not in KINDS.get(terms.kind, ()):
        faults.append(Invalid("contract_kind", "registry_kind_differs"))
    total, technology = terms.total_minor, facts.technology_minor
    if technology is not None and (technology < 0 or (total is not None and technology > total)):
        faults.append(Invalid("technology_minor", "technology_above_total"))
    return faults


def missing(terms: Terms, facts: Facts) -> list[tuple[str, str]]:
    """What the registry asks and nobody has said: (code, of which side), in the order of its form."""
    found: list[tuple[str, str]] = []
    for party in terms.parties:
        found += [(f"party_{name}", party.side) for name in ("name", "code") if not getattr(party, name)]
        found += [("party_code_wrong", party.side)] if party.code and not _code(party.code) else []
    if {"seeker", "solver"} - {party.side for party in terms.parties}:
        found.append(("party", ""))
    found += [("total", "")] if terms.total_minor is None else []
    found += [("technology_minor", "")] if facts.technology_minor is None else []
    found += [(name, "") for name in CHOICES if not getattr(facts, name)]
    found += [(name, "") for name in ("starts_on", "ends_on") if getattr(terms, name) is None]
    return found


def registrable(terms: Terms) -> bool:
    """Whether the registry takes such agreements: an intent binds to nothing, so it does not."""
    return terms.kind in CONTRACTS


def _code(text: str) -> bool:
    try:
        return credit_code("code", text) is not None
    except Invalid:
        return False
