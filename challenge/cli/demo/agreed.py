"""What follows the award in the demo: certificates, an objection, agreements, deliveries, one whole story.

Of the round that is over one contract is completed and told in public; the other began with an intent and is
being delivered: one batch accepted, one overdue, one waiting. A third agreement came from no round's result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.identity import Confirmed
from challenge.agreements import (
    accepting,
    beginning,
    carrying_out,
    closing_reports,
    delivering,
    drafting,
    facts,
    paying,
    proposing,
    signing,
)
from challenge.agreements.accepting import Finding, Verdict
from challenge.agreements.beginning import Start
from challenge.agreements.delivering import Handed, Measured
from challenge.agreements.milestone_models import AgreementPayment, Milestone, MilestoneCriterion
from challenge.agreements.models import AgreementVersion
from challenge.agreements.paying import Written
from challenge.agreements.signing import Wanted
from challenge.awards import answering, certifying, objecting
from challenge.awards.answering import Answer
from challenge.awards.models import Award
from challenge.awards.objecting import Claim
from challenge.awards.objection_models import Objection
from challenge.base import clock
from challenge.cli.demo import people
from challenge.cli.demo.loader import Steps, World
from challenge.cli.demo.pdf import one_page
from challenge.files.receiving import Kept
from challenge.files.storage import storage
from challenge.reports import agreed_texts, stories
from challenge.requirements.models import Requirement
from challenge.rules.agreements import Payment, Step, Terms, told
from challenge.submissions.models import Submission

TEN_THOUSAND = 1_000_000
NAMES = {"solver": "林一帆", "bio": "卓玛", "grid": "钱立", "zhang": "张启明"}


@dataclass(frozen=True, slots=True)
class Deal:
    """An agreement of the demo: between whom, for how much, in how many batches a season apart."""

    need: str
    seeker: str
    solver: str
    kind: str
    total: int = 0  # in 万元
    batches: Sequence[tuple[str, int]] = ()  # what, and how many days after the signing


DEALS: Mapping[str, Deal] = {
    "culture": Deal(
        *("probiotic", "bio", "zhang", "development"),
        total=120,
        batches=(("中试发酵 3 批", 45), ("冻干制剂 1,000 份", 110)),
    ),
    "pellets": Deal("delivery", "bio", "solver", "intent"),
    "coating": Deal(
        *("delivery", "bio", "solver", "development"),
        total=150,
        batches=(("双层微丸工艺包", 40), ("放大批 50 公斤", 72), ("稳定性报告", 84)),
    ),
    "plate": Deal("power", "grid", "zhang", "intent"),
}


def steps(world: World, key: str, organizer: str) -> Steps:
    """What follows the award of a round, and what the year-round desk brought."""
    if key == "closed":
        yield -199, partial(_certify, world, key, organizer)
        yield from _told_whole(world, organizer)
        yield from _under_way(world)
    if key == "notice":
        yield -2, partial(_object, world, key)
        yield -1, partial(_dismiss, world, key)
    if key == "rolling":
        yield -6, partial(_begin, world, "plate")
        yield -5.5, partial(_sign, world, "plate", "seeker")


def _told_whole(world: World, organizer: str) -> Steps:
    """A contract from its draft to the story that both sides tell."""
    yield -196, partial(_begin, world, "culture")
    yield -192, partial(_sign, world, "culture", "seeker", "solver")
    for place, day in ((1, -150), (2, -84)):
        yield day, partial(_deliver, world, "culture", place)
        yield day + 3, partial(_accept, world, "culture", place)
        yield day + 10, partial(_pay, world, "culture", place)
    yield -70, partial(_complete, world, "culture")
    yield -66, partial(_tell, world, "culture")
    yield -64, partial(_publish, world, "culture", organizer)


def _under_way(world: World) -> Steps:
    """An intent became a contract: its first batch is accepted, the second is late, the third waits."""
    yield -190, partial(_begin, world, "pellets")
    yield -188, partial(_sign, world, "pellets", "seeker", "solver")
    yield -80, partial(_begin, world, "coating")
    yield -76, partial(_sign, world, "coating", "seeker", "solver")
    yield -38, partial(_deliver, world, "coating", 1)
    yield -36, partial(_return, world, "coating", 1)
    yield -30, partial(_deliver, world, "coating", 1)
    yield -27, partial(_accept, world, "coating", 1)
    yield -20, partial(_pay, world, "coating", 1)
    yield -2, partial(_deliver, world, "coating", 3)


def _certify(world: World, key: str, organizer: str) -> None:
    with world.acting(organizer) as (session, actor):
        certifying.issue(session, actor, world.rounds[key])


def _object(world: World, key: str) -> None:
    """A team asks whether a figure of another one is its own."""
    with world.acting("solver") as (session, actor):
        on_notice = sa.select(Submission.code).join(Award, Award.submission_id == Submission.id)
        mine = Submission.owner_id == actor.user_id
        here = (Submission.round_id == world.rounds[key], Award.state == "on_notice")
        code = session.scalars(on_notice.where(*here, ~mine).order_by(Submission.id)).first()
        text = "该方案引用的中试数据似乎来自 2019 年的公开论文，请核实其来源。"
        claim = Claim("eligibility", "solver", code or "", text, NAMES["solver"])
        objecting.file(session, actor, world.rounds[key], claim)


def _dismiss(world: World, key: str) -> None:
    with world.acting("deputy") as (session, actor):
        ref = session.scalars(sa.select(Objection.ref).where(Objection.round_id == world.rounds[key])).one()
        reasons = "团队提供了去年的原始记录，与论文不同批次。数据属实，予以驳回。"
        answering.dismiss(session, actor, ref, Answer(reasons, "原始记录已核对，数据属实。"))


def _begin(world: World, key: str) -> None:
    """The seeker drafts it, from the chosen entry where there is one, and proposes it."""
    deal = DEALS[key]
    with world.acting(deal.seeker) as (session, actor):
        entry = _chosen(session, world, deal)
        start = Start(deal.kind, entry=entry)
        world.agreements[key] = beginning.begin(session, actor, world.needs[deal.need], start).ref
    ref = world.agreements[key]
    if entry is None:
        body = people.BODIES[people.PEOPLE[deal.solver].body or ""]
        with world.acting(deal.seeker) as (session, actor):
            seen = facts.by_ref(session, ref).draft_version
            drafting.join(session, actor, ref, "solver", body.name, seen)
    with world.acting(deal.seeker) as (session, actor):
        found = facts.by_ref(session, ref)
        terms = _terms(told(found.terms), deal, clock.now(session).date())
        drafting.save(session, actor, ref, terms, found.draft_version)
    with world.acting(deal.seeker) as (session, actor):
        proposing.propose(session, actor, ref, facts.by_ref(session, ref).draft_version)


def _chosen(session: Session, world: World, deal: Deal) -> str | None:
    """The reference of the entry that was chosen for the need."""
    query = sa.select(Submission.ref).join(Requirement, Requirement.id == Submission.requirement_id)
    return session.scalar(
        query.where(Requirement.ref == world.needs[deal.need], Submission.state == "selected")
    )


def _terms(terms: Terms, deal: Deal, today: dt.date) -> Terms:
    """What the template left open: days, who owns it, what is delivered and paid when."""
    day = dt.timedelta(days=1)
    more: dict[str, Any] = {"starts_on": today, "ends_on": today + 360 * day, "ownership": "joint"}
    if deal.total:
        total, count = deal.total * TEN_THOUSAND, len(deal.batches)
        shares = [total // count] * (count - 1)
        shares.append(total - sum(shares))
        more |= {
            "payment": "instalments",
            "total_minor": total,
            "milestones": tuple(
                Step(what, today + after * day, what, terms.indicators[:1]) for what, after in deal.batches
            ),
            "payments": tuple(
                Payment(f"第 {step} 期", share, step=step) for step, share in enumerate(shares, start=1)
            ),
        }
    return replace(terms, **more)


def _sign(world: World, key: str, *sides: str) -> None:
    deal, ref = DEALS[key], world.agreements[key]
    for side in sides:
        person = deal.seeker if side == "seeker" else deal.solver
        with world.acting(person) as (session, actor):
            found = facts.by_ref(session, ref)
            version = sa.select(AgreementVersion.digest).where(AgreementVersion.agreement_id == found.id)
            digest = session.scalars(version.order_by(AgreementVersion.number.desc())).first() or ""
            confirmed = Confirmed(world.users[person])
            signing.sign(session, actor, ref, Wanted(digest, side, NAMES[person]), confirmed)


def _deliver(world: World, key: str, place: int) -> None:
    deal = DEALS[key]
    data = one_page(f"Batch {place} of {deal.need}", "Measured by the delivering side")
    file = Kept(storage().put(data), len(data), "application/pdf", f"batch-{place}.pdf")
    with world.acting(deal.solver) as (session, actor):
        results = {
            each.position: Measured("met", each.target or "", "见检测报告第 3 页。")
            for each in _criteria(session, world.agreements[key], place)
        }
        handed = Handed("按约定交付，附检测报告。", deal.batches[place - 1][0], "兰州", results, (file,))
        delivering.deliver(session, actor, world.agreements[key], place, handed)


def _rule(world: World, key: str, place: int, ruling: str, reason: str = "") -> None:
    with world.acting(DEALS[key].seeker) as (session, actor):
        ref = world.agreements[key]
        found = facts.by_ref(session, ref)
        number = session.scalars(
            sa.select(Milestone.deliveries).where(
                Milestone.agreement_id == found.id, Milestone.position == place
            )
        ).one()
        rows = _criteria(session, ref, place)
        verdict = Verdict({each.position: Finding(ruling, "抽检三次。") for each in rows}, reason)
        verb = accepting.accept if ruling == "passed" else accepting.give_back
        verb(session, actor, ref, place, number, verdict)


def _accept(world: World, key: str, place: int) -> None:
    _rule(world, key, place, "passed")


def _return(world: World, key: str, place: int) -> None:
    _rule(world, key, place, "failed", "第二次抽检低于约定，请调整包衣厚度后重新交付。")


def _criteria(session: Session, ref: str, place: int) -> Sequence[MilestoneCriterion]:
    query = sa.select(MilestoneCriterion).join(Milestone, Milestone.id == MilestoneCriterion.milestone_id)
    mine = (Milestone.agreement_id == facts.by_ref(session, ref).id, Milestone.position == place)
    return session.scalars(query.where(*mine).order_by(MilestoneCriterion.position)).all()


def _pay(world: World, key: str, place: int) -> None:
    """The solver writes its invoice down, the seeker what it paid."""
    deal, ref = DEALS[key], world.agreements[key]
    for person, verb in ((deal.solver, paying.invoice), (deal.seeker, paying.pay)):
        with world.acting(person) as (session, actor):
            found = facts.by_ref(session, ref)
            query = sa.select(AgreementPayment).where(AgreementPayment.agreement_id == found.id)
            due = session.scalars(query.where(AgreementPayment.position == place)).one()
            day = carrying_out.day_of(found, clock.now(session))
            number = f"{day:%Y%m%d}-{place:02}"
            verb(session, actor, ref, due.ref, Written(day, due.amount_minor, due.currency, number))


def _complete(world: World, key: str) -> None:
    with world.acting(DEALS[key].seeker) as (session, actor):
        closing_reports.complete(session, actor, world.agreements[key])


def _tell(world: World, key: str) -> None:
    """Both sides say what came of it, and agree on what everyone reads."""
    deal, ref = DEALS[key], world.agreements[key]
    for person, words in (
        (deal.seeker, "活菌数比原工艺高一倍，两条线已切换。"),
        (deal.solver, "企业开放了整条中试线，进度比预期快。"),
    ):
        with world.acting(person) as (session, actor):
            closing_reports.write(session, actor, ref, words, 5)
    with world.acting(deal.seeker) as (session, actor):
        title, text = "高活性益生菌冻干制剂上线", "从一道难题到两条生产线：活菌数提高一倍，能耗下降三成。"
        revision = closing_reports.propose_public(session, actor, ref, title, text).public_revision
    with world.acting(deal.solver) as (session, actor):
        closing_reports.consent(session, actor, ref, revision, yes=True)


def _publish(world: World, key: str, organizer: str) -> None:
    """The organizer puts that text before everyone."""
    with world.acting(organizer) as (session, actor):
        story = agreed_texts.begin(session, actor, world.rounds["closed"], world.agreements[key])
        stories.publish(session, actor, story.ref)
