"""Who may answer an objection: somebody who is not involved in it, and why others are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, RoleGrant, User
from challenge.audit import chain
from challenge.audit.models import AuditEntry
from challenge.awards.models import Decision
from challenge.awards.objection_models import Objection
from challenge.judging import conflicts
from challenge.judging.models import Assignment, PanelJudge
from challenge.judging.ranking_models import TieDecision
from challenge.rounds.models import Programme, Round
from challenge.rules.objections import INVOLVED
from challenge.submissions.models import ScreeningCase

Reasons = Mapping[int, tuple[str, ...]]
"""Person -> why they do not answer, words of `rules.objections.INVOLVED`; who is not in it may."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in an office who answers objections; with reasons, not this one."""

    id: int
    name: str
    admin: bool
    reasons: tuple[str, ...]


def people(session: Session, objection: Objection) -> list[Person]:
    """The organizers of the round and the administrators, those who may answer first (four statements)."""
    host = sa.select(Programme.host_id, Programme.id).join(Round, Round.programme_id == Programme.id)
    place = host.where(Round.id == objection.round_id).subquery()
    of_programme = sa.and_(
        RoleGrant.role == "organizer", RoleGrant.scope == "programme", RoleGrant.scope_id == place.c.id
    )
    of_host = sa.and_(
        RoleGrant.role.in_(("organizer", "manager")),
        *(RoleGrant.scope == "organization", RoleGrant.scope_id == place.c.host_id),
    )
    grants = sa.select(RoleGrant.user_id).join(place, sa.or_(of_programme, of_host))
    query = sa.select(User.id, User.name, User.admin).where(
        sa.or_(User.admin.is_(True), User.id.in_(grants)),
        *(User.active.is_(True), User.confirmed_at.is_not(None)),
    )
    rows = session.execute(query.order_by(User.name, User.id)).all()
    found = involved(session, objection, [row.id for row in rows])
    persons = [Person(row.id, row.name, row.admin, found.get(row.id, ())) for row in rows]
    return sorted(persons, key=lambda person: len(person.reasons) > 0)


def involved(session: Session, objection: Objection, user_ids: Collection[int]) -> Reasons:
    """Who of these is involved in the objection (its entry loaded), and how (three statements)."""
    if not user_ids:
        return {}
    facts = _facts(objection).subquery()
    query = sa.select(facts.c.user_id, facts.c.code).where(facts.c.user_id.in_(list(user_ids)))
    codes: dict[int, set[str]] = {}
    for user_id, code in session.execute(query):
        codes.setdefault(user_id, set()).add(code)
    for user_id in conflicts.of_people(session, user_ids, objection.submission_id):
        codes.setdefault(user_id, set()).add("tied")
    return {person: tuple(each for each in INVOLVED if each in found) for person, found in codes.items()}


def _facts(objection: Objection) -> sa.CompoundSelect[Any]:
    """(person, how they are involved) as the database sees it, beside ties to the entry."""
    entry = objection.submission

    def how(person: Any, code: str) -> sa.Select[Any]:
        return sa.select(person.label("user_id"), sa.literal(code, sa.Text).label("code"))

    filer = sa.select(Membership.organization_id).where(Membership.user_id == objection.author_id)
    judges = sa.and_(Assignment.submission_id == entry.id, Assignment.state.not_in(("declined", "replaced")))
    screened = (ScreeningCase.submission_id == entry.id, ScreeningCase.opened_at < objection.filed_at)
    by_hand = sa.and_(
        *(AuditEntry.chain == chain.round_chain(objection.round_id), AuditEntry.action == "award.by_hand"),
        AuditEntry.detail["submission"].as_string() == entry.ref,
        AuditEntry.actor == sa.literal("user:") + sa.cast(User.id, sa.Text),
    )
    return sa.union_all(
        how(User.id, "filed").where(User.id == objection.author_id),
        how(PanelJudge.user_id, "judges")
        .join(Assignment, Assignment.judge_id == PanelJudge.id)
        .where(judges),
        how(PanelJudge.user_id, "judges").where(PanelJudge.id == objection.judge_id),
        how(Membership.user_id, "filer_organization").where(Membership.organization_id.in_(filer)),
        how(Decision.decided_by, "decided").where(Decision.requirement_id == entry.requirement_id),
        how(TieDecision.author_id, "decided").where(TieDecision.submission_id == entry.id),
        how(ScreeningCase.opened_by, "decided").where(*screened),
        how(ScreeningCase.decided_by, "decided").where(*screened),
        how(User.id, "decided").join(AuditEntry, by_hand),
    )
