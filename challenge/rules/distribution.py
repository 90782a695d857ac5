"""Who may be sent a requirement, and when again: plain facts in, a reason out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from challenge.rules.lifecycles import SILENT

CHANNELS = ("mail", "inbox", "sms", "chat")
MONTH, WEEK = dt.timedelta(days=30), dt.timedelta(days=7)
VALID_FOR = dt.timedelta(days=30)  # how long an answer is waited for
AGAIN_AFTER = dt.timedelta(days=3)  # the silent are left in peace that long
MOST_ATTEMPTS = 3  # of one requirement with one recipient


@dataclass(frozen=True, slots=True)
class Reachable:
    """A recipient as far as sending asks: `lately` counts the sendings of the last thirty days.

    `weekly` is what an expert agreed to, None where nothing was said; `this_week` is what was sent of it.
    """

    id: int
    most: int
    lately: int
    unsubscribed: bool = False
    failed: bool = False
    account: bool = False
    elsewhere: frozenset[str] = frozenset()
    weekly: int | None = None
    this_week: int = 0
    own: bool = False  # one of the seeker's own people


@dataclass(frozen=True, slots=True)
class Known:
    """A dispatch that exists: its state, how often it was tried, when last."""

    state: str
    attempts: int
    last_at: dt.datetime | None


def why_not(reachable: Reachable, channel: str) -> str | None:
    """Why nothing may go to this recipient through this channel now; None where it may."""
    if reachable.unsubscribed:
        return "unsubscribed"
    if reachable.own:
        return "own"
    if channel == "mail" and reachable.failed:
        return "failed"
    if channel == "inbox" and not reachable.account:
        return "no_account"
    if channel not in ("mail", "inbox") and channel not in reachable.elsewhere:
        return "no_number"
    enough = reachable.weekly is not None and reachable.this_week >= reachable.weekly
    return "limit" if enough or reachable.lately >= reachable.most else None


def why_not_this(known: Known | None, now: dt.datetime, *, again: bool) -> str | None:
    """Why this requirement is not to go: had before; or, asking again, answered, too often, too soon.

    What bounced never arrived: it may go as if for the first time.
    """
    if not again:
        return None if known is None or known.state == "bounced" else "had_it"
    if known is None or known.state not in SILENT:
        return "not_silent"
    if known.attempts >= MOST_ATTEMPTS:
        return "often_enough"
    if known.last_at is not None and known.last_at + AGAIN_AFTER > now:
        return "too_soon"
    return None


def expires_at(now: dt.datetime, closes_at: dt.datetime | None) -> dt.datetime:
    """Until when an answer is waited for: thirty days, or the requirement's close where that is nearer."""
    end = now + VALID_FOR
    return min(end, closes_at) if closes_at is not None and closes_at > now else end
