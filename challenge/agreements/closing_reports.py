"""What came of an agreement: both sides' words, a public text that both consent to, and the completion."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements import carrying_out
from challenge.agreements.carrying_out import text_of
from challenge.agreements.facts import Held, side_of
from challenge.agreements.milestone_models import ClosingReport, Milestone
from challenge.agreements.models import Agreement
from challenge.base.db import insert_into
from challenge.requirements.models import Requirement
from challenge.rules.agreement_lives import AGREEMENT
from challenge.rules.agreements import CONTRACTS
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.lifecycles import REQUIREMENT
from challenge.rules.milestones import LINE_MOST, RATINGS, TEXT_MOST
from challenge.rules.permissions import Action, Actor

Side = Literal["seeker", "solver"]
ENDED = ("completed", "terminated")


def write(session: Session, actor: Actor, ref: str, text: str, rating: int | None = None) -> ClosingReport:
    """Say for one's own side what came of it, and rate the other where one wants; the last words stand.

    Raises `WrongState` while milestones are open, `Invalid` at `text` or `rating`.
    """
    held, side, report = _enter(session, actor, ref)
    plain = text_of("text", text, TEXT_MOST, needed=True)
    if rating is not None and rating not in RATINGS:
        raise Invalid("rating", "not_a_choice")
    wanted = {f"text_{side}": plain, f"rating_{side}": rating, f"author_{side}_id": actor.user_id}
    if all(getattr(report, name) == value for name, value in wanted.items()):
        return report
    for name, value in wanted.items():
        setattr(report, name, value)
    return _saved(session, actor, held, report, "report.written")


def propose_public(session: Session, actor: Actor, ref: str, title: str, text: str) -> ClosingReport:
    """Write the text that everyone may read once both sides have said so; a new text has no consent yet.

    Whoever wrote it has consented to it by that.
    """
    held, side, report = _enter(session, actor, ref)
    _check_completed(held.agreement)
    new = (
        text_of("public_title", title, LINE_MOST, needed=True),
        text_of("public_text", text, TEXT_MOST, needed=True),
    )
    if (report.public_title, report.public_text) != new:
        report.public_title, report.public_text = new
        report.public_revision += 1
        report.public_ok_seeker_at = report.public_ok_solver_at = report.agreed_public_at = None
    if getattr(report, f"public_ok_{side}_at") is not None:
        return report
    _consent(report, side, held.now)
    event = "report.published" if report.agreed_public_at else "report.public_proposed"
    return _saved(session, actor, held, report, event)


def consent(session: Session, actor: Actor, ref: str, revision: int, *, yes: bool) -> ClosingReport:
    """Say yes to exactly this public text, or take one's yes back: then it is not public any more.

    Raises `WrongState` where the text has changed since it was read.
    """
    held, side, report = _enter(session, actor, ref)
    _check_completed(held.agreement)
    if revision != report.public_revision or not report.public_text:
        raise WrongState("public_text_changed")
    if (getattr(report, f"public_ok_{side}_at") is not None) == yes:
        return report
    _consent(report, side, held.now if yes else None)
    without = "report.consented" if yes else "report.unpublished"
    return _saved(session, actor, held, report, "report.published" if report.agreed_public_at else without)


def complete(session: Session, actor: Actor, ref: str) -> Agreement:
    """Say that all was delivered: the agreement is completed, and under a contract its need is delivered.

    Raises `WrongState` while a milestone is not accepted: what ends earlier is terminated, with a reason.
    """
    held = carrying_out.enter(session, actor, ref, Action.AGREEMENT_COMPLETE)
    agreement = held.agreement
    if agreement.state == "completed":
        return agreement
    carrying_out.check_in_force(agreement)
    count = open_milestones(session, agreement)
    if count:
        raise WrongState("milestones_open", count=count)
    agreement.state = AGREEMENT.step(agreement.state, "complete")
    agreement.completed_at = held.now
    _report(session, agreement, held.now)
    delivered = agreement.kind in CONTRACTS and _delivered(session, agreement, held.now)
    session.flush()
    if delivered:
        about = f"requirement:{agreement.requirement_id}"
        carrying_out.told(session, actor, agreement, "requirement.delivered", held.now, subject=about)
    carrying_out.told(session, actor, agreement, "agreement.completed", held.now)
    return agreement


def _delivered(session: Session, agreement: Agreement, now: dt.datetime) -> bool:
    """Whether the need is delivered by this: it was agreed on until now."""
    need = session.scalars(
        sa.select(Requirement)
        .where(Requirement.id == agreement.requirement_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if not REQUIREMENT.allows(need.state, "deliver"):
        return False
    need.state = REQUIREMENT.step(need.state, "deliver")
    need.updated_at = now
    return True


def open_milestones(session: Session, agreement: Agreement) -> int:
    """How many milestones are not accepted yet (one statement)."""
    query = sa.select(sa.func.count()).where(
        Milestone.agreement_id == agreement.id, Milestone.state != "accepted"
    )
    return session.scalar(query) or 0


def is_open(agreement: Agreement, open_count: int) -> bool:
    """Whether there is something to report on: it was signed, and is over or wholly delivered."""
    if agreement.signed_at is None:
        return False
    return agreement.state in ENDED or open_count == 0


def _enter(session: Session, actor: Actor, ref: str) -> tuple[Held, Side, ClosingReport]:
    held = carrying_out.enter(session, actor, ref, Action.REPORT_WRITE)
    agreement = held.agreement
    if agreement.signed_at is None:
        raise WrongState("agreement_not_signed")
    count = open_milestones(session, agreement)
    if not is_open(agreement, count):
        raise WrongState("milestones_open", count=count)
    side: Side = "seeker" if side_of(agreement, actor) == "seeker" else "solver"
    return held, side, _report(session, agreement, held.now)


def _report(session: Session, agreement: Agreement, now: dt.datetime) -> ClosingReport:
    values = {
        **dict.fromkeys(("text_seeker", "text_solver", "public_title", "public_text"), ""),
        "public_revision": 0,
        "agreement_id": agreement.id,
        "updated_at": now,
    }
    session.execute(insert_into(session, ClosingReport).values(values).on_conflict_do_nothing())
    return session.scalars(sa.select(ClosingReport).where(ClosingReport.agreement_id == agreement.id)).one()


def _check_completed(agreement: Agreement) -> None:
    if agreement.state != "completed":
        raise WrongState("public_when_completed")


def _consent(report: ClosingReport, side: Side, at: dt.datetime | None) -> None:
    setattr(report, f"public_ok_{side}_at", at)
    both = report.public_ok_seeker_at and report.public_ok_solver_at
    report.agreed_public_at = at if both else None


def _saved(session: Session, actor: Actor, held: Held, report: ClosingReport, event: str) -> ClosingReport:
    report.updated_at = held.now
    session.flush()
    carrying_out.told(
        session,
        actor,
        held.agreement,
        event,
        held.now,
        mark=held.now.isoformat(),
        detail={"revision": report.public_revision},
    )
    return report
