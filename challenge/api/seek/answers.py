"""What comes in for my requirements: questions, solutions; and agreements."""

from __future__ import annotations

from dataclasses import replace

from flask import g

from challenge.agreements import listing
from challenge.api import paging
from challenge.api.now import now
from challenge.api.seek.needs import enter
from challenge.api.seek.shapes import Agreement, Answer, EntryLine, Question
from challenge.api.shapes import Data, gives, gives_page, takes
from challenge.base.db import db
from challenge.base.session import actor
from challenge.requirements import facts as needs_facts
from challenge.requirements import queries as needs
from challenge.requirements import questions as asked
from challenge.requirements.models import Question as Row
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, can, require
from challenge.submissions import facts, queries


@gives_page(Question)
def questions(ref: str) -> Data:
    """Questions on it: those that wait first."""
    requirement = enter(ref, Action.REQUIREMENT_READ)
    require(actor(), Action.QUESTION_ANSWER, needs_facts.subject_of(requirement, now()))
    waiting = asked.of_requirement(db.session, requirement.id, answered=False)
    return paging.whole([*waiting, *asked.of_requirement(db.session, requirement.id, answered=True)])


@takes(Answer)
@gives(Question)
def answer(said: Data, ref: str, question: str) -> Row:
    """Answer a question, once."""
    requirement = enter(ref, Action.QUESTION_ANSWER)
    known = asked.of_requirement(db.session, requirement.id, answered=False)
    known += asked.of_requirement(db.session, requirement.id, answered=True)
    if question not in {each.ref for each in known}:
        raise NotFound
    return asked.answer(db.session, actor(), question, said["answer"], public=said["public"])


@gives_page(EntryLine)
def entries(ref: str) -> Data:
    """Solutions for it, once its seeker may read them; before that the list is empty."""
    require(actor(), Action.ACCOUNT_USE)
    requirement = needs.by_ref(db.session, ref)
    if requirement.seeker_id not in actor().represents:
        raise NotFound
    readable = can(actor(), Action.SUBMISSION_READ, facts.any_of(requirement, now()))
    actor().asked.add(Action.SUBMISSION_READ)
    return paging.whole(queries.of_requirement(db.session, requirement.id) if readable else [])


@gives_page(Agreement)
def agreements() -> paging.Page:
    """Agreements of my organizations and mine, newest first."""
    require(actor(), Action.ACCOUNT_USE)
    token, acting, many = g.get("api_token"), actor(), paging.limit()
    if token is not None and token.organization_id is not None:
        acting = replace(acting, user_id=None)  # of the organization alone, nothing of whoever made the token
    rows = listing.mine(db.session, acting, after=paging.key(), limit=many + 1)
    return paging.of(rows, lambda row: row.id, many)
