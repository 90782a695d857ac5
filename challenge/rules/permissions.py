"""The ONE permission table: action -> who, for what, in which state. Default is no.

A row is a tuple of predicates that must all hold; any row of an action suffices. Predicates read facts
of an `Actor` and a `Subject`, both plain values, so the whole matrix is walked without a database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from challenge.rules.errors import NotAllowed
from challenge.rules.stages import Stage


class Action(StrEnum):
    """Everything that can be asked for."""

    PAGE_READ = "page:read"
    READER_SET = "reader:set"
    ACCOUNT_USE = "account:use"
    ACCOUNT_ENTER = "account:enter"
    INVITATION_ACCEPT = "invitation:accept"
    MAILBOX_READ = "mailbox:read"
    ORGANIZATION_CREATE = "organization:create"
    ORGANIZATION_EDIT = "organization:edit"
    ORGANIZER_APPOINT = "organizer:appoint"
    USER_MANAGE = "user:manage"
    AUDIT_READ = "audit:read"
    PROGRAMME_CREATE = "programme:create"
    PROGRAMME_EDIT = "programme:edit"
    ROUND_READ = "round:read"
    ROUND_CONTROL = "round:control"
    ROUND_EDIT = "round:edit"
    ROUND_LAUNCH = "round:launch"
    ROUND_EXTEND = "round:extend"
    ROUND_CLOSE_EARLY = "round:close_early"
    ROUND_CANCEL = "round:cancel"
    ANNOUNCEMENT_POST = "announcement:post"
    QUESTION_ASK = "question:ask"
    QUESTION_ANSWER = "question:answer"
    REQUIREMENT_CREATE = "requirement:create"
    REQUIREMENT_EDIT = "requirement:edit"
    REQUIREMENT_SUBMIT = "requirement:submit"
    REQUIREMENT_WITHDRAW = "requirement:withdraw"
    REQUIREMENT_SCREEN = "requirement:screen"
    REQUIREMENT_READ = "requirement:read"
    REQUIREMENT_READ_CONFIDENTIAL = "requirement:read_confidential"
    SUBMISSION_CREATE = "submission:create"
    SUBMISSION_EDIT = "submission:edit"
    SUBMISSION_SUBMIT = "submission:submit"
    SUBMISSION_WITHDRAW = "submission:withdraw"
    SUBMISSION_READ = "submission:read"
    SUBMISSION_RULE_OUT = "submission:rule_out"
    TEAM_MANAGE = "team:manage"
    TEAM_LEAVE = "team:leave"
    JUDGE_INVITE = "judge:invite"
    JUDGE_ASSIGN = "judge:assign"
    RUBRIC_EDIT = "rubric:edit"
    ASSIGNMENT_READ = "assignment:read"
    ASSIGNMENT_DECLARE = "assignment:declare"
    ASSIGNMENT_RECUSE = "assignment:recuse"
    ASSIGNMENT_REPLACE = "assignment:replace"
    SCORE_SAVE = "score:save"
    SCORE_LOCK = "score:lock"
    RANKING_READ = "ranking:read"
    RANKING_FIX = "ranking:fix"
    AWARD_PROPOSE = "award:propose"
    AWARD_CONFIRM = "award:confirm"
    AWARD_OVERRIDE = "award:override"
    AWARD_NOTICE = "award:notice"
    AWARD_PUBLISH = "award:publish"
    RESULTS_READ = "results:read"


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
    grants: frozenset[Grant] = frozenset()
    represents: frozenset[int] = frozenset()
    asked: set[Action] = field(default_factory=set, compare=False, repr=False)

    def holds(self, role: str, scope: str, scope_id: int | None) -> bool:
        """Whether this actor holds the role for exactly this thing."""
        return scope_id is not None and Grant(role, scope, scope_id) in self.grants

    def holds_any(self, role: str) -> bool:
        """Whether this actor holds the role for anything at all."""
        return any(grant.role == role for grant in self.grants)


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
    host_id: int | None = None
    seeker_id: int | None = None
    author_id: int | None = None
    owner_id: int | None = None
    team: frozenset[int] = frozenset()
    judge_id: int | None = None
    conflicted: frozenset[int] = frozenset()
    mailbox_open: bool = False


Predicate = Callable[[Actor, Subject], bool]
Row = tuple[Predicate, ...]


def anyone(_actor: Actor, _subject: Subject) -> bool:
    """Whoever asks, signed in or not."""
    return True


def signed_in(actor: Actor, _subject: Subject) -> bool:
    """A confirmed account."""
    return actor.user_id is not None


def admin(actor: Actor, _subject: Subject) -> bool:
    """A platform administrator."""
    return actor.admin


def system(actor: Actor, _subject: Subject) -> bool:
    """The product itself: the scheduler, an import run by the operator."""
    return actor.system


def organizer(actor: Actor, subject: Subject) -> bool:
    """An organizer of the programme, or of the organization that hosts it."""
    return actor.holds("organizer", "programme", subject.programme_id) or actor.holds(
        "organizer", "organization", subject.host_id
    )


def organizer_of_anything(actor: Actor, _subject: Subject) -> bool:
    """An organizer of at least one organization (who may start programmes for it)."""
    return any(grant.role == "organizer" and grant.scope == "organization" for grant in actor.grants)


def host_organizer(actor: Actor, subject: Subject) -> bool:
    """An organizer of the very organization that is to host."""
    return actor.holds("organizer", "organization", subject.host_id)


def seeker(actor: Actor, subject: Subject) -> bool:
    """A representative of the organization that owns the requirement."""
    return subject.seeker_id is not None and subject.seeker_id in actor.represents


def author(actor: Actor, subject: Subject) -> bool:
    """The person who wrote it down, for example an organizer who posts for a seeker."""
    return actor.user_id is not None and actor.user_id == subject.author_id


def representative(actor: Actor, subject: Subject) -> bool:
    """A representative of the organization in question."""
    return subject.host_id is not None and subject.host_id in actor.represents


def represents_someone(actor: Actor, _subject: Subject) -> bool:
    """Speaks for at least one organization."""
    return bool(actor.represents)


def owner(actor: Actor, subject: Subject) -> bool:
    """The person who owns the submission."""
    return actor.user_id is not None and actor.user_id == subject.owner_id


def not_owner(actor: Actor, subject: Subject) -> bool:
    """Anyone but the person who owns the submission."""
    return not owner(actor, subject)


def member(actor: Actor, subject: Subject) -> bool:
    """A member of the submission's team."""
    return actor.user_id is not None and actor.user_id in subject.team


def assigned(actor: Actor, subject: Subject) -> bool:
    """The judge to whom the assignment belongs."""
    return actor.user_id is not None and actor.user_id == subject.judge_id


def without_conflict(actor: Actor, subject: Subject) -> bool:
    """No conflict of interest with the subject is known; no role lifts one."""
    return actor.user_id not in subject.conflicted and actor.user_id not in subject.team


def public(_actor: Actor, subject: Subject) -> bool:
    """The subject has been made public."""
    return subject.public


def open_mailbox(_actor: Actor, subject: Subject) -> bool:
    """Letters are kept in the database and this installation shows them (demo, first steps)."""
    return subject.mailbox_open


def during(*stages: Stage) -> Predicate:
    """One of these windows is open now."""

    def predicate(_actor: Actor, subject: Subject) -> bool:
        return bool(subject.open & set(stages))

    predicate.__name__ = "during_" + "_".join(stages)
    return predicate


def at(*stages: Stage) -> Predicate:
    """The round stands at one of these stages."""

    def predicate(_actor: Actor, subject: Subject) -> bool:
        return subject.stage in stages

    predicate.__name__ = "at_" + "_".join(stages)
    return predicate


def in_state(*states: str) -> Predicate:
    """The subject is in one of these states of its lifecycle."""

    def predicate(_actor: Actor, subject: Subject) -> bool:
        return subject.state in states

    predicate.__name__ = "in_state_" + "_".join(states)
    return predicate


def after_close(stage: Stage) -> Predicate:
    """That window has closed: it is not open, and the round stands later than it."""
    later = {Stage.AWARD, Stage.CLOSED}
    if stage is Stage.SUBMISSION:
        later = later | {Stage.JUDGING}

    def predicate(_actor: Actor, subject: Subject) -> bool:
        return stage not in subject.open and subject.stage in later | {stage}

    predicate.__name__ = f"after_close_{stage}"
    return predicate


RUNNING = at(Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD)
NOT_OVER = at(Stage.DRAFT, Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD)
OUTCOME = at(Stage.AWARD, Stage.CLOSED)
HANDED_IN = in_state("submitted", "returned", "rejected", "published", "selected", "failed", "withdrawn")

TABLE: Mapping[Action, tuple[Row, ...]] = {
    # The public site
    Action.PAGE_READ: ((anyone,),),
    Action.READER_SET: ((anyone,),),
    Action.ACCOUNT_ENTER: ((anyone,),),
    Action.INVITATION_ACCEPT: ((signed_in,),),
    Action.ROUND_READ: ((public,), (organizer,), (admin,)),
    Action.RESULTS_READ: ((public,), (organizer,), (admin,)),
    Action.MAILBOX_READ: ((open_mailbox,), (admin,)),
    # One's own account and organizations
    Action.ACCOUNT_USE: ((signed_in,),),
    Action.ORGANIZATION_CREATE: ((signed_in,),),
    Action.ORGANIZATION_EDIT: ((representative,), (admin,)),
    # The platform
    Action.ORGANIZER_APPOINT: ((admin,), (host_organizer,), (organizer,)),
    Action.USER_MANAGE: ((admin,),),
    Action.AUDIT_READ: ((admin,), (organizer,)),
    # Programmes and rounds
    Action.PROGRAMME_CREATE: ((host_organizer,), (admin,)),
    Action.PROGRAMME_EDIT: ((organizer,), (admin,)),
    Action.ROUND_CONTROL: ((organizer,), (admin,)),
    Action.ROUND_EDIT: ((organizer, NOT_OVER),),
    Action.ROUND_LAUNCH: ((organizer, at(Stage.DRAFT)),),
    Action.ROUND_EXTEND: ((organizer, RUNNING),),
    Action.ROUND_CLOSE_EARLY: ((organizer, RUNNING),),
    Action.ROUND_CANCEL: ((organizer, NOT_OVER),),
    Action.ANNOUNCEMENT_POST: ((organizer, at(*Stage)),),
    Action.QUESTION_ASK: ((signed_in, public, RUNNING),),
    Action.QUESTION_ANSWER: ((organizer,), (seeker,)),
    # Requirements
    Action.REQUIREMENT_CREATE: ((seeker, during(Stage.REQUIREMENTS)), (organizer, NOT_OVER)),
    Action.REQUIREMENT_EDIT: (
        (seeker, in_state("draft", "returned")),
        (organizer, author, in_state("draft", "returned")),
    ),
    Action.REQUIREMENT_SUBMIT: (
        (seeker, in_state("draft", "returned")),
        (organizer, author, in_state("draft", "returned")),
    ),
    Action.REQUIREMENT_WITHDRAW: (
        (seeker, in_state("draft", "submitted", "returned", "published")),
        (organizer, author, in_state("draft", "submitted", "returned", "published")),
    ),
    Action.REQUIREMENT_SCREEN: ((organizer, without_conflict, in_state("submitted")),),
    # A draft is its seeker's own: an organizer sees it once it was handed in.
    Action.REQUIREMENT_READ: (
        (public,),
        (seeker,),
        (organizer, HANDED_IN),
        (organizer, author),
        (admin, HANDED_IN),
    ),
    Action.REQUIREMENT_READ_CONFIDENTIAL: (
        (seeker,),
        (organizer, without_conflict, HANDED_IN),
        (organizer, author),
    ),
    # Submissions
    Action.SUBMISSION_CREATE: ((signed_in, public, during(Stage.SUBMISSION)),),
    Action.SUBMISSION_EDIT: (
        (member, in_state("draft", "submitted", "withdrawn"), during(Stage.SUBMISSION)),
    ),
    Action.SUBMISSION_SUBMIT: ((member, in_state("draft", "submitted", "withdrawn")),),
    Action.SUBMISSION_WITHDRAW: ((owner, in_state("submitted")),),
    Action.TEAM_MANAGE: ((owner, in_state("draft", "submitted", "withdrawn"), during(Stage.SUBMISSION)),),
    # A submission always has its owner; everyone else may go until the close.
    Action.TEAM_LEAVE: (
        (member, not_owner, in_state("draft", "submitted", "withdrawn"), during(Stage.SUBMISSION)),
    ),
    Action.SUBMISSION_READ: (
        (member,),
        (organizer, without_conflict, in_state("submitted", "ineligible", "selected", "not_selected")),
        (
            seeker,
            without_conflict,
            in_state("submitted", "selected", "not_selected"),
            after_close(Stage.SUBMISSION),
        ),
    ),
    Action.SUBMISSION_RULE_OUT: ((organizer, without_conflict, in_state("submitted")),),
    # Judging
    Action.JUDGE_INVITE: ((organizer, NOT_OVER),),
    Action.RUBRIC_EDIT: ((organizer, at(Stage.DRAFT, Stage.REQUIREMENTS, Stage.SUBMISSION)),),
    Action.JUDGE_ASSIGN: ((organizer, at(Stage.SUBMISSION, Stage.JUDGING)),),
    # Nobody reads a proposal while others may still be written.
    Action.ASSIGNMENT_READ: (
        (assigned, without_conflict, in_state("accepted", "completed"), after_close(Stage.SUBMISSION)),
    ),
    Action.ASSIGNMENT_DECLARE: ((assigned, in_state("invited")),),
    Action.ASSIGNMENT_RECUSE: ((assigned, in_state("invited", "accepted")),),
    Action.ASSIGNMENT_REPLACE: ((organizer, at(Stage.SUBMISSION, Stage.JUDGING)),),
    # A completed card is the judge's own still; that it is locked is told by its state, not by the role.
    Action.SCORE_SAVE: ((assigned, without_conflict, in_state("accepted", "completed")),),
    Action.SCORE_LOCK: ((assigned, without_conflict, in_state("accepted", "completed")),),
    Action.RANKING_READ: ((organizer,), (admin,)),
    Action.RANKING_FIX: ((organizer, after_close(Stage.JUDGING), OUTCOME), (system,)),
    # Awards
    Action.AWARD_PROPOSE: ((organizer, OUTCOME),),
    Action.AWARD_CONFIRM: ((seeker, OUTCOME),),
    Action.AWARD_OVERRIDE: ((organizer, OUTCOME),),
    Action.AWARD_NOTICE: ((organizer, OUTCOME),),
    Action.AWARD_PUBLISH: ((organizer, OUTCOME),),
}


def can(actor: Actor, action: Action, subject: Subject | None = None) -> bool:
    """Whether some row of the action holds for this actor and subject. Unlisted means no."""
    subject = subject or Subject()
    return any(all(predicate(actor, subject) for predicate in row) for row in TABLE.get(action, ()))


def require(actor: Actor, action: Action, subject: Subject | None = None) -> None:
    """Raise `NotAllowed` unless `can`; the actor remembers that it was asked, so a door can tell."""
    actor.asked.add(action)
    if not can(actor, action, subject):
        raise NotAllowed(action=action.value)
