"""An agreement begun on a need: its sides, what it is about and what it costs, as far as they are known."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import Organization, User
from challenge.agreements import prefilling, templates, trail
from challenge.agreements.drafting import columns
from challenge.agreements.models import Agreement, AgreementParty
from challenge.agreements.sides import Solver, behind, party_of
from challenge.awards.models import Award
from challenge.base.ids import new_ref
from challenge.distribution import facts as distribution
from challenge.docking import facts as docking
from challenge.docking.models import DockingPair
from challenge.requirements import queries
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules import predicates
from challenge.rules.agreements import Party
from challenge.rules.errors import Invalid, NotAllowed, NotFound
from challenge.rules.permissions import Action, Actor, Subject, can, require
from challenge.submissions.models import Submission

_REF = re.compile(r"[2-9a-hj-km-np-z]{12}")


@dataclass(frozen=True, slots=True)
class Start:
    """What is decided at the beginning: of which kind, in which language, with whom.

    `entry` and `pair` are references; neither, and the solver is named later. `ref` is the reference that the
    page proposed: the same page sent twice gives the same draft.
    """

    kind: str
    lang: str = "zh"
    entry: str | None = None
    pair: str | None = None
    agency: bool = False
    ref: str | None = None


def begin(session: Session, actor: Actor, need_ref: str, start: Start) -> Agreement:
    """A draft on a need, filled with what is known of it, of the entry that was chosen, and of its parties.

    Raises NotAllowed `anonymous_seeker_agrees` to all but an anonymous seeker, until it lets itself be named.
    """
    gate = gates.hold(session, queries.round_of(session, need_ref))
    need = queries.held(session, need_ref)
    subject = distribution.subject_of(session, need, gate.now)
    require(actor, Action.AGREEMENT_BEGIN, subject)
    known = _known(session, actor, need, start.ref)
    if known is not None:
        return known
    template = templates.of(session, gate.round.programme_id, start.kind, start.lang)
    entry = _entry(session, actor, need, subject, start.entry) if start.entry else None
    pair = _pair(session, need, start.pair) if start.pair else None
    told = pair is not None and pair.names_seeker and entry is None  # an entry's team would be the solver
    if need.anonymous and not predicates.seeker(actor, subject) and not told:
        raise NotAllowed("anonymous_seeker_agrees")
    agreement = Agreement(
        ref=start.ref if _fresh(session, start.ref) else new_ref(),
        requirement=need,
        submission_id=entry.id if entry else None,
        award_id=_award_of(session, entry),
        pair_id=pair.id if pair else None,
        kind=start.kind,
        author_id=actor.user_id,
        created_at=gate.now,
        updated_at=gate.now,
    )
    sides = _sides(session, actor, agreement, behind(session, entry, pair), start)
    terms = prefilling.terms_of(session, need, entry, start.kind, start.lang, template)
    columns(agreement, replace(terms, parties=sides))
    session.add(agreement)
    session.flush()
    trail.record(session, actor, "agreement.begun", agreement, gate.now, kind=start.kind)
    return agreement


def _known(session: Session, actor: Actor, need: Requirement, ref: str | None) -> Agreement | None:
    """The draft that this page has made before."""
    if not ref:
        return None
    mine = (Agreement.requirement_id == need.id, Agreement.author_id == actor.user_id)
    return session.scalar(sa.select(Agreement).where(Agreement.ref == ref, *mine))


def _fresh(session: Session, ref: str | None) -> bool:
    if not _REF.fullmatch(ref or ""):
        return False
    return session.scalar(sa.select(Agreement.id).where(Agreement.ref == ref)) is None


def _entry(session: Session, actor: Actor, need: Requirement, subject: Subject, ref: str) -> Submission:
    """The chosen entry, for whoever may read what was chosen; raises Invalid `entry`."""
    entry = session.scalar(
        sa.select(Submission)
        .where(Submission.ref == ref, Submission.requirement_id == need.id, Submission.state == "selected")
        .options(joinedload(Submission.organization))
    )
    readable = replace(subject, kind="submission", state="selected")
    if entry is None or not can(actor, Action.SUBMISSION_READ, readable):
        raise Invalid("entry", "not_a_choice")
    return entry


def _pair(session: Session, need: Requirement, ref: str) -> DockingPair:
    """One of its docking pairs; raises Invalid `pair`."""
    try:
        pair, of_need = docking.pair_by_ref(session, ref)
    except NotFound:
        raise Invalid("pair", "not_a_choice") from None
    if of_need.id != need.id:
        raise Invalid("pair", "not_a_choice")
    return pair


def _award_of(session: Session, entry: Submission | None) -> int | None:
    """The prize that the entry won, if any."""
    if entry is None:
        return None
    won = sa.select(Award.id).where(Award.submission_id == entry.id, Award.state == "confirmed")
    return session.scalar(won.order_by(Award.id).limit(1))


def _sides(
    session: Session, actor: Actor, agreement: Agreement, solver: Solver, start: Start
) -> tuple[Party, ...]:
    """The rows of who acts for each side, and how the paper names them."""
    need = agreement.requirement
    seeker = session.get_one(Organization, need.seeker_id)
    host = session.get_one(Organization, need.round.programme.host_id) if start.agency else None
    if solver.organization is not None and solver.organization.id == seeker.id:
        raise Invalid("entry", "party_twice")
    rows: list[tuple[str, Organization | None, User | None]] = [
        ("seeker", seeker, None),
        ("solver", solver.organization, solver.user),
    ]
    if host is not None:
        if host.id in (seeker.id, solver.organization.id if solver.organization else None):
            raise Invalid("agency", "party_twice")
        rows.append(("agency", host, None))
    agreement.parties = [
        AgreementParty(
            side=side,
            position=place,
            organization_id=organization.id if organization else None,
            user_id=person.id if person and not organization else None,
        )
        for place, (side, organization, person) in enumerate(rows, start=1)
    ]
    return tuple(
        party_of(actor, side, organization, start.lang, name=solver.name if side == "solver" else "")
        for side, organization, _person in rows
    )
