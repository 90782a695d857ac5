"""The demo centre's services: a catalogue, three rated requests, one under way, one lying still, one new."""

from __future__ import annotations

import datetime as dt
from functools import partial

from challenge.accounts.models import User
from challenge.base import clock
from challenge.cli.demo.loader import Steps, World
from challenge.services import asking, catalogue, running
from challenge.services.asking import Wish
from challenge.services.catalogue import ServiceFacts

CENTRE = "centre"
# By the body that provides each.
CATALOGUE: dict[str, tuple[str, ServiceFacts]] = {
    "transfer": (
        CENTRE,
        ServiceFacts(
            "transfer",
            "技术转移咨询",
            "Technology transfer advice",
            "梳理需求，寻找技术，陪同谈判，直到签约。",
            "From the need to the technology, and through the talks to the contract.",
            "首次咨询免费，其后面议",
            "The first talk is free, then as agreed",
            "两至六周",
            "Two to six weeks",
        ),
    ),
    "innovation": (
        CENTRE,
        ServiceFacts(
            "innovation",
            "企业创新诊断",
            "Innovation check-up",
            "两位顾问到厂一天，三项最值得做的改进，书面报告。",
            "Two advisers, a day at the plant, the three improvements that pay most, in writing.",
            "西部中小企业免费",
            "Free for small firms of the west",
            "一周",
            "One week",
        ),
    ),
    "ip": (
        CENTRE,
        ServiceFacts(
            "ip",
            "专利检索与布局",
            "Patent search and portfolio",
            "查新、侵权风险与布局建议，附检索式。",
            "Novelty, risk of infringement and what to file, with the search itself.",
            "3,000 元起",
            "From CNY 3,000",
            "十个工作日",
            "Ten working days",
        ),
    ),
    "testing": (
        "institute",
        ServiceFacts(
            "testing",
            "光学与表面检测",
            "Optical and surface testing",
            "偏振、红外与三维形貌，出具检测报告。",
            "Polarisation, infrared and topography, with a test report.",
            "按样品计，500 元起",
            "By sample, from CNY 500",
            "五个工作日",
            "Five working days",
        ),
    ),
    "finance": (
        CENTRE,
        ServiceFacts(
            "finance",
            "科技金融对接",
            "Finance for technology",
            "对接贷款、担保与股权投资，准备材料。",
            "Loans, guarantees and equity: whom to ask, and the papers for it.",
            "免费",
            "Free",
            "视产品而定",
            "Depends on the product",
        ),
    ),
}
# Who asked for patents, what they gave for it and why.
RATED = {
    "grid": (5, "检索式写得清楚，可以直接用。"),
    "chem": (4, "内容扎实，比约定晚了两天。"),
    "seeker": (5, "帮我们避开了一件冲突专利。"),
}


def steps(world: World) -> Steps:
    """What happened, with its days."""
    for key in CATALOGUE:
        yield -200, partial(_offer, world, key)
    for number, (asker, (rating, words)) in enumerate(RATED.items()):
        day = -150 + 30 * number
        yield day, partial(_ask, world, asker, "ip", "请对我们的新工艺做一次查新。")
        yield day + 1, partial(_assign, world, asker, "ip", "organizer", 12)
        yield day + 9 + number, partial(_finish, world, asker, "ip", "organizer")
        yield day + 11 + number, partial(_close, world, asker, "ip", rating, words)
    yield -12, partial(_ask, world, "seeker", "testing", "二十片铝箔样品，弱光下的微小瑕疵。", "flaw")
    yield -11, partial(_assign, world, "seeker", "testing", "solver", 17)
    yield -8, partial(_begin, world, "seeker", "testing", "样品已收到，下周上机。")
    yield -20, partial(_ask, world, "bio", "transfer", "寻找冻干制剂的合作方。")
    yield -19, partial(_accept, world, "bio", "transfer")
    yield -2, partial(_ask, world, "farm", "innovation", "冷库能耗太高，想请人来看看。")


def _offer(world: World, key: str) -> None:
    provider, written = CATALOGUE[key]
    with world.acting("organizer") as (session, actor):
        made = catalogue.create(session, actor, world.bodies[CENTRE], written, world.bodies[provider])
        catalogue.offer(session, actor, made.ref)
        world.services[key] = made.ref


def _ask(world: World, asker: str, key: str, text: str, need: str | None = None) -> None:
    with world.acting(asker) as (session, actor):
        about = world.needs[need] if need else None
        wish = Wish(text, min(actor.represents), about)
        world.asked[asker, key] = asking.ask(session, actor, world.services[key], wish).ref


def _accept(world: World, asker: str, key: str) -> None:
    with world.acting("organizer") as (session, actor):
        running.accept(session, actor, world.asked[asker, key])


def _assign(world: World, asker: str, key: str, person: str, days: int) -> None:
    with world.acting("organizer") as (session, actor):
        chosen = session.get_one(User, world.users[person]).ref
        due = (clock.now(session) + dt.timedelta(days=days)).date()
        running.assign(session, actor, world.asked[asker, key], chosen, due)


def _begin(world: World, asker: str, key: str, said: str) -> None:
    with world.acting("solver") as (session, actor):
        running.begin(session, actor, world.asked[asker, key])
        running.note(session, actor, world.asked[asker, key], said)


def _finish(world: World, asker: str, key: str, person: str) -> None:
    with world.acting(person) as (session, actor):
        running.begin(session, actor, world.asked[asker, key])
        running.finish(session, actor, world.asked[asker, key])


def _close(world: World, asker: str, key: str, rating: int, words: str) -> None:
    with world.acting(asker) as (session, actor):
        asking.close(session, actor, world.asked[asker, key], rating, words)
