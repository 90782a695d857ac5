"""Training in the demo: a course that is over, with its certificates, and one that takes people now."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from challenge.base import clock
from challenge.cli.demo.loader import Step, Steps, World
from challenge.rounds.models import Programme
from challenge.training import attending, certificates, courses, enrolling, facts, reads, register, sessions
from challenge.training.courses import CourseFacts
from challenge.training.register import EntryFacts
from challenge.training.sessions import Part

ORGANIZER, PROGRAMME = "organizer", "hexi"
ZONE = dt.timezone(dt.timedelta(hours=8))
PAST = CourseFacts(
    level="primary",
    title_zh="初级技术经理人培训班（第一期）",
    title_en="Technology brokers, primary level: first course",
    about_zh="需求挖掘、成果评价、合同与知识产权，含一次考试。",
    about_en="Finding needs, judging technologies, contracts and intellectual property; with an exam.",
    hours=Decimal(16),
    fee="800 元",
    place="兰州市城关区南昌路 2 号 3 楼",
    seats=20,
    share=60,
    exam_least=Decimal(60),
    valid_months=36,
)
OPEN = CourseFacts(
    level="intermediate",
    title_zh="中级技术经理人培训班",
    title_en="Technology brokers, intermediate level",
    about_zh="技术合同谈判与登记、成果定价、路演。",
    about_en="Negotiating and registering contracts, pricing, pitching.",
    hours=Decimal("19.5"),
    fee="1,200 元，会员免费",
    place="兰州市城关区南昌路 2 号 5 楼",
    online="https://meet.demo.example/brokers",
    seats=2,
    share=80,
)
TOPICS = ("需求挖掘与分析", "成果评价与定价", "技术合同与知识产权")
NAMES = {"zhang": "张启明", "chen": "陈若水", "weber": "Lena Weber", "lin": "林一帆"}
MARKS = {"zhang": "88.5", "chen": "59.5", "weber": "71"}


def steps(world: World) -> Steps:
    """The past course from its announcement to its certificates, then the open one."""
    made: dict[str, str] = {}
    yield -75, lambda: _open(world, made, "past", PAST, after=10)
    for number, person in enumerate(MARKS):
        yield -74 + number, _joining(world, made, "past", person)
    for number in range(len(TOPICS)):
        yield -65 + number + 0.5, _meeting(world, made, number)
    yield -62, lambda: _finish(world, made)
    for person in ("zhang", "weber"):
        yield -60, _listing(world, person)
    yield -6, lambda: _open(world, made, "open", OPEN, after=20)
    for number, person in enumerate(("chen", "zhang", "lin")):
        yield -5 + number, _joining(world, made, "open", person)


def _open(world: World, made: dict[str, str], key: str, given: CourseFacts, *, after: int) -> None:
    with world.acting(ORGANIZER) as (session, actor):
        programme = session.get_one(Programme, world.programmes[PROGRAMME])
        course = courses.create(session, actor, programme, given)
        made[key] = course.ref
        first = clock.now(session).astimezone(ZONE).replace(hour=9, minute=0, second=0, microsecond=0)
        for number, topic in enumerate(TOPICS):
            begins = first + dt.timedelta(days=after + number)
            sessions.add(session, actor, course.ref, Part(begins, begins + dt.timedelta(hours=8), topic))
        courses.publish(session, actor, course.ref)


def _joining(world: World, made: dict[str, str], key: str, person: str) -> Step:
    def step() -> None:
        with world.acting("solver" if person == "lin" else person) as (session, actor):
            enrolling.enrol(session, actor, made[key], NAMES[person])

    return step


def _meeting(world: World, made: dict[str, str], number: int) -> Step:
    """Two were in each session; one missed the last."""

    def step() -> None:
        with world.acting(ORGANIZER) as (session, actor):
            course = facts.by_ref(session, made["past"])
            there = [each.ref for each in reads.students(session, course)]
            attending.mark(session, actor, course.sessions[number].ref, there[: 3 if number < 2 else 2])

    return step


def _finish(world: World, made: dict[str, str]) -> None:
    with world.acting(ORGANIZER) as (session, actor):
        course = facts.by_ref(session, made["past"])
        names = {NAMES[person]: Decimal(mark) for person, mark in MARKS.items()}
        marks = {each.ref: names[each.name] for each in reads.students(session, course)}
        attending.set_marks(session, actor, course.ref, marks)
        certificates.issue(session, actor, course.ref)


def _listing(world: World, person: str) -> Step:
    lines = {
        "zhang": EntryFacts("张启明", "启明智能", "510000", ("electronics", "manufacturing"), ("zh", "en")),
        "weber": EntryFacts("Lena Weber", "Nordufer Labs", "", ("materials",), ("en",)),
    }

    def step() -> None:
        with world.acting(person) as (session, actor):
            register.join(session, actor, lines[person])

    return step
