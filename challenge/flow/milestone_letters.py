"""Who gets letters about an agreement carried out, and the day's reminders of what is due (see daily)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements import facts as agreements
from challenge.agreements.milestone_models import AgreementPayment, Milestone
from challenge.agreements.milestone_reads import OPEN
from challenge.agreements.models import Agreement
from challenge.flow import audiences as who
from challenge.flow.audiences import Facts, Ids
from challenge.requirements.models import Requirement
from challenge.rules import milestones as rules
from challenge.rules.milestones import BEFORE_DAYS, IN_FORCE
from challenge.tasks import queue

BATCH = 100


def seekers(facts: Facts) -> Ids:
    """Who acts for the seeker's side."""
    return agreements.people_of(facts["agreement_id"], "seeker")


def solvers(facts: Facts) -> Ids:
    """Who acts for the solver's side."""
    return agreements.people_of(facts["agreement_id"], "solver")


def both(facts: Facts) -> Ids:
    """Both of them."""
    return agreements.people_of(facts["agreement_id"], "seeker", "solver")


# Event -> (template, audience, less these). Whoever did it themselves gets no letter about it.
ROWS: Mapping[str, Sequence[tuple[str, who.Audience, who.Audience | None]]] = {
    "milestone.delivered": (("milestone_delivered", seekers, who.this_person),),
    "milestone.accepted": (("milestone_accepted", solvers, who.this_person),),
    "milestone.returned": (("milestone_returned", solvers, who.this_person),),
    "milestone.due": (("milestone_due", solvers, None),),
    "delivery.waits": (("delivery_waits", seekers, None),),
    "payment.added": (("payment_written", both, who.this_person),),
    "payment.invoiced": (("payment_written", both, who.this_person),),
    "payment.paid": (("payment_written", both, who.this_person),),
    "payment.due": (("payment_due", seekers, None),),
    "agreement.completed": (
        ("agreement_completed", both, who.this_person),
        ("agreement_completed_organizer", who.organizers, both),
    ),
    "report.written": (),
    "report.public_proposed": (("public_text_proposed", both, who.this_person),),
    "report.consented": (),
    "report.published": (("public_text_agreed", both, who.this_person),),
    "report.unpublished": (("public_text_withdrawn", both, who.this_person),),
}


def remind_of_milestones(session: Session, facts: Mapping[str, Any]) -> list[int]:
    """A part of what is to be delivered soon or is late: whoever delivers is told."""
    today = dt.date.fromisoformat(facts["day"])
    rows = session.execute(
        _of(Milestone, Milestone.due_on, facts["after"])
        .where(Agreement.state.in_(IN_FORCE), Milestone.state.in_(OPEN))
        .where(Milestone.due_on <= today + dt.timedelta(days=max(BEFORE_DAYS)))
    ).all()
    for row in rows:
        if rules.reminds(row.since, today):
            _announce(session, "milestone.due", "milestone", row, facts["day"])
    return [row.id for row in rows]


def remind_of_deliveries(session: Session, facts: Mapping[str, Any]) -> list[int]:
    """A part of what was delivered and waits: whoever has to rule on it is told."""
    today = dt.date.fromisoformat(facts["day"])
    rows = session.execute(
        _of(Milestone, Milestone.delivered_at, facts["after"]).where(
            Agreement.state.in_(IN_FORCE), Milestone.state == "delivered"
        )
    ).all()
    for row in rows:
        if rules.waits_too_long(row.since.date(), today):
            _announce(session, "delivery.waits", "milestone", row, facts["day"])
    return [row.id for row in rows]


def remind_of_payments(session: Session, facts: Mapping[str, Any]) -> list[int]:
    """A part of what is to be paid soon or is late: whoever pays is told, also after the last delivery."""
    today = dt.date.fromisoformat(facts["day"])
    rows = session.execute(
        _of(AgreementPayment, AgreementPayment.due_on, facts["after"])
        .where(Agreement.state.in_((*IN_FORCE, "completed")), AgreementPayment.state != "paid")
        .where(AgreementPayment.due_on <= today + dt.timedelta(days=max(BEFORE_DAYS)))
    ).all()
    for row in rows:
        if rules.reminds(row.since, today):
            _announce(session, "payment.due", "agreement_payment", row, facts["day"])
    return [row.id for row in rows]


def _of(
    model: type[Milestone] | type[AgreementPayment], since: sa.orm.InstrumentedAttribute[Any], after: int
) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            *(model.id, since.label("since"), Agreement.id.label("agreement")),
            *(Requirement.id.label("need"), Requirement.round_id.label("round")),
        )
        .join(Agreement, Agreement.id == model.agreement_id)
        .join(Requirement, Requirement.id == Agreement.requirement_id)
        .where(model.id > after)
        .order_by(model.id)
        .limit(BATCH)
    )


def _announce(session: Session, event: str, kind: str, row: sa.Row[Any], day: str) -> None:
    """Under the day, so that nobody is told twice on it."""
    ids = {f"{kind}_id": row.id, "agreement_id": row.agreement}
    about = {"requirement_id": row.need, "round_id": row.round}
    queue.announce(session, event, f"{kind}:{row.id}", mark=day, **ids, **about)
