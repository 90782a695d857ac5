"""Rounds: drafted, set, launched, extended, closed early, cancelled; and what is announced."""

from __future__ import annotations

from typing import Any

from challenge.api import answers, paging
from challenge.api.doors import PREFIX
from challenge.api.now import now
from challenge.api.organize.room import enter
from challenge.api.organize.shapes import Close, Extend, Organized, Said, Settings, Why
from challenge.api.public.rounds import line
from challenge.api.public.shapes import Announcement
from challenge.api.shapes import Data, gives, gives_page, takes
from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import rubric
from challenge.rounds import announcing, drafting, extending, launching, overrides, pages, programmes, queries
from challenge.rounds.drafting import RoundFacts
from challenge.rounds.windows import Typed
from challenge.rules.permissions import Action, Subject, require
from challenge.rules.stages import Stage, Window


@gives_page(Organized)
def mine() -> paging.Page:
    """The rounds that I organize and that are not over, the next moment first."""
    require(actor(), Action.ACCOUNT_USE)
    many = paging.limit()
    rows = queries.organized(db.session, actor(), over=False, after=paging.key(), limit=many + 1)
    found, status, headers = paging.of(rows, lambda row: row.key, many)
    return {**found, "items": [line(row, now()) for row in found["items"]]}, status, headers


@gives(Organized)
def organized(slug: str) -> Any:
    """One round as its organizers see it; its ETag is what changing it takes."""
    enter(slug, Action.ROUND_CONTROL)
    return _answer(slug)


def _answer(slug: str, status: int = 200) -> tuple[Data, int, Data]:
    db.session.expire_all()
    head = pages.head(db.session, slug)
    return line(head.row, now()), status, answers.tagged(None, _tag(slug))


def _tag(slug: str) -> str:
    row = pages.head(db.session, slug).row
    windows = [(each.stage, each.opens_at, each.closes_at, each.closed_at) for each in row.windows]
    return answers.tag_of([row.slug, row.version, row.stage, row.public, windows])


def _typed(settings: Data) -> tuple[RoundFacts, Typed]:
    windows = {
        Stage(each["stage"]): Window(Stage(each["stage"]), each.get("opens_at"), each.get("closes_at"))
        for each in settings.pop("windows")
    }
    return RoundFacts(**settings), Typed(windows)


@takes(Settings)
@gives(Organized, 201)
def create(settings: Data, slug: str) -> Any:
    """Draft a round of a programme; windows may still be missing."""
    programme = programmes.by_slug(db.session, slug)
    draft = Subject(
        kind="round", stage=Stage.DRAFT, programme_id=programme.id, host_id=programme.host_id, state="draft"
    )
    require(actor(), Action.ROUND_EDIT, draft)
    made = drafting.create(db.session, actor(), programme.id, *_typed(settings))
    body, status, headers = _answer(made.slug, 201)
    return body, status, {**headers, "Location": f"{PREFIX}/organize/rounds/{made.slug}"}


@takes(Settings)
@gives(Organized)
def settings(typed: Data, slug: str) -> Any:
    """Set a round anew: all of it while it is a draft, what has not opened afterwards."""
    round_ = enter(slug, Action.ROUND_EDIT)
    answers.check_match(_tag(slug))
    edited = drafting.edit(db.session, actor(), round_.id, *_typed(typed))
    return _answer(edited.slug)


@gives(Organized)
def launch(slug: str) -> Any:
    """Make a draft public."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    launching.launch(db.session, actor(), round_.id)
    rubric.ensure_phase(db.session, round_.id)
    return _answer(slug)


@takes(Extend)
@gives(Organized)
def extend(asked: Data, slug: str) -> Any:
    """Let an open window close later; whoever takes part is told."""
    round_ = enter(slug, Action.ROUND_EXTEND)
    stage, closes_at, more = Stage(asked["stage"]), asked["closes_at"], asked["move_later"]
    extending.extend(db.session, actor(), round_.id, stage, closes_at, asked["reason"], move_later=more)
    return _answer(slug)


@takes(Close)
@gives(Organized)
def close_early(asked: Data, slug: str) -> Any:
    """Close an open window now."""
    round_ = enter(slug, Action.ROUND_CLOSE_EARLY)
    overrides.close_early(db.session, actor(), round_.id, Stage(asked["stage"]), asked["reason"])
    return _answer(slug)


@takes(Why)
@gives(Organized)
def cancel(asked: Data, slug: str) -> Any:
    """End a round for good."""
    round_ = enter(slug, Action.ROUND_CANCEL)
    overrides.cancel(db.session, actor(), round_.id, asked["reason"])
    return _answer(slug)


@takes(Said)
@gives(Announcement, 201)
def announce(said: Data, slug: str) -> Any:
    """Announce something to everyone who follows the round."""
    round_ = enter(slug, Action.ANNOUNCEMENT_POST)
    announcing.post(db.session, actor(), round_.id, announcing.Words(**said))
    return pages.announcements(db.session, round_.id, limit=1)[0]
