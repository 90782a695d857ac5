"""The way into every write on a submission: the gate first, then its row, its parts, and the question who."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.files.services import Room
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds.gate import Gate
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, Subject, can
from challenge.submissions import asking, content, facts, material
from challenge.submissions.asking import Form
from challenge.submissions.content import Frozen
from challenge.submissions.facts import Admitted
from challenge.submissions.material import Material
from challenge.submissions.models import Submission, SubmissionForm


@dataclass(frozen=True, slots=True)
class Held:
    """A submission whose row is locked for this transaction, read after the gate."""

    gate: Gate
    submission: Submission
    form: Form
    material: Material
    subject: Subject

    @property
    def now(self) -> dt.datetime:
        """The gate's time."""
        return self.gate.now

    @property
    def room(self) -> Room:
        """What the draft takes of files."""
        return material.room_of(self.form.spec, self.gate.round)

    @property
    def requirement(self) -> Requirement | None:
        """What it answers."""
        return self.submission.requirement

    def permit(self, actor: Actor, action: Action, *, state: str | None = None) -> None:
        """Require the action; raises NotFound to whoever may not even know of the submission.

        `state` asks as of the state before, for a step that was taken already (a form posted twice).
        """
        if not can(actor, Action.SUBMISSION_READ, self.subject):
            raise NotFound
        gate, subject = self.gate, self.subject
        if state is not None:
            subject = replace(subject, state=state)
        facts.permit(
            actor, action, subject, gate.round, gate.windows, self.requirement, gate.now, self.submission
        )

    def check_open(self) -> Admitted:
        """By what it is in time at the gate's time; raises `TooLate` where it is not."""
        gate = self.gate
        return facts.check_open(gate.round, gate.windows, self.requirement, gate.now, self.submission)

    @property
    def ends_at(self) -> dt.datetime | None:
        """When it can be handed in no more: its own close or extension, with the grace."""
        return facts.ends_at(self.gate.windows, self.requirement, self.submission)

    def freeze(self) -> Frozen:
        """The submission as it stands."""
        return frozen(self.submission, self.form, self.material)


def hold(session: Session, ref: str) -> Held:
    """Lock round and submission, in that order, and read them; raises NotFound."""
    return held_of(session, gates.hold_of(session, round_of(ref)), Submission.ref == ref)


def held_of(session: Session, gate: Gate, which: sa.ColumnElement[bool]) -> Held:
    """Lock and read one submission of a round whose gate is held already."""
    query = (
        sa.select(Submission, SubmissionForm)
        .outerjoin(SubmissionForm, asking.in_force(Submission.round_id))
        .where(which)
        .options(joinedload(Submission.requirement), joinedload(Submission.organization))
        .with_for_update(of=Submission)
        .execution_options(populate_existing=True)
    )
    row: Any = session.execute(query).one()
    submission, own = row
    form = asking.given(own, submission.requirement_id is not None)
    parts = material.load(session, submission)
    subject = facts.subject_of(submission, submission.requirement, gate.round, gate.now, parts.team)
    return Held(gate, submission, form, parts, subject)


def frozen(submission: Submission, form: Form, parts: Material) -> Frozen:
    """The submission (requirement and organization loaded) as a version would keep it."""
    organization = submission.organization.name if submission.organization else None
    return content.freeze(submission, submission.requirement, form, parts, organization)


def round_of(ref: str) -> sa.ScalarSelect[int]:
    """The question which round a submission belongs to; its answer never changes."""
    return sa.select(Submission.round_id).where(Submission.ref == ref).scalar_subquery()
