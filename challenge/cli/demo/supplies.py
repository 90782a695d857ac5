"""What the demo's solvers offer: achievements of their organizations, and themselves as experts."""

from __future__ import annotations

from functools import partial

from challenge.cli.demo import people
from challenge.cli.demo.loader import Steps, World
from challenge.supply import achievements, experts
from challenge.supply.achievements import Owner
from challenge.supply.content import Content
from challenge.supply.experts import Profile

TEN_THOUSAND = 1_000_000  # 万元 in minor units
OFFERS = {
    "solver": Content(
        title_zh="四方向微偏振低照度成像模组",
        title_en="Four-way micropolarising camera for low light",
        summary_zh="在 5 lx 下同时给出强度与偏振图像，抑制金属反光，可装入现有线扫工位。",
        summary_en="Intensity and polarisation in one exposure at 5 lx; takes glare off metal.",
        detail="样机两台，良率与阵列键合工艺见附件。",
        field="electronics",
        keywords=("偏振", "低照度", "机器视觉", "polarisation"),
        trl=6,
        ip_status="patent_granted",
        modes=("joint", "licence"),
        price_minor=180 * TEN_THOUSAND,
        region="610000",
    ),
    "zhang": Content(
        title_zh="产线瑕疵分级软件",
        title_en="Software that grades flaws on a line",
        summary_zh="用少量标注样本学会分级，已在三条带钢产线运行。",
        summary_en="Learns grades from few labelled samples; runs on three strip lines.",
        field="electronics",
        keywords=("瑕疵检测", "自监督", "机器视觉"),
        trl=8,
        ip_status="software",
        modes=("licence", "entrusted"),
        region="510000",
    ),
    "chen": Content(
        title_zh="铝基复合材料半固态成形",
        title_en="Semi-solid forming of aluminium composites",
        summary_zh="碳化硅颗粒分布均匀，制动盘毛坯一次成形。",
        summary_en="Even distribution of silicon carbide; brake-disc blanks in one step.",
        field="materials",
        keywords=("铝基复合材料", "制动", "成形"),
        trl=5,
        ip_status="patent_pending",
        modes=("joint", "transfer"),
        region="620000",
    ),
    "weber": Content(
        title_en="Coin-sized infrared gas cell",
        summary_en="Three gases in one folded optical path; calibrated once, for two years.",
        title_zh="硬币大小的红外气室",
        summary_zh="折叠光路同时测三种气体，一次标定可用两年。",
        field="electronics",
        keywords=("气体传感", "红外", "NDIR"),
        trl=7,
        ip_status="patent_granted",
        modes=("licence", "equity"),
    ),
}
PROFILES = {
    "solver": Profile(
        keywords="偏振成像, 低照度, 机器视觉, polarimetry",
        languages=("zh", "en"),
        field="electronics",
        region="610000",
        about_zh="研究偏振成像与产线检测，主持过两条铝带产线的改造。",
        about_en="Polarimetric imaging for production lines.",
        listed=True,
        matched=True,
        mailed=True,
        weekly_letters=5,
    ),
    "chen": Profile(
        keywords="金属基复合材料, 凝固, 制动材料",
        languages=("zh",),
        field="materials",
        region="620000",
        about_zh="从事金属基复合材料与制动材料研究。",
        availability="limited",
        listed=True,
        matched=True,
    ),
    "weber": Profile(
        keywords="event cameras, gas sensing, infrared optics, 气体传感",
        languages=("en",),
        field="electronics",
        about_en="Optics for harsh places: sensors, cameras, test benches.",
        listed=True,
        matched=True,
        mailed=True,
        weekly_letters=5,
    ),
}


def steps(world: World, first: float) -> Steps:
    """Before the call of the round that takes solutions, in one step: what follows is compared once."""
    yield first - 6, partial(_offer_all, world)


def _offer_all(world: World) -> None:
    for person in OFFERS:
        _offer(world, person)
    for person in PROFILES:
        _be_known(world, person)


def _offer(world: World, person: str) -> None:
    owner = Owner(organization_id=world.bodies[people.PEOPLE[person].body or ""])
    with world.acting(person) as (session, actor):
        made = achievements.create(session, actor, owner, OFFERS[person])
        achievements.publish(session, actor, made.ref)


def _be_known(world: World, person: str) -> None:
    with world.acting(person) as (session, actor):
        experts.save_profile(session, actor, PROFILES[person])
