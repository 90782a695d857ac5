"""What a published need said under which number: kept whole at every publication, read by everyone."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from challenge.requirements import queries
from challenge.requirements.content import CLOSED, Closed, Content, IndicatorRow, read
from challenge.requirements.models import Question, Requirement
from challenge.requirements.version_models import AnswerCorrection, RequirementVersion
from challenge.rules import needchange
from challenge.rules.errors import NotFound
from challenge.rules.needchange import Change

MOST = 200
_DAYS = ("starts_on", "ends_on")


def written(content: Content) -> dict[str, Any]:
    """The public part of a content as JSON keeps it."""
    found: dict[str, Any] = {key: getattr(content, key) for key in needchange.KEYS}
    found |= {key: list(found[key]) for key in ("keywords", "modes")}
    found |= {key: found[key].isoformat() if found[key] else None for key in _DAYS}
    at = content.closes_at
    found["closes_at"] = at.astimezone(dt.UTC).isoformat() if at else None
    return found | {"indicators": [asdict(row) for row in content.indicators]}


def told(kept: Mapping[str, Any], closed: Mapping[str, str] | None = None) -> Content:
    """Such JSON as content again, with what is closed beside it."""
    found: dict[str, Any] = {key: kept[key] for key in needchange.KEYS if kept.get(key) is not None}
    found |= {key: tuple(found.get(key) or ()) for key in ("keywords", "modes")}
    for key in _DAYS:
        found[key] = dt.date.fromisoformat(found[key]) if found.get(key) else None
    at = found.get("closes_at")
    found["closes_at"] = dt.datetime.fromisoformat(at) if at else None
    rows = tuple(IndicatorRow(**row) for row in kept.get("indicators") or ())
    found |= {name: (closed or {}).get(name, "") for name in CLOSED}
    return Content(**found, indicators=rows)


def digest(ref: str, confidential: str) -> str:
    """What tells that the confidential part changed, and nothing of what it says."""
    return hashlib.sha256(f"{ref}\n{confidential}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Why:
    """What is said about a version beside its content; the first one has nothing of it."""

    side: str = "seeker"
    author_id: int | None = None
    publisher_id: int | None = None
    note: str = ""
    reasons: list[list[str]] = field(default_factory=list)
    editorial: str = ""
    close: str | None = None
    close_reason: str = ""
    close_before: dt.datetime | None = None
    close_after: dt.datetime | None = None
    question_ids: list[int] = field(default_factory=list)


def keep(
    session: Session, requirement: Requirement, content: Content, why: Why, at: dt.datetime
) -> RequirementVersion:
    """Keep the need as it stands under its number."""
    version = RequirementVersion(
        requirement_id=requirement.id,
        number=requirement.version,
        content=written(content),
        confidential=content.confidential_part,
        confidential_digest=digest(requirement.ref, content.confidential_part),
        material=bool(why.reasons),
        created_at=at,
        **{name: getattr(why, name) for name in Why.__slots__},
    )
    session.add(version)
    session.flush()
    return version


def ensure(session: Session, requirement: Requirement) -> None:
    """See that the version in force is kept, whichever way it was published; its indicators are loaded."""
    mine = RequirementVersion.requirement_id == requirement.id
    if session.scalar(sa.select(RequirementVersion.id).where(mine).limit(1)) is None:
        content = read(requirement, queries.closed_part(session, requirement.id))
        at = requirement.published_at or requirement.created_at
        keep(session, requirement, content, Why(author_id=requirement.author_id), at)


def keep_plain(session: Session, requirements: Sequence[Requirement]) -> None:
    """The first versions of many that were just published with nothing confidential in them."""
    plain = Closed()
    session.add_all(
        RequirementVersion(
            requirement_id=each.id,
            number=each.version,
            content=written(read(each, plain)),
            confidential_digest=digest(each.ref, ""),
            created_at=each.published_at,
        )
        for each in requirements
    )


def of(session: Session, requirement_id: int) -> Sequence[RequirementVersion]:
    """Every version, the newest first, without anything confidential (one statement)."""
    query = sa.select(RequirementVersion).where(RequirementVersion.requirement_id == requirement_id)
    return session.scalars(query.order_by(RequirementVersion.number.desc()).limit(MOST)).all()


def with_secrets(session: Session, requirement_id: int) -> Sequence[RequirementVersion]:
    """The same with the confidential part, for whoever may `requirement:read_confidential`."""
    query = sa.select(RequirementVersion).where(RequirementVersion.requirement_id == requirement_id)
    whole = query.options(undefer(RequirementVersion.confidential))
    return session.scalars(whole.order_by(RequirementVersion.number.desc()).limit(MOST)).all()


def one(session: Session, requirement_id: int, number: int) -> RequirementVersion:
    """One version; raises NotFound."""
    mine = (RequirementVersion.requirement_id == requirement_id, RequirementVersion.number == number)
    found = session.scalar(sa.select(RequirementVersion).where(*mine))
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """A version and what it changed against the one before; `first` has nothing before it."""

    version: RequirementVersion
    change: Change
    confidential: bool
    questions: tuple[Question, ...] = ()

    @property
    def first(self) -> bool:
        """Whether it is the first publication."""
        return not self.change and not self.confidential and not self.version.note


def steps(versions: Sequence[RequirementVersion], questions: Mapping[int, Question]) -> list[Step]:
    """Versions, the newest first, each with its difference and those of its questions that may be named."""
    found = []
    for version, before in zip_longest(versions, versions[1:]):
        asked = tuple(questions[key] for key in version.question_ids if key in questions)
        if before is None:
            found.append(Step(version, Change(), confidential=False, questions=asked))
            continue
        change = needchange.between(before.content, version.content)
        secret = before.confidential_digest != version.confidential_digest
        found.append(Step(version, change, secret, asked))
    return found


def named(session: Session, versions: Sequence[RequirementVersion], *, everyone: bool) -> dict[int, Question]:
    """The questions that versions name, by id: for everyone only those answered for everyone.

    One statement, none where no version names any.
    """
    ids = {key for each in versions for key in each.question_ids}
    if not ids:
        return {}
    query = sa.select(Question).where(Question.id.in_(ids))
    if everyone:
        query = query.where(Question.public, Question.answered_at.is_not(None))
    return {each.id: each for each in session.scalars(query)}


def asked(session: Session, question_ids: Sequence[int]) -> Sequence[Question]:
    """The questions that a change names, for those who decide on it (one statement, none for none)."""
    if not question_ids:
        return ()
    query = sa.select(Question).where(Question.id.in_(list(question_ids)))
    return session.scalars(query.order_by(Question.id)).all()


def corrections(session: Session, question_ids: Collection[int]) -> dict[int, list[AnswerCorrection]]:
    """What answers said before they were corrected, the newest first (one statement, none for none)."""
    found: dict[int, list[AnswerCorrection]] = {}
    if question_ids:
        query = sa.select(AnswerCorrection).where(AnswerCorrection.question_id.in_(list(question_ids)))
        for each in session.scalars(query.order_by(AnswerCorrection.id.desc())):
            found.setdefault(each.question_id, []).append(each)
    return found
