"""Reads of submissions: my own, one for its page, its versions, a round's and a requirement's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.lifecycles import CHANGEABLE, ENTERED
from challenge.rules.permissions import Subject
from challenge.rules.stages import Stage, Window
from challenge.submissions import asking, content, facts, holding, material
from challenge.submissions.asking import Form
from challenge.submissions.content import Frozen
from challenge.submissions.material import Material
from challenge.submissions.models import LateArrival, Submission, SubmissionForm, TeamMember, Version

PAGE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A submission with all that its team's pages show, as of `now`."""

    submission: Submission
    round: Round
    form: Form
    material: Material
    subject: Subject
    now: dt.datetime

    @property
    def requirement(self) -> Requirement | None:
        """What it answers."""
        return self.submission.requirement

    @property
    def windows(self) -> Mapping[Stage, Window]:
        """The round's windows."""
        return windows_of(self.round)

    @property
    def closes_at(self) -> dt.datetime | None:
        """When it can be handed in or changed no more."""
        return facts.closes_at(self.windows, self.requirement, self.submission)

    @property
    def ends_at(self) -> dt.datetime | None:
        """The same with the grace."""
        return facts.ends_at(self.windows, self.requirement, self.submission)

    @property
    def open(self) -> bool:
        """Whether it can be handed in now (as far as a page can tell; the gate decides)."""
        return Stage.SUBMISSION in self.subject.open

    @property
    def missing(self) -> list[Invalid]:
        """What is missing before it can be handed in."""
        return content.missing(self.submission, self.form, self.material)

    @property
    def frozen(self) -> Frozen:
        """It, as a version would keep it now."""
        return holding.frozen(self.submission, self.form, self.material)

    @property
    def changed(self) -> bool:
        """Whether the draft differs from what stands in the round."""
        last = self.material.last
        standing = self.submission.state == "submitted" and last is not None and last.current
        return standing and last is not None and last.digest != self.answered.digest

    @property
    def answered(self) -> Frozen:
        """It, as an answer to the version of the requirement that it answered last."""
        return content.as_answered(self.frozen, self.submission)

    @property
    def need_moved(self) -> tuple[int, int] | None:
        """The requirement changed since it was begun or handed in: from which version to which.

        None once its team has looked, or has handed in again.
        """
        requirement, submission = self.requirement, self.submission
        if requirement is None or submission.requirement_version is None:
            return None
        known = max(submission.requirement_version, submission.requirement_seen or 0)
        at_work = submission.state in (*CHANGEABLE, *ENTERED) and requirement.state in PUBLIC_STATES
        return (known, requirement.version) if at_work and requirement.version > known else None


def shown(session: Session, ref: str, now: dt.datetime) -> Shown:
    """One submission for its page, in three statements; raises NotFound."""
    form_too = _with_round().add_columns(SubmissionForm).outerjoin(SubmissionForm, asking.in_force(Round.id))
    row: Any = session.execute(form_too.where(Submission.ref == ref)).one_or_none()
    if row is None:
        raise NotFound
    submission, round_, own = row
    form = asking.given(own, submission.requirement_id is not None)
    return _shown(submission, round_, form, material.load(session, submission), now)


def mine(session: Session, user_id: int, now: dt.datetime, limit: int = 200) -> list[Shown]:
    """The submissions whose team I am in, newest first; four statements for any number."""
    query = (
        _with_round()
        .join(TeamMember, TeamMember.submission_id == Submission.id)
        .where(TeamMember.user_id == user_id)
        .order_by(Submission.id.desc())
        .limit(limit)
    )
    rows = session.execute(query).all()
    parts = material.load_many(session, [submission for submission, _ in rows])
    forms = asking.of_rounds(session, {round_.id for _, round_ in rows})
    return [
        _shown(
            submission,
            round_,
            forms.get(round_.id) or asking.usual(submission.requirement_id is not None),
            parts[submission.id],
            now,
        )
        for submission, round_ in rows
    ]


def _with_round() -> sa.Select[Submission, Round]:
    return (
        sa.select(Submission, Round)
        .join(Round, Round.id == Submission.round_id)
        .options(
            joinedload(Submission.requirement).joinedload(Requirement.seeker),
            joinedload(Submission.organization),
            joinedload(Round.programme, innerjoin=True).joinedload(Programme.host, innerjoin=True),
            selectinload(Round.windows),
        )
    )


def _shown(submission: Submission, round_: Round, form: Form, parts: Material, now: dt.datetime) -> Shown:
    subject = facts.subject_of(submission, submission.requirement, round_, now, parts.team)
    return Shown(submission, round_, form, parts, subject, now)


def versions(session: Session, submission_id: int) -> Sequence[Version]:
    """Every version, newest first, without the names in it."""
    mine_ = sa.select(Version).where(Version.submission_id == submission_id)
    return session.scalars(mine_.order_by(Version.number.desc())).all()


def version(
    session: Session, submission_id: int, number: int | None = None, *, named: bool = False
) -> Version:
    """One version, by default the newest; `named` loads team and hidden answers too. Raises NotFound."""
    query = sa.select(Version).where(Version.submission_id == submission_id)
    if number is not None:
        query = query.where(Version.number == number)
    if named:
        query = query.options(undefer(Version.team), undefer(Version.hidden))
    found = session.scalars(query.order_by(Version.number.desc()).limit(1)).one_or_none()
    if found is None:
        raise NotFound
    return found


def late_arrivals(session: Session, submission_id: int) -> Sequence[LateArrival]:
    """What came too late for this submission, oldest first."""
    query = sa.select(LateArrival).where(LateArrival.submission_id == submission_id)
    return session.scalars(query.order_by(LateArrival.id)).all()


def late_arrival(session: Session, submission_id: int, number: int) -> LateArrival:
    """One of them; raises NotFound."""
    query = sa.select(LateArrival).where(LateArrival.submission_id == submission_id, LateArrival.id == number)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list of what was handed in: only what the version holds, never the draft."""

    id: int
    ref: str
    code: str
    state: str
    title: str
    number: int
    submitted_at: dt.datetime
    quote_minor: int | None
    currency: str
    requirement_ref: str | None
    requirement_number: str | None
    requirement_zh: str | None
    requirement_en: str | None
    team: str | None
    sealed: bool = False
    broken: bool = False
    own: bool = False


def of_round(
    session: Session, round_id: int, state: str, *, after: int | None = None, limit: int = PAGE
) -> list[Entry]:
    """What was handed in to a round and stands in this state, oldest first; `after` is the last id seen."""
    query = _entries().where(Submission.round_id == round_id, Submission.state == state)
    if state not in ENTERED:
        return []
    if after is not None:
        query = query.where(Submission.id > after)
    rows: Sequence[Any] = session.execute(query.order_by(Submission.id).limit(limit)).all()
    return [Entry(*row) for row in rows]


def of_requirement(session: Session, requirement_id: int, limit: int = 500) -> list[Entry]:
    """What was handed in for a requirement and was not ruled out, oldest first."""
    states = [state for state in ENTERED if state != "ineligible"]
    query = _entries().where(Submission.requirement_id == requirement_id, Submission.state.in_(states))
    rows: Sequence[Any] = session.execute(query.order_by(Submission.id).limit(limit)).all()
    return [Entry(*row) for row in rows]


def _entries() -> sa.Select[Any]:
    return (
        sa.select(
            Submission.id,
            Submission.ref,
            Submission.code,
            Submission.state,
            sa.func.coalesce(Version.content["title"].as_string(), ""),
            Version.number,
            Version.submitted_at,
            sa.cast(Version.content["quote_minor"].as_string(), sa.BigInteger),
            Submission.currency,
            Requirement.ref,
            Requirement.number,
            Requirement.title_zh,
            Requirement.title_en,
            sa.func.coalesce(
                sa.func.nullif(Version.team["organization"].as_string(), ""),
                sa.func.nullif(Version.team["name"].as_string(), ""),
            ),
            Version.sealed,
            Version.seal_fault.is_not(None),
        )
        .join(Version, sa.and_(Version.submission_id == Submission.id, Version.current))
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
    )
