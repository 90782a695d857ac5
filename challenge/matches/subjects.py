"""What is compared: the public texts and facts of requirements, experts, achievements and organizations.

Columns are named one by one. The confidential part of a requirement, the confidential detail of an
achievement and an anonymous seeker are not among them; an expert who did not consent to matching is not here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, Organization, User
from challenge.requirements.models import Indicator, Requirement
from challenge.rounds.models import Round
from challenge.rules.matching import Facts, Past
from challenge.supply.models import Achievement, Expert, ExpertDocument

MOST = 20_000  # letters of one text
_NEED = (
    Requirement.id,
    Requirement.seeker_id,
    Requirement.title_zh,
    Requirement.title_en,
    Requirement.summary_zh,
    Requirement.summary_en,
    Requirement.problem_zh,
    Requirement.problem_en,
    Requirement.goals,
    Requirement.keywords,
    Requirement.field,
    Requirement.industry,
    Requirement.region,
    Requirement.modes,
    Requirement.budget_min_minor,
    Requirement.budget_max_minor,
    Requirement.currency,
)
_OFFER = (
    Achievement.id,
    Achievement.organization_id,
    Achievement.person_id,
    Achievement.title_zh,
    Achievement.title_en,
    Achievement.summary_zh,
    Achievement.summary_en,
    Achievement.keywords,
    Achievement.field,
    Achievement.region,
    Achievement.trl,
    Achievement.price_minor,
    Achievement.currency,
    Achievement.modes,
)


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a profile; `shown` where a match may name its words."""

    text: str
    shown: bool = True

    @property
    def digest(self) -> str:
        """What it is known by."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Subject:
    """One expert (by the person), achievement or organization with what it says."""

    kind: str
    id: int
    texts: tuple[Text, ...]
    facts: Facts
    past: Past = field(default_factory=Past)
    people: frozenset[int] = frozenset()  # organizations behind it: none of them is matched to its own need

    def told(self) -> str:
        """Everything that decides its matches, in one line."""
        texts = [(text.digest, text.shown) for text in self.texts]
        facts = self.facts.to_json()
        return json.dumps([self.kind, self.id, texts, facts, repr(self.past), sorted(self.people)])


@dataclass(frozen=True, slots=True)
class Need:
    """One open requirement: its public words in one text, its facts, whose it is."""

    id: int
    text: Text
    facts: Facts
    seeker_id: int


def digest_of(subjects: Iterable[Subject], models: Sequence[str]) -> str:
    """The digest of all that needs are compared with."""
    hashed = hashlib.sha256(json.dumps(list(models)).encode())
    for subject in subjects:
        hashed.update(subject.told().encode())
    return hashed.hexdigest()


def digest_with(need: Need, others: str) -> str:
    """The digest of a need and of what it is compared with (`digest_of`)."""
    told = json.dumps([need.text.digest, need.facts.to_json(), need.seeker_id, others])
    return hashlib.sha256(told.encode()).hexdigest()


def needs(session: Session) -> list[Need]:
    """Published requirements of public rounds (two statements)."""
    query = (
        sa.select(*_NEED)
        .join(Round, Round.id == Requirement.round_id)
        .where(Requirement.state == "published", Round.public)
        .order_by(Requirement.id)
    )
    rows = session.execute(query).all()
    indicators = _indicators(session)
    return [
        Need(
            row.id,
            Text(
                _joined(
                    *(row.title_zh, row.title_en, row.summary_zh, row.summary_en),
                    *(row.problem_zh, row.problem_en, row.goals, ", ".join(row.keywords)),
                    *indicators.get(row.id, ()),
                )
            ),
            Facts(
                fields=_set(row.field),
                industries=_set(row.industry),
                region=row.region or "",
                least_minor=row.budget_min_minor,
                most_minor=row.budget_max_minor,
                currency=row.currency,
                modes=frozenset(row.modes),
                indicators=tuple(indicators.get(row.id, ())),
            ),
            row.seeker_id,
        )
        for row in rows
    ]


def _indicators(session: Session) -> dict[int, list[str]]:
    query = (
        sa.select(Indicator.requirement_id, Indicator.name_zh, Indicator.name_en)
        .join(Requirement, Requirement.id == Indicator.requirement_id)
        .where(Requirement.state == "published")
        .order_by(Indicator.requirement_id, Indicator.position)
    )
    found: dict[int, list[str]] = {}
    for requirement_id, zh, en in session.execute(query):
        found.setdefault(requirement_id, []).extend(name for name in (zh, en) if name)
    return found


def everyone(session: Session, past: Mapping[int, Past]) -> list[Subject]:
    """All that may be recommended, in the order of kinds and numbers (six statements).

    `past`: person -> how they answered what was sent to them.
    """
    members = _members(session)
    offered = achievements(session, members)
    found = [*experts(session, members), *offered, *organizations(session, offered)]
    return [
        replace(each, past=past[each.id]) if each.kind == "expert" and each.id in past else each
        for each in found
    ]


def _members(session: Session) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for user_id, organization_id in session.execute(
        sa.select(Membership.user_id, Membership.organization_id)
    ):
        found.setdefault(user_id, set()).add(organization_id)
    return {user_id: frozenset(each) for user_id, each in found.items()}


def consenting() -> sa.ColumnElement[bool]:
    """Experts who may be recommended now: they said so, take on work, and their account is open."""
    return sa.and_(Expert.matched, Expert.availability != "none", User.active)


def experts(session: Session, members: Mapping[int, frozenset[int]]) -> list[Subject]:
    """Experts who consent to matching, with their texts (two statements)."""
    documents: dict[int, list[Text]] = {}
    consented = sa.select(Expert.user_id).join(User, User.id == Expert.user_id).where(consenting())
    query = (
        sa.select(ExpertDocument.user_id, ExpertDocument.kind, ExpertDocument.title, ExpertDocument.text)
        .where(ExpertDocument.user_id.in_(consented))
        .order_by(ExpertDocument.user_id, ExpertDocument.id)
    )
    for user_id, kind, title, text in session.execute(query):
        # A text of one's own is for nobody else to read: it finds its owner, and its words are not named.
        documents.setdefault(user_id, []).append(Text(_joined(title, text), shown=kind == "publication"))
    profiles = (
        sa.select(
            Expert.user_id, Expert.about_zh, Expert.about_en, Expert.keywords, Expert.field, Expert.region
        )
        .join(User, User.id == Expert.user_id)
        .where(consenting())
        .order_by(Expert.user_id)
    )
    return [
        Subject(
            "expert",
            row.user_id,
            (
                *_own(row.about_zh, row.about_en, row.keywords),
                *documents.get(row.user_id, ()),
            ),
            Facts(fields=_set(row.field), region=row.region or ""),
            people=members.get(row.user_id, frozenset()),
        )
        for row in session.execute(profiles)
    ]


def achievements(session: Session, members: Mapping[int, frozenset[int]]) -> list[Subject]:
    """Published achievements, by their public summary (one statement)."""
    query = sa.select(*_OFFER).where(Achievement.state == "published").order_by(Achievement.id)
    return [
        Subject(
            "achievement",
            row.id,
            _own(_joined(row.title_zh, row.summary_zh), _joined(row.title_en, row.summary_en), row.keywords),
            Facts(
                fields=_set(row.field),
                region=row.region or "",
                trl=row.trl,
                least_minor=row.price_minor,
                currency=row.currency,
                modes=frozenset(row.modes),
            ),
            people=frozenset({row.organization_id})
            if row.organization_id
            else members.get(row.person_id, frozenset()),
        )
        for row in session.execute(query)
    ]


def organizations(session: Session, offered: Sequence[Subject]) -> list[Subject]:
    """Organizations with published achievements, by all of these (two statements)."""
    query = sa.select(Achievement.organization_id, Achievement.id).where(
        Achievement.state == "published", Achievement.organization_id.is_not(None)
    )
    by_id = {each.id: each for each in offered}
    theirs: dict[int, list[Subject]] = {}
    for organization_id, achievement_id in session.execute(query.order_by(Achievement.id)):
        if achievement_id in by_id:
            theirs.setdefault(organization_id or 0, []).append(by_id[achievement_id])
    regions = sa.select(Organization.id, Organization.region).order_by(Organization.id)
    return [
        Subject(
            "organization",
            key,
            tuple(text for each in theirs[key] for text in each.texts),
            Facts(
                fields=frozenset().union(*(each.facts.fields for each in theirs[key])),
                region=region or "",
                modes=frozenset().union(*(each.facts.modes for each in theirs[key])),
            ),
            people=frozenset({key}),
        )
        for key, region in session.execute(regions)
        if key in theirs
    ]


def _own(zh: str | None, en: str | None, keywords: Sequence[str]) -> tuple[Text, ...]:
    """A text for each language, the keywords with the first of them."""
    words = ", ".join(keywords)
    said = [each for each in (zh, en) if each]
    if not said:
        return (Text(words),) if words else ()
    return (Text(_joined(said[0], words)), *(Text(each[:MOST]) for each in said[1:]))


def _joined(*parts: str | None) -> str:
    return "\n".join(part for part in parts if part)[:MOST]


def _set(code: str | None) -> frozenset[str]:
    return frozenset({code}) if code else frozenset()
