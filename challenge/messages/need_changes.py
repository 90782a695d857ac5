"""What changed in a published need, in words: for letters and for pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from challenge.base import i18n
from challenge.distribution import tokens
from challenge.distribution.models import Recipient
from challenge.requirements import versions
from challenge.requirements.version_models import RequirementVersion

PARTS: Mapping[str, LazyString] = {
    "title_zh": _("Title in Chinese"),
    "title_en": _("Title in English"),
    "summary_zh": _("One sentence in Chinese"),
    "summary_en": _("One sentence in English"),
    "problem_zh": _("The problem, in Chinese"),
    "problem_en": _("The problem, in English"),
    "goals": _("Goals"),
    "indicators": _("Indicators"),
    "field": _("Field"),
    "industry": _("Industry"),
    "keywords": _("Keywords"),
    "region": _("Region"),
    "partners": _("Wished partners"),
    "budget_min_minor": _("Budget from"),
    "budget_max_minor": _("Budget up to"),
    "currency": _("Currency"),
    "modes": _("Cooperation"),
    "starts_on": _("Work starts"),
    "ends_on": _("Work ends"),
    "ip_wish": _("Intellectual property"),
    "closes_at": _("Own close"),
    "anonymous": _("Naming of the seeker"),
    "confidential_part": _("Confidential part"),
    # Of an indicator
    "name_zh": _("Indicator in Chinese"),
    "name_en": _("Indicator in English"),
    "unit": _("Unit"),
    "comparison": _("Comparison"),
    "target": _("Target"),
    "level": _("Level"),
}
# Why a difference is material, or is not.
WHY: Mapping[str, LazyString] = {
    "frame": _("a term that solutions are made for"),
    "text": _("it says something else"),
    "row_added": _("one was added"),
    "row_removed": _("one was taken away"),
    "row_changed": _("what has to be reached changed"),
    "typography": _("typography alone"),
    "translation": _("a translation beside a text that stays"),
    "finding": _("it serves finding the need"),
}


def part(key: str) -> str:
    """A part of a need in the reader's words."""
    return str(PARTS.get(key, key))


def because(reasons: Sequence[Sequence[str]]) -> list[str]:
    """Why a change is material, part by part."""
    mark = "：" if i18n.reader().zh else ": "
    return [f"{part(key)}{mark}{WHY.get(code, code)}" for key, code in reasons]


def changed_parts(step: versions.Step) -> list[str]:
    """The names of the parts that differ, each once, in the order of the form."""
    keys = [each.key for each in step.change.parts] + (["indicators"] if step.change.rows else [])
    keys += ["confidential_part"] if step.confidential else []
    return [part(key) for key in dict.fromkeys(keys)]


def scene(session: Session, version_id: int) -> dict[str, Any]:
    """For letters about a new version: `step` with its difference, `parts` that differ, `why` it counts."""
    version = session.get_one(RequirementVersion, version_id)
    before = sa.select(RequirementVersion).where(
        RequirementVersion.requirement_id == version.requirement_id,
        RequirementVersion.number < version.number,
    )
    earlier = session.scalars(before.order_by(RequirementVersion.number.desc()).limit(1)).all()
    step = versions.steps([version, *earlier], {})[0]
    return {"step": step, "parts": changed_parts(step), "why": because(version.reasons)}


def leave(session: Session, recipient_id: int) -> dict[str, Any]:
    """For letters to an address without an account: the link that ends them."""
    return {"leave": tokens.write(tokens.LEAVE, session.get_one(Recipient, recipient_id).ref)}
