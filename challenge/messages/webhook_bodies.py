"""What a webhook carries: names and states of things, never a text, a person or what is confidential."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements.models import Question, Requirement
from challenge.rounds.models import Programme, Round
from challenge.submissions.models import Submission


def written(event: str, ref: str, at: dt.datetime, about: Mapping[str, Any]) -> str:
    """A body: its id, the event, when it happened, and what about; the bytes that are signed."""
    when = at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps({"id": ref, "type": event, "timestamp": when, "data": about}, separators=(",", ":"))


def about(session: Session, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The things that an event names, each by its public name and its state: a statement for each."""
    found: dict[str, Any] = {}
    if facts.get("round_id") is not None:
        query = sa.select(Round.slug, Round.stage, Programme.slug).join(
            Programme, Programme.id == Round.programme_id
        )
        slug, stage, programme = session.execute(query.where(Round.id == facts["round_id"])).one()
        found |= {"programme": programme, "round": {"slug": slug, "stage": stage}}
    if facts.get("requirement_id") is not None:
        names = (Requirement.ref, Requirement.number, Requirement.state, Requirement.version)
        query_need = sa.select(*names).where(Requirement.id == facts["requirement_id"])
        found["requirement"] = dict(session.execute(query_need).mappings().one())
    if facts.get("submission_id") is not None:
        columns = (Submission.ref, Submission.code, Submission.state)
        entry = sa.select(*columns).where(Submission.id == facts["submission_id"])
        found["submission"] = dict(session.execute(entry).mappings().one())
    if facts.get("question_id") is not None:
        query_asked = sa.select(Question.ref, Question.public, Question.answered_at.is_not(None))
        ref, public, answered = session.execute(query_asked.where(Question.id == facts["question_id"])).one()
        found["question"] = {"ref": ref, "answered": bool(answered), "public": bool(answered and public)}
    return found
