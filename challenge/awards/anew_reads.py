"""Reads of proposals offered anew: what was found for them, what was offered, what came of it.

Consent is joined in every read that shows something of an entry, so that what was taken back is nowhere.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.anew_models import AnewConsent, AnewMatch, AnewOffer, AnewSearch
from challenge.awards.gallery import team_of
from challenge.docking.models import DockingPair
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.matching import Reason
from challenge.submissions.content import values_of
from challenge.submissions.models import Submission, TeamMember, Version

SHOWN = 100


def search_of(session: Session, round_id: int) -> AnewSearch | None:
    """The bar of a round, and when needs were last found."""
    return session.get(AnewSearch, round_id, populate_existing=True)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry and a need that it may answer too; the need as everyone reads it."""

    ref: str
    code: str
    title: str
    need_ref: str
    need_number: str | None
    need_zh: str | None
    need_en: str | None
    score: int
    reasons: tuple[Reason, ...]


def suggestions(
    session: Session, search: AnewSearch, ids: Collection[int], reader: int | None
) -> list[Suggestion]:
    """What was found for those at or above the bar and not offered yet, the best first (one statement).

    Nothing of the reader's own team is among it.
    """
    offered = sa.exists().where(
        AnewOffer.submission_id == AnewMatch.submission_id,
        AnewOffer.requirement_id == AnewMatch.requirement_id,
    )
    own = sa.exists().where(TeamMember.submission_id == Submission.id, TeamMember.user_id == reader)
    query = (
        sa.select(
            *(Submission.id, Submission.ref, Submission.code, Submission.title),
            *(Requirement.ref, Requirement.number, Requirement.title_zh, Requirement.title_en),
            *(AnewMatch.score, AnewMatch.reasons),
        )
        .join(Submission, Submission.id == AnewMatch.submission_id)
        .join(AnewConsent, AnewConsent.submission_id == Submission.id)
        .join(Requirement, Requirement.id == AnewMatch.requirement_id)
        .join(Round, Round.id == Requirement.round_id)
        .where(Submission.round_id == search.round_id, Submission.state == "not_selected", sa.not_(own))
        .where(Requirement.state == "published", Round.public, sa.not_(offered))
        .order_by(AnewMatch.score.desc(), Submission.id, Requirement.id)
    )
    found: list[Any] = [row for row in session.execute(query) if row[0] in ids]
    return [_suggestion(*row[1:]) for row in found[:SHOWN]]


def _suggestion(*values: Any) -> Suggestion:
    *head, reasons = values
    return Suggestion(*[*head, tuple(Reason.from_json(each) for each in reasons)])


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as organizers and the team see it; `need_*` as everyone reads the need."""

    ref: str
    state: str
    reason: str | None
    created_at: dt.datetime
    answered_at: dt.datetime | None
    entry_ref: str
    code: str
    title: str
    need_ref: str
    need_zh: str | None
    need_en: str | None
    pair_ref: str | None


def _offers(*conditions: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            *(AnewOffer.ref, AnewOffer.state, AnewOffer.reason, AnewOffer.created_at, AnewOffer.answered_at),
            *(Submission.ref, Submission.code, Submission.title),
            *(Requirement.ref, Requirement.title_zh, Requirement.title_en, DockingPair.ref),
        )
        .join(Submission, Submission.id == AnewOffer.submission_id)
        .join(Requirement, Requirement.id == AnewOffer.requirement_id)
        .outerjoin(DockingPair, DockingPair.id == AnewOffer.pair_id)
        .where(*conditions)
        .order_by(AnewOffer.id.desc())
        .limit(SHOWN)
    )


def of_round(session: Session, round_id: int) -> list[Offered]:
    """Offers of a round's entries, the newest first (one statement)."""
    return [Offered(*row) for row in session.execute(_offers(Submission.round_id == round_id))]


def of_entry(session: Session, submission_id: int) -> list[Offered]:
    """Offers of one entry, for its team: why a seeker declined is the organizers' (one statement)."""
    rows = session.execute(_offers(AnewOffer.submission_id == submission_id))
    return [replace(Offered(*row), reason=None) for row in rows]


def consent_of(session: Session, submission_id: int) -> AnewConsent | None:
    """What its owner said last."""
    return session.get(AnewConsent, submission_id, populate_existing=True)


@dataclass(frozen=True, slots=True)
class Released:
    """An offer as its seeker reads it: of the entry only what its team agrees to now."""

    ref: str
    state: str
    created_at: dt.datetime
    need_ref: str
    need_zh: str | None
    need_en: str | None
    submission_id: int
    pair_ref: str | None
    part: str | None  # none once it was taken back
    title: str = ""
    summary: str = ""
    team: str = ""


def _released(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The entry's words come only with a consent, its team only where that names it."""
    return (
        sa.select(
            *(AnewOffer.ref, AnewOffer.state, AnewOffer.created_at),
            *(Requirement.ref, Requirement.title_zh, Requirement.title_en, AnewOffer.submission_id),
            *(DockingPair.ref, AnewConsent.part),
            sa.case((AnewConsent.part.is_not(None), sa.cast(Version.content, sa.Text))),
            sa.case((AnewConsent.named, sa.cast(Version.team, sa.Text))),
        )
        .join(Requirement, Requirement.id == AnewOffer.requirement_id)
        .join(Version, sa.and_(Version.submission_id == AnewOffer.submission_id, Version.current))
        .outerjoin(AnewConsent, AnewConsent.submission_id == AnewOffer.submission_id)
        .outerjoin(DockingPair, DockingPair.id == AnewOffer.pair_id)
        .where(*conditions)
        .order_by(AnewOffer.id.desc())
    )


def _read(row: Any) -> Released:
    values: list[Any] = list(row)
    *head, content_text, team_text = values
    if not content_text:
        return Released(*head)
    content = json.loads(content_text)
    title, summary = content.get("title") or "", values_of(content).get("summary") or ""
    team = team_of(json.loads(team_text)) if team_text else ""
    return Released(*[*head, str(title), str(summary), team])


def for_seekers(session: Session, organizations: Collection[int]) -> list[Released]:
    """What was offered to these organizations, the newest first (one statement)."""
    query = _released(Requirement.seeker_id.in_(organizations)).limit(SHOWN)
    return [_read(row) for row in session.execute(query)]


def released(session: Session, ref: str) -> Released:
    """One offer as its seeker reads it (one statement); raises NotFound."""
    row = session.execute(_released(AnewOffer.ref == ref)).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def round_of_need(session: Session, ref: str) -> int:
    """The round of the need that an offer was made to; raises NotFound."""
    query = sa.select(Requirement.round_id).join(AnewOffer, AnewOffer.requirement_id == Requirement.id)
    found = session.scalar(query.where(AnewOffer.ref == ref))
    if found is None:
        raise NotFound
    return found


def need_ref(session: Session, made: AnewOffer) -> str:
    """The need of an offer."""
    return session.scalars(sa.select(Requirement.ref).where(Requirement.id == made.requirement_id)).one()


def round_of_entry(session: Session, made: AnewOffer) -> int:
    """The round of the entry that was offered."""
    return session.scalars(sa.select(Submission.round_id).where(Submission.id == made.submission_id)).one()


def owner_of(session: Session, made: AnewOffer) -> int | None:
    """Who speaks for the entry."""
    return session.scalar(sa.select(Submission.owner_id).where(Submission.id == made.submission_id))


def slug_of(session: Session, made: AnewOffer) -> str:
    """The same round, as its pages have it."""
    query = sa.select(Round.slug).join(Submission, Submission.round_id == Round.id)
    return session.scalars(query.where(Submission.id == made.submission_id)).one()
