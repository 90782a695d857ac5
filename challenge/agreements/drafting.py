"""The draft of an agreement: its terms written, its sides filled, and a proposed one opened again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import queries as people
from challenge.accounts.models import Organization
from challenge.agreements import facts, signatures, trail
from challenge.agreements.models import Agreement, AgreementParty
from challenge.agreements.sides import Solver, behind, party_of
from challenge.docking import facts as docking
from challenge.docking.models import DockingPair
from challenge.rules import agreement_checks, predicates
from challenge.rules.agreement_lives import AGREEMENT
from challenge.rules.agreements import Party, Terms, digest, told, written
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from challenge.rules.permissions import Action, Actor

# What the beginning has decided; the form does not ask for it again.
FIXED = ("kind", "lang", "template", "extra")


def save(session: Session, actor: Actor, ref: str, terms: Terms, seen: int) -> Agreement:
    """Write the draft's terms; the same again changes nothing. `seen`: the draft's version on the page.

    Raises InvalidMany with faults at their fields, WrongState where it is no draft or was changed meanwhile.
    """
    held = facts.enter(session, actor, ref, Action.AGREEMENT_EDIT)
    agreement, before = held.agreement, told(held.agreement.terms)
    terms = replace(terms, **{name: getattr(before, name) for name in FIXED})
    sides = [each.side for each in agreement.parties]
    terms = replace(terms, parties=tuple(_side(terms, side) for side in sides))
    if digest(terms) == digest(before):
        return agreement
    _check_draft(agreement, seen)
    faults = agreement_checks.faults(terms)
    if faults:
        raise InvalidMany(faults)
    return _write(session, actor, agreement, terms, held.now, "agreement.edited")


def join(session: Session, actor: Actor, ref: str, side: str, name: str, seen: int) -> Agreement:
    """Put an organization on a side, by its name; what the paper says of that side is written anew.

    With no name an agency leaves; the solver is whom docking brought, once they have an account, or nobody.
    Whoever joins reads who seeks: raises NotAllowed `anonymous_seeker_agrees` as `begin` does.
    """
    held = facts.enter(session, actor, ref, Action.AGREEMENT_PARTIES)
    agreement = held.agreement
    if side not in ("solver", "agency"):
        raise Invalid("side", "not_a_choice")
    if name.strip() and agreement.requirement.anonymous and not predicates.seeker(actor, held.subject):
        raise NotAllowed("anonymous_seeker_agrees")
    solver = _named(session, agreement, side, name.strip())
    party = next((each for each in agreement.parties if each.side == side), None)
    joined = solver.organization.id if solver.organization is not None else None
    person = solver.user.id if solver.user is not None else None
    if (party.organization_id if party else None, party.user_id if party else None) == (joined, person):
        return agreement
    _check_draft(agreement, seen)
    if joined is not None and any(each.organization_id == joined for each in agreement.parties):
        raise Invalid("organization", "party_twice")
    if party is None:
        party = AgreementParty(side=side, position=len(agreement.parties) + 1)
        agreement.parties.append(party)
    party.organization_id, party.user_id = joined, person
    terms = told(agreement.terms)
    parties = {each.side: each for each in terms.parties}
    parties[side] = party_of(actor, side, solver.organization, terms.lang, name=solver.name)
    if side == "agency" and joined is None:
        agreement.parties.remove(party)
        del parties[side]
    terms = replace(terms, parties=tuple(parties.values()))
    return _write(session, actor, agreement, terms, held.now, "agreement.party_set", side=side)


def reopen(session: Session, actor: Actor, ref: str, seen: int) -> Agreement:
    """Make a proposed one a draft again, to change its terms: what was signed falls, everyone is told.

    Twice is once.
    """
    held = facts.enter(session, actor, ref, Action.AGREEMENT_EDIT)
    agreement = held.agreement
    if agreement.state == AGREEMENT.start:
        return agreement
    state = AGREEMENT.step(agreement.state, "change")
    _check_seen(agreement, seen)
    agreement.state = state
    agreement.draft_version += 1
    agreement.updated_at = held.now
    session.flush()
    fallen = signatures.drop(session, agreement, held.now)
    if not fallen:  # else everybody is told that
        trail.announce(session, actor, "agreement.changed", agreement, held.now, agreement.draft_version)
    detail = {"version": agreement.version, "fallen": fallen}
    trail.record(session, actor, "agreement.changed", agreement, held.now, **detail)
    return agreement


def columns(agreement: Agreement, terms: Terms) -> None:
    """Keep the terms, and beside them what lists and figures ask for."""
    agreement.terms = written(terms)
    agreement.title, agreement.currency = terms.title, terms.currency
    agreement.total_minor = terms.total_minor


def _write(
    session: Session,
    actor: Actor,
    agreement: Agreement,
    terms: Terms,
    now: dt.datetime,
    action: str,
    **detail: object,
) -> Agreement:
    columns(agreement, terms)
    agreement.draft_version += 1
    agreement.updated_at = now
    session.flush()
    trail.record(session, actor, action, agreement, now, draft=agreement.draft_version, **detail)
    return agreement


def _check_draft(agreement: Agreement, seen: int) -> None:
    if agreement.state != AGREEMENT.start:
        raise WrongState("agreement_no_draft")
    _check_seen(agreement, seen)


def _check_seen(agreement: Agreement, seen: int) -> None:
    if agreement.draft_version != seen:
        raise WrongState("changed_meanwhile", at=agreement.updated_at)


def _side(terms: Terms, side: str) -> Party:
    return next((each for each in terms.parties if each.side == side), Party(side))


def _named(session: Session, agreement: Agreement, side: str, name: str) -> Solver:
    """Who is meant; raises Invalid where no organization has that name, or more than one."""
    if name:
        found = people.organization_named(session, name)
        if found is None:
            raise Invalid("organization", "no_organizations", names=name)
        return Solver(session.get_one(Organization, found))
    if side == "solver" and agreement.pair_id is not None:
        ref = session.scalar(sa.select(DockingPair.ref).where(DockingPair.id == agreement.pair_id))
        return behind(session, None, docking.pair_by_ref(session, str(ref))[0])
    return Solver()
