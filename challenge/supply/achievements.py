"""The owner's verbs: write an achievement, publish it, say that it is right, open its detail, retire it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses
from challenge.accounts.models import Organization
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write, insert_into
from challenge.base.ids import new_ref
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.lifecycles import ACHIEVEMENT
from challenge.rules.permissions import Action, Actor, require
from challenge.supply import content as contents
from challenge.supply import reads
from challenge.supply.content import Content
from challenge.supply.models import Achievement, AchievementOpening
from challenge.tasks import queue

_REF = re.compile(r"[2-9a-z]{12}")
MOST_OPENINGS = 100


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose achievement it is: an organization's, or else a person's own."""

    organization_id: int | None = None
    person_id: int | None = None


def create(
    session: Session, actor: Actor, owner: Owner, content: Content | None = None, *, ref: str | None = None
) -> Achievement:
    """A new draft. `ref` is the reference that the page proposed: the same page sent twice is one draft."""
    owner = replace(owner, person_id=None if owner.organization_id else owner.person_id)
    require(actor, Action.ACHIEVEMENT_CREATE, reads.owner_subject(owner.organization_id, owner.person_id))
    begin_write(session)
    if owner.organization_id and session.get(Organization, owner.organization_id) is None:
        raise Invalid("owner", "not_a_choice")
    ref = ref if _REF.fullmatch(ref or "") else None
    twin = session.scalar(sa.select(Achievement).where(Achievement.ref == ref)) if ref else None
    if twin is not None and twin.author_id == actor.user_id:
        return twin
    content = (content or Content()).tidied()
    _refuse(contents.faults_of_draft(content))
    now = clock.now(session)
    achievement = Achievement(
        ref=new_ref() if twin or not ref else ref,
        organization_id=owner.organization_id,
        person_id=owner.person_id,
        author_id=actor.user_id,
        created_at=now,
        updated_at=now,
        confirmed_at=now,
    )
    contents.write(achievement, content)
    session.add(achievement)
    session.flush()
    _record(session, actor, "achievement.created", achievement, now)
    return achievement


def edit(
    session: Session, actor: Actor, ref: str, content: Content, seen: dt.datetime | None = None
) -> Achievement:
    """Keep what was written; a published one must stay whole. What is saved is confirmed by that.

    Raises `WrongState("changed_meanwhile")` where somebody else has saved since `seen`.
    """
    achievement = reads.held(session, ref)
    require(actor, Action.ACHIEVEMENT_EDIT, reads.subject_of(achievement))
    content = content.tidied()
    published = achievement.state == "published"
    _refuse(contents.faults(content) if published else contents.faults_of_draft(content))
    same = contents.read(achievement, reads.detail(session, achievement.id)) == content
    if seen is not None and achievement.updated_at != seen and not same:
        raise WrongState("changed_meanwhile", at=achievement.updated_at)
    now = clock.now(session)
    achievement.confirmed_at = now
    if not same:
        contents.write(achievement, content)
        achievement.updated_at = now
    session.flush()
    if not same:
        if published:
            _announce(session, achievement, now)
        _record(session, actor, "achievement.edited", achievement, now)
    return achievement


def missing(session: Session, achievement: Achievement) -> list[Invalid]:
    """What keeps it from being published, by field (one statement)."""
    return contents.faults(contents.read(achievement, reads.detail(session, achievement.id)))


def publish(session: Session, actor: Actor, ref: str) -> Achievement:
    """Put its public part before everyone."""
    achievement = reads.held(session, ref)
    require(actor, Action.ACHIEVEMENT_PUBLISH, reads.subject_of(achievement))
    if achievement.state == "published":
        return achievement
    _refuse(missing(session, achievement))
    now = clock.now(session)
    achievement.published_at = achievement.confirmed_at = now
    return _step(session, actor, achievement, "publish", now)


def retire(session: Session, actor: Actor, ref: str) -> Achievement:
    """Take it off the public pages and out of the search; it stays with its owner."""
    achievement = reads.held(session, ref)
    require(actor, Action.ACHIEVEMENT_RETIRE, reads.subject_of(achievement))
    if achievement.state == "retired":
        return achievement
    return _step(session, actor, achievement, "retire", clock.now(session))


def _step(
    session: Session, actor: Actor, achievement: Achievement, verb: str, now: dt.datetime
) -> Achievement:
    achievement.state = ACHIEVEMENT.step(achievement.state, verb)
    session.flush()
    _announce(session, achievement, now)
    _record(session, actor, f"achievement.{achievement.state}", achievement, now)
    return achievement


def confirm(session: Session, actor: Actor, ref: str) -> Achievement:
    """Say that what is written is still right."""
    achievement = reads.held(session, ref)
    require(actor, Action.ACHIEVEMENT_EDIT, reads.subject_of(achievement))
    now = clock.now(session)
    achievement.confirmed_at = now
    session.flush()
    _record(session, actor, "achievement.confirmed", achievement, now)
    return achievement


def open_to(session: Session, actor: Actor, ref: str, email: str) -> None:
    """Let whoever owns this address read the confidential part, with an account of that address.

    Raises `Invalid("email", ...)`. Nobody learns whether there is such an account.
    """
    achievement = reads.held(session, ref)
    require(actor, Action.ACHIEVEMENT_EDIT, reads.subject_of(achievement))
    address = addresses.normal("email", email)
    known = reads.openings(session, achievement.id)
    if any(each.email == address for each in known):
        return
    if len(known) >= MOST_OPENINGS:
        raise Invalid("email", "too_many_openings", most=MOST_OPENINGS)
    now = clock.now(session)
    values = {
        "achievement_id": achievement.id,
        "email": address,
        "opened_by": actor.user_id,
        "created_at": now,
    }
    session.execute(insert_into(session, AchievementOpening).values(values).on_conflict_do_nothing())
    queue.announce(
        session,
        "achievement.opened",
        f"achievement:{achievement.id}",
        mark=address,
        at=now,
        achievement_id=achievement.id,
        email=address,
    )
    _record(session, actor, "achievement.opened", achievement, now)


def close_to(session: Session, actor: Actor, ref: str, email: str) -> None:
    """Take that back; what was read was read."""
    achievement = reads.held(session, ref)
    require(actor, Action.ACHIEVEMENT_EDIT, reads.subject_of(achievement))
    mine = sa.and_(AchievementOpening.achievement_id == achievement.id, AchievementOpening.email == email)
    if session.execute(sa.delete(AchievementOpening).where(mine)).rowcount:  # type: ignore[attr-defined]
        _record(session, actor, "achievement.shut", achievement, clock.now(session))


def _refuse(found: list[Invalid]) -> None:
    if found:
        raise InvalidMany(found)


def _announce(session: Session, achievement: Achievement, now: dt.datetime) -> None:
    subject = f"achievement:{achievement.id}"
    queue.announce(
        session,
        "achievement.changed",
        subject,
        mark=now.isoformat(),
        at=now,
        achievement_id=achievement.id,
    )


def _record(session: Session, actor: Actor, action: str, achievement: Achievement, now: dt.datetime) -> None:
    chain.record(session, actor, action, f"achievement:{achievement.id}", at=now)
