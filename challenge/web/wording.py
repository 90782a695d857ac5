"""A proposed wording beside the present one, field by field, with what differs marked on both sides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from challenge.requirements.content import IndicatorRow
from challenge.requirements.diagnosis_models import Diagnosis
from challenge.requirements.rewording import Wording
from challenge.rules import differences
from challenge.rules.diagnosis import WORDED
from challenge.rules.differences import Piece
from challenge.web.diagnosis_words import ANSWERS, FIELDS, QUESTIONS
from challenge.web.public.cards import SIGNS


@dataclass(frozen=True, slots=True)
class Side:
    """One field: what stands there with what would go, and what is proposed with what would come."""

    field: str
    label: str
    now: tuple[Piece, ...]
    then: tuple[Piece, ...]
    same: bool
    taken_at: dt.datetime | None


def sides(own: Wording, diagnosis: Diagnosis, taken: Mapping[tuple[int, str], dt.datetime]) -> list[Side]:
    """The fields that the expert put into other words, in the order of the form."""
    return [
        _side(name, own[name], diagnosis.wording[name], taken.get((diagnosis.id, name)))
        for name in WORDED
        if name in diagnosis.wording
    ]


def _side(name: str, own: Any, proposal: Any, taken_at: dt.datetime | None) -> Side:
    before, after = (_text(name, each) for each in (own, proposal))
    pieces = differences.words(before, after)
    now = tuple(each for each in pieces if each.kind != "added")
    then = tuple(each for each in pieces if each.kind != "removed")
    return Side(name, str(FIELDS[name]), now, then, before == after, taken_at)


def _text(name: str, value: Any) -> str:
    if name != "indicators":
        return str(value).replace("\r\n", "\n")
    return "\n".join(_row(IndicatorRow(**each)) for each in value)


def _row(row: IndicatorRow) -> str:
    """'检出率 / Detection rate ≥ 99.2 % (must)'."""
    name = " / ".join(filter(None, (row.name_zh, row.name_en)))
    target = _("yes") if row.comparison == "yes" else f"{SIGNS.get(row.comparison, '')} {row.target}".strip()
    level = _("must") if row.level == "must" else _("should")
    return " ".join(filter(None, (name, target, row.unit, f"({level})")))


def answers(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    """The expert's answers, each with its question."""
    return [
        (str(question), str(ANSWERS[name][said]))
        for name, question in QUESTIONS.items()
        if (said := getattr(diagnosis, name))
    ]
