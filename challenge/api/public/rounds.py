"""Rounds as everyone reads them: lists, one of them, its announcements, changes and questions."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import Any

from marshmallow import Schema

from challenge.api import paging
from challenge.api.public.shapes import Announcement, Change, Question, RoundLine, RoundWhole
from challenge.api.shapes import Data, asks, gives, gives_page, one_of
from challenge.base import clock, i18n
from challenge.base.db import db
from challenge.base.session import actor
from challenge.requirements import questions as asked
from challenge.rounds import listing, pages
from challenge.rounds.listing import RoundFilter, RoundRow
from challenge.rounds.pages import RoundHead
from challenge.rounds.tracks import track
from challenge.rules.permissions import Action, require

TEXTS = ("about", "entry", "rules", "prizes", "judging")
WHICH: Any = {"open": "running", "closed": "past", "all": "all"}


class Which(Schema):
    """Which rounds."""

    show = one_of(*WHICH, required=False)


@asks(Which)
@gives_page(RoundLine)
def rounds(which: Data) -> paging.Page:
    """Public rounds: those open (the next moment first), those closed, or all."""
    wanted, many = RoundFilter(which=WHICH[which.get("show", "open")]), paging.limit()
    rows = listing.public_rounds(db.session, wanted, after=paging.key(), limit=many + 1)
    now = clock.now(db.session)
    found, status, headers = paging.of(rows, lambda row: row.key, many)
    return {**found, "items": [line(row, now) for row in found["items"]]}, status, headers


def line(row: RoundRow, now: Any) -> Data:
    """A round with how its windows stand."""
    view = track(row, now)
    values = {each.name: getattr(row, each.name) for each in fields_of(row)}
    return {**values, "stage": view.stage, "windows": view.stages}


def public_head(slug: str) -> RoundHead:
    """The round at this address, if everyone may read it."""
    head = pages.head(db.session, slug)
    require(actor(), Action.ROUND_READ, head.subject)
    return head


@gives(RoundWhole)
def round_(slug: str) -> Data:
    """One round with its windows, prizes and texts."""
    head = public_head(slug)
    prizes = pages.prizes(db.session, head.row.id)
    lang = "zh" if i18n.reader().zh else "en"
    return {
        **line(head.row, head.mark.now),
        "notice_days": head.notice_days,
        "announcements": head.announcements,
        "resources": head.resources,
        "has_teammates": head.teammates,
        "has_public_vote": bool(head.votes),
        "cancelled_reason": head.row.cancel_reason,
        "prizes": prizes,
        "texts": pages.texts(db.session, head.row.id, TEXTS, lang),
    }


@gives_page(Announcement)
def announcements(slug: str) -> paging.Page:
    """What the organizer announced, newest first."""
    head, many = public_head(slug), paging.limit()
    rows = pages.announcements(db.session, head.row.id, after=paging.key(), limit=many + 1)
    return paging.of(rows, lambda row: row.id, many)


@gives_page(Change)
def changes(slug: str) -> Data:
    """Windows that were moved, and why; newest first."""
    return paging.whole(pages.changes(db.session, public_head(slug).row.id))


@gives_page(Question)
def questions(slug: str) -> paging.Page:
    """Questions answered for everyone, newest first."""
    head, many = public_head(slug), paging.limit()
    rows = asked.public_questions(db.session, head.row.id, after=paging.key(), limit=many + 1)
    return paging.of(rows, lambda row: row.id, many)
