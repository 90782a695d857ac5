"""The form that a submission answers: its round's own in force, or the usual one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.rounds.models import Round
from challenge.rules import formspec
from challenge.rules.formspec import Spec
from challenge.rules.usual_form import usual_form
from challenge.submissions import formfiles
from challenge.submissions.models import SubmissionForm


@dataclass(frozen=True, slots=True)
class Form:
    """A form with the version that versions of submissions name; 0 is the usual form.

    `note` is what its organizer said of the change that made it, at `at`.
    """

    version: int
    digest: str
    spec: Spec
    note: str = ""
    at: dt.datetime | None = None


@lru_cache(maxsize=2)
def usual(with_requirement: bool) -> Form:
    """The built-in form."""
    spec = usual_form(with_requirement)
    return Form(0, formfiles.digest(spec), spec)


def of_round(session: Session, round_id: int, with_requirement: bool, version: int | None = None) -> Form:
    """The round's form in force, or the `version` that something was entered with. One statement."""
    if version == 0:
        return usual(with_requirement)
    query = sa.select(SubmissionForm).where(SubmissionForm.round_id == round_id)
    if version is not None:
        query = query.where(SubmissionForm.version == version)
    row = session.scalars(query.order_by(SubmissionForm.version.desc()).limit(1)).one_or_none()
    return given(row, with_requirement)


def given(own: SubmissionForm | None, with_requirement: bool) -> Form:
    """The round's own form where there is one, else the usual."""
    return stored(own) if own else usual(with_requirement)


def stored(row: SubmissionForm) -> Form:
    """A version of a round's own form."""
    return replace(parsed(row.version, row.digest, row.spec), note=row.note, at=row.created_at)


def parsed(version: int, digest: str, data: dict[str, Any]) -> Form:
    """A stored form; the same one is read only once in a process."""
    known = _PARSED.get(digest)
    if known is None:
        if len(_PARSED) >= _MOST:
            _PARSED.clear()
        known = _PARSED[digest] = formspec.read(data)
    return Form(version, digest, known)


_MOST = 200
_PARSED: dict[str, Spec] = {}


def in_force(round_id: Any) -> sa.ColumnElement[bool]:
    """Joins a round, by this column, to the row of its own form that is in force."""
    newer = aliased(SubmissionForm)
    newest = sa.select(sa.func.max(newer.version)).where(newer.round_id == round_id).scalar_subquery()
    return sa.and_(SubmissionForm.round_id == round_id, SubmissionForm.version == newest)


def of_rounds(session: Session, round_ids: Iterable[int]) -> dict[int, Form]:
    """The forms in force of several rounds, of those that have one of their own. One statement."""
    query = sa.select(SubmissionForm).join(Round, in_force(Round.id)).where(Round.id.in_(list(round_ids)))
    return {each.round_id: stored(each) for each in session.scalars(query)}
