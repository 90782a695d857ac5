"""Files of a requirement: attached and removed while it can be edited, read by whoever may read that face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.files.services import Listed
from challenge.requirements import facts, file_properties, queries
from challenge.rounds import gate as gates
from challenge.rules.permissions import Action, Actor, require

OWNER = "requirement"
SCAN = "scan"  # of the stamped paper form


def attach(
    session: Session,
    actor: Actor,
    ref: str,
    kept: Sequence[Kept],
    *,
    confidential: bool,
    field: str = "files",
) -> int:
    """Attach files that are stored already; how many are new. Raises `Invalid("files", "too_many_files")`.

    A stamped scan (`field` is SCAN) is confidential whatever is said: the firm, its organizers, the author.
    """
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    require(actor, Action.REQUIREMENT_EDIT, facts.subject_of(requirement, gate.now))
    refs = files.attach(
        session,
        OWNER,
        requirement.id,
        [replace(each, field=field) for each in kept],
        room=files.Room(gate.round.max_files),
        user_id=actor.user_id,
        at=gate.now,
        confidential=confidential or field == SCAN,
    )
    if not confidential and field != SCAN:
        file_properties.ask(session, [(each.sha256, each.media_type) for each in kept])
    return len(refs)


def remove(session: Session, actor: Actor, ref: str, file_ref: str) -> bool:
    """Take a file away; False where it was gone already."""
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    require(actor, Action.REQUIREMENT_EDIT, facts.subject_of(requirement, gate.now))
    return files.remove(session, OWNER, requirement.id, file_ref, gate.now)


def listed(session: Session, requirement_id: int) -> list[Listed]:
    """All its files, for whoever may read the confidential part; one statement."""
    return files.listed(session, OWNER, requirement_id)


def public_files(session: Session, requirement_id: int) -> list[Listed]:
    """Its files that everyone may read; one statement."""
    return [each for each in listed(session, requirement_id) if not each.confidential]


def find(session: Session, actor: Actor, ref: str, file_ref: str) -> Listed:
    """One file, for download: a confidential one asks for the confidential right as well."""
    requirement = queries.without_seeker(session, ref)
    now = clock.now(session)
    subject = facts.screening_subject(session, requirement, now)
    require(actor, Action.REQUIREMENT_READ, subject)
    file = files.find(session, OWNER, requirement.id, file_ref)
    if file.confidential:
        require(actor, Action.REQUIREMENT_READ_CONFIDENTIAL, subject)
    return file
