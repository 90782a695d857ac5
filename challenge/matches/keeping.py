"""What matching keeps: vectors by the digest of their text, and for each open requirement its matches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import begin_write, insert_into
from challenge.matches.models import Match, MatchRun, TextVector
from challenge.matches.subjects import Need, Subject
from challenge.requirements.models import Requirement

PART = 500  # numbers of one statement
Found = Sequence[Mapping[str, Any]]
"""Matches of one need: place in the subjects, score, reasons; the best of a kind first."""


def vectors(session: Session, models: Sequence[str]) -> dict[tuple[str, str], str]:
    """(model, digest) -> numbers, of these models (one statement)."""
    query = sa.select(TextVector.model, TextVector.digest, TextVector.numbers)
    return {(row[0], row[1]): row[2] for row in session.execute(query.where(TextVector.model.in_(models)))}


def keep_vectors(session: Session, model: str, made: Mapping[str, str]) -> None:
    """Keep what a model made of texts: digest -> numbers."""
    rows = [{"digest": digest, "model": model, "numbers": numbers} for digest, numbers in made.items()]
    for at in range(0, len(rows), PART):
        put = insert_into(session, TextVector).values(rows[at : at + PART])
        session.execute(put.on_conflict_do_nothing())


def forget_vectors(session: Session, wanted: Iterable[str]) -> None:
    """Let vectors go whose text nobody shows any more."""
    known = set(session.scalars(sa.select(TextVector.digest).distinct()))
    gone = sorted(known - set(wanted))
    for at in range(0, len(gone), PART):
        mine = TextVector.digest.in_(gone[at : at + PART])
        session.execute(sa.delete(TextVector).where(mine), execution_options={"synchronize_session": False})


def stale(session: Session, needs: Sequence[Need], digests: Mapping[int, str]) -> list[Need]:
    """Needs whose matches were made of something else, or not yet (one statement)."""
    rows = session.execute(sa.select(MatchRun.requirement_id, MatchRun.digest))
    known = {row.requirement_id: row.digest for row in rows}
    return [need for need in needs if known.get(need.id) != digests[need.id]]


def forget_closed(session: Session, needs: Sequence[Need]) -> None:
    """Matches of requirements that are no longer open go."""
    open_ = {need.id for need in needs}
    known = session.scalars(sa.select(MatchRun.requirement_id))
    for requirement_id in sorted(set(known) - open_):
        _clear(session, requirement_id)
        session.execute(sa.delete(MatchRun).where(MatchRun.requirement_id == requirement_id))


def keep(
    session: Session,
    need: Need,
    subjects: Sequence[Subject],
    found: Found,
    digest: str,
    models: Sequence[str],
) -> None:
    """Put these in the place of a requirement's matches; a requirement that is gone has none."""
    begin_write(session)
    # Two that match the same need at once take turns here.
    mine = sa.select(Requirement.id).where(Requirement.id == need.id).with_for_update(key_share=True)
    if session.scalar(mine) is None:
        return
    _clear(session, need.id)
    places: dict[str, int] = {}
    rows = [_row(need.id, subjects[each["place"]], each, places) for each in found]
    for at in range(0, len(rows), PART):
        session.execute(sa.insert(Match), rows[at : at + PART])
    counts: dict[str, int] = {}
    for subject in subjects:
        counts[subject.kind] = counts.get(subject.kind, 0) + 1
    said = {"digest": digest, "models": list(models), "profiles": counts, "made_at": clock.now(session)}
    put = insert_into(session, MatchRun).values(requirement_id=need.id, **said)
    session.execute(put.on_conflict_do_update(index_elements=[MatchRun.requirement_id], set_=said))


def _row(
    requirement_id: int, subject: Subject, found: Mapping[str, Any], places: dict[str, int]
) -> dict[str, Any]:
    place = places[subject.kind] = places.get(subject.kind, 0) + 1
    row: dict[str, Any] = {f"{kind}_id": None for kind in ("expert", "achievement", "organization")}
    row |= {"requirement_id": requirement_id, "kind": subject.kind, "place": place}
    row |= {"score": found["score"], "reasons": found["reasons"], f"{subject.kind}_id": subject.id}
    return row


def _clear(session: Session, requirement_id: int) -> None:
    mine = Match.requirement_id == requirement_id
    session.execute(sa.delete(Match).where(mine), execution_options={"synchronize_session": False})
