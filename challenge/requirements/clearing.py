"""The redaction checklist: what could identify an anonymous seeker in the public part, mended or settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import attachments, facts, file_properties, identity, queries, trail
from challenge.requirements.content import read
from challenge.requirements.face_models import RedactionMark
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules import redaction
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.redaction import Finding, Place

REASON = 300
_PLAIN = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding, and why it stays; None while it is open."""

    finding: Finding
    reason: str | None


def checklist(session: Session, requirement: Requirement) -> list[Line]:
    """What could identify the seeker (eight statements); none where it is not anonymous.

    The indicators of the requirement are loaded.
    """
    if not requirement.anonymous:
        return []
    content = read(requirement, queries.closed_part(session, requirement.id))
    files = attachments.public_files(session, requirement.id)
    places = identity.places(content, [each.name for each in files])
    found = redaction.findings(places, identity.traces_of(session, requirement, content), content.region)
    known = file_properties.said(session, [each.sha256 for each in files])
    found += [
        Finding("properties", "files", said, f"{each.name}: ")
        for each in files
        for said in known.get(each.sha256, ())
    ]
    found = list({each.key: each for each in found}.values())
    kept = sa.select(RedactionMark.key, RedactionMark.reason)
    kept = kept.where(RedactionMark.requirement_id == requirement.id)
    reasons = {row[0]: row[1] for row in session.execute(kept)}
    return [Line(each, reasons.get(each.key)) for each in found]


def open_count(session: Session, requirement: Requirement) -> int:
    """How many findings are neither mended nor settled."""
    return len(open_keys(session, requirement))


def open_keys(session: Session, requirement: Requirement, said: Iterable[str] = ()) -> set[str]:
    """What is neither mended nor settled, by the keys of the findings.

    `said` stands beside the requirement for everyone: the same words settled in it are settled there too.
    """
    lines = checklist(session, requirement)
    found = {line.finding.key for line in lines if line.reason is None}
    if not requirement.anonymous:
        return found
    settled = {_words(line.finding) for line in lines if line.reason is not None}
    content = read(requirement, queries.closed_part(session, requirement.id))
    beside = (Place("note", text) for text in said)
    told = redaction.findings(beside, identity.traces_of(session, requirement, content))
    return found | {each.key for each in told if _words(each) not in settled}


def _words(finding: Finding) -> tuple[str, str]:
    return finding.kind, redaction.folded(finding.words)


def settle(session: Session, actor: Actor, ref: str, reasons: Mapping[str, str | None]) -> int:
    """Let findings stay, each with its reason (by key); without one it is open again. How many are open then.

    Keys of what is not found any more are left out. Raises `InvalidMany` at the keys.
    """
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    require(actor, Action.REDACTION_SETTLE, facts.screening_subject(session, requirement, gate.now))
    lines = {line.finding.key: line.reason for line in checklist(session, requirement)}
    wanted = {key: (reason or "").strip() or None for key, reason in reasons.items()}
    _check(wanted)
    changed = {key: reason for key, reason in wanted.items() if key in lines and lines[key] != reason}
    if changed:
        mine = sa.and_(RedactionMark.requirement_id == requirement.id, RedactionMark.key.in_(changed))
        session.execute(sa.delete(RedactionMark).where(mine), execution_options=_PLAIN)
        for key, reason in changed.items():
            if reason is not None:
                mark = RedactionMark(requirement_id=requirement.id, key=key, reason=reason)
                mark.author_id, mark.created_at = actor.user_id, gate.now
                session.add(mark)
        session.flush()
        settled = str(sum(reason is not None for reason in changed.values()))
        trail.record(session, actor, "redaction.settled", requirement, gate.now, settled=settled)
    after = {key: changed.get(key, reason) for key, reason in lines.items()}
    return sum(reason is None for reason in after.values())


def _check(wanted: Mapping[str, str | None]) -> None:
    faults = [
        Invalid(key, "too_long", most=REASON, length=len(reason))
        for key, reason in wanted.items()
        if reason is not None and len(reason) > REASON
    ]
    if faults:
        raise InvalidMany(faults)
