"""Everything of one person, as files of a zip: what stands under their number, and their submissions whole.

Of every table that can name a person it is told here what becomes of it; a test asks for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, Organization, User
from challenge.audit.models import AuditEntry
from challenge.base.db import Base, fresh_session
from challenge.distribution.models import Dispatch, Recipient
from challenge.docking import models as docking_models
from challenge.exchange import entries
from challenge.exchange.packing import Member, as_json, as_lines
from challenge.exchange.readme import README
from challenge.exchange.rows import columns_of
from challenge.judging import expertise_models, ways_models
from challenge.judging.models import Assignment, Criterion, PanelJudge, Score, Scorecard
from challenge.messages.models import Letter
from challenge.rounds import resource_models
from challenge.rounds.models import Round
from challenge.submissions import board_models
from challenge.submissions.models import Submission, TeamMember
from challenge.ties import models as ties_models

BATCH = 500
TABLES = (
    resource_models,
    board_models,
    docking_models,
    expertise_models,
    ties_models,
    ways_models,
)  # loaded, so that their tables are known here
# (table, the column that names the person) -> columns that stand elsewhere in the zip, or are not theirs.
OWN: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("access_log", "reader_id"): (),
    ("attachment", "uploaded_by"): (),
    ("care", "broker_id"): (),
    ("docking_pair", "user_id"): (),
    ("invitation", "accepted_by"): (),
    ("judge_document", "user_id"): (),
    ("judge_profile", "user_id"): (),
    ("late_arrival", "user_id"): ("manifest", "refusal"),
    ("membership", "user_id"): (),
    ("panel_judge", "user_id"): (),
    ("public_vote", "user_id"): (),
    ("question", "asker_id"): (),
    ("recipient", "user_id"): (),
    ("resource_opening", "user_id"): (),
    ("role_grant", "user_id"): (),
    ("screening_case", "replied_by"): (),
    ("team_link", "accepted_by"): (),
    ("team_member", "user_id"): (),
    ("teammate_message", "sender_id"): (),
    ("teammate_post", "author_id"): (),
    ("terms_acceptance", "user_id"): (),
    ("tie", "person_id"): (),
    ("upload", "user_id"): (),
}
# Written in an office or as one of a team: what they did is in audit.jsonl, the thing is not theirs alone.
IN_OFFICE = frozenset(
    {
        ("announcement", "author_id"),
        ("care", "offered_by"),
        ("contact_list", "author_id"),
        ("docking", "author_id"),
        ("docking_pair", "author_id"),
        ("conflict_case", "decided_by"),
        ("comment_ruling", "decided_by"),
        ("assignment_run", "author_id"),
        ("gallery_entry", "decided_by"),
        ("invitation", "invited_by"),
        ("phase_feedback", "released_by"),
        ("on_site", "chair_id"),
        ("public_notice", "author_id"),
        ("question", "answered_by"),
        ("ranking", "author_id"),
        ("requirement", "author_id"),
        ("resource", "author_id"),
        ("resource_terms", "author_id"),
        ("round_override", "author_id"),
        ("tie_decision", "author_id"),
        ("score_book", "author_id"),
        ("scorecard", "entered_by"),
        ("scorecard_revision", "author_id"),
        ("screening_case", "decided_by"),
        ("screening_case", "opened_by"),
        ("seeker_decision", "decided_by"),
        ("sending", "author_id"),
        ("share_link", "author_id"),
        ("submission", "owner_id"),  # every owner is in the team
        ("submission_extension", "author_id"),
        ("submission_form", "author_id"),
        ("submission_form_draft", "author_id"),
        ("submission_version", "submitted_by"),
        ("team_link", "created_by"),
        ("tie", "other_id"),  # what somebody else said; it goes with theirs
    }
)


def members(user_id: int) -> Iterator[Member]:
    """The files of a person's zip; each is read when its turn comes, a batch of rows at a time."""
    yield Member("README.txt", [README.encode()])
    with fresh_session() as session:
        account, address = _account(session, user_id)
        mine = _submissions(session, user_id)
    yield Member("account.json", [as_json(account)])
    for (table, column), without in OWN.items():
        yield Member(f"rows/{table}.jsonl", as_lines(_rows(_model(table), column, user_id, without)))
    yield Member("scorecards.jsonl", as_lines(_scorecards(user_id)))
    yield Member("rows/dispatch.jsonl", as_lines(_dispatches(user_id)))
    yield Member("letters.jsonl", as_lines(_rows(Letter, "recipient", address, ())))
    yield Member("audit.jsonl", as_lines(_rows(AuditEntry, "actor", f"user:{user_id}", ("hash", "previous"))))
    for submission_id, name in mine:
        yield from entries.members(submission_id, f"submissions/{name}/", user_id)


def listed(session: Session, user_id: int) -> int:
    """How many submissions are in it."""
    query = sa.select(sa.func.count()).select_from(TeamMember).where(TeamMember.user_id == user_id)
    return session.scalar(query) or 0


def _account(session: Session, user_id: int) -> tuple[dict[str, Any], str]:
    person = session.get_one(User, user_id)
    organizations = session.scalars(
        sa.select(Organization).where(
            Organization.id.in_(sa.select(Membership.organization_id).where(Membership.user_id == user_id))
        )
    )
    return {**columns_of(person), "organizations": [columns_of(each) for each in organizations]}, person.email


def _submissions(session: Session, user_id: int) -> list[tuple[int, str]]:
    query = (
        sa.select(Submission.id, Round.slug + sa.literal("-") + Submission.code)
        .join(Round, Round.id == Submission.round_id)
        .join(TeamMember, TeamMember.submission_id == Submission.id)
        .where(TeamMember.user_id == user_id)
        .order_by(Submission.id)
    )
    return [(key, name) for key, name in session.execute(query)]


def _rows(
    model: type[Base], column: str, value: object, without: tuple[str, ...]
) -> Iterator[Mapping[str, Any]]:
    """The rows in which the column has this value, by id, in batches: no connection waits for a slow line."""
    columns = model.__mapper__.columns
    key, last = columns[model.__mapper__.primary_key[0].key or "id"], 0
    me = value if isinstance(value, int) else None
    while True:
        with fresh_session() as session:
            query = sa.select(model).where(columns[column] == value, key > last).order_by(key).limit(BATCH)
            rows = session.scalars(query).all()
            found = [columns_of(row, without=without, me=me) for row in rows]
            last = getattr(rows[-1], key.key) if rows else last
        yield from found
        if len(rows) < BATCH:
            return


def _dispatches(user_id: int) -> Iterator[Mapping[str, Any]]:
    """The needs that were sent to them, and what they answered."""
    with fresh_session() as session:
        mine = sa.select(Recipient.id).where(Recipient.user_id == user_id)
        query = sa.select(Dispatch).where(Dispatch.recipient_id.in_(mine)).order_by(Dispatch.id)
        found = [columns_of(each) for each in session.scalars(query)]
    yield from found


def _scorecards(user_id: int) -> Iterator[Mapping[str, Any]]:
    """What they scored as a judge: entries by code, their values and words."""
    last = 0
    while True:
        with fresh_session() as session:
            query = (
                sa.select(Scorecard, Submission.code, Assignment.state)
                .join(Assignment, Assignment.id == Scorecard.assignment_id)
                .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
                .join(Submission, Submission.id == Assignment.submission_id)
                .where(PanelJudge.user_id == user_id, Scorecard.id > last)
                .order_by(Scorecard.id)
                .limit(BATCH)
            )
            cards = session.execute(query).all()
            found = [
                {
                    "submission": code,
                    "assignment": state,
                    **columns_of(card),
                    "scores": _scores(session, card),
                }
                for card, code, state in cards
            ]
            last = cards[-1][0].id if cards else last
        yield from found
        if len(cards) < BATCH:
            return


def _scores(session: Session, card: Scorecard) -> list[Mapping[str, Any]]:
    query = (
        sa.select(Criterion.name_zh, Criterion.name_en, Score.value, Score.comment)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(Score.scorecard_id == card.id)
        .order_by(Criterion.position)
    )
    return [row._asdict() for row in session.execute(query)]


def _model(table: str) -> type[Base]:
    return next(
        mapper.class_
        for mapper in Base.registry.mappers
        if mapper.local_table.fullname == table  # type: ignore[attr-defined]
    )
