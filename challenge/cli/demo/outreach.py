"""How the demo's needs find solvers: a broker, contacts, a need sent out and answered, meetings, branches."""

from __future__ import annotations

import datetime as dt
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import branches, brokers, invitations, watching
from challenge.accounts import people as accounts
from challenge.accounts.models import Organization
from challenge.accounts.organizations import Facts
from challenge.base import clock
from challenge.cli.demo import people, supplies
from challenge.cli.demo.loader import Steps, World
from challenge.cli.demo.plans import Plan
from challenge.distribution import answering, caring, contacts, delivering, sending
from challenge.distribution.models import ContactList, Posting, Recipient
from challenge.distribution.recipients import Choice
from challenge.distribution.sending import Order
from challenge.docking import meeting
from challenge.docking.meeting import Candidate, Meeting, Outcome
from challenge.docking.models import Docking, DockingPair
from challenge.requirements import drafting, on_behalf
from challenge.requirements.content import Closed, Content, IndicatorRow
from challenge.requirements.models import Requirement
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules.permissions import ANONYMOUS

NEED = "flaw"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MAKERS = """合肥晶视 <info@jingshi.example>
Delft Imaging <office@delft-imaging.example>, en
旧址 <sales@moved-away.example>
西安微光 <hello@weiguang.example>"""
FIRM = Facts(name="武威绿洲葡萄酒业", name_en="Wuwei Oasis Wines", region="620600")
CONTACT = Closed("", "魏佳", "0935-1234567", "weijia@oasis-wines.example")
VINES = Content(
    title_zh="酿酒葡萄霜冻预警",
    title_en="Frost warning for wine grapes",
    problem_zh="每年四月两到三次霜冻，现有气象站间距 40 公里，预警提前量不足 1 小时。",
    field="agrifood",
    keywords=("霜冻", "物联网"),
    modes=("entrusted",),
    region="620600",
    budget_min_minor=30 * supplies.TEN_THOUSAND,
    budget_max_minor=50 * supplies.TEN_THOUSAND,
    contact_name=CONTACT.contact_name,
    contact_phone=CONTACT.contact_phone,
    contact_email=CONTACT.contact_email,
    indicators=(IndicatorRow("预警提前量", "Warning time", "h", "ge", "6", "must"),),
)


def steps(world: World, key: str, plan: Plan, organizer: str) -> Steps:
    """Around the round that takes solutions, the one that calls, and the desk that is always open."""
    first = plan.windows["requirements"][0]
    if key == "submission":
        yield first - 7, partial(_take_on, world, plan.programme, organizer)
        yield from supplies.steps(world, first)
        yield from _sent_out(world, key, organizer)
        yield from _docked(world)
    if key == "call":
        yield first - 4, partial(_branch_off, world)
    if key == "rolling":
        yield -30, partial(_take_on, world, plan.programme, organizer)
        yield -2, partial(_enter_for_a_firm, world, key)


def _take_on(world: World, programme: str, organizer: str) -> None:
    """The broker is invited, and accepts."""
    address = people.address("broker")
    with world.acting(organizer) as (session, actor):
        subject = programmes.subject_of(session.get_one(Programme, world.programmes[programme]))
        brokers.appoint(session, actor, address, world.programmes[programme], subject)
    with world.acting("broker") as (session, actor):
        for each in invitations.waiting_for(session, address):
            invitations.accept(session, actor, invitations.token_of(each))


def _branch_off(world: World) -> None:
    """The institute has two branches; one of them has a manager, and the region that its needs come from."""
    with world.acting("admin") as (session, actor):
        institute = session.get_one(Organization, world.bodies["agri"])
        for key in ("weibei", "longdong"):
            branches.place(session, actor, session.get_one(Organization, world.bodies[key]), institute)
        email, weibei = people.address("manager"), world.bodies["weibei"]
        accounts.appoint_manager(session, actor, email=email, organization_id=weibei)


def _sent_out(world: World, key: str, organizer: str) -> Steps:
    yield -18, partial(_hand_over, world, organizer)
    yield -17, partial(_send, world, key)
    yield -16.6, partial(_answers, world)
    yield -16, partial(_keep_searches, world)


def _hand_over(world: World, organizer: str) -> None:
    with world.acting(organizer) as (session, actor):
        programme = session.get_one(Programme, world.programmes["hexi"])
        refs = {each.email: each.ref for each in caring.brokers(session, programme)}
        caring.offer(session, actor, world.needs[NEED], refs[people.address("broker")])
    with world.acting("broker") as (session, actor):
        caring.claim(session, actor, world.needs[NEED])


def _send(world: World, key: str) -> None:
    """To a list of plain addresses and an expert by mail, to two others into their inboxes."""
    with world.acting("broker") as (session, actor):
        programme = session.get_one(Programme, world.programmes["hexi"])
        consent = "2026 年兰州仪器展上签名同意。"
        contacts.create(session, actor, programme, "机器视觉厂商", consent, MAKERS)
    with world.acting("broker") as (session, actor):
        lists = frozenset(session.scalars(sa.select(ContactList.id)))
        choice = Choice(people=frozenset({world.users["weber"]}), lists=lists)
        order = Order((world.needs[NEED],), choice, note="可提供 20 块样片。Samples can be sent.")
        sending.send(session, actor, world.rounds[key], order)
    with world.acting("broker") as (session, actor):
        inboxes = Choice(people=frozenset(world.users[each] for each in ("solver", "chen")))
        order = Order((world.needs[NEED],), inboxes, channels=("inbox",))
        sending.send(session, actor, world.rounds[key], order)


def _answers(world: World) -> None:
    """One is interested, one has opened it, one says no, one passes it on; one address is gone."""
    with world.acting("weber") as (session, actor):
        posting, ref = _posting(session, people.address("weber"))
        said = "We have a test bench for strip below 10 lx and could start in May."
        answering.interest(session, actor, posting, ref, said)
    with world.acting("broker") as (session, _actor):
        posting, ref = _posting(session, "info@jingshi.example")
        answering.opened(session, ANONYMOUS, posting)
        answering.decline(session, ANONYMOUS, posting, ref, "no_capacity", "年内排产已满。")
    with world.acting("broker") as (session, _actor):
        answering.opened(session, ANONYMOUS, _posting(session, "hello@weiguang.example")[0])
        gone = _posting(session, "sales@moved-away.example")[0]
        delivering.failed(session, gone.id, "550 5.1.1 User unknown", clock.now(session))
    with world.acting("broker") as (session, _actor):
        posting, ref = _posting(session, "office@delft-imaging.example")
        answering.forward(session, ANONYMOUS, posting, ref, "lab@delft-imaging.example")


def _posting(session: Session, address: str) -> tuple[Posting, str]:
    """The message to an address, and the reference of the need in it."""
    mine = sa.select(Posting.id).join(Recipient).where(Recipient.address == address)
    posting = answering.posting_of_id(session, session.scalars(mine.where(Posting.channel == "mail")).one())
    return posting, answering.dispatches_of(session, posting.id)[0].ref


def _keep_searches(world: World) -> None:
    with world.acting("solver") as (session, actor):
        watching.save(session, actor, "q=视觉")
        watching.follow(session, actor, "requirement", world.needs[NEED])


def _docked(world: World) -> Steps:
    """Two meetings with who is interested, one of them ahead; and one to which nobody came."""
    yield -14, partial(_plan, world, "weber", 3 * DAY, "video", "https://meet.example/flaw")
    yield -10.8, partial(_settle, world, "weber")
    yield -9, partial(_plan, world, "chen", 2 * DAY, "phone", "")
    yield -6.8, partial(_miss, world, "chen")
    yield -5, partial(_plan, world, "weber", 8 * DAY, "on_site", "陇原铝业冷轧车间，兰州")


def _plan(world: World, person: str, ahead: dt.timedelta, channel: str, place: str) -> None:
    with world.acting("broker") as (session, actor):
        pair = meeting.pair_up(session, actor, world.needs[NEED], Candidate(user_id=world.users[person]))
        start = (clock.now(session) + ahead).replace(hour=2, minute=0, second=0, microsecond=0)
        made = Meeting(channel, start, start + HOUR, place, _invited(person))
        meeting.plan(session, actor, pair.ref, made)


def _invited(person: str) -> tuple[dict[str, str], ...]:
    sides = (("seeker", "seeker"), ("candidate", person))
    return tuple(
        {
            "side": side,
            "name": people.PEOPLE[key].name,
            "address": people.address(key),
            "locale": people.PEOPLE[key].locale,
        }
        for side, key in sides
    )


def _last(session: Session, world: World, person: str) -> str:
    """The newest meeting with somebody."""
    of_need = sa.select(Requirement.id).where(Requirement.ref == world.needs[NEED])
    query = sa.select(Docking.ref).join(DockingPair, DockingPair.id == Docking.pair_id)
    mine = (DockingPair.user_id == world.users[person], DockingPair.requirement_id.in_(of_need))
    return session.scalars(query.where(*mine).order_by(Docking.id.desc()).limit(1)).one()


def _settle(world: World, person: str) -> None:
    with world.acting("broker") as (session, actor):
        outcome = Outcome(
            "held",
            notes="演示了 8 lx 下的检测效果；压坑与油斑可分，辊印还需样片。",
            seeker_verdict="promising",
            blocker="样片尚未脱敏",
            next_action="寄送 20 块带瑕疵样片",
            next_at=clock.now(session) + 14 * DAY,
        )
        meeting.settle(session, actor, _last(session, world, person), outcome)
    with world.acting(person) as (session, actor):
        meeting.judge(session, actor, _last(session, world, person), "promising")


def _miss(world: World, person: str) -> None:
    with world.acting("broker") as (session, actor):
        outcome = Outcome("no_show", notes="临时出差，改约。", next_action="下月初再约")
        meeting.settle(session, actor, _last(session, world, person), outcome)


def _enter_for_a_firm(world: World, key: str) -> None:
    """A firm without an account: written down by the broker, its link on its way, not confirmed yet."""
    with world.acting("broker") as (session, actor):
        made = on_behalf.enter(session, actor, world.rounds[key], FIRM, CONTACT)
        drafting.edit(session, actor, made.ref, VINES)
        on_behalf.offer(session, actor, made.ref)
