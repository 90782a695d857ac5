"""Around the demo's rounds: tracks, resources behind terms, teammates, changed needs, a gallery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import sqlalchemy as sa

from challenge.awards import gallery
from challenge.awards.gallery import Consent
from challenge.cli.demo import people
from challenge.cli.demo.loader import Steps, World
from challenge.cli.demo.pdf import one_page
from challenge.cli.demo.plans import Plan
from challenge.files.receiving import Kept
from challenge.files.storage import storage
from challenge.requirements import enacting, placing, proposing, queries
from challenge.requirements.enacting import Decision
from challenge.requirements.models import Question
from challenge.requirements.proposing import Written
from challenge.rounds import prizes, resources, terms, themes
from challenge.rounds.models import Theme
from challenge.rounds.prizes import PrizeFacts
from challenge.rounds.resources import ResourceFacts
from challenge.rounds.themes import ThemeFacts
from challenge.submissions import board
from challenge.submissions.board import PostFacts
from challenge.submissions.models import Submission, Version

TRACKS = (
    ThemeFacts(None, "智能检测", "Inspection", "看清产线上的细微缺陷。", "To see what a line hides."),
    ThemeFacts(
        None, "绿色材料", "Green materials", "更轻、更耐用、可回收。", "Lighter, lasting, recyclable."
    ),
)
# Which of them each need of the round belongs to.
PLACES = {"flaw": 0, "gas": 0, "welding": 0, "brake": 1, "tailings": 1, "aerogel": 1}
POSTS = {
    "zhang": PostFacts(
        "视觉算法与现场部署，有产线数据。", "光学或传感器方向的伙伴。", ("机器视觉", "边缘计算"), "zh"
    ),
    "weber": PostFacts(
        "Optics lab with a polarisation test bench.",
        "Somebody close to a steel or aluminium line in Gansu.",
        ("polarimetry", "FPGA"),
        "both",
    ),
}
CHOSEN = {"lin": Consent(shown=True, named=True), "zhang": Consent(shown=True)}


def steps(world: World, key: str, plan: Plan, organizer: str, offered: Sequence[PrizeFacts]) -> Steps:
    """Of the round that takes solutions, and of the one that is over."""
    if key == "submission":
        first = plan.windows["requirements"][0]
        yield first - 2.5, partial(_tracks, world, key, organizer, offered)
        yield first - 2.4, partial(_resources, world, key, organizer)
        yield -21, partial(_place, world, organizer, plan)
        for number, person in enumerate(POSTS):
            yield -15 + number, partial(_look_for_teammates, world, key, person)
        yield -8, partial(_accept, world, key)
        yield -5, partial(_change, world, organizer, "flaw")
        yield -2, partial(_wait, world, "welding")
    if key == "closed":
        yield plan.windows["award"][1], partial(_show, world, plan)


def _tracks(world: World, key: str, organizer: str, offered: Sequence[PrizeFacts]) -> None:
    round_id = world.rounds[key]
    with world.acting(organizer) as (session, actor):
        themes.replace(session, actor, round_id, TRACKS)
    with world.acting(organizer) as (session, actor):
        first = session.scalars(
            sa.select(Theme.id).where(Theme.round_id == round_id).order_by(Theme.position)
        )
        best = PrizeFacts(
            name_zh="检测赛道奖", name_en="Inspection prize", theme_id=first.first(), amount_minor=5_000_000
        )
        prizes.replace(session, actor, round_id, [*offered, best])


def _resources(world: World, key: str, organizer: str) -> None:
    round_id = world.rounds[key]
    with world.acting(organizer) as (session, actor):
        zh = "样本数据仅用于准备本赛季的方案，不得转交他人，赛季结束后删除。"
        en = "Use the data for your solution in this round only, pass it to nobody, delete it afterwards."
        terms.write(session, actor, round_id, zh, en)
    for title, gated in ((("参赛指南", "How to take part"), False), (("样本数据说明", "Sample data"), True)):
        facts = ResourceFacts(*title, gated=gated)
        with world.acting(organizer) as (session, actor):
            resources.add_file(session, actor, round_id, facts, _paper(title[1]))


def _paper(title: str) -> Kept:
    data, name = one_page(title, "Demo"), f"{title.lower().replace(' ', '-')}.pdf"
    return Kept(storage().put(data), len(data), "application/pdf", name)


def _place(world: World, organizer: str, plan: Plan) -> None:
    for need in plan.needs:
        with world.acting(organizer) as (session, actor):
            theme = sa.select(Theme.ref).where(Theme.round_id == world.rounds["submission"])
            refs = session.scalars(theme.order_by(Theme.position)).all()
            placing.place(session, actor, world.needs[need], refs[PLACES[need]])


def _look_for_teammates(world: World, key: str, person: str) -> None:
    with world.acting(person) as (session, actor):
        board.write(session, actor, world.rounds[key], POSTS[person])


def _accept(world: World, key: str) -> None:
    with world.acting("solver") as (session, actor):
        terms.accept(session, actor, world.rounds[key], 1)


def _propose(world: World, need: str) -> str:
    """Its seeker asks for more of the first indicator; the reference of the change."""
    person, ref = people.seeker_of(need), world.needs[need]
    with world.acting(person) as (session, actor):
        content = proposing.in_force(session, queries.by_ref(session, ref))
        first, *others = content.indicators
        harder = replace(first, level="should" if first.level == "must" else "must")
        asked = session.scalars(sa.select(Question.ref).where(Question.answered_at.is_not(None))).all()
        said = Written(
            replace(content, goals="夜班也能使用。", indicators=(harder, *others)),
            "现场试验后调整了第 1 项指标的要求，并补充了目标。",
            asked,
        )
        proposing.save(session, actor, ref, said)
    with world.acting(person) as (session, actor):
        return proposing.hand_in(session, actor, ref).ref


def _wait(world: World, need: str) -> None:
    """The same, for its organizer to decide on."""
    _propose(world, need)


def _change(world: World, organizer: str, need: str) -> None:
    """The same, published: the close was moved already, so it stays."""
    change = _propose(world, need)
    with world.acting(organizer) as (session, actor):
        said = Decision("keep", reason="截止时间此前已延长一周，剩余时间足够。")
        enacting.publish(session, actor, change, said)


def _show(world: World, plan: Plan) -> None:
    """Two of three teams show something of their work, one with its file."""
    for (need, solver), ref in sorted(world.entries.items()):
        consent = CHOSEN.get(solver)
        if need not in plan.needs or consent is None:
            continue
        with world.acting(people.SOLVERS[solver]) as (session, actor):
            manifest = session.scalars(
                sa.select(Version.manifest)
                .join(Submission, Submission.id == Version.submission_id)
                .where(Submission.ref == ref, Version.current)
            ).one()
            files = tuple(file["sha256"] for file in manifest) if consent.named else ()
            gallery.decide(session, actor, ref, Consent(True, consent.named, files))
