"""Who asks and what is asked for: plain values that features fill and the permission table reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from challenge.rules.actions import Action
from challenge.rules.stages import Stage


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that holds for something: ("organizer", "programme", 3)."""

    role: str
    scope: str
    scope_id: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `represents` holds the organizations that this person may speak for."""

    user_id: int | None = None
    admin: bool = False
    system: bool = False
    seen_by: int | None = None  # the administrator who looks on as this person
    grants: frozenset[Grant] = frozenset()
    represents: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()  # programmes that want a second factor, which this person lacks
    admin_barred: bool = False  # an administrator who lacks the one that this installation wants
    asked: set[Action] = field(default_factory=set, compare=False, repr=False)

    def holds(self, role: str, scope: str, scope_id: int | None) -> bool:
        """Whether this actor holds the role for exactly this thing."""
        return scope_id is not None and Grant(role, scope, scope_id) in self.grants

    def with_factor(self) -> Actor:
        """The same person as if a second factor were set up: what they could do then."""
        if not self.barred and not self.admin_barred:
            return self
        admin = self.admin or self.admin_barred
        return replace(self, barred=frozenset(), admin=admin, admin_barred=False)

    def holds_any(self, role: str) -> bool:
        """Whether this actor holds the role for anything at all."""
        return any(grant.role == role for grant in self.grants)


def managed(organizations: Iterable[int]) -> frozenset[Grant]:
    """What a manager holds: for each organization in reach the role itself, and to run what it hosts."""
    roles = ("manager", "organizer")
    return frozenset(Grant(role, "organization", each) for each in organizations for role in roles)


ANONYMOUS = Actor()
SYSTEM = Actor(system=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked for: facts only, collected by the feature that owns the thing."""

    kind: str = "platform"
    state: str | None = None
    stage: Stage | None = None
    open: frozenset[Stage] = frozenset()
    public: bool = False
    programme_id: int | None = None
    round_id: int | None = None
    host_id: int | None = None
    seeker_id: int | None = None
    author_id: int | None = None
    branch_id: int | None = None
    with_branch: bool = False  # it lies at the desk of its branch, before that of the organizer
    owner_id: int | None = None
    team: frozenset[int] = frozenset()
    judge_id: int | None = None
    chair_id: int | None = None
    broker_id: int | None = None  # who looks after the requirement
    expert_id: int | None = None  # whose opinion on the requirement was asked for
    conflicted: frozenset[int] = frozenset()
    mailbox_open: bool = False
    sealed: bool = False
    opened_to: frozenset[int] = frozenset()
    parties: frozenset[int] = frozenset()  # who may act for a party of the agreement
