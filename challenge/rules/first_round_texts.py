"""The words that ready-made rounds begin with: a start for an organizer's own, in both languages."""

from __future__ import annotations

from challenge.rules.formspec import Field, Section, Spec, Words
from challenge.rules.usual_form import FILES, TITLE

_CONFLICTS = Words(
    "评委与参赛者有雇佣、亲属、合作、股权等关系的，须申报并回避。评分标准与方法在评审开始前公布，"
    "之后不再更改。",
    "A judge who works with, is related to, or has a stake in an entrant declares it and does not judge"
    " them. Rubric"
    " and method are published before judging opens, and stand.",
)

TRANSFER = {
    "about": Words(
        "本赛季征集企业的真实技术需求，面向全国高校、科研院所和企业寻找解决方案，并协助双方签约与交付。",
        "This round collects technical needs that companies really have, looks for solutions at"
        " universities, institutes"
        " and companies everywhere, and helps both sides to an agreement and its delivery.",
    ),
    "rules": Words(
        "- 需求由企业提出，经专家细化后发布。\n- 高校、科研院所、企业及个人团队均可应答。\n-"
        f" {_CONFLICTS.zh}\n"
        "- 结果公示期内可提出异议，每一项异议都有书面答复。",
        "- Companies post needs; experts refine them before they are published.\n"
        "- Universities, institutes, companies and teams of persons may answer.\n"
        f"- {_CONFLICTS.en}\n- During the public notice anybody concerned may object; each objection is"
        " answered in"
        " writing.",
    ),
    "entry": Words(
        "1. 选择一项需求，点击“提出方案”。\n2. 逐项应答指标并附证据。\n3. 填写进度与报价，上传附件。\n"
        "4. 在截止时间前提交，保存回执。",
        "1. Choose a requirement and propose a solution.\n2. Answer each indicator with its evidence.\n"
        "3. Give schedule and quote, and upload what belongs to it.\n4. Submit before the close and keep"
        " the receipt.",
    ),
}

PRIZE = {
    "about": Words(
        "我们提出一个问题，并为最好的答案设立奖金。如何解决由您决定，我们只看结果。",
        "We pose one problem and offer a prize for the best answer. How you solve it is yours to choose:"
        " results count.",
    ),
    "rules": Words(
        "- 个人和团队均可参加，每队一份方案。\n- 评审采用盲评，方案中请勿写出姓名或单位。\n-"
        f" {_CONFLICTS.zh}",
        "- Persons and teams may take part, with one solution each.\n- Judging is blind: name nobody in"
        " the solution.\n"
        f"- {_CONFLICTS.en}",
    ),
    "entry": Words(
        "1. 阅读问题与评分标准。\n2. 撰写方案，可随时保存。\n3. 在截止时间前提交，保存回执。",
        "1. Read the problem and the rubric.\n2. Write your solution; it is kept as you go.\n"
        "3. Submit before the close and keep the receipt.",
    ),
}

HACKATHON = {
    "about": Words(
        "两天时间，一道题目，一个可以演示的原型。欢迎开发者、设计师和懂行业的人组队参加。",
        "Two days, one task, one prototype that can be shown. Developers, designers and people who know"
        " the trade are"
        " welcome.",
    ),
    "rules": Words(
        f"- 每队不超过五人。\n- 原型须在活动期间完成，可使用公开的库，须注明来源。\n- {_CONFLICTS.zh}",
        "- At most five persons a team.\n- What is shown is made during the event; public libraries may"
        " be used and are"
        f" named.\n- {_CONFLICTS.en}",
    ),
    "entry": Words(
        "1. 组队并选择题目。\n2. 在提交窗口内填写说明、演示地址和代码地址。\n3. 准备五分钟演示。",
        "1. Find a team and choose a task.\n2. While submission is open, say what it does and where it"
        " can be seen.\n"
        "3. Prepare to show it in five minutes.",
    ),
}

HACKATHON_FORM = Spec(
    (
        Section(
            "prototype",
            Words("原型", "The prototype"),
            fields=(
                TITLE,
                Field(
                    "summary",
                    "long",
                    Words("公开摘要", "Public summary"),
                    Words(
                        "它能做什么、为谁而做。获奖后公开。",
                        "What it does, and for whom; published if you win.",
                    ),
                    required=True,
                    most=600,
                ),
                Field("shown_at", "link", Words("演示地址", "Where it can be seen"), required=True),
                Field("code_at", "link", Words("代码地址", "Where its code is")),
                Field(
                    "built_on",
                    "long",
                    Words("使用的公开成果", "What it builds on"),
                    Words("库、数据集、模型及其许可。", "Libraries, data and models, with their licences."),
                    most=2_000,
                ),
            ),
        ),
        Section(
            "declaration",
            Words("声明", "Declaration"),
            fields=(
                Field(
                    "original",
                    "consent",
                    Words("原创声明", "Own work"),
                    required=True,
                    terms=Words(
                        "原型在活动期间由我队完成。", "Our team made the prototype during the event."
                    ),
                ),
            ),
        ),
        FILES,
    )
)
