"""Ready-made rounds: what the usual kinds of a competition ask for, so that a first one is soon there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from challenge.rules.first_round_texts import HACKATHON, PRIZE, TRANSFER
from challenge.rules.formspec import Words
from challenge.rules.stages import WINDOWED, Stage

OPENS, CLOSES = "09:00", "18:00"
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Measure:
    """A criterion: its name, what a judge looks for, its points of a hundred."""

    name: Words
    guidance: Words
    points: int


@dataclass(frozen=True, slots=True)
class Purse:
    """A prize: its name, how many there are, what it is worth in whole yuan (None: what `text` says)."""

    name: Words
    slots: int
    yuan: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A ready-made round. `days`: how many days each stage is open, the first day counted."""

    code: str
    name: Words
    about: Words
    days: Mapping[Stage, int]
    phases: tuple[tuple[str, str], ...]  # kind and blindness of each phase of judging
    criteria: tuple[Measure, ...]
    prizes: tuple[Purse, ...]
    texts: Mapping[str, Words] = field(default_factory=dict)
    own_form: bool = False  # whether it asks other things than the usual form
    notice_days: int = 5
    per_entry: int = 3

    def __post_init__(self) -> None:
        if sum(each.points for each in self.criteria) != 100:
            raise ValueError(f"{self.code}: the points of its criteria are not a hundred")


def windows(days: Mapping[Stage, int], first: dt.date) -> dict[str, str]:
    """The windows as they would be typed (`submission_opens`): one stage after the other, from that day on.

    A stage opens at nine and closes at six on its last day; the next opens the morning after.
    """
    found, day = {}, first
    for stage in WINDOWED:
        last = day + dt.timedelta(days=days[stage] - 1)
        found[f"{stage.value}_opens"] = f"{day.isoformat()} {OPENS}"
        found[f"{stage.value}_closes"] = f"{last.isoformat()} {CLOSES}"
        day = last + dt.timedelta(days=1)
    return found


def _lasting(requirements: int, submission: int, judging: int, award: int) -> dict[Stage, int]:
    return dict(zip(WINDOWED, (requirements, submission, judging, award), strict=True))


def _measure(zh: str, en: str, looks_zh: str, looks_en: str, points: int) -> Measure:
    return Measure(Words(zh, en), Words(looks_zh, looks_en), points)


TEMPLATES: Mapping[str, Template] = {
    each.code: each
    for each in (
        Template(
            "transfer",
            Words("技术转移挑战赛", "Technology-transfer challenge"),
            Words(
                "企业发布技术需求，科研团队逐项应答，专家两轮评审，最终签订合作协议。",
                "Companies post needs, teams answer indicator by indicator, experts judge in two phases,"
                " and an"
                " agreement is signed.",
            ),
            _lasting(30, 45, 21, 14),
            (("shortlist", "blind"), ("final", "open")),
            (
                _measure(
                    "指标符合度",
                    "Fit to indicators",
                    "逐项对照需求指标，看证据是否充分。",
                    "Target by target, and the evidence for each.",
                    30,
                ),
                _measure(
                    "可行性与成熟度",
                    "Feasibility and maturity",
                    "当前成熟度、样机数据，以及到交付还差多少。",
                    "Maturity now, data of prototypes, and the gap to delivery.",
                    20,
                ),
                _measure(
                    "创新性",
                    "Innovation",
                    "与现有做法相比新在哪里。",
                    "What is new against present practice.",
                    20,
                ),
                _measure(
                    "实施计划",
                    "Delivery plan",
                    "里程碑是否可检验，时间是否相称。",
                    "Milestones that can be checked, in a time that fits.",
                    10,
                ),
                _measure(
                    "团队",
                    "Team",
                    "经验与分工是否足以完成。",
                    "Experience and roles that suffice.",
                    10,
                ),
                _measure(
                    "成本",
                    "Cost",
                    "报价是否与工作量和预算相称。",
                    "A price that fits the work and the budget.",
                    10,
                ),
            ),
            (
                Purse(Words("一等奖", "First prize"), 1, 100_000),
                Purse(Words("二等奖", "Second prize"), 2, 50_000),
                Purse(Words("三等奖", "Third prize"), 3, 20_000),
            ),
            TRANSFER,
        ),
        Template(
            "prize",
            Words("悬赏挑战", "Prize challenge"),
            Words(
                "主办方提出一个问题，公布奖金与评分标准，任何人都可以应答，一轮盲评决出获奖者。",
                "The host poses one problem with a prize and a rubric, anybody may answer, one blind phase"
                " decides.",
            ),
            _lasting(7, 60, 14, 14),
            (("final", "blind"),),
            (
                _measure(
                    "解决问题的程度",
                    "How far it solves the problem",
                    "按公布的要求衡量，看结果而非承诺。",
                    "Measured against what was asked: results, not promises.",
                    40,
                ),
                _measure(
                    "可行性",
                    "Feasibility",
                    "能否在现实条件下实现。",
                    "Whether it can be done under real conditions.",
                    25,
                ),
                _measure(
                    "创新性",
                    "Innovation",
                    "思路是否新颖，能否持续领先。",
                    "A new approach, and one that lasts.",
                    20,
                ),
                _measure(
                    "影响",
                    "Impact",
                    "受益者是谁，能推广到多大范围。",
                    "Who gains, and how far it can spread.",
                    15,
                ),
            ),
            (
                Purse(Words("大奖", "Grand prize"), 1, 300_000),
                Purse(Words("入围奖", "Finalist"), 4, 20_000),
            ),
            PRIZE,
            per_entry=5,
        ),
        Template(
            "hackathon",
            Words("黑客松", "Hackathon"),
            Words(
                "题目先行公布，团队在两天内做出可演示的原型，评委当天评分并颁奖。",
                "Tasks are posted first, teams build something that can be shown within two days, judges"
                " score"
                " the same day.",
            ),
            _lasting(14, 2, 1, 7),
            (("final", "open"),),
            (
                _measure(
                    "能否运行",
                    "Does it run",
                    "演示是否真实、完整。",
                    "A demonstration that is real and whole.",
                    35,
                ),
                _measure(
                    "切题",
                    "Fit to the task",
                    "是否回应了题目与使用者。",
                    "Whether it answers the task and its users.",
                    25,
                ),
                _measure(
                    "创意",
                    "Idea",
                    "是否出人意料而又合理。",
                    "Surprising, and yet sensible.",
                    25,
                ),
                _measure(
                    "讲解",
                    "Telling",
                    "是否讲得清楚，回答是否坦诚。",
                    "Told clearly, answered frankly.",
                    15,
                ),
            ),
            (
                Purse(Words("冠军", "Winner"), 1, 30_000),
                Purse(
                    Words("最佳创意", "Best idea"),
                    1,
                    text="导师辅导与孵化空间 · Mentoring and a place to work",
                ),
            ),
            HACKATHON,
            own_form=True,
            notice_days=1,
        ),
    )
}
