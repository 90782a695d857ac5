"""The desk: my queue, the word before reading, one proposal and its scorecard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from challenge.api import paging
from challenge.api.judge.shapes import Entered, Line, Saved, Sheet, Why, Word
from challenge.api.now import note_judge
from challenge.api.shapes import Data, gives, gives_page, takes
from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import declaring, piles, queries, scorecards, scoring
from challenge.judging.models import Assignment
from challenge.judging.scorecards import Saved as Kept
from challenge.rules.errors import InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require


@gives_page(Line)
def assignments() -> Data:
    """Everything that is assigned to me."""
    require(actor(), Action.ACCOUNT_USE)
    return paging.whole(
        [
            {
                "ref": line.ref,
                "code": line.code,
                "state": line.state,
                "title": line.title,
                "round_slug": pile.place.slug,
                "phase": pile.label,
                "scored": line.scored,
                "criteria": line.criteria,
                "locked_at": line.locked_at,
                "closes_at": pile.place.window.closes_at,
            }
            for pile in piles.piles(db.session, actor())
            for line in pile.lines
        ]
    )


@gives(Sheet)
def assignment(ref: str) -> Any:
    """One proposal and my scorecard of it; before my word on conflicts, that comes first."""
    view = queries.sheet(db.session, actor(), ref)
    if view is None:
        raise WrongState("declare_before_reading")
    note_judge(ref)
    return {
        "ref": view.ref,
        "code": view.code,
        "state": view.state,
        "title": view.proposal.title,
        "requirement_zh": view.requirement_zh,
        "requirement_en": view.requirement_en,
        "is_open": view.place.open,
        "locked_at": view.card.locked_at,
        "total": view.card.total,
        "most": view.card.most,
        "to_organizer": view.card.to_organizer,
        "to_solver": view.card.to_solver,
        "marks": view.card.marks,
        "answers": view.proposal.answers,
    }


@gives(Word)
def accept(ref: str) -> Assignment:
    """My word: no conflict of interest, and I will judge it."""
    return declaring.accept(db.session, actor(), ref)


@takes(Why)
@gives(Word)
def decline(why: Data, ref: str) -> Assignment:
    """No conflict, but I cannot judge it."""
    return declaring.decline(db.session, actor(), ref, why["reason"])


@takes(Why)
@gives(Word)
def recuse(why: Data, ref: str) -> Assignment:
    """A conflict that I noticed."""
    return declaring.recuse(db.session, actor(), ref, why["reason"])


@takes(Why)
@gives(Word)
def abstain(why: Data, ref: str) -> Assignment:
    """No scorecard of mine for this one, and no conflict either."""
    return declaring.abstain(db.session, actor(), ref, why["reason"])


@takes(Entered)
@gives(Saved)
def save(typed: Data, ref: str) -> Kept:
    """Keep a draft of the scorecard."""
    return _act(scoring.save, ref, typed)


@takes(Entered)
@gives(Saved)
def lock(typed: Data, ref: str) -> Kept:
    """Lock the scorecard, with what else is given here; only the organizer opens it again."""
    return _act(scoring.lock, ref, typed)


def _act(act: Callable[[Session, Actor, str, scorecards.Entered], Kept], ref: str, typed: Data) -> Kept:
    marks = typed["marks"]
    saved = act(
        db.session,
        actor(),
        ref,
        scorecards.Entered(
            {each["id"]: each["value"] or "" for each in marks if "value" in each},
            {each["id"]: each["comment"] for each in marks if "comment" in each},
            typed.get("to_organizer"),
            typed.get("to_solver"),
        ),
    )
    if saved.contested:
        raise InvalidMany([scoring.contested(name, text) for name, text in saved.contested.items()])
    return saved
