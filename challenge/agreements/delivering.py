"""A milestone is delivered: numbered, with a note, files, and what was measured for each criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements import carrying_out
from challenge.agreements.carrying_out import text_of
from challenge.agreements.facts import Held
from challenge.agreements.milestone_models import Delivery, DeliveryFile, DeliveryResult, Milestone
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.rules.agreement_lives import MILESTONE
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.milestones import ANSWERS, FILES_MOST, LINE_MOST, NOTE_MOST, REASON_MOST
from challenge.rules.permissions import Action, Actor


@dataclass(frozen=True, slots=True)
class Measured:
    """What the delivering side says of one criterion."""

    answer: str = ""
    value: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """What is delivered; `results` by the criterion's place. `ref` makes the same page sent twice one."""

    note: str = ""
    quantity: str = ""
    place: str = ""
    results: Mapping[int, Measured] = field(default_factory=dict)
    files: Sequence[Kept] = ()
    ref: str = ""


def deliver(session: Session, actor: Actor, ref: str, place: int, handed: Handed) -> Delivery:
    """Deliver the milestone at this place for the solver's side: that is its sign-off.

    Raises `WrongState` while a delivery waits for the other side, once one was accepted, before the agreement
    is signed and after its end; `InvalidMany` at `note`, `files`, `quantity`, `answer-N`, `value-N` ...
    """
    held = carrying_out.enter(session, actor, ref, Action.MILESTONE_DELIVER)
    milestone = carrying_out.milestone_at(session, held.agreement, place)
    known = session.scalar(
        sa.select(Delivery).where(Delivery.milestone_id == milestone.id, Delivery.ref == handed.ref)
    )
    if known is not None:
        return known
    carrying_out.check_in_force(held.agreement)
    if milestone.state in ("delivered", "accepted"):
        raise WrongState(f"milestone_{milestone.state}", number=milestone.deliveries)
    made = _made(session, actor, held, milestone, handed)
    carrying_out.told(
        session,
        actor,
        held.agreement,
        "milestone.delivered",
        held.now,
        subject=f"milestone:{milestone.id}",
        mark=made.number,
        ids={"milestone_id": milestone.id},
        detail={"number": made.number, "files": [each.sha256 for each in handed.files]},
    )
    return made


def _made(session: Session, actor: Actor, held: Held, milestone: Milestone, handed: Handed) -> Delivery:
    texts, results = _checked(milestone, handed)
    milestone.state = MILESTONE.step(milestone.state, "deliver")
    milestone.deliveries += 1
    milestone.delivered_at = held.now
    made = Delivery(
        ref=carrying_out.fresh_ref(session, Delivery, handed.ref),
        milestone_id=milestone.id,
        number=milestone.deliveries,
        delivered_by=actor.user_id,
        delivered_at=held.now,
        **texts,
    )
    session.add(made)
    if handed.files:
        files.store(session, handed.files, held.now)
    session.flush()
    session.add_all(_files(made, handed.files))
    for each in milestone.criteria:
        said = results[each.position]
        session.add(
            DeliveryResult(
                delivery_id=made.id,
                criterion_id=each.id,
                answer=said.answer,
                value=said.value,
                evidence=said.evidence,
            )
        )
    session.flush()
    return made


def _files(made: Delivery, kept: Sequence[Kept]) -> list[DeliveryFile]:
    fresh = {(each.sha256, each.name): each for each in kept}
    return [
        DeliveryFile(
            delivery_id=made.id,
            position=place,
            sha256=each.sha256,
            name=each.name,
            size=each.size,
            media_type=each.media_type,
        )
        for place, each in enumerate(fresh.values(), start=1)
    ]


def _checked(milestone: Milestone, handed: Handed) -> tuple[dict[str, str], dict[int, Measured]]:
    """The texts and results as they are kept, all faults told at once."""
    faults: list[Invalid] = []

    def text(name: str, value: str, most: int) -> str:
        try:
            return text_of(name, value, most)
        except Invalid as fault:
            faults.append(fault)
            return ""

    limits = {"note": NOTE_MOST, "quantity": LINE_MOST, "place": LINE_MOST}
    texts = {name: text(name, getattr(handed, name), most) for name, most in limits.items()}
    if not handed.files and not texts["quantity"]:
        faults.append(Invalid("files", "nothing_delivered"))
    if len(handed.files) > FILES_MOST:
        faults.append(Invalid("files", "too_many_files", most=FILES_MOST))
    results = {}
    for each in milestone.criteria:
        place, said = each.position, handed.results.get(each.position, Measured())
        if said.answer not in ANSWERS:
            faults.append(Invalid(f"answer-{place}", "choose_one"))
        value = text(f"value-{place}", said.value, LINE_MOST)
        results[place] = Measured(said.answer, value, text(f"evidence-{place}", said.evidence, REASON_MOST))
    if faults:
        raise InvalidMany(faults)
    return texts, results
