"""The permission table that was agreed on, in words of its own: who may do what, in which situations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from challenge.rules import branches
from challenge.rules.actors import managed
from challenge.rules.lifecycles import REQUIREMENT
from challenge.rules.permissions import ANONYMOUS, SYSTEM, Actor, Grant, Subject
from challenge.rules.stages import Stage

ME, OWNER, SOMEBODY = 1, 2, 3
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
FREE_SEEKERS = frozenset({"seeker"})
SEEKERS = FREE_SEEKERS | {"seeker in conflict"}
OWNERS, MEMBERS = frozenset({"owner"}), frozenset({"owner", "member", "organizer in the team"})
LEAVERS = MEMBERS - OWNERS
FREE_JUDGES = frozenset({"judge"})
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
OUT = {"published", "selected", "failed", "withdrawn"}
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

# The table that was agreed on. One line says who may; the code's own table is held against it.
AGREED: dict[str, tuple[May, ...]] = {
    "page:read": (May(ANYONE),),
    "reader:set": (May(ANYONE),),
    "account:enter": (May(ANYONE),),
    "account:use": (May(PEOPLE),),
    "invitation:accept": (May(PEOPLE),),
    "mailbox:read": (May(ANYONE, mailbox=True), May(ADMINS)),
    "organization:create": (May(PEOPLE), May(SYSTEMS)),
    "organization:edit": (May(REPRESENTATIVES), May(ADMINS)),
    "organization:place": (May(ADMINS), May(SYSTEMS)),
    "manager:appoint": (May(CENTRES), May(ADMINS), May(SYSTEMS)),
    "branch:read": (May(CENTRES), May(ADMINS)),
    "organizer:appoint": (May(ORGANIZERS), May(ADMINS), May(SYSTEMS)),
    "broker:appoint": (May(ORGANIZERS), May(ADMINS)),
    "user:manage": (May(ADMINS), May(SYSTEMS)),
    "audit:read": (May(ORGANIZERS), May(ADMINS)),
    "programme:create": (May(HOSTS), May(ADMINS)),
    "programme:edit": (May(ORGANIZERS), May(ADMINS)),
    "round:read": (May(ANYONE, public=True), May(ORGANIZERS), May(ADMINS)),
    "round:control": (May(ORGANIZERS), May(ADMINS)),
    "round:edit": (May(ORGANIZERS, at=NOT_OVER),),
    "round:launch": (May(ORGANIZERS, at=NOT_OVER),),
    "round:extend": (May(ORGANIZERS, at=RUNNING),),
    "round:close_early": (May(ORGANIZERS, at=RUNNING),),
    "round:foresee": (May(ORGANIZERS, at={CALL, SUBMIT, JUDGE}),),
    "round:cancel": (May(ORGANIZERS, at=NOT_OVER | {CANCELLED}),),
    "announcement:post": (May(ORGANIZERS, at=set(Stage)),),
    "form:edit": (May(ORGANIZERS, at={DRAFT, CALL}), May(ORGANIZERS, while_open=SUBMIT)),
    "question:ask": (May(PEOPLE, at=RUNNING, public=True),),
    "question:answer": (May(ORGANIZERS), May(SEEKERS)),
    "resource:edit": (May(ORGANIZERS, at=NOT_OVER),),
    "resource:open": (May(ANYONE, public=True), May(ORGANIZERS)),
    "terms:accept": (May(PEOPLE, public=True),),
    "requirement:create": (May(SEEKERS, while_open=CALL), May(ORGANIZERS, at=NOT_OVER)),
    "requirement:enter": (May(ORGANIZERS, at=NOT_OVER), May(BROKERS, while_open=CALL)),
    "requirement:bring": (May(SEEKERS | BROKERS, while_open=CALL), May(ORGANIZERS, at=NOT_OVER)),
    "requirement:offer": (May(WRITING, OWN),),
    "requirement:confirm": (May(SEEKERS, OWN),),
    "requirement:edit": (May(SEEKERS, OWN), May(WRITING, OWN)),
    "requirement:submit": (May(SEEKERS, OWN), May(WRITING, OWN)),
    "requirement:withdraw": (May(SEEKERS | WRITING, OWN | {"submitted", "published"}),),
    "requirement:screen": (May(FREE_ORGANIZERS, {"submitted"}, desk=False),),
    "requirement:screen_first": (May(FREE_MANAGERS, {"submitted"}, desk=True),),
    "requirement:branch": (May(ORGANIZERS, HANDED_IN),),
    "requirement:read": (
        *(May(ANYONE, public=True), May(SEEKERS), May(WRITING)),
        May(ORGANIZERS | MANAGERS | ADMINS, HANDED_IN),
    ),
    "diagnosis:ask": (May(FREE_ORGANIZERS, {"submitted"}), May(FREE_MANAGERS, {"submitted"}, desk=True)),
    "diagnosis:read": (May(FREE_ORGANIZERS | FREE_MANAGERS, HANDED_IN),),
    "diagnosis:own": (May(EXPERTS),),
    "diagnosis:write": (May(FREE_EXPERTS, {"submitted"}),),
    "diagnosis:open": (May(TRUSTED, {"submitted"}),),
    "wording:take": (May(SEEKERS | WRITING, OWN),),
    "requirement:change": (May(SEEKERS | FREE_ORGANIZERS | WRITING, {"published"}),),
    "requirement:change_decide": (May(FREE_ORGANIZERS, {"published"}),),
    "submission:look": (May(MEMBERS),),
    "matches:read": (May(ORGANIZERS | BROKERS, {"published"}),),
    "requirement:read_confidential": (
        *(May(SEEKERS), May(WRITING)),
        May(FREE_ORGANIZERS | FREE_MANAGERS, HANDED_IN),
    ),
    "nda:edit": (May(ORGANIZERS, at=NOT_OVER),),
    "nda:accept": (May(PEOPLE, public=True),),
    "face:set": (May(SEEKERS | WRITING),),
    "face:ask": (May(PEOPLE, {"published"}, public=True),),
    "face:decide": (May(SEEKERS | FREE_ORGANIZERS | {"writing broker"}, OUT),),
    "face:invite": (May(SEEKERS | FREE_ORGANIZERS | CARING | {"writing broker"}, {"published"}),),
    "face:read": (May(OPENED, public=True),),
    "face:watch": (May(SEEKERS | WRITING), May(FREE_ORGANIZERS, HANDED_IN)),
    "redaction:settle": (
        May(SEEKERS | WRITING, OWN),
        May(FREE_ORGANIZERS, {"submitted"}, desk=False),
        May(FREE_MANAGERS, {"submitted"}, desk=True),
    ),
    "submission:create": (May(PEOPLE, while_open=SUBMIT, public=True),),
    "submission:edit": (May(MEMBERS, EDITABLE, while_open=SUBMIT),),
    "submission:submit": (May(MEMBERS, EDITABLE),),
    "submission:withdraw": (May(OWNERS, {"submitted"}),),
    "submission:reinstate": (May(OWNERS, {"withdrawn"}),),
    "submission:reply": (May(MEMBERS, {"submitted"}),),
    "team:manage": (May(OWNERS, EDITABLE, while_open=SUBMIT),),
    "team:describe": (May(MEMBERS, EDITABLE, while_open=SUBMIT),),
    "team:leave": (May(LEAVERS, EDITABLE, while_open=SUBMIT),),
    "submission:read": (
        *(May(MEMBERS), May(FREE_ORGANIZERS, ENTERED, sealed=False)),
        May(FREE_SEEKERS, STANDS, over=SUBMIT, sealed=False),
    ),
    "offer:note": (May(FREE_SEEKERS, STANDS, over=SUBMIT, sealed=False),),
    "submission:list": (May(ORGANIZERS),),
    "submission:extend": (May(FREE_ORGANIZERS, EDITABLE, at={SUBMIT, JUDGE}),),
    "submission:opt_in": (May(OWNERS, EDITABLE, while_open=SUBMIT),),
    "submission:enter": (May(SYSTEMS, EDITABLE),),
    "submission:screen": (May(FREE_ORGANIZERS, {"submitted"}, sealed=False),),
    "submission:rule_out": (May(FREE_ORGANIZERS, {"submitted"}, sealed=False),),
    "requirement:place": (May(ORGANIZERS, at={DRAFT, CALL, SUBMIT}),),
    "teammates:read": (
        May(PEOPLE, at={CALL}, public=True),
        May(PEOPLE, while_open=SUBMIT, public=True),
        May(ORGANIZERS),
    ),
    "teammates:write": (May(PEOPLE, at={CALL}, public=True), May(PEOPLE, while_open=SUBMIT, public=True)),
    "teammates:edit": (May(WRITERS, at={CALL}), May(WRITERS, while_open=SUBMIT)),
    "teammates:hide": (May(ORGANIZERS),),
    "likeness:read": (May(FREE_ORGANIZERS, over=SUBMIT, sealed=False),),
    "gallery:decide": (May(OWNERS, {"selected", "not_selected"}),),
    "judge:invite": (May(ORGANIZERS, at=NOT_OVER),),
    "judge:assign": (May(ORGANIZERS, at={SUBMIT, JUDGE}),),
    "rubric:edit": (
        May(ORGANIZERS, at={DRAFT, CALL, SUBMIT}),
        May(ORGANIZERS, {"planned"}, at={JUDGE}),
    ),
    "phase:edit": (May(ORGANIZERS, at={DRAFT, CALL, SUBMIT, JUDGE}),),
    "phase:carry": (May(ORGANIZERS, {"over"}, at={JUDGE, AWARD}),),
    "phase:close": (May(SYSTEMS),),
    "phase:judge": (May(JUDGES, over=SUBMIT, sealed=False),),
    "vote:cast": (May(VOTERS, public=True),),
    "assignment:read": (May(FREE_JUDGES, {"accepted", "completed"}, over=SUBMIT, sealed=False),),
    "assignment:declare": (May(JUDGES, {"invited"}),),
    "assignment:recuse": (May(JUDGES, {"invited", "accepted"}),),
    "assignment:replace": (May(ORGANIZERS, at={SUBMIT, JUDGE}),),
    "score:save": (May(FREE_JUDGES, {"accepted", "completed"}),),
    "score:lock": (May(FREE_JUDGES, {"accepted", "completed"}),),
    "ranking:read": (May(ORGANIZERS), May(ADMINS)),
    "ranking:fix": (
        May(ORGANIZERS, at=OUTCOME, over=JUDGE),
        May(ORGANIZERS, {"over"}, at={JUDGE}),
        May(SYSTEMS),
    ),
    "tie:decide": (May(ORGANIZERS, at=OUTCOME, over=JUDGE), May(ORGANIZERS, {"over"}, at={JUDGE})),
    "on_site:edit": (May(ORGANIZERS, at={DRAFT, CALL, SUBMIT, JUDGE}),),
    "draw:make": (May(ORGANIZERS, at={SUBMIT, JUDGE}, over=SUBMIT),),
    "stage:chair": (May(ORGANIZERS | CHAIRS, at={JUDGE, AWARD}),),
    "screen:read": (May(ANYONE, public=True), May(ORGANIZERS | CHAIRS)),
    "paper:enter": (May(ORGANIZERS, at={JUDGE}),),
    "invitation:decline": (May(ANYONE),),
    "tie:bring": (May(ORGANIZERS | ADMINS | SYSTEMS),),
    "conflict:read": (May(ORGANIZERS, sealed=False),),
    "conflict:decide": (May(FREE_ORGANIZERS, at={SUBMIT, JUDGE}, sealed=False),),
    "assignment:abstain": (May(JUDGES, {"invited", "accepted"}),),
    "score:ask": (May(FREE_JUDGES, {"completed"}),),
    "score:read": (May(FREE_ORGANIZERS),),
    "score:reopen": (May(FREE_ORGANIZERS),),
    "discussion:write": (May(FREE_JUDGES, {"completed"}, at={JUDGE}),),
    "judge:watch": (May(ORGANIZERS),),
    "judge:remind": (May(ORGANIZERS, at={JUDGE}), May(SYSTEMS)),
    "feedback:read": (May(ORGANIZERS),),
    "feedback:edit": (May(FREE_ORGANIZERS, at={SUBMIT, JUDGE, AWARD, CLOSED}),),
    "feedback:release": (May(ORGANIZERS, at={JUDGE, AWARD, CLOSED}),),
    "award:propose": (May(FREE_ORGANIZERS, at=OUTCOME),),
    "award:confirm": (May(FREE_SEEKERS, at=OUTCOME),),
    "award:override": (May(FREE_ORGANIZERS, at=OUTCOME),),
    "award:notice": (May(ORGANIZERS, at=OUTCOME),),
    "award:publish": (May(ORGANIZERS, at=OUTCOME),),
    "care:take": (May(BROKERS, {"published"}),),
    "care:leave": (May(CARING),),
    "contacts:edit": (May(ORGANIZERS | BROKERS),),
    "distribution:read": (May(ORGANIZERS | BROKERS),),
    "distribution:send": (May(ORGANIZERS | CARING, {"published"}),),
    "dispatch:answer": (May(ANYONE),),
    "docking:list": (May(ORGANIZERS | BROKERS),),
    "docking:read": (May(ORGANIZERS | CARING | SEEKERS | MEMBERS),),
    "docking:plan": (May(ORGANIZERS | CARING | SEEKERS),),
    "docking:settle": (May(ORGANIZERS | CARING | SEEKERS),),
    "docking:judge": (May(SEEKERS | MEMBERS),),
    "results:read": (May(ANYONE, public=True), May(ORGANIZERS), May(ADMINS)),
    "achievement:create": (May(REPRESENTATIVES | OWNERS),),
    "achievement:edit": (May(REPRESENTATIVES | OWNERS),),
    "achievement:publish": (May(REPRESENTATIVES | OWNERS),),
    "achievement:retire": (May(REPRESENTATIVES | OWNERS | ADMINS),),
    "achievement:read": (May(ANYONE, public=True), May(REPRESENTATIVES | OWNERS | OPENED)),
    "achievement:read_confidential": (May(REPRESENTATIVES | OWNERS | OPENED),),
    "search:stop": (May(ANYONE),),
    "service:create": (May(HOSTS),),
    "service:edit": (May(OFFERING),),
    "service:read": (May(ANYONE, public=True), May(OFFERING)),
    "service:desk": (May(OFFERING),),
    "service:ask": (
        May(SEEKERS, public=True),
        May(CARING, {"published"}, public=True),
        May(ORGANIZERS | WRITING, HANDED_IN, public=True),
    ),
    "service:request_read": (May(SEEKERS | WRITERS | OPENED | FREE_OFFERING),),
    "service:note": (May(SEEKERS | WRITERS | OPENED | FREE_OFFERING),),
    "service:run": (May(FREE_OFFERING),),
    "service:work": (May(OPENED | FREE_OFFERING),),
    "service:settle": (May(SEEKERS | WRITERS),),
    "course:edit": (May(ORGANIZERS),),
    "course:run": (May(ORGANIZERS),),
    "course:read": (May(ANYONE, public=True), May(ORGANIZERS)),
    "course:enrol": (May(PEOPLE, {"published"}, public=True),),
    "course:leave": (May(MEMBERS),),
    "course:check_in": (May(MEMBERS, {"published"}),),
    "certificate:issue": (May(ORGANIZERS),),
    "certificate:revoke": (May(ORGANIZERS),),
    "certificate:read": (May(OWNERS | ORGANIZERS),),
    "certificate:unname": (May(OWNERS),),
}
