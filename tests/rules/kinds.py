"""Every kind of actor, by what they are to the thing in question; and how an agreement is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from challenge.rules import branches
from challenge.rules.actors import managed
from challenge.rules.lifecycles import REQUIREMENT
from challenge.rules.permissions import ANONYMOUS, SYSTEM, Actor, Grant, Subject
from challenge.rules.stages import Stage

ME, OWNER, SOMEBODY = 1, 2, 3
ROUND = 50
PROGRAMME, HOST, BRANCH, SIBLING, SEEKER = 10, 20, 22, 23, 30
ORGANIZING = frozenset({Grant("organizer", "programme", PROGRAMME)})
BROKING = frozenset({Grant("broker", "programme", PROGRAMME)})
HOSTING = frozenset({Grant("organizer", "organization", HOST)})
ELSEWHERE = frozenset({Grant("organizer", "programme", 11), Grant("organizer", "organization", 21)})
JUDGING = frozenset({Grant("judge", "phase", 40)})

# The host is the centre of two branches: a manager's grant reaches over what lies below.
TREE = {HOST: None, BRANCH: HOST, SIBLING: HOST}


def managing(*roots: int) -> frozenset[Grant]:
    """What somebody holds who manages these organizations, as the Actor has it."""
    return managed(branches.reach(TREE, roots))


Kind = tuple[Actor, dict[str, Any]]
# Who asks, and what of the thing is theirs.
KINDS: dict[str, Kind] = {
    "anonymous": (ANONYMOUS, {}),
    "system": (SYSTEM, {}),
    "user": (Actor(ME), {}),
    "admin": (Actor(ME, admin=True), {}),
    "admin in conflict": (Actor(ME, admin=True), {"conflicted": {ME}}),
    "organizer": (Actor(ME, grants=ORGANIZING), {}),
    "host": (Actor(ME, grants=HOSTING), {}),
    "author": (Actor(ME, grants=ORGANIZING), {"author_id": ME}),
    "broker": (Actor(ME, grants=BROKING), {}),
    "writing broker": (Actor(ME, grants=BROKING), {"author_id": ME}),
    "organizer in conflict": (Actor(ME, grants=ORGANIZING), {"conflicted": {ME}}),
    "organizer in the team": (Actor(ME, grants=ORGANIZING), {"team": {OWNER, ME}}),
    "other organizer": (Actor(ME, grants=ELSEWHERE), {}),
    "former organizer": (Actor(ME), {"author_id": ME}),
    "centre": (Actor(ME, grants=managing(HOST)), {}),
    "branch": (Actor(ME, grants=managing(BRANCH)), {}),
    "branch in conflict": (Actor(ME, grants=managing(BRANCH)), {"conflicted": {ME}}),
    "sibling": (Actor(ME, grants=managing(SIBLING)), {}),
    "representative": (Actor(ME, represents=frozenset({HOST})), {}),
    "seeker": (Actor(ME, represents=frozenset({SEEKER})), {}),
    "seeker in conflict": (Actor(ME, represents=frozenset({SEEKER})), {"conflicted": {ME}}),
    "other seeker": (Actor(ME, represents=frozenset({31})), {}),
    "owner": (Actor(ME), {"owner_id": ME, "team": {ME}}),
    "member": (Actor(ME), {"team": {OWNER, ME}}),
    "judge": (Actor(ME, grants=JUDGING), {"judge_id": ME}),
    "judge in conflict": (Actor(ME, grants=JUDGING), {"judge_id": ME, "conflicted": {ME}}),
    "other judge": (Actor(ME, grants=JUDGING), {}),
    "chair": (Actor(ME), {"chair_id": ME}),
    "opened to": (Actor(ME), {"opened_to": {ME}}),
    "caring broker": (Actor(ME, grants=BROKING), {"broker_id": ME}),
    "former broker": (Actor(ME), {"broker_id": ME}),
    "expert": (Actor(ME), {"expert_id": ME}),
    "expert in conflict": (Actor(ME), {"expert_id": ME, "opened_to": {ME}, "conflicted": {ME}}),
    "trusted expert": (Actor(ME), {"expert_id": ME, "opened_to": {ME}}),
    "party": (Actor(ME), {"parties": {ME}}),
    "auditor": (Actor(ME, grants=frozenset({Grant("auditor", "programme", PROGRAMME)})), {}),
    "auditor of the round": (Actor(ME, grants=frozenset({Grant("auditor", "round", ROUND)})), {}),
    "auditor in conflict": (
        Actor(ME, grants=frozenset({Grant("auditor", "programme", PROGRAMME)})),
        {"conflicted": {ME}},
    ),
    "auditor elsewhere": (Actor(ME, grants=frozenset({Grant("auditor", "round", 51)})), {}),
    "other broker": (Actor(ME, grants=frozenset({Grant("broker", "programme", 11)})), {}),
}
ANYONE = frozenset(KINDS)
PEOPLE = ANYONE - {"anonymous", "system"}
ADMINS = frozenset({"admin", "admin in conflict"})
FREE_ORGANIZERS = frozenset({"organizer", "host", "author", "centre"})
ORGANIZERS = FREE_ORGANIZERS | {"organizer in conflict", "organizer in the team"}
CENTRES = frozenset({"centre"})
FREE_MANAGERS = CENTRES | {"branch"}  # of the requirement's branch; the sibling is in no line of the table
MANAGERS = FREE_MANAGERS | {"branch in conflict"}
HOSTS, AUTHORS, SYSTEMS = frozenset({"host", "centre"}), frozenset({"author"}), frozenset({"system"})
CARING, WRITING = frozenset({"caring broker"}), frozenset({"author", "writing broker"})
BROKERS = CARING | {"broker", "writing broker"}
WRITERS = WRITING | {"former organizer"}
REPRESENTATIVES = frozenset({"representative"})
PARTIES = frozenset({"party"})  # of the agreement
FREE_SEEKERS = frozenset({"seeker"})
SEEKERS = FREE_SEEKERS | {"seeker in conflict"}
OWNERS, MEMBERS = frozenset({"owner"}), frozenset({"owner", "member", "organizer in the team"})
LEAVERS = MEMBERS - OWNERS
FREE_JUDGES = frozenset({"judge"})
AUDITORS = frozenset({"auditor", "auditor of the round"})
CHAIRS = frozenset({"chair"})
FREE_OFFERING = HOSTS | {"branch"}  # of a service: the centre, and the branch that provides it
OFFERING = FREE_OFFERING | {"branch in conflict"}
TRUSTED = frozenset({"trusted expert"})
FREE_EXPERTS = TRUSTED | {"expert"}
EXPERTS = FREE_EXPERTS | {"expert in conflict"}
OPENED = TRUSTED | {"opened to", "expert in conflict"}
JUDGES = FREE_JUDGES | {"judge in conflict"}
VOTERS = PEOPLE - MEMBERS - {name for name in KINDS if "conflict" in name}

DRAFT, CALL, SUBMIT, JUDGE, AWARD, CLOSED, CANCELLED = Stage
RUNNING = {CALL, SUBMIT, JUDGE, AWARD}
NOT_OVER = RUNNING | {DRAFT}
OUTCOME = {AWARD, CLOSED}
OWN = {"draft", "returned"}
HANDED_IN = set(REQUIREMENT.states) - {"draft"}
AGREEABLE = {"published", "selected", "failed", "agreed", "delivered"}
OUT = {"published", "selected", "agreed", "delivered", "failed", "withdrawn"}
EDITABLE = {"draft", "submitted", "withdrawn"}
ENTERED = {"submitted", "ineligible", "selected", "not_selected"}
STANDS = ENTERED - {"ineligible"}


@dataclass(frozen=True)
class May:
    """Who may, and in which situations; what is not named does not matter."""

    who: frozenset[str]
    states: set[str] | None = None
    at: set[Stage] | None = None
    while_open: Stage | None = None
    over: Stage | None = None
    public: bool = False
    mailbox: bool = False
    sealed: bool = True  # whether they may also while a seal lies on what was entered
    desk: bool | None = None  # whether it lies at its branch's desk

    def covers(self, about: Subject) -> bool:
        """Whether the situation is one of them."""
        return (
            (self.states is None or about.state in self.states)
            and (self.at is None or about.stage in self.at)
            and (self.while_open is None or self.while_open in about.open)
            and (self.over is None or (self.over not in about.open and about.stage in REACHED[self.over]))
            and (about.public or not self.public)
            and (about.mailbox_open or not self.mailbox)
            and (self.sealed or not about.sealed)
            and (self.desk is None or self.desk == about.with_branch)
        )


REACHED = {SUBMIT: {SUBMIT, JUDGE, AWARD, CLOSED}, JUDGE: {JUDGE, AWARD, CLOSED}}
