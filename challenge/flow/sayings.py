"""What letters quote, read as it stands when the letter is put (see mails)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.act_models import AdminAct
from challenge.accounts.models import Invitation, User
from challenge.distribution.models import Care, Dispatch
from challenge.judging import screening
from challenge.judging.models import Assignment, Phase, Scorecard
from challenge.reports.look_models import LookOn
from challenge.requirements import diagnosis_reads as reads
from challenge.requirements.face_models import Access
from challenge.requirements.models import Requirement
from challenge.requirements.version_models import RequirementChange
from challenge.rounds.models import Override
from challenge.submissions.models import Extension, Submission

Facts = Mapping[str, Any]


def act(session: Session, facts: Facts) -> dict[str, Any]:
    """Why an administrator did something to an account."""
    return {"said": session.scalar(sa.select(AdminAct.reason).where(AdminAct.id == facts["act_id"])) or ""}


def look(session: Session, facts: Facts) -> dict[str, Any]:
    """Who looks on as a person, why, and until when."""
    query = sa.select(LookOn, User.name).outerjoin(User, User.id == LookOn.looker_id)
    row = session.execute(query.where(LookOn.id == facts["look_id"])).one()
    return {"said": row.LookOn.reason, "looker": row.name or "", "until_at": row.LookOn.until_at.isoformat()}


def requirement_reason(session: Session, facts: Facts) -> dict[str, Any]:
    """Why a requirement stands as it does, and how many experts’ opinions its seeker has on it."""
    reason = sa.select(Requirement.state_reason).where(Requirement.id == facts["requirement_id"])
    return {"said": session.scalar(reason) or "", "opinions": reads.given(session, facts["requirement_id"])}


def access_reason(session: Session, facts: Facts) -> dict[str, Any]:
    """Why somebody does not read a confidential part, or not any more."""
    return {"said": session.scalar(sa.select(Access.reason).where(Access.id == facts["access_id"])) or ""}


def change(session: Session, facts: Facts) -> dict[str, Any]:
    """What is proposed and why, and why it was returned; its address."""
    change = session.get_one(RequirementChange, facts["change_id"])
    return {"said": change.note, "replied": change.reasons or "", "change_ref": change.ref}


def submission_reason(session: Session, facts: Facts) -> dict[str, Any]:
    """Why an entry stands as it does."""
    reason = sa.select(Submission.state_reason).where(Submission.id == facts["submission_id"])
    return {"said": session.scalar(reason) or ""}


def case(session: Session, facts: Facts) -> dict[str, Any]:
    """What is held against an entry, the reply and the decision, as the newest case has them."""
    case = screening.newest(session, facts["submission_id"])
    if case is None:
        return {}
    quoted = {"said": case.text, "replied": case.reply or "", "decided": case.decision or ""}
    return {**quoted, "reasons": list(case.reasons), "until_at": case.reply_until.isoformat()}


def override(session: Session, facts: Facts) -> dict[str, Any]:
    """A moved moment of a round, and why."""
    override = session.get_one(Override, facts["override_id"])
    before, after = override.before_at, override.after_at
    return {
        "said": override.reason,
        "stage": override.stage,
        "before_at": before.isoformat() if before else None,
        "after_at": after.isoformat() if after else None,
    }


def phase(session: Session, facts: Facts) -> dict[str, Any]:
    """A phase of judging with its close."""
    phase = session.get_one(Phase, facts["phase_id"])
    closes = phase.closes_at
    return {
        "number": phase.number,
        "kind": phase.kind,
        "name_zh": phase.name_zh,
        "name_en": phase.name_en,
        "closes_at": closes.isoformat() if closes else None,
        "said": facts.get("reason", ""),
    }


def declined(session: Session, facts: Facts) -> dict[str, Any]:
    """Why an invitation was declined."""
    return {"said": session.get_one(Invitation, facts["invitation_id"]).decline_reason or ""}


def said(_session: Session, facts: Facts) -> dict[str, Any]:
    """The reason that the event carries."""
    return {"said": facts.get("reason", "")}


def wish(session: Session, facts: Facts) -> dict[str, Any]:
    """Why a judge asks to open a scorecard again."""
    wish = sa.select(Scorecard.reopen_reason).join(Assignment, Assignment.id == Scorecard.assignment_id)
    return {"said": session.scalar(wish.where(Assignment.id == facts["assignment_id"])) or ""}


def extension(session: Session, facts: Facts) -> dict[str, Any]:
    """How long one entry has more time, and why."""
    given = session.get_one(Extension, facts["extension_id"])
    return {"said": given.reason, "after_at": given.until_at.isoformat()}


def dispatch(session: Session, facts: Facts) -> dict[str, Any]:
    """What a recipient answered, and how to reach them."""
    dispatch = session.get_one(Dispatch, facts["dispatch_id"], options=[joinedload(Dispatch.recipient)])
    recipient = dispatch.recipient
    return {"said": dispatch.note, "whom": recipient.name or recipient.address, "contact": recipient.address}


def care(session: Session, facts: Facts) -> dict[str, Any]:
    """A broker’s reason, and who it is."""
    care = session.get_one(Care, facts["care_id"])
    broker = session.get(User, care.broker_id)
    return {"said": care.reason or "", "whom": broker.name if broker else ""}
