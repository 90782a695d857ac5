"""My requirements: listed, begun, written, handed in, withdrawn."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from flask import current_app, g

from challenge.accounts.models import Organization
from challenge.api import answers, paging
from challenge.api.doors import PREFIX
from challenge.api.now import now
from challenge.api.problems import Words
from challenge.api.seek.shapes import Content, NeedLine, NeedWhole, New, Why
from challenge.api.shapes import Data, gives, gives_page, takes
from challenge.base.db import db
from challenge.base.session import actor
from challenge.requirements import content as written
from challenge.requirements import drafting, facts, queries
from challenge.requirements.models import Requirement
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, require


def enter(ref: str, action: Action) -> Requirement:
    """The requirement, once the actor may do `action` with it; a token of an organization sees its own."""
    requirement = queries.by_ref(db.session, ref)
    token = g.get("api_token")
    if token is not None and token.organization_id not in (None, requirement.seeker_id):
        require(actor(), Action.ACCOUNT_USE)
        raise NotFound
    require(actor(), action, facts.subject_of(requirement, now()))
    return requirement


@gives_page(NeedLine)
def mine() -> Data:
    """The requirements that I speak for, newest first."""
    require(actor(), Action.ACCOUNT_USE)
    return paging.whole(queries.mine(db.session, actor()))


@takes(New)
@gives(NeedWhole, 201)
def create(asked: Data) -> Any:
    """Begin a requirement in a round whose call is open."""
    round_ = rounds.by_slug(db.session, asked["round"])
    seeker = sa.select(Organization.id).where(
        Organization.ref == asked["organization"], Organization.id.in_(actor().represents)
    )
    seeker_id = db.session.scalar(seeker)
    if seeker_id is None:
        require(actor(), Action.ACCOUNT_USE)
        raise Invalid("organization", "not_your_organization")
    made = drafting.create(db.session, actor(), round_.id, seeker_id)
    body, _status, headers = _answer(made.ref)
    return body, 201, {**headers, "Location": f"{PREFIX}/needs/{made.ref}"}


@gives(NeedWhole)
def need(ref: str) -> Any:
    """One requirement with its confidential part, for whoever may read that."""
    _enter_own(ref, Action.REQUIREMENT_READ)
    return _answer(ref)


def _enter_own(ref: str, action: Action) -> Requirement:
    requirement = enter(ref, action)
    require(actor(), Action.REQUIREMENT_READ_CONFIDENTIAL, facts.subject_of(requirement, now()))
    return requirement


@takes(Content)
@gives(NeedWhole)
def edit(typed: Data, ref: str) -> Any:
    """Write it anew as a whole; anything may be missing until it is handed in."""
    requirement = enter(ref, Action.REQUIREMENT_EDIT)
    answers.check_match(_tag(requirement))
    rows = tuple(written.IndicatorRow(**row) for row in typed.pop("indicators"))
    texts: Data = {name: tuple(typed.pop(name)) for name in ("keywords", "modes")}
    meant = written.Content(**typed, **texts, indicators=rows, theme_id=requirement.theme_id)
    drafting.edit(db.session, actor(), ref, meant, seen=requirement.updated_at)
    return _answer(ref)


@gives(NeedWhole)
def submit(ref: str) -> Any:
    """Hand it in to the organizer."""
    enter(ref, Action.REQUIREMENT_SUBMIT)
    drafting.submit(db.session, actor(), ref)
    return _answer(ref)


@takes(Why)
@gives(NeedWhole)
def withdraw(why: Data, ref: str) -> Any:
    """Take it back, with a reason where it is public."""
    enter(ref, Action.REQUIREMENT_WITHDRAW)
    drafting.withdraw(db.session, actor(), ref, why["reason"])
    return _answer(ref)


def _tag(requirement: Requirement) -> str:
    return answers.tag_of([requirement.ref, requirement.state, requirement.updated_at, requirement.version])


def _answer(ref: str) -> tuple[Data, int, Data]:
    db.session.flush()
    db.session.expire_all()  # what was written is read anew, with all that belongs to it
    requirement = queries.by_ref(db.session, ref)
    stored = written.read(requirement, queries.closed_part(db.session, requirement.id))
    words: Words = current_app.extensions["api_words"]
    body = {
        **asdict(stored),
        "ref": requirement.ref,
        "number": requirement.number,
        "state": requirement.state,
        "state_reason": requirement.state_reason,
        "round_slug": requirement.round.slug,
        "updated_at": requirement.updated_at,
        "missing": [
            {"field": each.field, "code": each.code, "detail": words.say(each)}
            for each in drafting.missing(db.session, requirement)
        ],
    }
    return body, 200, answers.tagged(None, _tag(requirement))
