"""Requirements written down for a firm that has no account: entered, offered by a link, confirmed by it.

An organizer or a broker enters the firm and its need and attaches the stamped scan. The link goes to the
firm's address; whoever opens it there speaks for the firm from then on, corrects what is wrong and confirms.
Before that nothing is handed in, so nothing can be published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import grants, invitations, organizations
from challenge.accounts.models import Invitation, Membership, Organization
from challenge.accounts.organizations import Facts
from challenge.audit import chain
from challenge.requirements import drafting, facts, queries, trail
from challenge.requirements.content import Closed, Content
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rules.errors import Invalid, Refused, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage

ROLE, SCOPE = "claim", "requirement"
NOT_OVER = tuple(each.value for each in Stage if each not in (Stage.CLOSED, Stage.CANCELLED))


def enter(
    session: Session, actor: Actor, round_id: int, firm: Facts, contact: Closed, ref: str | None = None
) -> Requirement:
    """A draft for a firm, which is registered with it unless it is here already; sent twice, it is one.

    Raises `InvalidMany` and `Invalid("name", "organization_speaks")` for a firm that has a voice of its own.
    """
    gate = gates.hold(session, round_id)
    require(actor, Action.REQUIREMENT_ENTER, rounds.subject_of(gate.round, gate.now))
    twin = session.scalar(sa.select(Requirement).where(Requirement.ref == ref)) if ref else None
    if twin is not None and twin.on_behalf and twin.author_id == actor.user_id:
        return twin
    content = Content(
        currency=gate.round.currency,
        contact_name=contact.contact_name,
        contact_phone=contact.contact_phone,
        contact_email=contact.contact_email,
    )
    return write_down(session, actor, round_id, firm, content, ref)


def write_down(
    session: Session,
    actor: Actor,
    round_id: int,
    firm: Facts | Organization,
    content: Content,
    ref: str | None = None,
) -> Requirement:
    """The same with all that is known of the need; where it says no region, it is in the firm's."""
    gate = gates.hold(session, round_id)
    require(actor, Action.REQUIREMENT_ENTER, rounds.subject_of(gate.round, gate.now))
    known = firm if isinstance(firm, Organization) else organizations.like(session, firm)
    if known is not None and speakers(session, known.id):
        raise Invalid("name", "organization_speaks")
    seeker = firm if isinstance(firm, Organization) else known or organizations.register(session, firm)
    content = replace(content, region=content.region or seeker.region or "")
    made = drafting.create(session, actor, round_id, seeker.id, content, ref=ref, on_behalf=True)
    if known is None:
        place = f"organization:{seeker.id}"
        chain.record(session, actor, "organization.created", place, kind=seeker.kind, on_behalf=True)
    return made


def offer(session: Session, actor: Actor, ref: str) -> str:
    """Mail the firm's contact a link to claim and confirm it; asked again, the same link once more.

    A link to another address that was given before is taken back. Raises `Invalid("contact_email", ...)`.
    """
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    subject = facts.subject_of(requirement, gate.now)
    require(actor, Action.REQUIREMENT_OFFER, subject)
    if not requirement.on_behalf:
        raise WrongState("not_on_behalf")
    address = queries.closed_part(session, requirement.id).contact_email.lower()
    if not address:
        raise Invalid("contact_email", "required")
    open_ones = invitations.of_thing(session, ROLE, SCOPE, requirement.id)
    same = next((each for each in open_ones if each.email == address), None)
    for each in open_ones:
        if each is not same:
            invitations.revoke(session, actor, each.id, subject)
    if same is not None:
        invitations.send_again(session, actor, same.id, subject)
        return invitations.token_of(same)
    return invitations.create(
        session, actor, email=address, role=ROLE, scope=SCOPE, scope_id=requirement.id, subject=subject
    )


def claim(session: Session, actor: Actor, requirement_id: int) -> None:
    """What the accepted link brings: this person speaks for the firm, unless somebody else does already.

    Never whoever wrote the requirement down: the word that is asked for is another's.
    """
    require(actor, Action.INVITATION_ACCEPT)
    requirement = session.get_one(Requirement, requirement_id)
    gate = gates.hold(session, requirement.round_id)
    requirement = queries.held(session, requirement.ref)
    if requirement.state == "withdrawn":
        raise Refused("claim_withdrawn")
    if actor.user_id == requirement.author_id:
        raise Refused("claim_own")
    if set(speakers(session, requirement.seeker_id)) - {actor.user_id}:
        raise Refused("claim_taken")
    grants.seat(session, actor.user_id or 0, requirement.seeker_id, representative=True)
    trail.record(session, actor, "requirement.claimed", requirement, gate.now)


def confirm(session: Session, actor: Actor, ref: str) -> Requirement:
    """The firm's word that it stands as it should; said twice, it is said once."""
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    require(actor, Action.REQUIREMENT_CONFIRM, facts.subject_of(requirement, gate.now))
    if not requirement.on_behalf:
        raise WrongState("not_on_behalf")
    if requirement.confirmed_at is None:
        drafting.confirmed(session, actor, requirement, gate.now)
        trail.record(session, actor, "requirement.confirmed", requirement, gate.now)
    return requirement


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a requirement on behalf stands: links that wait or were declined, whether the firm is here."""

    waiting: Sequence[Invitation]
    declined: Sequence[Invitation]
    claimed: bool


def standing(session: Session, requirement: Requirement) -> Standing | None:
    """The same, in two statements; None where the seeker wrote it itself."""
    if not requirement.on_behalf:
        return None
    waiting, declined = invitations.unaccepted(session, ROLE, SCOPE, requirement.id)
    return Standing(waiting, declined, bool(speakers(session, requirement.seeker_id)))


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round for which somebody may enter requirements on behalf of firms."""

    id: int
    slug: str
    title_zh: str | None
    title_en: str | None


def rounds_for(session: Session, actor: Actor, limit: int = 100) -> list[RoundRow]:
    """Rounds of the actor's programmes: those not over for an organizer, those that call for a broker."""
    held = {(each.role, each.scope, each.scope_id) for each in actor.grants}
    organized = {key for role, scope, key in held if (role, scope) == ("organizer", "programme")}
    hosted = {key for role, scope, key in held if (role, scope) == ("organizer", "organization")}
    brokered = {key for role, scope, key in held if (role, scope) == ("broker", "programme")}
    call = sa.exists().where(
        RoundWindow.round_id == Round.id,
        RoundWindow.stage == Stage.REQUIREMENTS.value,
        RoundWindow.closed_at.is_(None),
        RoundWindow.opened_at.is_not(None),
    )
    query = (
        sa.select(Round.id, Round.slug, Round.title_zh, Round.title_en)
        .join(Programme, Programme.id == Round.programme_id)
        .where(Round.stage.in_(NOT_OVER))
        .where(
            sa.or_(
                Round.programme_id.in_(organized),
                Programme.host_id.in_(hosted),
                sa.and_(Round.programme_id.in_(brokered), call),
            )
        )
    )
    return [RoundRow(*row) for row in session.execute(query.order_by(Round.sort_at, Round.id).limit(limit))]


def speakers(session: Session, organization_id: int) -> Sequence[int]:
    """Who speaks for an organization (one statement)."""
    mine = sa.and_(Membership.organization_id == organization_id, Membership.representative.is_(True))
    return session.scalars(sa.select(Membership.user_id).where(mine)).all()
