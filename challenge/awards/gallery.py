"""The public gallery of a round: what each team lets everyone see of its entry after the results.

The owner decides for the team, at any time, and takes it back at any time. Nothing shows before the results,
and what was ruled out or withdrawn never does. Shown is the version that was judged, never a draft.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards.models import GalleryEntry, Notice
from challenge.files import derivatives
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round, Theme
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor
from challenge.submissions.content import values_of
from challenge.submissions.holding import hold
from challenge.submissions.models import Submission, Version
from challenge.submissions.themes import of_submission

DECIDED = ("selected", "not_selected")


@dataclass(frozen=True, slots=True)
class Consent:
    """What may be seen: nothing, or title and summary, with these files (SHA-256), with the team's name."""

    shown: bool = False
    named: bool = False
    files: tuple[str, ...] = ()


NOTHING = Consent()


def decide(session: Session, actor: Actor, ref: str, consent: Consent) -> Consent:
    """Take the owner's word on what everyone may see; the same again has no effect.

    Raises `WrongState("results_not_published")`, `Invalid("files", ...)` for a file that was not entered.
    """
    held = hold(session, ref)
    held.permit(actor, Action.GALLERY_DECIDE)
    submission, round_ = held.submission, held.gate.round
    if _published_at(session, round_.id) is None:
        raise WrongState("results_not_published")
    standing = sa.and_(Version.submission_id == submission.id, Version.current)
    version = session.scalars(sa.select(Version).where(standing)).one()
    entered = {file["sha256"] for file in version.manifest}
    if not entered.issuperset(consent.files):
        raise Invalid("files", "not_a_choice")
    if not consent.shown:
        consent = NOTHING
    entry = session.get(GalleryEntry, submission.id)
    if consent == _consent(entry):
        return consent
    if entry is None:
        entry = GalleryEntry(submission_id=submission.id, round_id=round_.id)
        session.add(entry)
    entry.version_id, entry.shown, entry.named = version.id, consent.shown, consent.named
    entry.files = list(consent.files)
    entry.decided_at, entry.decided_by = held.now, actor.user_id
    session.flush()
    chain.record(
        session,
        actor,
        "gallery.shown" if consent.shown else "gallery.taken_back",
        f"submission:{submission.id}",
        chain=chain.round_chain(round_.id),
        at=held.now,
        files=len(consent.files),
        named=consent.named,
    )
    return consent


def _published_at(session: Session, round_id: int) -> dt.datetime | None:
    return session.scalar(sa.select(Notice.published_at).where(Notice.round_id == round_id))


def _consent(entry: GalleryEntry | None) -> Consent:
    return NOTHING if entry is None else Consent(entry.shown, entry.named, tuple(entry.files))


def consent_of(session: Session, submission_id: int) -> Consent:
    """What its owner decided last."""
    return _consent(session.get(GalleryEntry, submission_id))


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry of the gallery: what its team lets everyone see, and nothing else is loaded."""

    ref: str
    title: str
    summary: str
    requirement_ref: str | None
    requirement_zh: str | None
    requirement_en: str | None
    theme_zh: str | None
    theme_en: str | None
    selected: bool
    team: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[Mapping[str, Any], ...] = ()

    @property
    def team_name(self) -> str:
        """The team as it wishes to be named; its people where it has no name. Empty: unnamed."""
        return team_of(self.team)


def team_of(team: Mapping[str, Any]) -> str:
    """The same of a version's team."""
    members = ", ".join(each["name"] for each in team.get("members", ()) if each.get("name"))
    return str(team.get("organization") or team.get("name") or members or "")


def entries(session: Session, round_id: int, after: int = 0, limit: int = 50) -> list[Shown]:
    """The gallery of a round in the order of random references: neither by rank nor by time.

    One statement; `after` counts those of the pages before.
    """
    query = _visible().where(GalleryEntry.round_id == round_id).order_by(GalleryEntry.ref)
    rows: Sequence[Any] = session.execute(query.offset(after).limit(limit)).all()
    return [_shown(row) for row in rows]


def one(session: Session, round_id: int, ref: str) -> Shown:
    """One entry (one statement); raises NotFound, also from the moment on in which it was taken back."""
    query = _visible().where(GalleryEntry.round_id == round_id, GalleryEntry.ref == ref)
    row: Any = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _shown(row)


def seen_of(session: Session, submission_id: int) -> Shown | None:
    """What everyone may see of a submission now (one statement); None where that is nothing."""
    query = _visible().where(GalleryEntry.submission_id == submission_id)
    row: Any = session.execute(query).one_or_none()
    return None if row is None else _shown(row)


def any_of(round_id: sa.ColumnElement[int] | sa.orm.InstrumentedAttribute[int]) -> sa.Exists:
    """Whether a round's gallery holds anything, as a column."""
    visible = _visible().where(GalleryEntry.round_id == round_id)
    return visible.with_only_columns(sa.literal(1)).correlate(Round).exists()


def _visible() -> sa.Select[Any]:
    """Entries that may be seen now. The team's column comes only where the team is to be named."""
    its_round = sa.orm.aliased(Round)
    return (
        sa.select(
            *(GalleryEntry.ref, GalleryEntry.files, Version.content, Version.manifest),
            sa.case((GalleryEntry.named, sa.cast(Version.team, sa.Text))),
            *(Requirement.ref, Requirement.title_zh, Requirement.title_en),
            *(Theme.name_zh, Theme.name_en, Submission.state),
        )
        .select_from(GalleryEntry)
        .join(Submission, Submission.id == GalleryEntry.submission_id)
        .join(Version, Version.id == GalleryEntry.version_id)
        .join(its_round, its_round.id == GalleryEntry.round_id)
        .join(Notice, Notice.round_id == GalleryEntry.round_id)
        .outerjoin(
            Requirement,
            sa.and_(Requirement.id == Submission.requirement_id, Requirement.state.in_(PUBLIC_STATES)),
        )
        .outerjoin(Theme, Theme.id == of_submission())
        .where(GalleryEntry.shown, Submission.state.in_(DECIDED), Version.current)
        .where(Notice.published_at.is_not(None), its_round.public)
    )


def _shown(row: Any) -> Shown:
    ref, chosen, content, manifest, team, need, need_zh, need_en, theme_zh, theme_en, state = row
    return Shown(
        ref,
        str(content.get("title") or ""),
        str(values_of(content).get("summary") or ""),
        need,
        need_zh,
        need_en,
        theme_zh,
        theme_en,
        selected=state == "selected",
        team=json.loads(team) if team else {},
        files=tuple(file for file in manifest if file["sha256"] in set(chosen)),
    )


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as the gallery hands it out: the copy without hidden data where there is one, else itself."""

    sha256: str
    size: int
    media_type: str
    name: str


def file(session: Session, round_id: int, ref: str, place: int) -> Handed:
    """The file at this place (from 1) of an entry that may be seen now; raises NotFound."""
    shown = one(session, round_id, ref)
    if not 1 <= place <= len(shown.files):
        raise NotFound
    entered = shown.files[place - 1]
    copy = derivatives.of(session, [entered["sha256"]]).get(entered["sha256"], derivatives.WAITING).clean
    if copy is None:
        return Handed(entered["sha256"], entered["size"], entered["media_type"], entered["name"])
    return Handed(copy.sha256, copy.size, copy.media_type, entered["name"])
