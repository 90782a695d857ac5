"""The state tables of everything that has a life: one shape, so buttons, clock and API ask the same rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from challenge.rules.errors import WrongState


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """States and the steps between them. `steps` holds (from, verb, to)."""

    name: str
    start: str
    steps: frozenset[tuple[str, str, str]]

    @property
    def states(self) -> frozenset[str]:
        """Every state that the table names."""
        return frozenset({self.start} | {a for a, _, _ in self.steps} | {b for _, _, b in self.steps})

    @property
    def verbs(self) -> frozenset[str]:
        """Every verb that the table names."""
        return frozenset(verb for _, verb, _ in self.steps)

    def allows(self, state: str, verb: str) -> bool:
        """Whether the verb has a row from this state."""
        return any(a == state and v == verb for a, v, _ in self.steps)

    def step(self, state: str, verb: str) -> str:
        """The state after the verb; raises `WrongState` naming the thing, its state and the verb."""
        for source, name, target in self.steps:
            if source == state and name == verb:
                return target
        raise WrongState("wrong_state", thing=self.name, state=state, verb=verb)


def _table(name: str, start: str, rows: Iterable[tuple[str, str, str]]) -> Lifecycle:
    steps = {(source, verb, target) for sources, verb, target in rows for source in sources.split("|")}
    return Lifecycle(name, start, frozenset(steps))


REQUIREMENT = _table(
    "requirement",
    "draft",
    (
        ("draft|returned", "submit", "submitted"),
        ("submitted", "return", "returned"),
        ("submitted", "reject", "rejected"),
        ("submitted", "publish", "published"),
        ("draft|submitted|returned|published", "withdraw", "withdrawn"),
        ("published", "select", "selected"),
        ("published", "fail", "failed"),
    ),
)

SUBMISSION = _table(
    "submission",
    "draft",
    (
        ("draft|submitted|withdrawn", "submit", "submitted"),
        ("submitted", "withdraw", "withdrawn"),
        ("withdrawn", "reinstate", "submitted"),
        ("submitted", "rule_out", "ineligible"),
        ("submitted", "select", "selected"),
        ("submitted", "pass_over", "not_selected"),
    ),
)

# Handed in and not taken back: what counts as received, and what an organizer may list.
ENTERED = ("submitted", "ineligible", "selected", "not_selected")
# What its team may still change, while the time for it lasts.
CHANGEABLE = ("draft", "submitted", "withdrawn")

ASSIGNMENT = _table(
    "assignment",
    "invited",
    (
        ("invited", "accept", "accepted"),
        ("invited", "decline", "declined"),
        ("invited|accepted", "recuse", "recused"),
        ("accepted", "complete", "completed"),
        ("invited|accepted", "abstain", "abstained"),
        ("completed", "reopen", "accepted"),
        ("invited|accepted", "replace", "replaced"),
    ),
)
# Promises a scorecard still, or gave one; of these, what is to be locked yet, and what the judge agreed to.
READING = ("invited", "accepted", "completed")
UNLOCKED = ("invited", "accepted")
TAKEN = ("accepted", "completed")
# Given back by the judge, with a reason: no scorecard will come of it.
GIVEN_BACK = ("abstained", "declined", "recused")

# A possible conflict of interest of a judge with an entry. What the data show for certain stands until it is
# overridden; what they only suggest is open until a person confirms or dismisses it.
CONFLICT = _table(
    "conflict",
    "open",
    (
        ("open|dismissed", "confirm", "confirmed"),
        ("open|confirmed", "dismiss", "dismissed"),
        ("open", "establish", "standing"),
        ("standing", "override", "overridden"),
        ("overridden", "restore", "standing"),
        ("dismissed", "reopen", "open"),
        ("overridden", "reopen", "standing"),
    ),
)

AWARD = _table(
    "award",
    "proposed",
    (
        ("proposed", "notify", "on_notice"),
        ("on_notice", "confirm", "confirmed"),
        ("proposed|on_notice", "withdraw", "withdrawn"),
    ),
)

# What an organizer holds against an entry: asked, answered within the period, decided with a reason.
SCREENING = _table(
    "screening",
    "open",
    (
        ("open", "reply", "answered"),
        ("open|answered", "dismiss", "dismissed"),
        ("open|answered", "uphold", "upheld"),
        ("open|answered", "escalate", "escalated"),
    ),
)

# One requirement on its way to one recipient, and what came back. Whoever said no, or passed it on, may still
# say yes; who is interested stays so, because somebody may have acted on it.
DISPATCH = _table(
    "dispatch",
    "queued",
    (
        ("queued", "send", "sent"),
        ("sent", "open", "opened"),
        ("sent|opened|declined|forwarded|bounced", "interest", "interested"),
        ("sent|opened|forwarded|bounced", "decline", "declined"),
        ("sent|opened|bounced", "forward", "forwarded"),
        ("queued|sent|opened", "expire", "expired"),
        # Refused for good, at once or by a report that came later; it may go anew once the address is mended.
        ("queued|sent|opened", "bounce", "bounced"),
        ("bounced", "send_anew", "queued"),
    ),
)
# Sent and not answered: who may be reminded.
SILENT = ("sent", "opened")

# A requirement in a broker's hands.
CARE = _table(
    "care",
    "offered",
    (
        ("offered", "claim", "claimed"),
        ("offered|claimed", "refuse", "refused"),
        ("claimed", "pass_on", "passed_on"),
    ),
)

# An expert's word on a requirement: asked for, taken on, handed in once.
DIAGNOSIS = _table(
    "diagnosis",
    "asked",
    (
        ("asked", "accept", "accepted"),
        ("asked|accepted", "decline", "declined"),
        ("asked|accepted", "call_off", "called_off"),
        ("accepted", "hand_in", "handed_in"),
    ),
)

DOCKING = _table(
    "docking",
    "planned",
    (
        ("planned", "hold", "held"),
        ("planned", "miss", "no_show"),
        ("planned", "cancel", "cancelled"),
    ),
)

TASK = _table(
    "task",
    "queued",
    (
        ("queued", "lease", "leased"),
        ("leased", "finish", "done"),
        ("leased", "retry", "queued"),
        ("leased", "give_up", "failed"),
        ("failed", "retry", "queued"),
    ),
)

# A technology on offer: what is retired stays with its owner and can come back.
ACHIEVEMENT = _table(
    "achievement",
    "draft",
    (
        ("draft|retired", "publish", "published"),
        ("draft|published", "retire", "retired"),
    ),
)

# A line of a centre's catalogue: what is retired takes no requests, and those that were made go on.
SERVICE = _table(
    "service",
    "draft",
    (
        ("draft|retired", "offer", "offered"),
        ("draft|offered", "retire", "retired"),
    ),
)

# What somebody asked of a centre. It can be handed to another person as long as it is not done.
SERVICE_REQUEST = _table(
    "service_request",
    "asked",
    (
        ("asked", "accept", "accepted"),
        ("asked|accepted|assigned", "assign", "assigned"),
        ("running", "assign", "running"),
        ("assigned", "begin", "running"),
        ("assigned|running", "finish", "done"),
        ("done", "close", "closed"),
        ("asked|accepted|assigned|running", "refuse", "refused"),
        ("asked|accepted|assigned|running", "cancel", "cancelled"),
    ),
)

# A course of a programme, and somebody's place in it.
COURSE = _table(
    "course",
    "draft",
    (
        ("draft", "publish", "published"),
        ("draft|published", "cancel", "cancelled"),
    ),
)
ENROLMENT = _table(
    "enrolment",
    "enrolled",
    (
        ("waiting", "move_up", "enrolled"),
        ("enrolled|waiting", "leave", "left"),
        ("left", "enrol", "enrolled"),
        ("left", "wait", "waiting"),
    ),
)

# A person and the confidential part of a requirement.
ACCESS = _table(
    "access",
    "asked",
    (
        ("asked|refused|revoked", "grant", "granted"),
        ("asked", "refuse", "refused"),
        ("granted", "revoke", "revoked"),
    ),
)

ALL: tuple[Lifecycle, ...] = (
    *(REQUIREMENT, SUBMISSION, ASSIGNMENT, AWARD, SCREENING, CONFLICT),
    *(DISPATCH, CARE, DIAGNOSIS, DOCKING, ACHIEVEMENT, ACCESS, TASK),
    *(SERVICE, SERVICE_REQUEST, COURSE, ENROLMENT),
)
