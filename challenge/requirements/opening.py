"""What of a confidential part is open to one person, and opening it: nothing is given that is not logged."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import begin_write
from challenge.files.services import Listed
from challenge.requirements import attachments, face_reads, facts, ndas, queries
from challenge.requirements.face_models import Access, Face, FaceOpening, Nda, NdaAcceptance
from challenge.requirements.models import Requirement
from challenge.rules.errors import NotFound, WrongState
from challenge.rules.permissions import Action, Actor, Subject, require

DEFAULT = "decide"  # of a requirement whose seeker has not said anything yet


@dataclass(frozen=True, slots=True)
class Word:
    """The newest version that a person has accepted for a requirement."""

    nda_id: int
    nda_ref: str
    number: int
    own: bool  # of the requirement, not of its round
    name: str
    organization: str
    part_sha256: str
    accepted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands before the confidential part of one requirement."""

    opening: str  # closed, decide, accept
    nda: Nda | None
    state: str | None  # of their access; None: they never asked
    reason: str | None
    word: Word | None
    again: bool  # a version since the one that they accepted asks everyone before anything opens

    @property
    def granted(self) -> bool:
        """Whether they may accept the agreement, and read what they have accepted it for."""
        if self.opening == "closed":
            return False
        return self.state == "granted" or (self.opening == "accept" and self.state in (None, "asked"))

    @property
    def changed(self) -> bool:
        """Whether another version is in force than the one that they accepted."""
        return self.word is not None and self.nda is not None and self.word.nda_id != self.nda.id

    @property
    def opens(self) -> bool:
        """Whether anything at all is open to them."""
        return self.state == "granted" and self.granted and self.word is not None and not self.again

    @property
    def to_accept(self) -> bool:
        """Whether the version in force waits for their word."""
        return self.granted and self.nda is not None and (self.word is None or self.changed)


def standing(session: Session, user_id: int | None, requirement: Requirement) -> Standing:
    """Where this person stands (five statements at most); its columns alone are read."""
    opening = session.scalar(sa.select(Face.opening).where(Face.requirement_id == requirement.id))
    nda = ndas.in_force(session, requirement)
    known = Standing(opening or DEFAULT, nda, None, None, None, again=False)
    if user_id is None:
        return known
    mine = sa.and_(Access.requirement_id == requirement.id, Access.user_id == user_id)
    access = session.execute(sa.select(Access.state, Access.reason).where(mine)).one_or_none()
    word = _word(session, user_id, requirement.id)
    known = replace(known, word=word, state=access[0] if access else None)
    known = replace(known, reason=access[1] if access else None)
    if word is None or nda is None or not known.changed:
        return known
    return replace(known, again=ndas.asked_anew(session, word.nda_id, nda))


def _word(session: Session, user_id: int, requirement_id: int) -> Word | None:
    query = (
        sa.select(
            *(Nda.id, Nda.ref, Nda.number, Nda.requirement_id.is_not(None)),
            *(NdaAcceptance.name, NdaAcceptance.organization),
            *(NdaAcceptance.part_sha256, NdaAcceptance.accepted_at),
        )
        .join(Nda, Nda.id == NdaAcceptance.nda_id)
        .where(NdaAcceptance.requirement_id == requirement_id, NdaAcceptance.user_id == user_id)
        .order_by(NdaAcceptance.id.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Word(*row)


def subject_of(requirement: Requirement, now: dt.datetime, actor: Actor, known: Standing) -> Subject:
    """The facts of the requirement as this actor meets them."""
    mine = frozenset({actor.user_id} if known.opens and actor.user_id is not None else ())
    return replace(facts.subject_of(requirement, now), opened_to=mine)


def offered(session: Session, requirement_id: int) -> bool:
    """Whether everyone is told that a confidential part can be asked for (one statement)."""
    return bool(session.scalar(sa.select(face_reads.offered()).where(Requirement.id == requirement_id)))


def holds(session: Session, requirement_id: int) -> bool:
    """Whether there is a confidential part at all: a text, or a file that is no stamped scan."""
    return bool(session.scalar(sa.select(face_reads.holds()).where(Requirement.id == requirement_id)))


@dataclass(frozen=True, slots=True)
class Opened:
    """The confidential part as one person gets it.

    Where another version is in force than they accepted, `text` may be None; `held_back` counts what waits.
    """

    text: str | None
    files: Sequence[Listed]
    held_back: int


def read(session: Session, actor: Actor, ref: str) -> Opened:
    """The text and the names of the files that are open to the actor; that they read it is logged.

    Raises NotAllowed where nothing is.
    """
    requirement, known, now = _enter(session, actor, ref)
    text = queries.closed_part(session, requirement.id).confidential_part
    files = shown(session, requirement.id)
    seen = _seen(session, actor, requirement.id) if known.changed else frozenset()
    may = [each for each in files if _open(known, seen, each)]
    open_text = not known.changed or digest(text) in seen | {_part(known)}
    if text and open_text:
        _log(session, actor, requirement.id, known, None, digest(text), now)
    held_back = len(files) - len(may) + (0 if open_text or not text else 1)
    return Opened(text if open_text else None, may, held_back)


def find_file(session: Session, actor: Actor, ref: str, file_ref: str) -> Listed:
    """One confidential file, for download: logged before it is given.

    A stamped scan is not found here, whoever asks. Raises NotAllowed, and `WrongState("nda_first")` for a
    file that came after the version that the actor accepted.
    """
    requirement, known, now = _enter(session, actor, ref)
    file = next((each for each in shown(session, requirement.id) if each.ref == file_ref), None)
    if file is None:
        raise NotFound
    seen = _seen(session, actor, requirement.id) if known.changed else frozenset()
    if not _open(known, seen, file):
        raise WrongState("nda_first")
    _log(session, actor, requirement.id, known, file.name, file.sha256, now)
    return file


def _enter(session: Session, actor: Actor, ref: str) -> tuple[Requirement, Standing, dt.datetime]:
    begin_write(session)
    requirement, now = queries.without_seeker(session, ref), clock.now(session)
    known = standing(session, actor.user_id, requirement)
    require(actor, Action.FACE_READ, subject_of(requirement, now, actor, known))
    return requirement, known, now


def shown(session: Session, requirement_id: int) -> list[Listed]:
    """The confidential files that can be opened to solvers at all: no stamped scan (one statement)."""
    files = attachments.listed(session, requirement_id)
    return [each for each in files if each.confidential and each.field != attachments.SCAN]


def _open(known: Standing, seen: frozenset[str], file: Listed) -> bool:
    """While the version that somebody accepted is not in force any more: what was there, or was opened."""
    if not known.changed or known.word is None:
        return True
    return file.created_at <= known.word.accepted_at or file.sha256 in seen


def _part(known: Standing) -> str:
    return known.word.part_sha256 if known.word else ""


def _seen(session: Session, actor: Actor, requirement_id: int) -> frozenset[str]:
    mine = sa.and_(FaceOpening.requirement_id == requirement_id, FaceOpening.user_id == actor.user_id)
    return frozenset(session.scalars(sa.select(FaceOpening.sha256).where(mine).distinct()))


def digest(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _log(
    session: Session,
    actor: Actor,
    requirement_id: int,
    known: Standing,
    file_name: str | None,
    sha256: str,
    now: dt.datetime,
) -> None:
    if known.word is None:
        raise WrongState("nda_first")
    line = FaceOpening(requirement_id=requirement_id, user_id=actor.user_id, nda_id=known.word.nda_id)
    line.file_name, line.sha256, line.opened_at = file_name, sha256, now
    session.add(line)
    session.flush()
