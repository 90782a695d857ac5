"""One thing's whole way through the house, on one timeline, each entry with its position in the trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts.branches import organizing
from challenge.accounts.models import Membership, User
from challenge.agreements.models import Agreement
from challenge.audit import chain
from challenge.audit.models import AuditEntry, AuditHead
from challenge.awards.models import Award
from challenge.awards.queries import SHOWN
from challenge.distribution.models import Care
from challenge.judging.models import Assignment, Phase
from challenge.reports.threads import THREADS, Origin, Sight, entries, in_team, mine
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules import record as rules
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Actor, Subject
from challenge.submissions.models import Submission, TeamMember


@dataclass(frozen=True, slots=True)
class Traced:
    """An entry of the trail in the record of a thing; `of` is the kind of its subject.

    `holds`: its fingerprint fits what it says, and it follows from the entry before it. `last` and `end` are
    the last position of its chain and the fingerprint there.
    """

    id: int
    chain: str
    seq: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    hash: str
    holds: bool
    last: int
    end: str
    of: str
    ref: str
    name: str

    @property
    def phase(self) -> int | None:
        """The number of the phase that ended with this; None for everything else."""
        return int(self.name) if self.action in ("phase.closed", "ranking.fixed") else None

    @property
    def user_id(self) -> int | None:
        """The person who acted, by number; None for the product itself."""
        kind, _colon, number = self.actor.partition(":")
        return int(number) if kind == "user" and number.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who acted: by name where the reader may know it, else on whose side."""

    name: str
    side: str  # "" by name, "organizer", "seeker", "other"


def find(session: Session, actor: Actor, kind: str, ref: str) -> Origin:
    """The thing with what it belongs to (one statement); raises NotFound."""
    if kind not in rules.KINDS:
        raise NotFound
    found = session.execute(_ORIGINS[kind](actor).where(_REFS[kind] == ref)).mappings().one_or_none()
    if found is None:
        raise NotFound
    return Origin(kind, **found)


def subject_of(origin: Origin, actor: Actor) -> Subject:
    """The facts that the permission table asks for. Of one entry or agreement its own people alone read."""
    me = frozenset() if actor.user_id is None else frozenset({actor.user_id})
    return Subject(
        kind="record",
        programme_id=origin.programme_id,
        host_id=origin.host_id,
        seeker_id=origin.seeker_id,
        author_id=origin.author_id,
        broker_id=origin.broker_id,
        team=me if origin.team else frozenset(),
        parties=me if origin.party else frozenset(),
    )


def _base(*more: Any) -> list[Any]:
    return [
        *(Round.id.label("round_id"), Round.slug, Round.zone),
        sa.and_(Round.sealed, Round.unsealed_at.is_(None)).label("sealed"),
        *(Round.programme_id, Programme.host_id, Requirement.id.label("requirement_id")),
        *(Requirement.ref.label("need_ref"), Requirement.title_zh, Requirement.title_en, *more),
    ]


def _people(
    shown: sa.ColumnElement[bool], *, seeker: Any = Requirement.seeker_id, author: Any = Requirement.author_id
) -> list[Any]:
    """Who reads beside the organizers and those behind an entry or an agreement, where `shown` holds."""
    people = {"seeker_id": seeker, "author_id": author, "broker_id": Care.broker_id}
    return [sa.case((shown, column), else_=None).label(name) for name, column in people.items()]


def _need(_actor: Actor) -> sa.Select[Any]:
    name = sa.func.coalesce(Requirement.number, "").label("name")
    columns = _base(*_people(sa.true()), Requirement.ref, name)
    return _joined(sa.select(*columns).select_from(Requirement))


def _joined(query: sa.Select[Any], round_id: Any = Requirement.round_id) -> sa.Select[Any]:
    claimed = sa.and_(Care.requirement_id == Requirement.id, Care.state == "claimed")
    query = query.join(Round, Round.id == round_id).join(Programme, Programme.id == Round.programme_id)
    return query.outerjoin(Care, claimed)


def _submission(actor: Actor) -> sa.Select[Any]:
    columns = _base(
        *_people(sa.false()),
        *(Submission.ref, Submission.code.label("name"), Submission.id.label("submission_id")),
        in_team(actor, Submission.id).label("team"),
        mine(actor, Agreement.submission_id == Submission.id).label("party"),
    )
    query = sa.select(*columns).select_from(Submission)
    query = query.outerjoin(Requirement, Requirement.id == Submission.requirement_id)
    return _joined(query, Submission.round_id)


def _award(actor: Actor) -> sa.Select[Any]:
    shown = Award.state.in_(SHOWN)
    columns = _base(
        *_people(shown),
        *(Award.ref, Submission.code.label("name"), Award.id.label("award_id"), Award.submission_id),
        sa.and_(shown, in_team(actor, Award.submission_id)).label("team"),
        mine(actor, Agreement.award_id == Award.id).label("party"),
    )
    query = sa.select(*columns).select_from(Award).join(Submission, Submission.id == Award.submission_id)
    query = query.outerjoin(Requirement, Requirement.id == Submission.requirement_id)
    return _joined(query, Award.round_id)


def _agreement(actor: Actor) -> sa.Select[Any]:
    columns = _base(
        *_people(sa.true(), seeker=sa.null(), author=Agreement.author_id),
        *(Agreement.ref, sa.func.coalesce(Agreement.number, "").label("name")),
        *(Agreement.id.label("agreement_id"), Agreement.submission_id, Agreement.award_id),
        Agreement.pair_id,
        in_team(actor, Agreement.submission_id).label("team"),
        mine(actor).label("party"),
    )
    query = sa.select(*columns).select_from(Agreement)
    return _joined(query.join(Requirement, Requirement.id == Agreement.requirement_id))


_ORIGINS = {"need": _need, "submission": _submission, "award": _award, "agreement": _agreement}
_REFS: Mapping[str, Any] = {
    "need": Requirement.ref,
    "submission": Submission.ref,
    "award": Award.ref,
    "agreement": Agreement.ref,
}


def lines(
    session: Session,
    origin: Origin,
    sights: Sequence[Sight],
    *,
    part: str = "",
    before: int | None = None,
    limit: int = 50,
) -> list[Traced]:
    """The newest entries of the record, or those before an entry (one statement)."""
    threads = _threads(origin, sights)
    earlier, head = aliased(AuditEntry), aliased(AuditHead)
    thing = (threads.c.of, threads.c.ref, threads.c.name)
    query = (
        sa.select(AuditEntry, earlier.hash, head.seq, head.hash, *thing)
        .join(threads, threads.c.subject == AuditEntry.subject)
        .join(head, head.chain == AuditEntry.chain)
        .outerjoin(earlier, sa.and_(earlier.chain == AuditEntry.chain, earlier.seq == AuditEntry.seq - 1))
        .where(sa.or_(*_seen(threads, sights)), AuditEntry.action.not_in(rules.LEFT_OUT))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit * len(sights))  # seen as two readers, an entry comes twice
    )
    if part in rules.PARTS:
        query = query.where(_of_part(part))
    if before is not None:
        at = sa.select(AuditEntry.at).where(AuditEntry.id == before).scalar_subquery()
        same = sa.and_(AuditEntry.at == at, AuditEntry.id < before)
        query = query.where(sa.or_(AuditEntry.at < at, same))
    found: dict[int, Traced] = {}
    for entry, previous, *where in session.execute(query):
        found.setdefault(entry.id, _traced(entry, previous, where))
    return list(found.values())[:limit]


def _threads(origin: Origin, sights: Sequence[Sight]) -> sa.Subquery:
    selected = []
    for sight in sights:
        for kind in rules.SEEN[sight.reader]:
            rows = THREADS[kind](origin, sight).subquery()
            subject = sa.literal(f"{kind}:") + sa.cast(rows.c.id, sa.Text)
            tags = (sa.literal(sight.reader).label("reader"), sa.literal(kind).label("of"))
            selected.append(sa.select(*tags, subject.label("subject"), rows.c.ref, rows.c.name))
    return sa.union_all(*selected).subquery("threads")


def _seen(threads: sa.Subquery, sights: Sequence[Sight]) -> list[sa.ColumnElement[bool]]:
    rows = []
    for sight in sights:
        for kind, actions in rules.SEEN[sight.reader].items():
            here = sa.and_(threads.c.reader == sight.reader, threads.c.of == kind)
            rows.append(sa.and_(here, AuditEntry.action.in_(actions)) if actions else here)
    return rows


def _of_part(part: str) -> sa.ColumnElement[bool]:
    named = [action for action, where in rules.PART_OF_ACTION.items() if where == part]
    elsewhere = [action for action, where in rules.PART_OF_ACTION.items() if where != part]
    kinds = [kind for kind, where in rules.PART_OF_KIND.items() if where == part]
    begins = sa.or_(*(AuditEntry.action.startswith(f"{kind}.", autoescape=True) for kind in kinds))
    return sa.or_(AuditEntry.action.in_(named), sa.and_(begins, AuditEntry.action.not_in(elsewhere)))


def _traced(entry: AuditEntry, previous: str | None, where: Sequence[Any]) -> Traced:
    follows = entry.previous == (previous if entry.seq > 1 else chain.GENESIS)
    return Traced(
        *(entry.id, entry.chain, entry.seq, entry.at, entry.actor, entry.action, entry.subject),
        *(entry.detail, entry.hash, follows and entry.hash == chain.fingerprint(entry)),
        *where,
    )


def people(session: Session, origin: Origin, sights: Sequence[Sight], ids: Collection[int]) -> dict[int, Who]:
    """Who acted (one statement): an organizer reads all names, everyone else those of their own side."""
    if not ids:
        return {}
    actor, all_names = sights[0].actor, sights[0].reader == "organizer"
    same_seat = sa.exists().where(
        Membership.user_id == User.id, Membership.organization_id.in_(actor.represents)
    )
    same_team = sa.exists().where(
        TeamMember.user_id == User.id,
        TeamMember.submission_id == (origin.submission_id if origin.team else None),
    )
    own = sa.true() if all_names else sa.or_(User.id == actor.user_id, same_seat, same_team)
    seeker = sa.select(Requirement.seeker_id).where(Requirement.id == origin.requirement_id)
    theirs = sa.exists().where(
        Membership.user_id == User.id, Membership.organization_id == seeker.scalar_subquery()
    )
    running = User.id.in_(organizing(origin.programme_id, origin.host_id))
    side = sa.case((own, ""), (running, "organizer"), (theirs, "seeker"), else_="other")
    name = sa.case((own, sa.func.coalesce(sa.func.nullif(User.name, ""), User.email)), else_="")
    rows = session.execute(sa.select(User.id, name, side).where(User.id.in_(ids)))
    return {user_id: Who(shown, on) for user_id, shown, on in rows}


def cards(
    session: Session, origin: Origin, sights: Sequence[Sight], phases: Collection[int]
) -> dict[int, int]:
    """How many scorecards of the record's entries the phases of these numbers hold; never whose.

    One statement at most.
    """
    if not phases:
        return {}
    here = sa.or_(*(entries(origin, sight) for sight in sights))
    query = (
        sa.select(Phase.number, sa.func.count())
        .join(Assignment, Assignment.phase_id == Phase.id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Phase.round_id == origin.round_id, Phase.number.in_(phases))
        .where(Assignment.state == "completed", here)
        .group_by(Phase.number)
    )
    return {row[0]: row[1] for row in session.execute(query)}
