"""A judge's reads of one assignment: the introduction before declaring, the scoring page, one document.

None of them selects a team, an organization of a solver, an owner or a file's name (in an open phase alone
`cards.team_of` does): what is not loaded cannot leak. Each is a fixed number of statements.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts.models import Organization
from challenge.base.db import is_sqlite
from challenge.judging import cards, conflicts, documents
from challenge.judging.documents import Found
from challenge.judging.models import Assignment, PanelJudge, Phase, Scorecard
from challenge.judging.places import Columns, Row, in_place, place_of, subject_of
from challenge.judging.scorecards import JUDGED
from challenge.judging.views import (
    Answer,
    Document,
    Introduction,
    JudgeView,
    Progress,
    Proposal,
)
from challenge.requirements.models import Requirement
from challenge.rules.errors import NotFound, WrongState
from challenge.rules.formspec import Spec
from challenge.rules.lifecycles import GIVEN_BACK, READING, TAKEN
from challenge.rules.permissions import Action, Actor, Subject, can, require
from challenge.submissions import asking, reading
from challenge.submissions.models import Submission, SubmissionForm, Version


def sheet(session: Session, actor: Actor, ref: str) -> JudgeView | None:
    """The scoring page of one assignment (two statements); None where the judge has yet to declare.

    Raises NotFound, NotAllowed, and WrongState("entry_not_judged") once the proposal has left the round.
    """
    row = _asked(session, actor, ref, _sheet_query(is_sqlite(session)))
    if row is None:
        return None
    return JudgeView(
        row.ref,
        row.code,
        row.state,
        place_of(row),
        row.requirement_zh,
        row.requirement_en,
        _proposal(row, documents.listed(_files(row))),
        cards.card_of(session, row),
        Progress(row.locked, row.pile, row.earlier + 1),
        row.phase_id,
        row.way,
    )


def document(session: Session, actor: Actor, ref: str, number: int) -> Found:
    """One document of an assignment, with the copies that a judge may have (two statements).

    Raises as `sheet` does, and NotFound where the proposal has no such document.
    """
    row = _asked(session, actor, ref, _sheet_query(is_sqlite(session)))
    if row is None:
        raise NotFound
    return documents.find(session, _files(row), number, row.code)


def introduction(session: Session, actor: Actor, ref: str, action: Action) -> Introduction:
    """What a judge may know before declaring, or before stepping back (`action`).

    One statement; in an open phase, where the team is shown too, a second one.
    """
    row = session.execute(_introduction_query(), {"ref": ref}).one_or_none()
    if row is None:
        raise NotFound
    subject = subject_of(row, conflict=False)
    # Whoever has answered sees the answer; a replaced judge sees nothing any more.
    answered = row.state in (*TAKEN, *GIVEN_BACK)
    require(actor, action, _before(subject) if answered else subject)
    return Introduction(
        row.ref,
        row.code,
        row.state,
        row.reason,
        row.title or "",
        place_of(row),
        row.requirement_zh,
        row.requirement_en,
        row.seeker_name,
        row.seeker_name_en,
        row.blindness,
        session.scalar(cards.team_of(row.submission_id)) if row.blindness == "open" else None,
    )


def _before(subject: Subject) -> Subject:
    """The same assignment as it stood before the judge's word: for showing what was answered."""
    return Subject(
        kind=subject.kind,
        state="invited",
        stage=subject.stage,
        open=subject.open,
        judge_id=subject.judge_id,
        programme_id=subject.programme_id,
        host_id=subject.host_id,
    )


def _asked(session: Session, actor: Actor, ref: str, query: Columns) -> Row | None:
    """The assignment's row once the judge may read it; None where a declaration comes first."""
    row = session.execute(query, {"ref": ref, "domain": conflicts.domain_of(session, actor)}).one_or_none()
    if row is None:
        raise NotFound
    subject = subject_of(row, conflict=bool(row.ties))
    if can(actor, Action.ASSIGNMENT_DECLARE, subject):
        actor.asked.add(Action.ASSIGNMENT_READ)
        return None
    require(actor, Action.ASSIGNMENT_READ, subject)
    if row.entry_state not in JUDGED:
        raise WrongState("entry_not_judged")
    return row


_TEXTS = ("title", "currency")


@cache
def _sheet_query(sqlite: bool) -> Columns:
    """Assignment `:ref` with what its current version says, and where it stands in the judge's pile."""
    content = Version.content
    return (
        in_place(
            sa.select(
                *(Assignment.id, Assignment.ref, Assignment.state),
                *(Assignment.phase_id, Assignment.submission_id, Phase.way),
                *(Phase.blindness, Phase.carries_comments, Phase.number.label("phase_number")),
                PanelJudge.user_id,
                *(Submission.code, Submission.state.label("entry_state")),
                Requirement.id.is_not(None).label("asked_for"),
                Requirement.title_zh.label("requirement_zh"),
                Requirement.title_en.label("requirement_en"),
                conflicts.of_assignment().label("ties"),
                Scorecard.saved_at,
                Scorecard.locked_at,
                Scorecard.comment_organizer,
                Scorecard.comment_solver,
                *(content[name].as_string().label(name) for name in _TEXTS),
                content.label("content"),
                SubmissionForm.version.label("form_version"),
                SubmissionForm.digest.label("form_digest"),
                SubmissionForm.spec.label("form_spec"),
                content["answers"].as_json().label("answers"),
                documents.frozen(sqlite).label("documents"),
                *_pile(),
            )
        )
        .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .outerjoin(SubmissionForm, reading.answered())
        .where(Assignment.ref == sa.bindparam("ref"))
    )


def _pile() -> list[sa.Label[int]]:
    """How many of the judge's own are locked, how many there are, how many stand before this one."""
    pile, entry = aliased(Assignment), aliased(Submission)
    mine = sa.and_(pile.judge_id == Assignment.judge_id, pile.state.in_(READING))

    def count(condition: sa.ColumnElement[bool], name: str) -> sa.Label[int]:
        query = sa.select(sa.func.count()).select_from(pile).join(entry, entry.id == pile.submission_id)
        of_judge = query.where(mine, entry.state.in_(JUDGED), condition)
        return of_judge.correlate(Assignment).scalar_subquery().label(name)

    return [
        count(pile.state == "completed", "locked"),
        count(sa.true(), "pile"),
        count(pile.id < Assignment.id, "earlier"),
    ]


def _spec(row: Row) -> Spec:
    """The form that the version answered."""
    if row.form_spec is None:
        return asking.usual(row.asked_for).spec
    return asking.parsed(row.form_version, row.form_digest, row.form_spec).spec


def _files(row: Row) -> list[tuple[int, Any]]:
    """The documents that the form lets judges have, each with its place in the version."""
    hidden = reading.hidden_files(_spec(row))
    files = enumerate(row.documents or [], start=1)
    return [(place, each) for place, each in files if (each["field"] or reading.FILES) not in hidden]


def _proposal(row: Row, documents_: tuple[Document, ...]) -> Proposal:
    answers = tuple(
        Answer(
            asked.get("name_zh"),
            asked.get("name_en"),
            asked.get("unit") or "",
            asked.get("comparison") or "ge",
            asked.get("target"),
            asked.get("level") or "must",
            asked.get("met") or None,
            asked.get("evidence") or "",
        )
        for asked in (row.answers or [])
    )
    return Proposal(
        row.title or "",
        row.currency or "CNY",
        reading.parts(_spec(row), row.content or {}, (), None),
        answers,
        documents_,
    )


@cache
def _introduction_query() -> Columns:
    """Assignment `:ref` with its title, its requirement, and the seeker unless that wishes to be unnamed."""
    named = Requirement.anonymous.is_(False)
    query = in_place(
        sa.select(
            *(Assignment.ref, Assignment.state, Assignment.reason, Assignment.submission_id),
            PanelJudge.user_id,
            Phase.blindness,
            Submission.code,
            Version.content["title"].as_string().label("title"),
            Requirement.title_zh.label("requirement_zh"),
            Requirement.title_en.label("requirement_en"),
            sa.case((named, Organization.name)).label("seeker_name"),
            sa.case((named, Organization.name_en)).label("seeker_name_en"),
        )
    )
    return query.outerjoin(Organization, Organization.id == Requirement.seeker_id).where(
        Assignment.ref == sa.bindparam("ref")
    )
