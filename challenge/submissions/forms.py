"""The bench on which a round's form is built: only its organizers see it, until it is put in force.

What is in force, and how the bench gets there, is told in `formversions`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rounds.windows import has_opened
from challenge.rules import formfaults, formspec
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.formchange import Change, changes
from challenge.rules.formspec import Spec
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage
from challenge.submissions import asking
from challenge.submissions.asking import Form
from challenge.submissions.models import FormDraft, SubmissionForm


@dataclass(frozen=True, slots=True)
class Bench:
    """The form being built beside the one in force; `mark` counts the steps that were taken on it."""

    form: Form
    spec: Spec
    mark: int
    opened: bool

    @property
    def changed(self) -> bool:
        """Whether it differs from what is in force."""
        return self.spec != self.form.spec

    @property
    def faults(self) -> list[Invalid]:
        """What keeps it from being put in force, by itself."""
        return formfaults.faults(self.spec)

    @property
    def changes(self) -> list[Change]:
        """What would change for those who fill it in."""
        return changes(self.form.spec, self.spec)


def bench(session: Session, round_: Round, now: dt.datetime) -> Bench:
    """The bench of a round, its windows loaded; two statements."""
    row = session.scalars(sa.select(FormDraft).where(FormDraft.round_id == round_.id)).one_or_none()
    return _bench(in_force(session, round_), row, opened(round_, now))


def _bench(form: Form, row: FormDraft | None, is_open: bool) -> Bench:
    spec = formspec.read(row.spec) if row is not None else form.spec
    return Bench(form, spec, row.mark if row is not None else 0, is_open)


def in_force(session: Session, round_: Round) -> Form:
    """The form that solvers of the round answer now."""
    return asking.of_round(session, round_.id, with_requirements(round_))


def with_requirements(round_: Round) -> bool:
    """Whether its usual form asks for indicators: until the call is over, there may be requirements still."""
    return bool(round_.requirement_count) or round_.stage in (Stage.DRAFT, Stage.REQUIREMENTS)


def opened(round_: Round, now: dt.datetime) -> bool:
    """Whether somebody may have begun: the window for submissions has opened."""
    live = round_.launched_at is not None
    return live and any(row.stage == Stage.SUBMISSION and has_opened(row, now) for row in round_.windows)


def edit(session: Session, actor: Actor, round_id: int, mark: int, step: Callable[[Spec], Spec]) -> Bench:
    """Take one step on the bench. A step that changes nothing, or that was taken already, is no step.

    Raises `WrongState("form_moved_on")` where somebody took another step since the page was made.
    """
    gate = gates.hold(session, round_id)
    require(actor, Action.FORM_EDIT, rounds.subject_of(gate.round, gate.now))
    form, is_open = in_force(session, gate.round), opened(gate.round, gate.now)
    query = sa.select(FormDraft).where(FormDraft.round_id == round_id).with_for_update()
    row = session.scalars(query).one_or_none()
    before = _bench(form, row, is_open)
    after = step(before.spec)
    if after == before.spec:
        return before
    if mark != before.mark:
        raise WrongState("form_moved_on")
    facts = {
        "mark": mark + 1,
        "spec": formspec.write(after),
        "author_id": actor.user_id,
        "updated_at": gate.now,
    }
    if row is None:
        row = _laid_out(session, FormDraft(round_id=round_id, **facts))
    else:
        for name, value in facts.items():
            setattr(row, name, value)
        session.flush()
    return _bench(form, row, is_open)


def _laid_out(session: Session, row: FormDraft) -> FormDraft:
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:  # somebody laid it out between the look and the leap
        raise WrongState("form_moved_on") from None
    return row


def discard(session: Session, actor: Actor, round_id: int) -> None:
    """Clear the bench: the form in force stands as it was. Asked twice, the same."""
    gate = gates.hold(session, round_id)
    require(actor, Action.FORM_EDIT, rounds.subject_of(gate.round, gate.now))
    session.execute(sa.delete(FormDraft).where(FormDraft.round_id == round_id))


def of_another(session: Session, actor: Actor, slug: str) -> Form:
    """The form in force in another round that the actor organizes too; raises `NotFound`, `NotAllowed`."""
    other, now = rounds.by_slug_now(session, slug)
    require(actor, Action.ROUND_CONTROL, rounds.subject_of(other, now))
    return in_force(session, other)


def with_own(session: Session, round_ids: list[int]) -> set[int]:
    """Which of these rounds have a form of their own."""
    query = sa.select(SubmissionForm.round_id).where(SubmissionForm.round_id.in_(round_ids)).distinct()
    return set(session.scalars(query))


def version(session: Session, round_id: int, number: int) -> SubmissionForm:
    """One version of the round's own form; raises `NotFound`."""
    mine = sa.and_(SubmissionForm.round_id == round_id, SubmissionForm.version == number)
    found = session.scalars(sa.select(SubmissionForm).where(mine)).one_or_none()
    if found is None:
        raise NotFound
    return found
