"""Reads of objections: what can be objected to, what the public learns, one's own, the desk of a round."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import Organization, User
from challenge.awards.models import Award, Decision, Notice
from challenge.awards.objection_models import Objection, ObjectionFile
from challenge.awards.queries import ASKED_AGAIN, SHOWN
from challenge.files.models import Blob
from challenge.judging.models import Criterion, PanelJudge, Phase
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Actor
from challenge.submissions.models import Submission, TeamMember


@dataclass(frozen=True, slots=True)
class Target:
    """An entry that somebody may object to: one on the notice, or an own one."""

    id: int
    code: str
    title: str
    team: str
    own: bool


def targets(session: Session, actor: Actor, round_id: int) -> list[Target]:
    """What this person may object to: what stands on the notice, and their own entries (one statement)."""
    solver = sa.func.coalesce(sa.func.nullif(Submission.team_name, ""), Organization.name, Submission.code)
    awarded = sa.exists().where(Award.submission_id == Submission.id, Award.state.in_(SHOWN))
    chosen = sa.exists().where(
        *(Decision.chosen_id == Submission.id, Decision.round_id == round_id),
        *(Notice.round_id == Decision.round_id, sa.not_(ASKED_AGAIN)),
    )
    own = sa.exists().where(TeamMember.submission_id == Submission.id, TeamMember.user_id == actor.user_id)
    query = (
        sa.select(Submission.id, Submission.code, Submission.title, solver, own)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .where(Submission.round_id == round_id, Submission.state == "submitted")
        .where(sa.or_(awarded, chosen, own))
        .order_by(own.desc(), Submission.code)
    )
    return [
        Target(key, code, title, team, bool(mine)) for key, code, title, team, mine in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Choices:
    """What an objection may name besides an entry: criteria and judges, as the public knows them."""

    criteria: Sequence[Criterion]
    judges: Sequence[tuple[int, int, str]]  # its number, the phase's, the label; by name where that is public


def choices(session: Session, round_id: int) -> Choices:
    """The rubrics and the panels of a round (two statements)."""
    criteria = sa.select(Criterion).join(Phase, Phase.id == Criterion.phase_id)
    own = criteria.where(Phase.round_id == round_id, sa.not_(Criterion.carried))
    named = sa.and_(Phase.panel_public, Phase.blindness != "double")
    label = sa.case((named, PanelJudge.label + sa.literal(" ") + User.name), else_=PanelJudge.label)
    judges = (
        sa.select(PanelJudge.id, Phase.number, sa.func.coalesce(label, PanelJudge.label))
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .outerjoin(User, User.id == PanelJudge.user_id)
        .where(Phase.round_id == round_id)
        .order_by(Phase.number, PanelJudge.id)
    )
    return Choices(
        session.scalars(own.order_by(Phase.number, Criterion.position)).all(),
        [(key, number, label) for key, number, label in session.execute(judges)],
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """An answered objection as everyone reads it."""

    ground: str
    state: str
    public_text: str
    answered_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What everyone learns of objections: how many, and after the notice what came of each."""

    filed: int = 0
    waiting: int = 0
    answered: tuple[Answered, ...] = ()


def told(session: Session, round_id: int) -> Told:
    """The numbers and the answers of a round, those that were taken back left out (one statement)."""
    query = (
        sa.select(Objection.state, Objection.ground, Objection.public_text, Objection.answered_at)
        .where(Objection.round_id == round_id, Objection.state != "withdrawn")
        .order_by(Objection.answered_at, Objection.id)
    )
    rows = session.execute(query).all()
    states = Counter(row.state for row in rows)
    answered = tuple(
        Answered(row.ground, row.state, row.public_text or "", row.answered_at)
        for row in rows
        if row.answered_at is not None
    )
    return Told(len(rows), states["filed"], answered)


@dataclass(frozen=True, slots=True)
class Line:
    """An objection in a list, without whoever filed it."""

    ref: str
    ground: str
    state: str
    code: str
    title: str
    filed_at: dt.datetime
    due_at: dt.datetime
    answered_at: dt.datetime | None
    slug: str
    zone: str
    round_zh: str | None
    round_en: str | None


def _lines() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            *(Objection.ref, Objection.ground, Objection.state, Submission.code, Submission.title),
            *(Objection.filed_at, Objection.due_at, Objection.answered_at),
            *(Round.slug, Round.zone, Round.title_zh, Round.title_en),
        )
        .join(Submission, Submission.id == Objection.submission_id)
        .join(Round, Round.id == Objection.round_id)
    )


def mine(session: Session, actor: Actor) -> list[Line]:
    """What this person filed, the newest first (one statement)."""
    query = _lines().where(Objection.author_id == actor.user_id).order_by(Objection.id.desc())
    return [Line(*row) for row in session.execute(query)]


def desk(session: Session, round_id: int) -> list[Line]:
    """What was filed in a round: what waits for an answer first, the most urgent on top (one statement)."""
    settled = sa.case((Objection.state == "filed", 0), else_=1)
    query = _lines().where(Objection.round_id == round_id)
    rows = session.execute(query.order_by(settled, Objection.due_at, Objection.id))
    return [Line(*row) for row in rows]


def by_ref(session: Session, ref: str) -> Objection:
    """An objection with the entry, the criterion, the judge's seat and who answered; raises NotFound."""
    query = (
        sa.select(Objection)
        .where(Objection.ref == ref)
        .options(
            joinedload(Objection.submission).joinedload(Submission.requirement),
            *(joinedload(part) for part in (Objection.criterion, Objection.judge, Objection.answerer)),
        )
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file of an objection."""

    ref: str
    name: str
    sha256: str
    size: int
    media_type: str


def evidence(session: Session, objection_id: int) -> list[Evidence]:
    """The files of an objection, in the order in which they came (one statement)."""
    query = (
        sa.select(ObjectionFile.ref, ObjectionFile.name, Blob.sha256, Blob.size, Blob.media_type)
        .join(Blob, Blob.sha256 == ObjectionFile.sha256)
        .where(ObjectionFile.objection_id == objection_id)
        .order_by(ObjectionFile.id)
    )
    return [Evidence(*row) for row in session.execute(query)]


def round_of(session: Session, ref: str) -> tuple[int, Notice | None]:
    """The round of an objection and its notice; raises NotFound."""
    query = (
        sa.select(Objection.round_id, Notice)
        .outerjoin(Notice, Notice.round_id == Objection.round_id)
        .where(Objection.ref == ref)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]
