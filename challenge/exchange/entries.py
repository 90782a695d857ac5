"""All of a submission for its team: draft, versions, receipts, files, judges' words, readers, the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from challenge.audit.models import AuditEntry
from challenge.awards import feedback
from challenge.awards.models import GalleryEntry
from challenge.base.db import fresh_session
from challenge.exchange.packing import Member, as_json, as_lines, file_name
from challenge.exchange.rows import columns_of
from challenge.files import services as files
from challenge.files.storage import storage
from challenge.reports import reads
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.submissions import extensions
from challenge.submissions.models import LateArrival, ScreeningCase, Submission, TeamMember, Version
from challenge.submissions.paper_models import Paper


def members(submission_id: int, folder: str = "", viewer: int | None = None) -> Iterator[Member]:
    """The files of one submission under `folder`; each part is read when its turn comes, in its own session.

    `viewer` is the person of the team for whom it is made: of what happened, others who are not of the team
    stand without a number.
    """
    with fresh_session() as session:
        about, drafted, numbers, late = _about(session, submission_id)
        log = [_line(line) for line in reads.of_submission(session, submission_id, most=None)]
        happened = _happened(session, submission_id, viewer)
        words = [_given(each) for each in feedback.for_team(session, submission_id)]
        shelf = _gallery(session, submission_id)
    yield Member(f"{folder}submission.json", [as_json(about)])
    yield from _files(f"{folder}draft-files/", drafted)
    for number in numbers:
        yield from _version(submission_id, number, f"{folder}versions/{number}/")
    for key, refusal in late:
        yield Member(f"{folder}refusals/refusal-{key}.json", [as_json(refusal)])
        with fresh_session() as session:
            printed = _papers(session, Paper.late_id == key)
        yield from _printed(f"{folder}refusals/refusal-{key}", printed)
    yield Member(f"{folder}feedback.json", [as_json(words)])
    yield Member(f"{folder}gallery.json", [as_json(shelf)])
    yield Member(f"{folder}read-by.jsonl", as_lines(log))
    yield Member(f"{folder}audit.jsonl", as_lines(happened))


def _given(given: feedback.Given) -> dict[str, Any]:
    """One phase's feedback, as the team's page has it: what was not released is null or empty."""
    return {
        "phase": given.phase.number,
        "total": given.total,
        "most": None if given.most is None else f"{given.most.normalize():f}",
        "criteria": [
            {"name_zh": each.name_zh, "name_en": each.name_en, "score": each.score}
            | {"comments": [asdict(comment) for comment in each.comments]}
            for each in given.criteria
        ],
        "place": given.place,
        "best_of_hundred": given.band,
        "tie_band": given.tie,
        "ranked": given.ranked if given.place or given.band or given.tie else None,
        "comments": [asdict(each) for each in given.comments],
    }


def blob(sha256: str, size: int) -> Iterator[bytes]:
    """The bytes of a stored file, opened when the first of them is asked for."""
    yield from storage().read(sha256, 0, size)


def _about(
    session: Session, submission_id: int
) -> tuple[dict[str, Any], Sequence[Any], Sequence[int], Sequence[Any]]:
    submission = session.get_one(Submission, submission_id)
    round_ = session.execute(
        sa.select(Round.slug, Round.title_zh, Round.title_en).where(Round.id == submission.round_id)
    ).one()
    asked = session.execute(
        sa.select(Requirement.ref, Requirement.number, Requirement.title_zh, Requirement.title_en).where(
            Requirement.id == submission.requirement_id
        )
    ).one_or_none()
    team = session.execute(
        sa.select(TeamMember.name, TeamMember.affiliation, TeamMember.email, TeamMember.created_at)
        .where(TeamMember.submission_id == submission_id)
        .order_by(TeamMember.id)
    )
    drafted = files.listed(session, "submission", submission_id)
    about = {
        **columns_of(submission),
        "round": round_._asdict(),
        "requirement": asked._asdict() if asked else None,
        "team": [row._asdict() for row in team],
        "screening": _cases(session, submission_id),
        "extensions": _extensions(session, submission),
        "draft_files": [
            {"name": f.name, "sha256": f.sha256, "size": f.size, "field": f.field} for f in drafted
        ],
    }
    numbers = session.scalars(
        sa.select(Version.number).where(Version.submission_id == submission_id).order_by(Version.number)
    ).all()
    late = session.execute(
        sa.select(LateArrival.id, LateArrival.refusal)
        .where(LateArrival.submission_id == submission_id)
        .order_by(LateArrival.id)
    ).all()
    return about, [(f.name, f.sha256, f.size) for f in drafted], numbers, late


def _cases(session: Session, submission_id: int) -> list[dict[str, Any]]:
    """What was held against it, the team's replies and the decisions; nobody's number."""
    case = ScreeningCase
    said = (case.kind, case.state, case.reasons, case.text, case.reply, case.decision)
    times = (case.opened_at, case.reply_until, case.replied_at, case.decided_at)
    query = sa.select(*said, *times).where(case.submission_id == submission_id).order_by(case.id)
    return [dict(row) for row in session.execute(query).mappings()]


def _extensions(session: Session, submission: Submission) -> list[dict[str, Any]]:
    """The time that it was given, oldest first, with every reason."""
    given = reversed(extensions.of(session, submission))
    return [{name: getattr(each, name) for name in ("created_at", "until_at", "reason")} for each in given]


def _gallery(session: Session, submission_id: int) -> dict[str, Any]:
    """What its owner lets everyone see, of which version, since when; nothing where nobody said a word."""
    query = (
        sa.select(
            *(GalleryEntry.shown, GalleryEntry.named, GalleryEntry.files),
            *(Version.number.label("version"), GalleryEntry.decided_at),
        )
        .join(Version, Version.id == GalleryEntry.version_id)
        .where(GalleryEntry.submission_id == submission_id)
    )
    row = session.execute(query).mappings().one_or_none()
    return dict(row) if row else {"shown": False, "named": False, "files": []}


def _version(submission_id: int, number: int, folder: str) -> Iterator[Member]:
    with fresh_session() as session:
        version = session.scalars(
            sa.select(Version)
            .where(Version.submission_id == submission_id, Version.number == number)
            .options(undefer(Version.team), undefer(Version.hidden))
        ).one()
        about, receipt = columns_of(version), version.receipt
        frozen = [(file["name"], file["sha256"], file["size"]) for file in version.manifest]
        printed = _papers(session, Paper.version_id == version.id)
    yield Member(f"{folder}version.json", [as_json({k: v for k, v in about.items() if k != "receipt"})])
    if receipt:
        yield Member(f"{folder}receipt.json", [as_json(receipt)])
    yield from _printed(f"{folder}receipt", printed)
    yield from _files(f"{folder}files/", frozen)


def _papers(session: Session, whose: sa.ColumnElement[bool]) -> Sequence[Any]:
    query = sa.select(Paper.locale, Paper.zone, Paper.sha256, Paper.size).where(whose)
    return session.execute(query.order_by(Paper.id)).all()


def _printed(name: str, papers: Sequence[Any]) -> Iterator[Member]:
    for locale, zone, sha256, size in papers:
        where = f"-{zone.replace('/', '_')}" if zone else ""
        yield Member(f"{name}-{locale}{where}.pdf", blob(sha256, size), packed=False)


def _files(folder: str, listed: Sequence[tuple[str, str, int]]) -> Iterator[Member]:
    for place, (name, sha256, size) in enumerate(listed, start=1):
        yield Member(folder + file_name(place, name), blob(sha256, size), packed=False)


def _line(line: reads.Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ("at", "role", "name", "version", "what", "file")}


def _happened(session: Session, submission_id: int, viewer: int | None) -> list[Mapping[str, Any]]:
    """The record of the submission as codes; of others' numbers only those of the team."""
    team = session.scalars(
        sa.select(TeamMember.user_id).where(TeamMember.submission_id == submission_id)
    ).all()
    known = {f"user:{each}" for each in (*team, viewer) if each is not None} | {"system", "anonymous"}
    query = (
        sa.select(AuditEntry)
        .where(AuditEntry.subject == f"submission:{submission_id}")
        .order_by(AuditEntry.id)
    )
    return [
        {**columns_of(entry), "actor": entry.actor if entry.actor in known else "somebody"}
        for entry in session.scalars(query)
    ]
