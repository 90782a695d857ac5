"""How many entries a round takes of one and the same, who may take part, and the right of reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rounds import gate
from challenge.rounds.models import Round
from challenge.rounds.queries import subject_of
from challenge.rules import eligibility
from challenge.rules.eligibility import Rules
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, Actor, require

# name -> lowest, highest; an optional one may also be none: as many as one likes.
RANGES: Mapping[str, tuple[int, int]] = {
    "max_members": (1, 100),
    "max_per_solver": (1, 1000),
    "max_per_organization": (1, 1000),
    "max_per_requirement": (1, 1000),
    "reply_days": (0, 60),
}
OPTIONAL = ("max_per_solver", "max_per_organization", "max_per_requirement")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the page of the rules of entry holds."""

    max_members: int = 20
    max_per_solver: int | None = None
    max_per_organization: int | None = None
    max_per_requirement: int | None = None
    reply_days: int = 3
    rules: Rules = field(default_factory=Rules)


def change(session: Session, actor: Actor, round_id: int, entry: Entry) -> Round:
    """Set them, until the round is over. Nothing that was entered is thrown out by it.

    They hold for what is begun or submitted from here on, submitting again included; what stands already and
    does not meet them is shown to the organizer. Raises `InvalidMany` with every fault at its field.
    """
    held = gate.hold(session, round_id, exclusive=True)
    round_ = held.round
    require(actor, Action.ROUND_EDIT, subject_of(round_, held.now))
    faults = _faults(entry)
    if faults:
        raise InvalidMany(faults)
    wanted = {name: getattr(entry, name) for name in RANGES} | {"eligibility": eligibility.write(entry.rules)}
    changed = [name for name, value in wanted.items() if getattr(round_, name) != value]
    if not changed:
        return round_
    for name in changed:
        setattr(round_, name, wanted[name])
    round_.version += 1
    session.flush()
    # The list of those who are invited stays out of the chain: it holds addresses.
    shown = {name: wanted[name] for name in changed if name != "eligibility"}
    rules = {key: value for key, value in wanted["eligibility"].items() if key != "invited"}
    chain.record(
        session,
        actor,
        "round.entry_changed",
        f"round:{round_id}",
        chain=chain.round_chain(round_id),
        at=held.now,
        **shown,
        **({"eligibility": rules, "invited": len(entry.rules.invited)} if "eligibility" in changed else {}),
    )
    return round_


def of_round(round_: Round) -> Entry:
    """As the round has them."""
    rules = eligibility.read(round_.eligibility)
    return Entry(**{name: getattr(round_, name) for name in RANGES}, rules=rules)


def _faults(entry: Entry) -> list[Invalid]:
    found = []
    for name, (low, high) in RANGES.items():
        value = getattr(entry, name)
        fits = (value is None and name in OPTIONAL) or (value is not None and low <= value <= high)
        if not fits:
            found.append(Invalid(name, "out_of_range", minimum=low, maximum=high))
    return found
