"""What happens in a round of the demo, day by day, as a list of steps."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from challenge.cli.demo import agreed, around, diagnosed, faces, final, judged, outreach, people
from challenge.cli.demo.loader import Steps, World, read
from challenge.cli.demo.pdf import one_page
from challenge.cli.demo.plans import PROGRAMMES, Plan
from challenge.files.receiving import Kept
from challenge.files.storage import storage
from challenge.judging import panel, rubric
from challenge.requirements import drafting as needs
from challenge.requirements import questions, screening
from challenge.requirements.content import Content, IndicatorRow
from challenge.rounds import announcing, drafting, extending, launching, prizes, texts
from challenge.rounds.drafting import RoundFacts
from challenge.rounds.prizes import PrizeFacts
from challenge.rounds.windows import Typed
from challenge.rules.stages import Stage, Window
from challenge.submissions import drafting as entries
from challenge.submissions import merging, submitting

NEEDS = {row["key"]: row for row in read("needs.json")}
SOLUTIONS = read("solutions.json")
JUDGES = ("judge", "judge2", "judge3", "judge4", "judge5")
TEN_THOUSAND = 1_000_000  # 万元 in minor units


def story(world: World, key: str, plan: Plan, start: dt.datetime) -> Steps:
    """Every step of a round with its day, past or not."""
    organizer = PROGRAMMES[plan.programme].organizer
    first = plan.windows["requirements"][0]
    yield min(first, 0) - 3, partial(_create, world, key, plan, organizer, start)
    if not plan.launch:
        return
    yield min(first, 0) - 2, partial(_launch, world, key, organizer)
    yield from _call(world, key, plan, organizer, first)
    yield from _submissions(world, key, plan, organizer)
    if plan.extended_from is not None:
        yield -4, partial(_extend, world, key, plan, organizer, start)
    yield from (final if key == "final" else judged).steps(world, key, plan, organizer)
    yield from around.steps(world, key, plan, organizer, _prizes())
    yield from outreach.steps(world, key, plan, organizer)
    yield from agreed.steps(world, key, organizer)


def _instant(start: dt.datetime, day: float) -> dt.datetime:
    """Days from now as an instant; whole stages turn at 18:00 in Beijing, short ones to the minute.

    Never later than counted from now itself: what a step does some hours after an opening finds it open.
    """
    if abs(day) < 1:
        return (start + dt.timedelta(days=day)).replace(second=0, microsecond=0)
    turn = start.replace(hour=10, minute=0, second=0, microsecond=0)
    return (turn if turn <= start else turn - dt.timedelta(days=1)) + dt.timedelta(days=day)


def _windows(plan: Plan, start: dt.datetime) -> dict[Stage, Window]:
    spans = {name: (_instant(start, a), _instant(start, b)) for name, (a, b) in plan.windows.items()}
    if plan.extended_from is not None:
        spans["submission"] = (spans["submission"][0], _instant(start, plan.extended_from))
    return {Stage(name): Window(Stage(name), *span) for name, span in spans.items()}


def _create(world: World, key: str, plan: Plan, organizer: str, start: dt.datetime) -> None:
    years = {"last": start.year - 1, "this": start.year, "next": start.year + 1, "after": start.year + 2}
    facts = RoundFacts(
        plan.title_zh.format(**years),
        plan.title_en.format(**years),
        plan.summary_zh,
        plan.summary_en,
        slug=f"demo-{key}",
        rolling=plan.rolling,
        notice_days=plan.notice_days,
    )
    with world.acting(organizer) as (session, actor):
        programme = world.programmes[plan.programme]
        round_ = drafting.create(session, actor, programme, facts, Typed(_windows(plan, start)))
        world.rounds[key] = round_.id
    with world.acting(organizer) as (session, actor):
        prizes.replace(session, actor, round_.id, _prizes())
        texts.save(session, actor, round_.id, _texts())
        rubric.ensure_phase(session, round_.id)


def _prizes() -> list[PrizeFacts]:
    return [
        PrizeFacts(name_zh="一等奖", name_en="First prize", slots=1, amount_minor=20 * TEN_THOUSAND),
        PrizeFacts(name_zh="二等奖", name_en="Second prize", slots=2, amount_minor=8 * TEN_THOUSAND),
        PrizeFacts(
            name_zh="入选方案",
            name_en="Chosen solution",
            scope="requirement",
            text="签约洽谈 · contract talks",
        ),
    ]


def _texts() -> dict[tuple[str, str], str]:
    return {(row["kind"], row["lang"]): row["text"] for row in read("texts.json")}


def _launch(world: World, key: str, organizer: str) -> None:
    with world.acting(organizer) as (session, actor):
        launching.launch(session, actor, world.rounds[key])


def _call(world: World, key: str, plan: Plan, organizer: str, first: float) -> Steps:
    for number, need in enumerate(plan.needs):
        at = first + 1 + number * 0.4
        yield at, partial(_post, world, key, need)
        if key == "call":
            yield from diagnosed.steps(world, organizer, need, number, at)
        if key == "call" and number == 2:
            yield at + 1.5, partial(_give_back, world, organizer, need)
        elif not (key == "call" and number == 1):
            yield at + 1.2, partial(_publish, world, organizer, need)
    if plan.needs and key == "submission":
        yield from faces.steps(world, key, organizer, plan.needs[0])
        yield -20, partial(_ask, world, plan.needs[0])
        yield -19, partial(_answer, world, people.seeker_of(plan.needs[0]))
        yield -6, partial(_ask_again, world, plan.needs[0])
        yield -12, partial(_announce, world, key, organizer)


def _post(world: World, key: str, need: str) -> None:
    row = NEEDS[need]
    person = people.seeker_of(need)
    body = people.PEOPLE[person].body or ""
    low, high = row["budget"]
    content = Content(
        title_zh=row["title"][0],
        title_en=row["title"][1],
        summary_zh=row["summary"][0],
        summary_en=row["summary"][1],
        problem_zh=row["problem"][0],
        problem_en=row["problem"][1],
        confidential_part=row["secret"],
        field=row["field"],
        keywords=tuple(row["keywords"]),
        modes=tuple(row["modes"]),
        region=row["region"],
        budget_min_minor=low * TEN_THOUSAND,
        budget_max_minor=high * TEN_THOUSAND,
        anonymous=row["anonymous"],
        indicators=tuple(IndicatorRow(*cells) for cells in row["indicators"]),
    )
    with world.acting(person) as (session, actor):
        requirement = needs.create(session, actor, world.rounds[key], world.bodies[body], content)
        world.needs[need] = requirement.ref
    with world.acting(person) as (session, actor):
        needs.submit(session, actor, world.needs[need])


def _publish(world: World, organizer: str, need: str) -> None:
    with world.acting(organizer) as (session, actor):
        screening.publish(session, actor, world.needs[need])


def _give_back(world: World, organizer: str, need: str) -> None:
    with world.acting(organizer) as (session, actor):
        screening.give_back(session, actor, world.needs[need], "请补充第 2 项指标的检测方法与样本量。")


def _ask(world: World, need: str) -> None:
    with world.acting("weber") as (session, actor):
        questions.ask_on_requirement(session, actor, world.needs[need], "能否提供样本图像？数量多少？")


def _answer(world: World, seeker: str) -> None:
    with world.acting(seeker) as (session, actor):
        asked = questions_of(session)
        text = "签署保密协议后提供 6,400 张标注图像，四类瑕疵各 1,600 张。"
        questions.answer(session, actor, asked, text, public=True)


def questions_of(session: Any) -> str:
    """The reference of the question asked last."""
    from challenge.requirements.models import Question

    ref: str = session.query(Question.ref).order_by(Question.id.desc()).limit(1).scalar()
    return ref


def _ask_again(world: World, need: str) -> None:
    with world.acting("chen") as (session, actor):
        text = "是否接受仅算法、不含相机的方案？"
        questions.ask_on_requirement(session, actor, world.needs[need], text)


def _announce(world: World, key: str, organizer: str) -> None:
    words = announcing.Words(
        "线上答疑会",
        "Online questions hour",
        "本周四 15:00 举行线上答疑，问答将公开在本页。",
        "Thursday at 15:00 Beijing time; questions and answers will be published on this page.",
    )
    with world.acting(organizer) as (session, actor):
        announcing.post(session, actor, world.rounds[key], words)


def _extend(world: World, key: str, plan: Plan, organizer: str, start: dt.datetime) -> None:
    closes_at = _instant(start, plan.windows["submission"][1])
    with world.acting(organizer) as (session, actor):
        reason = "第 1 项需求收紧了照度指标，延长 7 天。"
        extending.extend(session, actor, world.rounds[key], Stage.SUBMISSION, closes_at, reason)


def _submissions(world: World, key: str, plan: Plan, organizer: str) -> Steps:
    opens, closes = plan.windows["submission"]
    if opens < 0 and plan.needs:
        yield opens + 0.5, partial(_panel, world, key, organizer)
    mine = [row for row in SOLUTIONS if row["need"] in plan.needs]
    until = min(closes, 0)
    for number, row in enumerate(mine):
        at = opens + (until - opens) * (0.35 + 0.6 * (number + 1) / (len(mine) + 1))
        hand_in = plan.drafts.get(row["need"]) != row["solver"]
        yield at, partial(_propose, world, row, hand_in=hand_in)


def _panel(world: World, key: str, organizer: str) -> None:
    for judge in JUDGES:
        with world.acting(organizer) as (session, actor):
            panel.add(session, actor, world.rounds[key], people.address(judge))


def _propose(world: World, row: dict[str, Any], *, hand_in: bool) -> None:
    person = people.SOLVERS[row["solver"]]
    body = people.PEOPLE[person].body or ""
    with world.acting(person) as (session, actor):
        submission = entries.start(session, actor, requirement=world.needs[row["need"]])
        world.entries[row["need"], row["solver"]] = ref = submission.ref
        ids = judged.indicator_ids(session, world.needs[row["need"]])
    answers = {
        str(number): {"met": met, "evidence": row["evidence"]}
        for number, met in zip(ids, row["met"], strict=False)
    }
    values = {
        **{name: row[name] for name in ("title", "summary", "proposal", "schedule")},
        "trl_now": row["trl"][0],
        "trl_delivery": row["trl"][1],
        "quote": row["quote"] * TEN_THOUSAND,
        "original": hand_in,
        "indicators": answers if hand_in else {},
        "team_name": people.BODIES[body].name_en if person == "weber" else people.BODIES[body].name,
        "organization_id": world.bodies[body],
    }
    files = [_file(row)] if hand_in else []
    with world.acting(person) as (session, actor):
        merging.merge(session, actor, ref, values, {}, strict=True, kept=files)
    if hand_in:
        with world.acting(person) as (session, actor):
            submitting.submit(session, actor, ref)


def _file(row: dict[str, Any]) -> Kept:
    """A one-page PDF of the proposal, stored as an upload would be."""
    data = one_page(
        f"Solution for {NEEDS[row['need']]['title'][1]}", f"TRL {row['trl'][0]} to {row['trl'][1]}"
    )
    return Kept(storage().put(data), len(data), "application/pdf", "proposal.pdf")
