"""What is entered: the frozen content of a version, what is still missing for it, and its digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from challenge.audit import statements
from challenge.requirements.models import Requirement
from challenge.rules.errors import Invalid
from challenge.submissions.material import Asked, Material
from challenge.submissions.models import Submission

MET = ("met", "partly", "no")
LONGEST: Mapping[str, int] = {
    "title": 120,
    "summary": 600,
    "proposal": 20_000,
    "schedule": 2_000,
    "evidence": 600,
    "team_name": 100,
}


@dataclass(frozen=True, slots=True)
class Frozen:
    """A submission as it stands, in the shape in which versions keep it."""

    content: dict[str, Any]
    team: dict[str, Any]
    manifest: list[dict[str, Any]]

    @property
    def content_sha256(self) -> str:
        """The digest that the receipt signs beside the files."""
        return statements.digest({"content": self.content, "team": self.team})

    @property
    def digest(self) -> str:
        """The digest of everything: equal digests are the same submission."""
        return statements.digest({"content_sha256": self.content_sha256, "manifest": self.manifest})


def freeze(
    submission: Submission, requirement: Requirement | None, material: Material, organization: str | None
) -> Frozen:
    """The submission with its team and files as plain values. `content` names nobody."""
    content = {
        "title": submission.title,
        "summary": submission.summary,
        "proposal": submission.proposal,
        "schedule": submission.schedule,
        "trl_now": submission.trl_now,
        "trl_delivery": submission.trl_delivery,
        "quote_minor": submission.quote_minor,
        "currency": submission.currency,
        "original": submission.original,
        "requirement": {"number": requirement.number, "version": requirement.version}
        if requirement
        else None,
        "answers": [_answer(asked, answer_to(submission, asked.id)) for asked in material.indicators],
    }
    team = {
        "name": submission.team_name,
        "organization": organization,
        "members": [
            {"name": each.name, "affiliation": each.affiliation, "joined": each.user_id is not None}
            for each in material.members
        ],
    }
    return Frozen(content, team, material.manifest)


def answer_to(submission: Submission, indicator_id: int) -> Mapping[str, str]:
    """The answer to one indicator: `met` and `evidence`, empty where there is none."""
    answer = submission.answers.get(str(indicator_id)) or {}
    return {"met": answer.get("met", ""), "evidence": answer.get("evidence", "")}


def _answer(asked: Asked, answer: Mapping[str, str]) -> dict[str, Any]:
    return {
        "indicator": asked.id,
        "position": asked.position,
        "name_zh": asked.name_zh,
        "name_en": asked.name_en,
        "unit": asked.unit,
        "comparison": asked.comparison,
        "target": asked.target,
        "level": asked.level,
        **answer,
    }


def missing(submission: Submission, material: Material) -> list[Invalid]:
    """What is missing before it can be entered, in the order of the form; empty when it is complete.

    Without a requirement there are no indicators, and maturity, quote and schedule are free.
    """
    faults = [
        Invalid(name, f"missing_{name}")
        for name in ("title", "summary", "proposal")
        if not getattr(submission, name).strip()
    ]
    if submission.requirement_id is not None:
        faults += _missing_for_requirement(submission, material)
    if not all(member.name.strip() for member in material.members) or not material.members:
        faults.append(Invalid("team", "missing_team"))
    if not submission.original:
        faults.append(Invalid("original", "missing_original"))
    return faults


def _missing_for_requirement(submission: Submission, material: Material) -> list[Invalid]:
    faults = []
    answers = [answer_to(submission, asked.id) for asked in material.indicators]
    open_ = sum(1 for each in answers if each["met"] not in MET)
    bare = sum(1 for each in answers if each["met"] in ("met", "partly") and not each["evidence"].strip())
    if open_:
        faults.append(Invalid("answers", "missing_answers", count=open_))
    elif bare:
        faults.append(Invalid("answers", "missing_evidence", count=bare))
    if submission.trl_now is None or submission.trl_delivery is None:
        faults.append(Invalid("trl_now", "missing_trl"))
    if submission.quote_minor is None:
        faults.append(Invalid("quote", "missing_quote"))
    if not submission.schedule.strip():
        faults.append(Invalid("schedule", "missing_schedule"))
    return faults
