"""Columns of what waits to be screened, at a round and at a branch."""

from __future__ import annotations

from challenge.requirements.branch_reads import BranchRow
from challenge.requirements.queries import QueueRow
from challenge.web.faces import title_of
from challenge.web.listing import columns, money_of


def _from(row: QueueRow | BranchRow) -> object:
    return money_of(row.budget_min_minor, row.currency)


def _to(row: QueueRow | BranchRow) -> object:
    return money_of(row.budget_max_minor, row.currency)


_QUEUE = {"title": title_of, "from": _from, "to": _to}
QUEUE = columns(
    "ref number state title field seeker branch from to updated_at", money=("from", "to"), **_QUEUE
)
BRANCH_QUEUE = columns(
    "ref number state title field seeker branch round from to updated_at", money=("from", "to"), **_QUEUE
)
