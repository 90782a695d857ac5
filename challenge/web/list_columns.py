"""Columns of lists that stand on more than one page."""

from __future__ import annotations

from challenge.agreements.listing import AgreementRow
from challenge.base import i18n
from challenge.web.listing import columns, money_of


def _parties(row: AgreementRow) -> list[str]:
    """Who stands on it, in the reader's language."""
    sides = ((zh, en) if i18n.reader().zh else (en, zh) for zh, en in row.sides.values())
    return [first or other for first, other in sides if first or other]


AGREEMENTS = columns(
    "ref number title kind state need party total updated_at",
    money=("total",),
    party=_parties,
    total=lambda row: money_of(row.total_minor, row.currency),
)
POSTS = columns("ref name affiliation brings seeks skills state created_at updated_at")
