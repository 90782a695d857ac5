"""What a check of likeness found, for the organizer: pairs, and one pair side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, undefer

from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules import likeness
from challenge.rules.errors import NotFound
from challenge.rules.lifecycles import ENTERED
from challenge.rules.likeness import Passage
from challenge.rules.permissions import Actor, Subject
from challenge.submissions import reading
from challenge.submissions.likeness import texts_of, words_of
from challenge.submissions.likeness_models import LikenessPair
from challenge.submissions.models import Submission, TeamMember, Version

PAGE = 50


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair in the list: the round's own entry first; `share` in parts of a thousand."""

    id: int
    share: int
    common: int
    same_team: bool
    ref: str
    code: str
    title: str
    other_ref: str
    other_code: str
    other_title: str
    other_round_id: int
    other_round_slug: str
    other_round_zh: str | None
    other_round_en: str | None


def subject_of(session: Session, actor: Actor, round_: Round, now: Any) -> Subject:
    """The facts for reading it: whoever is in a team that it compared has a conflict (one statement)."""
    subject = rounds.subject_of(round_, now)
    others = sa.select(Version.submission_id).join(LikenessPair, LikenessPair.other_id == Version.id)
    behind = (
        sa.select(TeamMember.id)
        .join(Submission, Submission.id == TeamMember.submission_id)
        .where(TeamMember.user_id == actor.user_id)
        .where(
            sa.or_(
                sa.and_(Submission.round_id == round_.id, Submission.state.in_((*ENTERED, "draft"))),
                Submission.id.in_(others.where(LikenessPair.round_id == round_.id)),
            )
        )
    )
    if actor.user_id is None or session.scalar(behind.limit(1)) is None:
        return subject
    return replace(subject, conflicted=frozenset({actor.user_id}))


def pairs(session: Session, round_id: int, after: int = 0, limit: int = PAGE) -> list[PairRow]:
    """The pairs of a round, the greatest share first, `after` so many (one statement)."""
    first, second = aliased(Version), aliased(Version)
    mine, other, its_round = aliased(Submission), aliased(Submission), aliased(Round)
    query = (
        sa.select(
            *(LikenessPair.id, LikenessPair.share, LikenessPair.common, LikenessPair.same_team),
            *(mine.ref, mine.code, first.content["title"].as_string()),
            *(other.ref, other.code, second.content["title"].as_string()),
            *(other.round_id, its_round.slug, its_round.title_zh, its_round.title_en),
        )
        .join(first, first.id == LikenessPair.version_id)
        .join(mine, mine.id == first.submission_id)
        .join(second, second.id == LikenessPair.other_id)
        .join(other, other.id == second.submission_id)
        .join(its_round, its_round.id == other.round_id)
        .where(LikenessPair.round_id == round_id)
        .order_by(LikenessPair.share.desc(), LikenessPair.id)
        .offset(after)
        .limit(limit)
    )
    rows: Any = session.execute(query).all()
    return [PairRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer with its common passages marked."""

    label_zh: str | None
    label_en: str | None
    pieces: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One entry of a pair: the answers that have a common passage, and how many have none."""

    submission: Submission
    version: Version
    answers: tuple[Answer, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Beside:
    """A pair side by side."""

    pair: LikenessPair
    sides: tuple[Side, Side]


def beside(session: Session, round_id: int, ref: str, other_ref: str) -> Beside:
    """Two entries of a pair with their common passages; raises NotFound where the check found none."""
    first, second = _version(session, ref), _version(session, other_ref)
    mine = sa.and_(LikenessPair.version_id == first[1].id, LikenessPair.other_id == second[1].id)
    pair = session.scalar(sa.select(LikenessPair).where(LikenessPair.round_id == round_id, mine))
    if pair is None:
        raise NotFound
    all_texts = [[text for _, text in texts_of(version)] for _, version in (first, second)]
    shared = likeness.everything(all_texts[0]) & likeness.everything(all_texts[1])
    shared -= words_of(session, first[0]) | words_of(session, second[0])
    marks = frozenset(likeness.unpacked(pair.marks))
    return Beside(pair, (_side(session, *first, shared, marks), _side(session, *second, shared, marks)))


def _version(session: Session, ref: str) -> tuple[Submission, Version]:
    query = (
        sa.select(Submission, Version)
        .join(Version, sa.and_(Version.submission_id == Submission.id, Version.current))
        .where(Submission.ref == ref)
        .options(undefer(Version.hidden))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _side(
    session: Session, submission: Submission, version: Version, shared: frozenset[int], marks: frozenset[int]
) -> Side:
    spec = reading.form_of(session, submission, version.content).spec
    names = {
        f"indicator-{each['indicator']}": (each.get("name_zh"), each.get("name_en"))
        for each in version.content.get("answers", ())
    }
    answers, others = [], 0
    for key, text in texts_of(version):
        pieces = likeness.passages(text, shared, marks)
        if not any(piece.common for piece in pieces):
            others += bool(text.strip())
            continue
        field = spec.get(key)
        zh, en = (field.label.zh, field.label.en) if field else names.get(key, (key, key))
        answers.append(Answer(zh, en, tuple(pieces)))
    return Side(submission, version, tuple(answers), others)
