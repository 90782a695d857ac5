"""What is entered: the frozen content of a version, what is still missing for it, and its digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from challenge.audit import statements
from challenge.requirements.models import Requirement
from challenge.rules import answers
from challenge.rules.errors import Invalid
from challenge.submissions.asking import Form
from challenge.submissions.material import Asked, Material
from challenge.submissions.models import Submission

LONGEST_TEAM_NAME = 100
# The fields of versions that were entered before rounds had forms of their own.
_EARLIER = ("summary", "proposal", "schedule", "trl_now", "trl_delivery")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A submission as it stands, in the shape in which versions keep it."""

    content: dict[str, Any]
    hidden: dict[str, Any]
    team: dict[str, Any]
    manifest: list[dict[str, Any]]

    @property
    def content_sha256(self) -> str:
        """The digest that the receipt signs beside the files."""
        signed = {"content": self.content, "team": self.team}
        return statements.digest(signed | {"hidden": self.hidden} if self.hidden else signed)

    @property
    def digest(self) -> str:
        """The digest of everything: equal digests are the same submission."""
        return statements.digest({"content_sha256": self.content_sha256, "manifest": self.manifest})


def freeze(
    submission: Submission,
    requirement: Requirement | None,
    form: Form,
    material: Material,
    organization: str | None,
) -> Frozen:
    """The submission with its team and files as plain values.

    `content` names nobody and holds nothing that the form hides from judges; that stands in `hidden`.
    """
    shown: dict[str, Any] = {}
    hidden: dict[str, Any] = {}
    for field in form.spec:
        if field.kind not in ("files", "indicators") and form.spec.is_shown(field, submission.values):
            (hidden if field.hidden else shown)[field.key] = submission.values.get(field.key)
    rows: list[dict[str, Any]] = []
    for field in form.spec.of_kind("indicators"):
        rows = [_answer(asked, answer_to(submission, asked.id)) for asked in material.indicators]
        if field.hidden:
            hidden[field.key], rows = rows, []
    content = {
        "title": submission.heading,
        "form": {"version": form.version, "digest": form.digest},
        "requirement": {"number": requirement.number, "version": requirement.version}
        if requirement
        else None,
        "currency": submission.currency,
        "quote_minor": shown.get("quote"),  # lists read it without knowing the form
        "values": shown,
        "answers": rows,
    }
    return Frozen(content, hidden, _team(submission, material, organization), material.manifest)


def as_answered(frozen: Frozen, submission: Submission) -> Frozen:
    """The same as an answer to the version of the requirement that the submission answered last.

    A need that changed makes nothing of an entry that was not touched; other indicators do.
    """
    asked, answered = frozen.content["requirement"], submission.requirement_version
    if asked is None or answered in (None, asked["version"]):
        return frozen
    return replace(frozen, content={**frozen.content, "requirement": {**asked, "version": answered}})


def _team(submission: Submission, material: Material, organization: str | None) -> dict[str, Any]:
    return {
        "name": submission.team_name,
        "organization": organization,
        "members": [
            {"name": each.name, "affiliation": each.affiliation, "joined": each.user_id is not None}
            for each in material.members
        ],
    }


def values_of(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answers of a version's content by field, of whichever age it is."""
    if "values" in content:
        values: Mapping[str, Any] = content["values"]
        return values
    earlier = {name: content.get(name) for name in ("title", *_EARLIER)}
    return {**earlier, "quote": content.get("quote_minor"), "original": 1 if content.get("original") else 0}


def answer_to(submission: Submission, indicator_id: int) -> Mapping[str, str]:
    """The answer to one indicator: `met` and `evidence`, empty where there is none."""
    given = (submission.values.get("indicators") or {}).get(str(indicator_id)) or {}
    return {"met": given.get("met", ""), "evidence": given.get("evidence", "")}


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


def missing(submission: Submission, form: Form, material: Material) -> list[Invalid]:
    """What is missing before it can be entered, in the order of the form; empty when it is complete."""
    asked = [each.id for each in material.indicators]
    faults = answers.missing(form.spec, submission.values, asked, material.files_by_field)
    if not all(member.name.strip() for member in material.members) or not material.members:
        faults.append(Invalid("team", "missing_team"))
    return faults
