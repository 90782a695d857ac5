"""Columns of lists that stand on more than one page."""

from __future__ import annotations

from challenge.agreements.listing import AgreementRow
from challenge.base import i18n
from challenge.requirements.branch_reads import BranchRow
from challenge.requirements.queries import QueueRow
from challenge.web.faces import title_of
from challenge.web.listing import columns, money_of


def _parties(row: AgreementRow) -> list[str]:
    """Who stands on it, in the reader's language."""
    sides = ((zh, en) if i18n.reader().zh else (en, zh) for zh, en in row.sides.values())
    return [first or other for first, other in sides if first or other]


def _from(row: QueueRow | BranchRow) -> object:
    return money_of(row.budget_min_minor, row.currency)


def _to(row: QueueRow | BranchRow) -> object:
    return money_of(row.budget_max_minor, row.currency)


AGREEMENTS = columns(
    "ref number title kind state need party total updated_at",
    money=("total",),
    party=_parties,
    total=lambda row: money_of(row.total_minor, row.currency),
)
_QUEUE = {"title": title_of, "from": _from, "to": _to}
QUEUE = columns(
    "ref number state title field seeker branch from to updated_at", money=("from", "to"), **_QUEUE
)
BRANCH_QUEUE = columns(
    "ref number state title field seeker branch round from to updated_at", money=("from", "to"), **_QUEUE
)
POSTS = columns("ref name affiliation brings seeks skills state created_at updated_at")
