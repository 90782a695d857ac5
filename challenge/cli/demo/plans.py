"""The rounds of the demo world: one in every stage on whatever day it is loaded, one closing in minutes.

Windows are days from now. What lies before now is lived through by the loader, the rest is left to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Span = tuple[float, float]
MINUTE = 1 / 1440


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme of the demo."""

    organizer: str
    host: str
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    hue: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A round of the demo. Titles name years of the day it is loaded: {last}, {this}, {next}, {after}."""

    programme: str
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    windows: Mapping[str, Span]
    needs: tuple[str, ...] = ()
    drafts: Mapping[str, str] = field(default_factory=dict)  # need -> solver who has not handed in
    rolling: bool = False
    launch: bool = True
    extended_from: float | None = None
    locked_share: float = 1.0
    notice_days: int = 5
    ends: str = "published"  # how far the award has gone: "published" or "notice"
    differs: str | None = None  # the need whose seeker chooses another entry than the ranking's


PROGRAMMES = {
    "hexi": Programme(
        "organizer",
        "centre",
        "河西创新挑战赛",
        "Hexi Innovation Challenge",
        "河西走廊企业出题，全国科研团队解题。",
        "Companies of the Hexi Corridor post problems; teams everywhere solve them.",
        205,
    ),
    "silk": Programme(
        "energy",
        "energy",
        "丝路新能源挑战赛",
        "Silk Road New Energy Challenge",
        "面向西北新能源装备的真实难题。",
        "Real problems of new-energy equipment in the north-west.",
        285,
    ),
    "agri": Programme(
        "agri",
        "agri",
        "关中农食挑战赛",
        "Guanzhong Agri-food Challenge",
        "从田间到餐桌的技术需求。",
        "Technical needs from field to table.",
        120,
    ),
}

PLANS = {
    "closed": Plan(
        "hexi",
        "河西生物医药专题 {last}",
        "Hexi Biomedicine {last}",
        "两项需求，三份方案，两项签约意向。",
        "Two needs, three solutions, both chosen.",
        {
            "requirements": (-300, -280),
            "submission": (-278, -240),
            "judging": (-238, -215),
            "award": (-213, -190),
        },
        ("delivery", "probiotic"),
        differs="delivery",
    ),
    "notice": Plan(
        "hexi",
        "河西绿色制造 {this}",
        "Hexi Green Manufacturing {this}",
        "化工与高原装备两项难题，评审已结束，正在公示。",
        "Two problems of chemistry and plateau equipment; judged, now on public notice.",
        {"requirements": (-120, -100), "submission": (-98, -50), "judging": (-48, -20), "award": (-18, 12)},
        ("brine", "ice"),
        ends="notice",
    ),
    "judging": Plan(
        "silk",
        "丝路新能源挑战赛 {this}",
        "Silk Road New Energy Challenge {this}",
        "热泵、固态电池、风电与光伏四项需求。",
        "Four needs: heat pumps, solid-state cells, wind and solar.",
        {"requirements": (-110, -80), "submission": (-78, -20), "judging": (-17, 3), "award": (5, 24)},
        ("heatpump", "battery", "wind", "coating"),
        locked_share=0.6,
    ),
    "final": Plan(
        "hexi",
        "河西智慧果园专题 {this}",
        "Hexi Smart Orchards {this}",
        "一项需求，三份方案，今天在现场决赛。",
        "One need, three solutions, in a final on site today.",
        {"requirements": (-70, -62), "submission": (-60, -34), "judging": (-32, 4), "award": (6, 20)},
        ("orchard",),
    ),
    "submission": Plan(
        "hexi",
        "兰州先进制造挑战赛 {this}",
        "Lanzhou Advanced Manufacturing Challenge {this}",
        "先进制造与新材料的真实难题，公开指标与预算。",
        "Real problems of advanced manufacturing and materials, with open targets and budgets.",
        {"requirements": (-75, -45), "submission": (-40, 13), "judging": (15, 40), "award": (43, 60)},
        ("flaw", "gas", "welding", "brake", "tailings", "aerogel"),
        drafts={"gas": "weber", "flaw": "zhang"},
        extended_from=6,
    ),
    "minutes": Plan(
        "hexi",
        "河西快题 11",
        "Hexi Sprint 11",
        "两道小题，一周交卷。",
        "Two small problems, one week.",
        {
            "requirements": (-12, -9),
            "submission": (-8, 18 * MINUTE),
            "judging": (30 * MINUTE, 6),
            "award": (7, 14),
        },
        ("voice", "bearing"),
    ),
    "call": Plan(
        "agri",
        "关中农食挑战赛 {next}",
        "Guanzhong Agri-food Challenge {next}",
        "正在征集种业、冷链与溯源方面的技术需求。",
        "Calling for needs in seed, cold chains and proof of origin.",
        {"requirements": (-9, 31), "submission": (33, 75), "judging": (78, 100), "award": (103, 120)},
        ("coldchain", "lamb", "potato"),
    ),
    "rolling": Plan(
        "silk",
        "全年技术需求受理",
        "Year-round demand desk",
        "随时提交需求，随时提交方案。",
        "Post a need or a solution at any time.",
        {"requirements": (-60, 300), "submission": (-60, 300), "judging": (300, 330), "award": (330, 360)},
        ("power",),
        rolling=True,
    ),
    "draft": Plan(
        "agri",
        "关中农食挑战赛 {after}",
        "Guanzhong Agri-food Challenge {after}",
        "筹备中。",
        "Being prepared.",
        {"requirements": (300, 330), "submission": (333, 370), "judging": (373, 400), "award": (403, 420)},
        launch=False,
    ),
}
