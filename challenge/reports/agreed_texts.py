"""Closing reports that both sides made public: a story begins with one, and rests on their word."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.agreements.milestone_models import ClosingReport
from challenge.agreements.models import Agreement
from challenge.reports import stories
from challenge.reports.story_models import Story
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import SYSTEM, Actor

MOST = 50
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Offered:
    """A text that both sides made public; `ref` and `number` are the agreement's."""

    ref: str
    number: str
    title: str
    text: str
    seeker_at: dt.datetime
    solver_at: dt.datetime
    need: str  # its number
    agreement_id: int
    zone: str


def offered(session: Session, round_id: int) -> list[Offered]:
    """Those of a round whose need has no story yet, the newest first (one statement)."""
    query = _agreed(round_id).outerjoin(Story, Story.requirement_id == Requirement.id)
    newest = ClosingReport.agreed_public_at.desc()
    rows = session.execute(query.where(Story.id.is_(None)).order_by(newest).limit(MOST))
    return [Offered(*row) for row in rows]


def _agreed(round_id: int) -> sa.Select[*tuple[Any, ...]]:
    columns: tuple[Any, ...] = (
        *(Agreement.ref, Agreement.number, ClosingReport.public_title, ClosingReport.public_text),
        *(ClosingReport.public_ok_seeker_at, ClosingReport.public_ok_solver_at),
        *(Requirement.number, Agreement.id, Round.zone),
    )
    return (
        sa.select(*columns)
        .select_from(ClosingReport)
        .join(Agreement, Agreement.id == ClosingReport.agreement_id)
        .join(Requirement, Requirement.id == Agreement.requirement_id)
        .join(Round, Round.id == Requirement.round_id)
        .where(Requirement.round_id == round_id, Round.public, Requirement.state.in_(PUBLIC_STATES))
        .where(ClosingReport.agreed_public_at.is_not(None))
    )


def begin(session: Session, actor: Actor, round_id: int, ref: str) -> Story:
    """A story with the text and the consents of this agreement's report; one that has words keeps its own.

    Raises NotFound where the report is not public (any more).
    """
    gates.hold(session, round_id, exclusive=True)
    row = session.execute(_agreed(round_id).where(Agreement.ref == ref)).one_or_none()
    if row is None:
        raise NotFound
    report = Offered(*row)
    story = stories.begin(session, actor, round_id, report.need)
    if story.state != "draft" or any(getattr(story, name) for name in (*stories.TEXTS, *stories.CONSENTS)):
        return story
    lang = "zh" if _HAN.search(report.title + report.text) else "en"
    setattr(story, f"title_{lang}", report.title)
    setattr(story, f"text_{lang}", report.text)
    story.seeker_consent = _consent(report, report.seeker_at)
    story.solver_consent = _consent(report, report.solver_at)
    story.agreement_id = report.agreement_id
    session.flush()
    return story


def _consent(report: Offered, at: dt.datetime) -> str:
    day = f"{at.astimezone(ZoneInfo(report.zone)):%Y-%m-%d}"
    return _("In the closing report of %(number)s, %(day)s", number=report.number, day=day)


def follow(session: Session, facts: Mapping[str, Any]) -> tuple[()]:
    """A yes was taken back, or is to another text now: what was written of it in a story falls.

    A consent that names the agreement rests on its report; one in other words is an organizer's own. A story
    that loses one is taken back from everyone. Told twice, it is done once.
    """
    gate = gates.hold(session, facts["round_id"], exclusive=True)
    query = sa.select(Story, ClosingReport, Agreement.number, Requirement)
    query = query.join(Agreement, Agreement.id == Story.agreement_id)
    query = query.join(ClosingReport, ClosingReport.agreement_id == Agreement.id)
    query = query.join(Requirement, Requirement.id == Story.requirement_id)
    row = session.execute(query.where(Agreement.id == facts["agreement_id"])).one_or_none()
    if row is None or row.ClosingReport.agreed_public_at is not None:
        return ()
    story, report, number, requirement = row
    fallen = [
        side
        for side in ("seeker", "solver")
        if getattr(report, f"public_ok_{side}_at") is None and number in getattr(story, f"{side}_consent")
    ]
    if fallen and story.state == "published":
        stories.take_back(session, SYSTEM, story, requirement, gate.now)
    for side in fallen:
        setattr(story, f"{side}_consent", "")
    session.flush()
    return ()
