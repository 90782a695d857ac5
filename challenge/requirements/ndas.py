"""Agreements not to disclose: a round's, and a requirement's own instead of it, in versions that stay."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.requirements import facts, queries, trail
from challenge.requirements.face_models import Nda, NdaAcceptance
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

TEXT = 20_000


def digest_of(text_zh: str | None, text_en: str | None) -> str:
    """The SHA-256 of an agreement: of both its texts, so that no word of either changes unseen."""
    return hashlib.sha256(f"{text_zh or ''}\n\x1e\n{text_en or ''}".encode()).hexdigest()


def write(
    session: Session, actor: Actor, round_id: int, text_zh: str, text_en: str, *, again: bool = False
) -> Nda:
    """Put a round's agreement in force; other words than before are a new version, the old ones stay.

    `again`: whoever accepted an earlier one reads nothing before they accept this one. Raises `InvalidMany`.
    """
    held = gates.hold(session, round_id, exclusive=True)
    require(actor, Action.NDA_EDIT, rounds.subject_of(held.round, held.now))
    texts = _checked(text_zh, text_en)
    if not any(texts):
        raise InvalidMany([Invalid("text_zh", "nda_needed")])
    return _put(session, actor, held.round.id, None, texts, held.now, again=again)


def write_own(
    session: Session, actor: Actor, ref: str, text_zh: str, text_en: str, *, again: bool = False
) -> Nda | None:
    """The same for one requirement, instead of its round's; without any text its round's holds again.

    None where there was none of its own and none is written.
    """
    held = gates.hold(session, queries.round_of(session, ref), exclusive=True)
    requirement = queries.held(session, ref)
    require(actor, Action.NDA_EDIT, facts.subject_of(requirement, held.now))
    texts = _checked(text_zh, text_en)
    newest = _newest(session, held.round.id, requirement.id)
    if not any(texts) and (newest is None or not (newest.text_zh or newest.text_en)):
        return None
    return _put(session, actor, held.round.id, requirement.id, texts, held.now, again=again)


def _checked(text_zh: str, text_en: str) -> tuple[str | None, str | None]:
    faults = [
        Invalid(name, "too_long", most=TEXT, length=len(text))
        for name, text in (("text_zh", text_zh), ("text_en", text_en))
        if len(text) > TEXT
    ]
    if faults:
        raise InvalidMany(faults)
    return text_zh.strip() or None, text_en.strip() or None


def _put(
    session: Session,
    actor: Actor,
    round_id: int,
    requirement_id: int | None,
    texts: tuple[str | None, str | None],
    now: dt.datetime,
    *,
    again: bool,
) -> Nda:
    before = _newest(session, round_id, requirement_id)
    if before is not None and (before.text_zh, before.text_en) == texts:
        return before
    made = Nda(
        round_id=round_id,
        requirement_id=requirement_id,
        number=before.number + 1 if before else 1,
        text_zh=texts[0],
        text_en=texts[1],
        sha256=digest_of(*texts),
        again=again and any(texts),
        author_id=actor.user_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    trail.touch(session, round_id)
    # Letters go to those who accepted what was in force; where nothing was, nobody did.
    about = {"round_id": round_id, "nda_id": made.id, "requirement_id": requirement_id}
    queue.announce(session, "nda.changed", f"nda:{made.id}", at=now, **about)
    where, codes = chain.round_chain(round_id), {"version": made.number, "digest": made.sha256}
    chain.record(session, actor, "nda.written", f"nda:{made.id}", chain=where, at=now, **codes)
    return made


def _newest(session: Session, round_id: int, requirement_id: int | None) -> Nda | None:
    return next(iter(versions(session, round_id, requirement_id, limit=1)), None)


def versions(
    session: Session, round_id: int, requirement_id: int | None = None, limit: int = 100
) -> Sequence[Nda]:
    """The versions of a round's agreement, or of a requirement's own, the newest first (one statement)."""
    mine = sa.and_(Nda.round_id == round_id, Nda.requirement_id.is_not_distinct_from(requirement_id))
    return session.scalars(sa.select(Nda).where(mine).order_by(Nda.id.desc()).limit(limit)).all()


def in_force(session: Session, requirement: Requirement) -> Nda | None:
    """The agreement that is accepted before this requirement's confidential part (one statement)."""
    of_both = sa.and_(
        Nda.round_id == requirement.round_id,
        sa.or_(Nda.requirement_id == requirement.id, Nda.requirement_id.is_(None)),
    )
    newest = sa.select(sa.func.max(Nda.id)).where(of_both).group_by(Nda.requirement_id)
    found = {each.requirement_id: each for each in session.scalars(sa.select(Nda).where(Nda.id.in_(newest)))}
    own = found.get(requirement.id)
    return own if own is not None and (own.text_zh or own.text_en) else found.get(None)


def readable(session: Session, requirement: Requirement, nda_ref: str) -> Nda:
    """One version, old or new, of the agreements of this requirement; raises NotFound."""
    found = session.scalar(sa.select(Nda).where(Nda.ref == nda_ref, Nda.round_id == requirement.round_id))
    if found is None or found.requirement_id not in (None, requirement.id):
        raise NotFound
    return found


def asked_anew(session: Session, accepted: int, now_in_force: Nda) -> bool:
    """Whether a version between the accepted one and that in force asks everyone again (one statement)."""
    same = sa.and_(
        Nda.round_id == now_in_force.round_id,
        Nda.requirement_id.is_not_distinct_from(now_in_force.requirement_id),
    )
    between = sa.and_(Nda.id > accepted, Nda.id <= now_in_force.id)
    return session.scalar(sa.select(Nda.id).where(same, between, Nda.again.is_(True)).limit(1)) is not None


def accepted_by(session: Session, nda_ids: Sequence[int]) -> dict[int, int]:
    """How many words were given on each version (one statement)."""
    query = sa.select(NdaAcceptance.nda_id, sa.func.count()).where(NdaAcceptance.nda_id.in_(nda_ids))
    return {row[0]: row[1] for row in session.execute(query.group_by(NdaAcceptance.nda_id))}
