"""The form of a round whose organizer brings none: what technology challenges ask for everywhere."""

from __future__ import annotations

from dataclasses import replace

from challenge.rules.formspec import Field, Section, Spec, Words

TITLE = Field("title", "text", Words("标题", "Title"), required=True, most=120)
_PROPOSAL = Section(
    "proposal",
    Words("方案", "The solution"),
    fields=(
        TITLE,
        Field(
            "summary",
            "long",
            Words("公开摘要", "Public summary"),
            Words("获奖后公开。用几句话说明。", "A few sentences; published if you win."),
            required=True,
            most=600,
        ),
        Field(
            "proposal",
            "long",
            Words("方案说明", "Proposal"),
            Words(
                "工作原理、依据与风险。可使用 Markdown。盲评赛季中请勿写出姓名或单位。",
                "How it works, what it rests on, what is risky. Markdown is understood. In a blind round,"
                " name nobody.",
            ),
            required=True,
            most=20_000,
        ),
    ),
)
_INDICATORS = Section(
    "indicators",
    Words("指标应答", "Indicators"),
    Words(
        "逐项应答。证据可以是测量数据、文献或检测报告。",
        "One answer for each. Evidence is a measurement, a reference, a test report.",
    ),
    (Field("indicators", "indicators", Words("指标应答", "Indicators"), required=True),),
)
_TERMS = Section(
    "terms",
    Words("条件", "Terms"),
    fields=(
        Field("trl_now", "trl", Words("当前成熟度", "Maturity now"), required=True),
        Field(
            "trl_delivery",
            "trl",
            Words("交付时成熟度", "Maturity at delivery"),
            required=True,
            not_below="trl_now",
        ),
        Field(
            "quote",
            "money",
            Words("报价", "Quote"),
            Words("整个交付的含税总价。", "Your price for the whole delivery, tax included."),
            required=True,
        ),
        Field(
            "schedule",
            "long",
            Words("进度安排", "Schedule"),
            Words("里程碑及日期或周数。", "Milestones with dates or weeks."),
            required=True,
            most=2_000,
        ),
    ),
)
_DECLARATION = Section(
    "declaration",
    Words("声明", "Declaration"),
    fields=(
        Field(
            "original",
            "consent",
            Words("原创声明", "Own work"),
            required=True,
            terms=Words("本方案为我方自有成果，我方有权提供。", "This is our own work, and we may offer it."),
        ),
    ),
)
FILES = Section(
    "files", Words("文件", "Files"), fields=(Field("files", "files", Words("附件", "Attachments")),)
)

FOR_A_REQUIREMENT = Spec((_PROPOSAL, _INDICATORS, _TERMS, _DECLARATION, FILES))
# Without a requirement there are no indicators, and maturity, quote and schedule are free.
FOR_A_ROUND = Spec(
    (
        _PROPOSAL,
        replace(_TERMS, fields=tuple(replace(field, required=False) for field in _TERMS.fields)),
        _DECLARATION,
        FILES,
    )
)


def usual_form(with_requirement: bool) -> Spec:
    """The built-in form, version 0 of every round."""
    return FOR_A_REQUIREMENT if with_requirement else FOR_A_ROUND
