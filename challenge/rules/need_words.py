"""What choices and fields of a requirement are called on sheets that leave the site, in both languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

Names = tuple[str, str]  # Chinese, English

FIELDS: Mapping[str, Names] = {
    "electronics": ("电子信息", "Electronics and information"),
    "biomedicine": ("生物与新医药", "Biology and new medicine"),
    "aerospace": ("航空航天", "Aerospace"),
    "materials": ("新材料", "New materials"),
    "services": ("高技术服务", "High-tech services"),
    "energy": ("新能源与节能", "New energy and energy saving"),
    "environment": ("资源与环境", "Resources and environment"),
    "manufacturing": ("先进制造与自动化", "Advanced manufacturing"),
    "agrifood": ("农业与食品", "Agri-food"),
}
MODES: Mapping[str, Names] = {
    "entrusted": ("委托开发", "Entrusted R&D"),
    "joint": ("联合开发", "Joint R&D"),
    "transfer": ("技术转让", "Technology transfer"),
    "licence": ("技术许可", "Licence"),
    "equity": ("股权合作", "Equity"),
    "other": ("其他", "Other"),
}
COMPARISONS: Mapping[str, Names] = {
    "ge": ("≥", "≥"),
    "gt": (">", ">"),
    "le": ("≤", "≤"),
    "lt": ("<", "<"),
    "eq": ("=", "="),
    "yes": ("是或否", "yes or no"),
}
LEVELS: Mapping[str, Names] = {"must": ("必须", "must"), "should": ("期望", "should")}
UNITS: Mapping[str, Names] = {
    "CNY-wan": ("万元", "CNY 10,000"),
    "CNY-yuan": ("元", "CNY"),
    "USD-yuan": ("美元", "USD"),
    "EUR-yuan": ("欧元", "EUR"),
}
YES: Mapping[str, Names] = {"yes": ("是", "yes"), "no": ("否", "no")}
CHOICES: Mapping[str, Mapping[str, Names]] = {
    "field": FIELDS,
    "modes": MODES,
    "comparison": COMPARISONS,
    "level": LEVELS,
    "budget_unit": UNITS,
    "anonymous": YES,
}
# What else is written for a choice.
_ALSO: Mapping[str, Mapping[str, str]] = {
    "comparison": {
        "≧": "ge",
        ">=": "ge",
        "不低于": "ge",
        "不小于": "ge",
        "不少于": "ge",
        "at least": "ge",
        "≦": "le",
        "<=": "le",
        "不高于": "le",
        "不大于": "le",
        "不超过": "le",
        "at most": "le",
        "大于": "gt",
        "高于": "gt",
        "小于": "lt",
        "低于": "lt",
        "等于": "eq",
        "是否": "yes",
    },
    "level": {"应": "should", "可选": "should", "必达": "must", "必须满足": "must"},
    "budget_unit": {"万": "CNY-wan", "人民币万元": "CNY-wan", "rmb": "CNY-yuan", "人民币元": "CNY-yuan"},
    "anonymous": {"x": "yes", "✓": "yes", "√": "yes", "y": "yes", "n": "no", "": "no"},
    "field": {
        "生物医药": "biomedicine",
        "先进制造": "manufacturing",
        "新能源": "energy",
        "现代农业": "agrifood",
    },
    "modes": {"合作开发": "joint", "委托研发": "entrusted", "联合研发": "joint", "技术入股": "equity"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a sheet asks for: its key, its names, what else papers call it, and a note."""

    key: str
    names: Names
    also: tuple[str, ...] = ()
    note: Names = ("", "")
    width: float = 18


NEED = (
    Column("title_zh", ("标题（中文）", "Title in Chinese"), ("需求名称", "技术需求名称", "项目名称"),
           ("至多100字；中英文标题至少填一项", "At most 100 characters; one language is enough"), 30),
    Column("title_en", ("标题（英文）", "Title in English"), (), ("至多100字符",
           "At most 100 characters"), 30),
    Column("summary_zh", ("一句话摘要（中文）", "One sentence in Chinese"), ("需求简介",),
           ("至多300字", "At most 300 characters"), 30),
    Column("summary_en", ("一句话摘要（英文）", "One sentence in English"), (),
           ("至多300字符", "At most 300 characters"), 30),
    Column("problem_zh", ("要解决的问题（中文）", "The problem, in Chinese"),
           ("拟解决的技术问题", "需求描述", "技术需求描述", "需求背景", "难题描述"),
           ("现状、地点、代价；至多1000字", "What happens today, where, what it costs; at most 1,000"), 50),
    Column("problem_en", ("要解决的问题（英文）", "The problem, in English"), (),
           ("至多1000字符", "At most 1,000 characters"), 50),
    Column("goals", ("目标", "Goals"), ("预期目标", "预期效果", "预期达到的目标"),
           ("至多500字", "At most 500 characters"), 40),
    Column("field", ("领域", "Field"), ("技术领域", "所属技术领域", "所属领域"),
           ("从列表中选择", "Choose from the list")),
    Column("industry", ("行业", "Industry"), ("所属行业", "国民经济行业"),
           ("GB/T 4754 门类或大类，如 C39", "GB/T 4754 section or division, such as C39"), 26),
    Column("keywords", ("关键词", "Keywords"), (), ("1至5个，用逗号分隔", "1 to 5, with commas between"), 24),
    Column("region", ("地区", "Region"), ("所在地区", "所在地", "所属地区"),
           ("省、市或六位代码", "A province or city, or its code of six figures")),
    Column("starts_on", ("开始日期", "Work starts"), ("计划开始时间", "起始时间"), ("如 2026-12-04",
           "Such as 2026-12-04"), 14),
    Column("ends_on", ("结束日期", "Work ends"), ("计划完成时间", "完成时间"), ("如 2027-12-04",
           "Such as 2027-12-04"), 14),
    Column("budget_min", ("预算下限", "Budget from"), ("最低投入",), ("只填数字", "Figures only"), 14),
    Column("budget_max", ("预算上限", "Budget up to"), ("预算", "拟投入资金", "意向投入", "最高投入",
           "Budget"),
           ("只填数字", "Figures only"), 14),
    Column("budget_unit", ("预算单位", "Unit of the budget"), ("金额单位",),
           ("万元或元：60 万元 = 600000 元", "CNY 10,000 or CNY: 60 × CNY 10,000 = CNY 600,000"), 14),
    Column("modes", ("合作方式", "Cooperation"), ("意向合作方式", "拟合作方式"),
           ("可填多项，用逗号分隔", "Several, with commas between"), 22),
    Column("partners", ("意向合作单位", "Wished partners"), ("意向合作机构", "拟合作单位"),
           ("至多300字", "At most 300 characters"), 24),
    Column("ip_wish", ("知识产权", "Intellectual property"), ("知识产权归属", "知识产权归属意向"),
           ("至多200字", "At most 200 characters"), 24),
    Column("anonymous", ("公开页面不显示我方名称", "Do not name us on public pages"), ("是否匿名",),
           ("是或否", "yes or no"), 14),
    Column("contact_name", ("联系人", "Contact"), ("联系人姓名", "项目联系人"), ("不公开", "Not public"), 14),
    Column("contact_phone", ("联系电话", "Telephone"), ("电话", "手机"), ("不公开", "Not public"), 16),
    Column("contact_email", ("电子邮箱", "Mail address"), ("邮箱", "E-mail", "Email"), ("不公开",
           "Not public"), 22),
    Column("confidential_part", ("保密部分", "Confidential part"), ("保密内容",),
           ("至多2000字；不公开", "At most 2,000 characters; not public"), 40),
)  # fmt: skip
ROW = (
    Column("name_zh", ("指标（中文）", "Indicator in Chinese"), ("指标", "指标名称", "技术指标", "Indicator"),
           ("每行一个指标：在需求的下一行继续填写", "One a row: go on in the row below the need"), 26),
    Column("name_en", ("指标（英文）", "Indicator in English"), (), ("", ""), 26),
    Column("comparison", ("比较", "Comparison"), ("关系",), ("从列表中选择", "Choose from the list"), 12),
    Column("target", ("目标值", "Target"), ("指标值", "要求值"), ("一个数字", "One number"), 12),
    Column("unit", ("单位", "Unit"), ("计量单位",), ("如 %、mm", "Such as %, mm"), 10),
    Column("level", ("要求", "Level"), ("必须/期望",), ("必须或期望", "must or should"), 10),
)  # fmt: skip
SEEKER = Column("seeker", ("需求方", "Seeker"), ("企业名称", "单位名称", "需求单位", "Organization"),
                ("机构名称；已登记的也可填统一社会信用代码",
           "Its name, or the code of one that is registered"), 30)  # fmt: skip
CODE = Column("seeker_code", ("统一社会信用代码", "Registration code"), ("信用代码", "社会信用代码"),
              ("18位；同一代码即同一机构", "18 characters; one code is one organization"), 24)  # fmt: skip
WHOSE = (SEEKER, CODE)  # stand before the others where a sheet names the seeker of each need

_MARKS = re.compile(r"[\s:：*＊()（）、，,./／]+")


def plain(text: str) -> str:
    """A label or a choice as it is compared: half-width, without blanks, marks and case."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def code_of(kind: str, text: str) -> str | None:
    """The code of a choice by its name in either language, or by the code itself; None for no choice."""
    wanted = unicodedata.normalize("NFKC", text).strip().casefold()
    for code, names in CHOICES[kind].items():
        if wanted in {code, *(unicodedata.normalize("NFKC", name).casefold() for name in names)}:
            return code
    return _ALSO.get(kind, {}).get(wanted)
