"""What the rows of the permission table are made of: each answers one question about actor and subject."""

from __future__ import annotations

from collections.abc import Callable

from challenge.rules.actors import Actor, Subject
from challenge.rules.stages import Stage

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
    held = actor.holds("organizer", "programme", subject.programme_id) or actor.holds(
        "organizer", "organization", subject.host_id
    )
    return held and _has_factor(actor, subject)


def _has_factor(actor: Actor, subject: Subject) -> bool:
    """Nothing more is wanted of them by the programme, or they have it: a second factor."""
    return subject.programme_id not in actor.barred


def broker(actor: Actor, subject: Subject) -> bool:
    """A broker for the programme: enters the needs of firms, and takes published ones into their hands."""
    return actor.holds("broker", "programme", subject.programme_id)


def auditor(actor: Actor, subject: Subject) -> bool:
    """An auditor of the round, or of its whole programme; a scope that is over is no grant any more."""
    return actor.holds("auditor", "programme", subject.programme_id) or actor.holds(
        "auditor", "round", subject.round_id
    )


def host_organizer(actor: Actor, subject: Subject) -> bool:
    """An organizer of the very organization that is to host."""
    return actor.holds("organizer", "organization", subject.host_id)


def manager(actor: Actor, subject: Subject) -> bool:
    """A manager of the organization in question, or of one that it is a branch of."""
    return actor.holds("manager", "organization", subject.host_id)


def branch_manager(actor: Actor, subject: Subject) -> bool:
    """A manager of the branch that looks after the requirement, or of one above it."""
    return actor.holds("manager", "organization", subject.branch_id)


def with_branch(_actor: Actor, subject: Subject) -> bool:
    """It lies at its branch's desk still."""
    return subject.with_branch


def past_branch(_actor: Actor, subject: Subject) -> bool:
    """No branch has to accept it first, or one has."""
    return not subject.with_branch


def seeker(actor: Actor, subject: Subject) -> bool:
    """A representative of the organization that owns the requirement."""
    return subject.seeker_id is not None and subject.seeker_id in actor.represents


def author(actor: Actor, subject: Subject) -> bool:
    """The person who wrote it down, for example an organizer who posts for a seeker."""
    return actor.user_id is not None and actor.user_id == subject.author_id


def representative(actor: Actor, subject: Subject) -> bool:
    """A representative of the organization in question."""
    return subject.host_id is not None and subject.host_id in actor.represents


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
    mine = actor.user_id is not None and actor.user_id == subject.judge_id
    return mine and _has_factor(actor, subject)


def chair(actor: Actor, subject: Subject) -> bool:
    """The person whom the organizer named to lead a final on site."""
    mine = actor.user_id is not None and actor.user_id == subject.chair_id
    return mine and _has_factor(actor, subject)


def caring(actor: Actor, subject: Subject) -> bool:
    """The broker who has claimed the requirement, or to whom it was offered."""
    return actor.user_id is not None and actor.user_id == subject.broker_id


def diagnosing(actor: Actor, subject: Subject) -> bool:
    """The expert whose opinion on the requirement was asked for."""
    return actor.user_id is not None and actor.user_id == subject.expert_id


def without_conflict(actor: Actor, subject: Subject) -> bool:
    """No conflict of interest with the subject is known; no role lifts one."""
    return actor.user_id not in subject.conflicted and actor.user_id not in subject.team


def opened(actor: Actor, subject: Subject) -> bool:
    """Whoever the owner has opened the confidential part to."""
    return actor.user_id is not None and actor.user_id in subject.opened_to


def not_sealed(_actor: Actor, subject: Subject) -> bool:
    """No seal lies on what was entered: none was chosen, or the close has released the key."""
    return not subject.sealed


def party(actor: Actor, subject: Subject) -> bool:
    """Somebody who acts for a party of the agreement: a representative of it, or the person that it is."""
    return actor.user_id is not None and actor.user_id in subject.parties


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
