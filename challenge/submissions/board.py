"""The board on which solvers of a round look for teammates, until solutions can no longer be submitted.

It names people and what they bring, nothing else: no draft, no requirement, no seeker. Nobody's address is
on it; a message carries the address of whoever sends it, and an invitation is a link to a place in a team.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import ids
from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rounds.gate import Gate
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.submissions import places
from challenge.submissions.board_models import TeammateMessage, TeammatePost
from challenge.submissions.models import Submission, TeamLink
from challenge.tasks import queue

TEXT, SKILL, MOST_SKILLS, BODY, REASON = 600, 30, 8, 2000, 500
LANGS = ("zh", "en", "both")
A_DAY, MOST_A_DAY = dt.timedelta(days=1), 20  # messages of one person in one round


@dataclass(frozen=True, slots=True)
class PostFacts:
    """A post as written."""

    brings: str = ""
    seeks: str = ""
    skills: tuple[str, ...] = ()
    lang: str = ""


def write(session: Session, actor: Actor, round_id: int, facts: PostFacts) -> TeammatePost:
    """Put one's post on the board, or change the one that is there; a closed one is open again.

    Raises `InvalidMany` at the fields, `WrongState` where the board is off or the organizer hid the post.
    """
    held, subject = _held(session, round_id)
    require(actor, Action.TEAMMATES_WRITE, subject)
    _check(facts)
    # Two presses at once: the second waits here and then finds the first one's post.
    session.execute(sa.select(User.id).where(User.id == actor.user_id).with_for_update())
    mine = sa.and_(TeammatePost.round_id == round_id, TeammatePost.author_id == actor.user_id)
    post = session.scalar(sa.select(TeammatePost).where(mine))
    values = {
        "brings": facts.brings.strip(),
        "seeks": facts.seeks.strip(),
        "skills": list(facts.skills),
        "lang": facts.lang,
        "state": "open",
    }
    if post is None:
        post = TeammatePost(
            round_id=round_id, author_id=actor.user_id, created_at=held.now, updated_at=held.now, **values
        )
        session.add(post)
    elif post.state == "hidden":
        raise WrongState("post_hidden")
    elif all(getattr(post, name) == value for name, value in values.items()):
        return post
    else:
        post.updated_at = held.now
        for name, value in values.items():
            setattr(post, name, value)
    session.flush()
    _record(session, actor, held, "teammates.posted", post)
    return post


def close(session: Session, actor: Actor, ref: str) -> TeammatePost:
    """Take one's own post off the board; closed twice is closed."""
    held, post = _of(session, ref)
    require(actor, Action.TEAMMATES_EDIT, _subject(held, post))
    if post.state == "open":
        post.state = "closed"
        session.flush()
        _record(session, actor, held, "teammates.closed", post)
    return post


def hide(session: Session, actor: Actor, ref: str, reason: str) -> TeammatePost:
    """The organizer takes a post off the board for a reason that its author is told; twice is once."""
    held, post = _of(session, ref)
    require(actor, Action.TEAMMATES_HIDE, _subject(held, post))
    reason = reason.strip()
    if not reason:
        raise Invalid("reason", "required")
    if len(reason) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(reason))
    if post.state == "hidden":
        return post
    post.state, post.state_reason = "hidden", reason
    session.flush()
    about = {"round_id": held.round.id, "post_id": post.id, "user_id": post.author_id}
    queue.announce(session, "teammates.hidden", f"teammates:{post.id}", at=held.now, **about)
    _record(session, actor, held, "teammates.hidden", post)
    return post


def switch(session: Session, actor: Actor, round_id: int, *, on: bool) -> None:
    """Switch the board of a round on or off; its posts stay, unseen while it is off."""
    held = gates.hold(session, round_id, exclusive=True)
    require(actor, Action.ROUND_EDIT, rounds.subject_of(held.round, held.now))
    if held.round.teammates == on:
        return
    held.round.teammates = on
    held.round.version += 1
    session.flush()
    where, subject = chain.round_chain(round_id), f"round:{round_id}"
    chain.record(session, actor, "teammates.switched", subject, chain=where, at=held.now, on=on)


def send(session: Session, actor: Actor, ref: str, body: str, *, consent: bool) -> TeammateMessage:
    """Write to the author of a post: the site mails it with the sender's address, which the sender agrees to.

    The same words twice are one message. Raises `Invalid` at `body` and `consent`.
    """
    held, post = _open(session, actor, ref)
    body = body.strip()
    faults = [] if consent else [Invalid("consent", "consent_needed")]
    if not body:
        faults.append(Invalid("body", "required"))
    if len(body) > BODY:
        faults.append(Invalid("body", "too_long", most=BODY, length=len(body)))
    if faults:
        raise InvalidMany(faults)
    session.execute(sa.select(User.id).where(User.id == actor.user_id).with_for_update())
    sent = (
        sa.select(TeammateMessage)
        .join(TeammatePost, TeammatePost.id == TeammateMessage.post_id)
        .where(TeammateMessage.sender_id == actor.user_id, TeammatePost.round_id == held.round.id)
        .where(TeammateMessage.sent_at > held.now - A_DAY)
    )
    today = session.scalars(sent).all()
    for each in today:
        if (each.post_id, each.body) == (post.id, body):
            return each
    if len(today) >= MOST_A_DAY:
        raise Invalid("body", "too_many_messages", most=MOST_A_DAY)
    message = TeammateMessage(post_id=post.id, sender_id=actor.user_id, body=body, sent_at=held.now)
    session.add(message)
    session.flush()
    about = {"round_id": held.round.id, "message_id": message.id, "user_id": post.author_id}
    queue.announce(session, "teammates.written", f"message:{message.id}", at=held.now, **about)
    _record(session, actor, held, "teammates.written", post, message=message.id)
    return message


def invite(session: Session, actor: Actor, ref: str, submission_ref: str) -> None:
    """Mail the author of a post a link to a place in one's own team of this round; twice is once.

    Neither side learns an address by it: the author's becomes known to the team when they join.
    """
    held, post = _open(session, actor, ref)
    submission = session.scalar(sa.select(Submission).where(Submission.ref == submission_ref))
    if submission is None or submission.round_id != held.round.id:
        raise Invalid("submission", "not_a_choice")
    name = session.scalar(sa.select(User.name).where(User.id == post.author_id)) or ""
    token = places.offer(session, actor, submission_ref, key_of(post), name)
    link_id = session.scalars(sa.select(TeamLink.id).where(TeamLink.token_digest == ids.digest(token))).one()
    queue.announce(
        session,
        "teammates.invited",
        f"teammates:{post.id}",
        mark=link_id,
        at=held.now,
        round_id=held.round.id,
        submission_id=submission.id,
        team_place=[link_id, post.id],
        user_id=post.author_id,
    )


def key_of(post: TeammatePost) -> str:
    """The key of the link that invites the author of a post (see places.offer)."""
    return f"board/{post.ref}"


def _held(session: Session, round_id: int) -> tuple[Gate, Subject]:
    held = gates.hold(session, round_id)
    if not held.round.teammates:
        raise WrongState("board_off")
    return held, rounds.subject_of(held.round, held.now)


def _of(session: Session, ref: str) -> tuple[Gate, TeammatePost]:
    """The post behind its round's gate; raises NotFound."""
    round_id = session.scalar(sa.select(TeammatePost.round_id).where(TeammatePost.ref == ref))
    if round_id is None:
        raise NotFound
    held = gates.hold(session, round_id)
    query = sa.select(TeammatePost).where(TeammatePost.ref == ref).with_for_update()
    return held, session.scalars(query.execution_options(populate_existing=True)).one()


def _open(session: Session, actor: Actor, ref: str) -> tuple[Gate, TeammatePost]:
    """An open post of somebody else, for whoever may write to its author."""
    held, post = _of(session, ref)
    require(actor, Action.TEAMMATES_WRITE, rounds.subject_of(held.round, held.now))
    if not held.round.teammates:
        raise WrongState("board_off")
    if post.state != "open" or post.author_id is None:
        raise NotFound
    if post.author_id == actor.user_id:
        raise WrongState("own_post")
    return held, post


def _subject(held: Gate, post: TeammatePost) -> Subject:
    return rounds.subject_of(held.round, held.now, author_id=post.author_id)


def _record(
    session: Session, actor: Actor, held: Gate, action: str, post: TeammatePost, **detail: int
) -> None:
    where, subject = chain.round_chain(held.round.id), f"teammates:{post.id}"
    chain.record(session, actor, action, subject, chain=where, at=held.now, **detail)


def _check(facts: PostFacts) -> None:
    faults = []
    for name in ("brings", "seeks"):
        text = getattr(facts, name).strip()
        if not text:
            faults.append(Invalid(name, "required"))
        if len(text) > TEXT:
            faults.append(Invalid(name, "too_long", most=TEXT, length=len(text)))
    if len(facts.skills) > MOST_SKILLS:
        faults.append(Invalid("skills", "keywords_count", most=MOST_SKILLS, count=len(facts.skills)))
    if any(len(skill) > SKILL for skill in facts.skills):
        faults.append(Invalid("skills", "keyword_long", most=SKILL))
    if facts.lang not in LANGS:
        faults.append(Invalid("lang", "not_a_choice"))
    if faults:
        raise InvalidMany(faults)


def skills_of(text: str) -> tuple[str, ...]:
    """Keywords as typed with commas between, each once."""
    parts = unicodedata.normalize("NFKC", text).replace("、", ",").replace(";", ",").split(",")
    return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))
