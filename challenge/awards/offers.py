"""The offers for one requirement, as its seeker compares them: what each was entered with, what may be known.

Nothing is read before the seeker may read it: not before the close, not under a seal, not by whoever stands
behind one of them. The panel's scores are loaded only where the seeker was asked for its word, or where the
results are published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from challenge.accounts.models import User
from challenge.awards.models import Decision, Notice
from challenge.awards.offer_models import OfferNote
from challenge.awards.standing import ranking_in_force
from challenge.judging.models import Criterion, Ranking, RankingRow
from challenge.requirements.models import Indicator, Requirement
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules import offers as rules
from challenge.rules.errors import NotFound
from challenge.rules.formspec import Field
from challenge.rules.lifecycles import ENTERED
from challenge.rules.permissions import Action, Actor, can, require
from challenge.submissions import asking, facts, reading
from challenge.submissions.content import values_of
from challenge.submissions.models import Submission, SubmissionForm, TeamMember, Version
from challenge.submissions.reading import Part

MOST = 100  # offers read for one requirement
MODE_KEYS = ("mode", "modes")  # of a form's field for the kind of cooperation


@dataclass(frozen=True, slots=True)
class Note:
    """What one representative of the seeker keeps on an offer."""

    author_id: int
    name: str
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """What the panel made of an offer: place, total, and a text by criterion's number."""

    place: int | None = None
    shared: bool = False
    total: Decimal | None = None
    panel: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer as it was entered. `broken`: it came sealed and could not be opened."""

    id: int
    ref: str
    code: str
    state: str
    number: int
    submitted_at: dt.datetime
    title: str
    currency: str
    values: Mapping[str, Any]
    parts: tuple[Part, ...]
    team: Mapping[str, Any]
    manifest: tuple[Mapping[str, Any], ...]
    broken: bool = False
    score: Score = Score()
    notes: tuple[Note, ...] = ()

    @property
    def quote_minor(self) -> int | None:
        """Its price."""
        quote = self.values.get("quote")
        return quote if isinstance(quote, int) else None

    @property
    def who(self) -> str:
        """On whose behalf, or the team's name."""
        return str(self.team.get("organization") or self.team.get("name") or "")

    @property
    def modes(self) -> tuple[str, ...]:
        """The kinds of cooperation that it offers, by the keys of its form."""
        given = next((self.values[key] for key in MODE_KEYS if self.values.get(key)), ())
        return (given,) if isinstance(given, str) else tuple(given)

    def answer_to(self, asked: Indicator) -> Mapping[str, Any]:
        """Its answer to an indicator of the requirement; empty where it gave none."""
        items = (item for part in self.parts for item in part.items if item.field.kind == "indicators")
        answers = [answer for item in items for answer in item.answers]
        return next((each for each in answers if each.get("indicator") == asked.id), {})

    def missed(self, asked: Sequence[Indicator]) -> int:
        """How many musts it does not meet whole."""
        musts = [each for each in asked if each.level == "must"]
        return sum(self.answer_to(each).get("met") != "met" for each in musts)

    def facts(self, asked: Sequence[Indicator]) -> rules.Facts:
        """What it is filtered by."""
        trl = self.values.get("trl_delivery")
        return rules.Facts(
            missed=self.missed(asked),
            quote_minor=self.quote_minor,
            currency=self.currency,
            trl_delivery=trl if isinstance(trl, int) else None,
            modes=frozenset(self.modes),
            marks=frozenset(note.mark for note in self.notes),
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """A requirement with its offers; `scored` says that the panel's scores may be read."""

    requirement: Requirement
    round: Round
    offers: tuple[Offer, ...]
    scored: bool
    criteria: tuple[Criterion, ...] = ()

    def wanted(self, wanted: rules.Wanted) -> tuple[Offer, ...]:
        """The offers that pass the filters, in their order."""
        need = self.requirement
        return tuple(
            each
            for each in self.offers
            if rules.keeps(wanted, each.facts(need.indicators), need.budget_max_minor, need.currency)
        )

    @property
    def modes(self) -> Field | None:
        """The field that asks for the kind of cooperation, where a form has one."""
        for offer in self.offers:
            for part in offer.parts:
                for item in part.items:
                    if item.field.key in MODE_KEYS and item.field.options:
                        return item.field
        return None


def readable(requirement: Requirement, now: dt.datetime, actor: Actor) -> bool:
    """Whether the seeker may read what was handed in for it: after the close, and no seal lies on it."""
    return can(actor, Action.SUBMISSION_READ, facts.any_of(requirement, now))


def comparison(session: Session, actor: Actor, requirement: Requirement, now: dt.datetime) -> Comparison:
    """All offers for a requirement (as `requirements.by_ref` reads it) that its seeker may read.

    Three statements, five with scores. Raises NotFound to whoever does not speak for its seeker, NotAllowed
    before it may be read and to whoever stands behind one of them.
    """
    if requirement.seeker_id not in actor.represents:
        raise NotFound
    behind, asked, published = _standing(session, actor, requirement)
    conflicted = frozenset({actor.user_id}) if behind and actor.user_id is not None else frozenset[int]()
    require(actor, Action.SUBMISSION_READ, facts.any_of(requirement, now, conflicted))
    found = _entered(session, actor, requirement, now)
    decision = rounds.subject_of(requirement.round, now, kind="decision", seeker_id=requirement.seeker_id)
    scored = published or (asked and can(actor, Action.AWARD_CONFIRM, decision))
    scores = _scores(session, requirement.round_id, [each.id for each in found]) if scored else {}
    notes = _notes(session, [each.id for each in found])
    offers = [
        replace(each, score=scores.get(each.id, Score()), notes=tuple(notes.get(each.id, ())))
        for each in found
    ]
    offers.sort(key=lambda each: (each.score.place is None, each.score.place or 0))
    criteria = _criteria(session, requirement.round_id) if scored else ()
    return Comparison(requirement, requirement.round, tuple(offers), scored, criteria)


def stands_behind(actor: Actor, requirement_id: Any) -> sa.Exists:
    """Whether the actor is in the team of an offer for the requirement, as a column: nobody judges rivals."""
    return (
        sa.exists()
        .where(TeamMember.submission_id == Submission.id, TeamMember.user_id == actor.user_id)
        .where(Submission.requirement_id == requirement_id, Submission.state.in_(ENTERED))
    )


def _standing(session: Session, actor: Actor, requirement: Requirement) -> tuple[bool, bool, bool]:
    asked = sa.exists().where(Decision.requirement_id == requirement.id)
    published = sa.exists().where(Notice.round_id == requirement.round_id, Notice.published_at.is_not(None))
    row = session.execute(sa.select(stands_behind(actor, requirement.id), asked, published)).one()
    return bool(row[0]), bool(row[1]), bool(row[2])


def _entered(session: Session, actor: Actor, requirement: Requirement, now: dt.datetime) -> list[Offer]:
    query = (
        sa.select(Submission, Version, SubmissionForm)
        .join(Version, sa.and_(Version.submission_id == Submission.id, Version.current))
        .outerjoin(SubmissionForm, reading.answered())
        .where(Submission.requirement_id == requirement.id, Submission.state.in_(ENTERED))
        .options(undefer(Version.team), undefer(Version.hidden))
        .order_by(Submission.id)
        .limit(MOST)
    )
    found = []
    for submission, version, form in session.execute(query):
        subject = facts.subject_of(submission, requirement, requirement.round, now, ())
        if can(actor, Action.SUBMISSION_READ, subject):  # one that has more time is not read yet
            found.append(_offer(submission, version, form))
    return found


def _offer(submission: Submission, version: Version, form: SubmissionForm | None) -> Offer:
    content = version.content or {}
    spec = asking.given(form, with_requirement=True).spec
    broken = version.sealed or version.seal_fault is not None
    return Offer(
        id=submission.id,
        ref=submission.ref,
        code=submission.code,
        state=submission.state,
        number=version.number,
        submitted_at=version.submitted_at,
        title=str(content.get("title") or ""),
        currency=str(content.get("currency") or submission.currency),
        values={**values_of(content), **(version.hidden or {})} if content else {},
        parts=() if broken else reading.parts(spec, content, version.manifest, version.hidden or {}),
        team=version.team or {},
        manifest=tuple(version.manifest or ()),
        broken=broken,
    )


def _scores(session: Session, round_id: int, ids: Sequence[int]) -> dict[int, Score]:
    query = sa.select(RankingRow).where(
        RankingRow.ranking_id == ranking_in_force(round_id), RankingRow.submission_id.in_(ids)
    )
    return {
        row.submission_id: Score(row.place, row.shared, row.total, row.panel)
        for row in session.scalars(query)
    }


def _criteria(session: Session, round_id: int) -> tuple[Criterion, ...]:
    query = sa.select(Criterion).join(Ranking, Ranking.phase_id == Criterion.phase_id)
    return tuple(
        session.scalars(query.where(Ranking.id == ranking_in_force(round_id)).order_by(Criterion.position))
    )


def _notes(session: Session, ids: Sequence[int]) -> dict[int, list[Note]]:
    query = (
        sa.select(OfferNote.submission_id, OfferNote.author_id, User.name, OfferNote.mark, OfferNote.text)
        .join(User, User.id == OfferNote.author_id)
        .where(OfferNote.submission_id.in_(ids))
        .order_by(OfferNote.id)
    )
    found: dict[int, list[Note]] = {}
    for submission_id, author_id, name, mark, text in session.execute(query):
        found.setdefault(submission_id, []).append(Note(author_id, name, mark, text))
    return found
