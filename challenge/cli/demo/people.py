"""Who lives in the demo world: people and organizations, all invented."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "demo-challenge"  # noqa: S105  # nosec B105 - of demo accounts, shown on the console
DOMAIN = "demo.example"


@dataclass(frozen=True, slots=True)
class Body:
    """An organization of the demo."""

    name: str
    name_en: str
    kind: str
    region: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the demo; `body` is where they belong, `speaks` whether they represent it."""

    name: str
    role: str
    body: str | None = None
    speaks: bool = False
    locale: str = "zh_CN"


BODIES = {
    "centre": Body("河西技术转移中心", "Hexi Technology Transfer Centre", "agency", "620100"),
    "energy": Body("丝路新能源技术中心", "Silk Road New Energy Centre", "agency", "610100"),
    "agri": Body(
        "关中农业创新研究院", "Guanzhong Institute of Agricultural Innovation", "institute", "610400"
    ),
    "weibei": Body(
        "关中农业创新研究院渭北分院", "Weibei Branch of the Guanzhong Institute", "institute", "610500"
    ),
    "longdong": Body(
        "关中农业创新研究院陇东分院", "Longdong Branch of the Guanzhong Institute", "institute", "621000"
    ),
    "aluminium": Body("陇原铝业", "Longyuan Aluminium", "company", "620100"),
    "grid": Body("祁连电力装备", "Qilian Power Equipment", "company", "620700"),
    "chem": Body("黄河精细化工", "Yellow River Fine Chemicals", "company", "640100"),
    "bio": Body("雪域生物", "Xueyu Biotech", "company", "630100"),
    "farm": Body("渭北农产", "Weibei Produce", "company", "610500"),
    "institute": Body("西北光电研究所", "Northwest Institute of Photonics", "institute", "610100"),
    "university": Body("兰山大学", "Lanshan University", "university", "620100"),
    "lab": Body("北岸实验室", "Nordufer Labs", "company", ""),
    "startup": Body("启明智能", "Qiming Intelligence", "company", "510100"),
}
PEOPLE = {
    "admin": Person("管理员", "administrator"),
    "organizer": Person("马晓", "organizer", "centre", speaks=True),
    "energy": Person("高远", "organizer", "energy", speaks=True),
    "agri": Person("苏禾", "organizer", "agri", speaks=True),
    "broker": Person("白桦", "broker"),
    "manager": Person("祁远", "manager", "weibei"),
    "seeker": Person("赵明", "seeker", "aluminium", speaks=True),
    "grid": Person("钱立", "seeker", "grid", speaks=True),
    "chem": Person("孙河", "seeker", "chem", speaks=True),
    "bio": Person("卓玛", "seeker", "bio", speaks=True),
    "farm": Person("李田", "seeker", "farm", speaks=True),
    "solver": Person("林一帆", "solver", "institute", speaks=True),
    "zhang": Person("张启明", "solver", "startup", speaks=True),
    "chen": Person("陈若水", "solver", "university", speaks=True),
    "weber": Person("Lena Weber", "solver", "lab", speaks=True, locale="en_US"),
    "judge": Person("周岚", "judge"),
    "judge2": Person("吴衡", "judge"),
    "judge3": Person("郑平", "judge"),
    "judge4": Person("Anna Rossi", "judge", locale="en_US"),
    "judge5": Person("何正", "judge"),
    # The second key to results that somebody else of the centre prepared.
    "deputy": Person("罗宁", "organizer", "centre"),
}
SOLVERS = {"lin": "solver", "zhang": "zhang", "chen": "chen", "weber": "weber"}
# Which organization needs what.
SEEKERS = {
    "seeker": ("flaw", "gas", "welding", "voice", "bearing"),
    "grid": ("power", "battery", "wind", "heatpump", "ice"),
    "chem": ("brine", "coating", "tailings", "aerogel", "brake"),
    "bio": ("delivery", "probiotic"),
    "farm": ("coldchain", "lamb", "potato", "orchard"),
}
# What the judges say they know about: the search for the best assignment brings proposals near to it.
EXPERTISE = {
    "judge": "热泵, 除霜, 制冷, 能源系统, heat pumps, defrost",
    "judge2": "固态电池, 电解质, 界面, 涂层, solid-state cells, coatings",
    "judge3": "风电, 雷击, 传感器, 机器视觉, wind turbines, sensors, vision",
    "judge4": "sol-gel coatings, solar glass, photonics, infrared imaging, 光伏, 涂层",
    "judge5": "分盐, 膜分离, 复合材料, 装备制造, membranes, composites, harvesting machines",
}
# Shown after the start, one of each kind.
SHOWN = ("organizer", "seeker", "broker", "manager", "solver", "judge", "admin")


def seeker_of(need: str) -> str:
    """The person who posts this need."""
    return next(key for key, needs in SEEKERS.items() if need in needs)


def address(key: str) -> str:
    """The demo account of a person."""
    return f"{key}@{DOMAIN}"
