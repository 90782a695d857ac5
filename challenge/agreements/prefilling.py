"""What the terms of a new agreement say before anybody has written in them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements.templates import Template
from challenge.requirements.models import Indicator, Requirement
from challenge.rules.agreement_checks import CURRENCIES, MOST_TEXT
from challenge.rules.agreements import Criterion, Terms
from challenge.submissions.content import values_of
from challenge.submissions.models import Submission, Version

# How each kind is usually paid.
_PAYMENT = {"intent": "none", "licence": "royalty"}
CONFIDENTIAL_MONTHS = 36
_LINES = {
    "zh": {"entry": "方案：", "answers": "方案对各项指标的说明："},
    "en": {"entry": "The solution: ", "answers": "What the solution says of each indicator:"},
}


def terms_of(
    session: Session, need: Requirement, entry: Submission | None, kind: str, lang: str, template: Template
) -> Terms:
    """The terms without parties, from the need and the chosen entry (one statement where there is one)."""
    content = _content(session, entry)
    payment = _PAYMENT.get(kind, "instalments")
    quote = content.get("quote_minor") if payment != "none" else None
    currency = content.get("currency") if quote is not None else need.currency
    return Terms(
        kind=kind,
        title=_said(need, "title", lang)[: MOST_TEXT["title"]],
        lang=lang,
        scope=_scope(need, content, lang)[: MOST_TEXT["scope"]],
        indicators=tuple(_criterion(row, lang) for row in need.indicators),
        currency=currency if currency in CURRENCIES else "CNY",
        total_minor=quote if currency in CURRENCIES else None,
        payment=payment,
        ownership_text=need.ip_wish,
        confidential_months=CONFIDENTIAL_MONTHS,
        starts_on=need.starts_on,
        ends_on=need.ends_on,
        clauses=template.text,
        template=template.name,
        extra={"need": need.number} if need.number else {},
    )


def _content(session: Session, entry: Submission | None) -> dict[str, Any]:
    """What was entered last; nothing while it is sealed."""
    if entry is None:
        return {}
    current = sa.select(Version.content).where(Version.submission_id == entry.id, Version.current)
    return session.scalar(current) or {}


def _scope(need: Requirement, content: dict[str, Any], lang: str) -> str:
    """What is asked for, what was offered for it, and what was said of each indicator."""
    parts = [_said(need, "summary", lang) or _said(need, "title", lang)]
    if content:
        summary = values_of(content).get("summary") or ""
        offered = "\n".join(filter(None, (str(content.get("title") or ""), str(summary))))
        parts.append(f"{_LINES[lang]['entry']}{offered}" if offered else "")
        parts.append(_answers(content, lang))
    return "\n\n".join(filter(None, parts))


def _answers(content: dict[str, Any], lang: str) -> str:
    found = [
        f"- {_cell(row, lang)}: {row['evidence'].strip()}"
        for row in content.get("answers") or ()
        if (row.get("evidence") or "").strip()
    ]
    return "\n".join([_LINES[lang]["answers"], *found]) if found else ""


def _criterion(row: Indicator, lang: str) -> Criterion:
    name = _said(row, "name", lang)
    return Criterion(name, row.unit, row.comparison, row.target, row.level)


def _said(thing: object, name: str, lang: str) -> str:
    """A text in this language; where there is none, in the other."""
    other = "en" if lang == "zh" else "zh"
    return getattr(thing, f"{name}_{lang}") or getattr(thing, f"{name}_{other}") or ""


def _cell(row: dict[str, Any], lang: str) -> str:
    other = "en" if lang == "zh" else "zh"
    return row.get(f"name_{lang}") or row.get(f"name_{other}") or ""
