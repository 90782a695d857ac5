"""What a seeker's representative keeps on an offer: a mark, and a note of their own.

No entry of the audit trail is made of it: organizers read the trail, and a seeker's shortlist is its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.offer_models import MARKS, OfferNote
from challenge.awards.offers import stands_behind
from challenge.requirements.models import Requirement
from challenge.rounds import gate
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions import facts
from challenge.submissions.models import Submission

NOTE_LENGTH = 2000


def note(session: Session, actor: Actor, ref: str, mark: str, text: str) -> OfferNote | None:
    """Keep this mark and note of mine on an offer; both empty, nothing of mine is kept.

    Raises `Invalid("mark" | "text", ...)`, NotFound where there is no such offer for a need of mine.
    """
    round_id = session.scalar(sa.select(Submission.round_id).where(Submission.ref == ref))
    if round_id is None:
        raise NotFound
    held = gate.hold(session, round_id)
    submission, requirement, behind = _found(session, actor, ref)
    conflicted = (actor.user_id,) if behind else ()
    subject = facts.subject_of(submission, requirement, held.round, held.now, conflicted)
    require(actor, Action.OFFER_NOTE, subject)
    if mark not in MARKS:
        raise Invalid("mark", "not_a_choice")
    text = text.strip()
    if len(text) > NOTE_LENGTH:
        raise Invalid("text", "too_long", length=len(text), most=NOTE_LENGTH)
    mine = sa.select(OfferNote).where(
        OfferNote.submission_id == submission.id, OfferNote.author_id == actor.user_id
    )
    kept = session.scalars(mine.with_for_update()).one_or_none()
    if not mark and not text:
        if kept is not None:
            session.delete(kept)
            session.flush()
        return None
    if kept is None:
        kept = OfferNote(submission_id=submission.id, author_id=actor.user_id)
        session.add(kept)
    if (kept.mark, kept.text) != (mark, text):
        kept.mark, kept.text, kept.updated_at = mark, text, held.now
    session.flush()
    return kept


def _found(session: Session, actor: Actor, ref: str) -> tuple[Submission, Requirement, bool]:
    query = (
        sa.select(Submission, Requirement, stands_behind(actor, Requirement.id).correlate(Requirement))
        .join(Requirement, Requirement.id == Submission.requirement_id)
        .where(Submission.ref == ref, Requirement.seeker_id.in_(actor.represents))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1], bool(row[2])
