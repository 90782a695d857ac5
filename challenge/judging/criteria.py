"""Criteria as an organizer writes them: the default rubric, and what each row must be to be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.scales import read_score

MOST_CRITERIA = 20
LEAST_JUDGES, MOST_JUDGES = 2, 15  # an entry
MOST_PLACES = 4  # decimals that scales and totals are kept with
CEILING = Decimal(10_000)  # of a scale's end and of a weight
_TENTHS = Decimal(10)
_TEXTS = ("name_zh", "name_en", "guidance_zh", "guidance_en")
_NUMBERS = ("minimum", "maximum", "step", "weight")


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    """A criterion as an organizer typed it."""

    name_zh: str = ""
    name_en: str = ""
    guidance_zh: str = ""
    guidance_en: str = ""
    minimum: str = "0"
    maximum: str = "10"
    step: str = "0.5"
    weight: str = ""


# Points of a hundred, by the usual panel; each criterion is scored 0 to 10 in halves.
DEFAULT: tuple[CriterionDraft, ...] = tuple(
    CriterionDraft(
        name_zh=zh,
        name_en=en,
        guidance_zh=help_zh,
        guidance_en=help_en,
        weight=str(Decimal(points) / _TENTHS),
    )
    for points, zh, en, help_zh, help_en in (
        (
            30,
            "指标符合度",
            "Fit to indicators",
            "逐项对照需求指标；有一项“必须”未满足，不超过 4 分。",
            "Compare every target. A missed “must” caps the score at 4.",
        ),
        (
            20,
            "可行性与成熟度",
            "Feasibility and maturity",
            "当前 TRL、样机数据，以及到交付还差多少。",
            "TRL now, prototype data, and the gap to delivery.",
        ),
        (
            20,
            "创新性",
            "Innovation",
            "与现有做法相比新在哪里，优势能否持续。",
            "What is new against present practice, and whether the lead lasts.",
        ),
        (
            10,
            "实施计划",
            "Delivery plan",
            "里程碑是否可检验，时间与资源是否相称。",
            "Milestones that can be checked; time and means that match them.",
        ),
        (
            10,
            "团队",
            "Team",
            "完成该项工作所需的能力是否齐备（盲评时只看能力描述）。",
            "The skills the work needs. In a blind phase judge the skills described, not names.",
        ),
        (
            10,
            "成本",
            "Cost",
            "报价是否完整、合理，并与预算区间相符。",
            "A complete and plausible quote within the budget.",
        ),
    )
)


def checked(drafts: Sequence[CriterionDraft], per_entry: int) -> list[dict[str, Any]]:
    """The drafts as column values; raises InvalidMany naming each row's faults."""
    faults: list[Invalid] = []
    if not LEAST_JUDGES <= per_entry <= MOST_JUDGES:
        faults.append(Invalid("per_entry", "out_of_range", minimum=LEAST_JUDGES, maximum=MOST_JUDGES))
    if not 1 <= len(drafts) <= MOST_CRITERIA:
        faults.append(Invalid("criteria", "out_of_range", minimum=1, maximum=MOST_CRITERIA))
    rows = []
    for number, draft in enumerate(drafts):
        found = _faults(draft)
        faults += [Invalid(f"criteria-{number}-{name}", code, **params) for name, code, params in found]
        rows.append({} if found else values_of(draft))
    if faults:
        raise InvalidMany(faults)
    return rows


def _faults(draft: CriterionDraft) -> list[tuple[str, str, Mapping[str, object]]]:
    found: list[tuple[str, str, Mapping[str, object]]] = []
    if not (draft.name_zh.strip() or draft.name_en.strip()):
        found.append(("name_zh", "required", {}))
    numbers: dict[str, Decimal] = {}
    for name in ("minimum", "maximum", "step", "weight"):
        value = read_score(getattr(draft, name))
        if value is None:
            found.append((name, "required" if not str(getattr(draft, name)).strip() else "not_a_number", {}))
        elif abs(value) > CEILING or value != round(value, MOST_PLACES):
            found.append((name, "too_fine_or_large", {"places": MOST_PLACES, "most": CEILING}))
        else:
            numbers[name] = value
    if len(numbers) < 4:
        return found
    span = numbers["maximum"] - numbers["minimum"]
    if span <= 0:
        found.append(("maximum", "above_minimum", {}))
    if numbers["step"] <= 0 or (span > 0 and span % numbers["step"]):
        found.append(("step", "step_does_not_fit", {}))
    if numbers["weight"] <= 0:
        found.append(("weight", "above_zero", {}))
    return found


def values_of(draft: CriterionDraft) -> dict[str, Any]:
    """A draft without faults as the columns of a criterion."""
    texts = {name: getattr(draft, name).strip() or None for name in _TEXTS}
    return {**texts, **{name: read_score(getattr(draft, name)) for name in _NUMBERS}}
