"""The entries of a person who is to be erased: which are in the way, which are emptied, which stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements.models import Agreement
from challenge.awards.models import GalleryEntry
from challenge.files.models import Attachment, Upload
from challenge.rounds.models import Round
from challenge.submissions.likeness_models import LikenessPair, LikenessSketch
from challenge.submissions.material import OWNER
from challenge.submissions.models import LateArrival, Submission, TeamLink, TeamMember, Version
from challenge.submissions.paper_models import Paper

OVER = ("closed", "cancelled")


@dataclass(frozen=True, slots=True)
class Mine:
    """An entry of theirs: alone in its team or not, its owner or not, and how it stands."""

    id: int
    ref: str
    code: str
    title: str
    state: str
    stage: str
    owned: bool
    others: int
    signed: bool  # a signed contract rests on it

    @property
    def runs(self) -> bool:
        """It takes part in a round that is not decided: withdraw it, or hand the team over."""
        undecided = self.state in ("draft", "submitted") and self.stage not in OVER
        return undecided and self.owned and (self.state == "submitted" or self.others > 0)


def of_person(session: Session, user_id: int) -> list[Mine]:
    """All entries whose team they are in; one statement."""
    mine = sa.select(TeamMember.submission_id).where(TeamMember.user_id == user_id)
    others = (
        sa.select(sa.func.count(TeamMember.id))
        .where(TeamMember.submission_id == Submission.id, TeamMember.user_id != user_id)
        .correlate(Submission)
        .scalar_subquery()
    )
    signed = sa.exists().where(Agreement.submission_id == Submission.id, Agreement.signed_at.is_not(None))
    query = (
        sa.select(
            *(Submission.id, Submission.ref, Submission.code, Submission.title, Submission.state),
            *(Round.stage, Submission.owner_id == user_id, others, signed),
        )
        .join(Round, Round.id == Submission.round_id)
        .where(Submission.id.in_(mine))
    )
    return [Mine(*row) for row in session.execute(query.order_by(Submission.id))]


def leave(session: Session, user_id: int, found: Sequence[Mine]) -> None:
    """Empty what was theirs alone; hand what they owned with others to whoever has been there longest."""
    for each in found:
        if each.others and each.owned:
            heir = (
                sa.select(TeamMember.user_id)
                .where(TeamMember.submission_id == each.id, TeamMember.user_id != user_id)
                .order_by(TeamMember.id)
                .limit(1)
            )
            own = sa.update(Submission).where(Submission.id == each.id)
            session.execute(own.values(owner_id=heir.scalar_subquery()))
        elif not each.others and not each.signed:
            empty(session, each.id)


def empty(session: Session, submission_id: int) -> None:
    """What it said goes, with its files and all that was made of them; its code, state and place stay.

    The receipt goes with it: whoever has theirs can verify it still, and its digest stands in the record.
    """
    session.execute(
        sa.update(Submission)
        .where(Submission.id == submission_id)
        .values(values={}, marks={}, title="", team_name="")
    )
    versions = sa.select(Version.id).where(Version.submission_id == submission_id)
    late = sa.select(LateArrival.id).where(LateArrival.submission_id == submission_id)
    pair = sa.or_(LikenessPair.version_id.in_(versions), LikenessPair.other_id.in_(versions))
    for model, which in (
        (Paper, sa.or_(Paper.version_id.in_(versions), Paper.late_id.in_(late))),
        (LikenessPair, pair),
        (LikenessSketch, LikenessSketch.version_id.in_(versions)),
        (GalleryEntry, GalleryEntry.submission_id == submission_id),
        (TeamLink, TeamLink.submission_id == submission_id),
        (Attachment, sa.and_(Attachment.owner_kind == OWNER, Attachment.owner_id == submission_id)),
        (Upload, sa.and_(Upload.owner_kind == OWNER, Upload.owner_id == submission_id)),
    ):
        session.execute(sa.delete(model).where(which), execution_options={"synchronize_session": False})
    nothing: dict[str, Any] = {"title": "", "form": None, "requirement": None, "quote_minor": None}
    nothing |= {"values": {}, "answers": []}
    session.execute(
        sa.update(Version)
        .where(Version.submission_id == submission_id)
        .values(content=nothing, team={}, hidden={}, manifest=[], receipt={}, envelope=None)
    )
    session.execute(
        sa.update(LateArrival)
        .where(LateArrival.submission_id == submission_id)
        .values(manifest=[], refusal={})
    )
