"""The terms of an agreement as parts of its paper: texts, lines and tables, in its own language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from challenge.rules import need_words
from challenge.rules.agreement_texts import day_text, sum_text
from challenge.rules.agreements import Criterion, Party, Terms

Names = tuple[str, str]  # Chinese, English
Part = dict[str, Any]

KINDS: Mapping[str, Names] = {
    "intent": ("合作意向书", "Letter of intent"),
    "development": ("技术开发合同", "Contract for the development of technology"),
    "transfer": ("技术转让合同", "Contract for the transfer of technology"),
    "licence": ("技术许可合同", "Technology licence contract"),
    "service": ("技术服务合同", "Contract for technical services"),
    "equity": ("技术入股合同", "Contract for shares in exchange for technology"),
}
SIDES: Mapping[str, Names] = {
    "seeker": ("甲方（需求方）", "Party A, the seeker"),
    "solver": ("乙方（解决方）", "Party B, the solver"),
    "agency": ("丙方（服务机构）", "Party C, the agency"),
}
PAYMENTS: Mapping[str, Names] = {
    "none": ("不涉及付款", "No payment"),
    "once": ("一次总付", "One payment"),
    "instalments": ("分期支付", "Instalments"),
    "royalty": ("提成支付", "Royalty"),
}
OWNERSHIPS: Mapping[str, Names] = {
    "seeker": ("归甲方所有", "It belongs to party A."),
    "solver": ("归乙方所有", "It belongs to party B."),
    "joint": ("归甲乙双方共有", "It belongs to parties A and B together."),
    "as_written": ("按下列约定", "As written here."),
}
PARTY: Mapping[str, Names] = {
    "name": ("名称", "Name"),
    "code": ("统一社会信用代码", "Registration code"),
    "address": ("地址", "Address"),
    "representative": ("法定代表人", "Legal representative"),
    "contact": ("联系方式", "Contact"),
}


def one(names: Names | None, lang: str) -> str:
    """Of a pair the one in this language."""
    return "" if names is None else names[0 if lang == "zh" else 1]


def parties(terms: Terms) -> list[dict[str, Any]]:
    """Who agrees, each with the lines about it."""
    return [
        {"side": one(SIDES[each.side], terms.lang), "lines": list(_lines(each, terms.lang))}
        for each in terms.parties
    ]


def parts(terms: Terms) -> list[Part]:
    """What is agreed, part by part; one with nothing to say is left out."""
    found = [
        _part(("内容与范围", "Scope"), terms, text=terms.scope),
        _indicators(terms),
        _milestones(terms),
        _payment(terms),
        _part(
            ("知识产权归属", "Intellectual property"),
            terms,
            lead=one(OWNERSHIPS[terms.ownership], terms.lang),
            text=terms.ownership_text,
        ),
        _confidentiality(terms),
        _term(terms),
        _part(("条款", "Clauses"), terms, text=terms.clauses),
    ]
    return [each for each in found if each["lead"] or each["text"] or each["rows"]]


def _lines(party: Party, lang: str) -> Iterator[dict[str, str]]:
    for name, label in PARTY.items():
        if value := getattr(party, name).strip():
            yield {"label": one(label, lang), "value": value}


def _part(
    title: Names,
    terms: Terms,
    *,
    lead: str = "",
    text: str = "",
    head: Sequence[Names] = (),
    widths: Sequence[int] = (),
    rows: Sequence[Sequence[str]] = (),
) -> Part:
    """`widths`: how a table's columns share the width; 0 is as wide as what stands there."""
    return {
        "title": one(title, terms.lang),
        "lead": lead,
        "text": text.replace("\r\n", "\n").strip(),
        "head": [one(each, terms.lang) for each in head],
        "widths": list(widths),
        "rows": [list(each) for each in rows],
    }


def _indicators(terms: Terms) -> Part:
    return _part(
        ("技术指标", "Indicators"),
        terms,
        head=(("指标", "Indicator"), ("要求", "Target"), ("级别", "Level")),
        widths=(1, 0, 0),
        rows=[
            [each.name, _target(each, terms.lang), one(need_words.LEVELS.get(each.level), terms.lang)]
            for each in terms.indicators
        ],
    )


def _target(row: Criterion, lang: str) -> str:
    if row.comparison == "yes":
        return one(("是", "yes"), lang)
    sign = one(need_words.COMPARISONS.get(row.comparison), lang)
    return " ".join(filter(None, (sign, row.target, row.unit)))


def _milestones(terms: Terms) -> Part:
    def criteria(rows: Sequence[Criterion]) -> str:
        return "\n".join(f"{each.name} {_target(each, terms.lang)}".strip() for each in rows)

    return _part(
        ("阶段与交付", "Milestones"),
        terms,
        head=(
            ("阶段", "Milestone"),
            ("期限", "Until"),
            ("交付内容", "What is delivered"),
            ("验收标准", "Accepted by"),
        ),
        widths=(3, 0, 4, 4),
        rows=[
            [each.title, day_text(each.due_on, terms.lang), each.deliverables, criteria(each.criteria)]
            for each in terms.milestones
        ],
    )


def _payment(terms: Terms) -> Part:
    lang = terms.lang
    said = [one(PAYMENTS[terms.payment], lang)]
    if terms.total_minor is not None:
        total = sum_text(terms.total_minor, terms.currency, lang)
        said.append(f"合同总金额：{total}" if lang == "zh" else f"Total: {total}")
    joint, stop = ("，", "。") if lang == "zh" else (". ", ".")
    rows = [
        [each.label, sum_text(each.amount_minor, terms.currency, lang), _due(terms, each.due_on, each.step)]
        for each in terms.payments
    ]
    return _part(
        ("价款与支付", "Payment"),
        terms,
        lead=joint.join(said) + stop,
        text=terms.royalty if terms.payment == "royalty" else "",
        head=(("款项", "Payment"), ("金额", "Amount"), ("支付时间", "Due")),
        widths=(1, 0, 1),
        rows=rows,
    )


def _due(terms: Terms, day: Any, step: int | None) -> str:
    if step is not None and 0 < step <= len(terms.milestones):
        title = terms.milestones[step - 1].title
        return f"“{title}”验收后" if terms.lang == "zh" else f"once “{title}” is accepted"
    return day_text(day, terms.lang)


def _confidentiality(terms: Terms) -> Part:
    lead, months = "", terms.confidential_months
    if months:
        lead = f"保密期限：{months} 个月。" if terms.lang == "zh" else f"Confidential for {months} months."
    return _part(("保密", "Confidentiality"), terms, lead=lead, text=terms.confidentiality)


def _term(terms: Terms) -> Part:
    days = [day_text(day, terms.lang) for day in (terms.starts_on, terms.ends_on)]
    lead = ""
    if all(days):
        lead = f"{days[0]}至{days[1]}。" if terms.lang == "zh" else f"From {days[0]} to {days[1]}."
    return _part(("履行期限", "Time"), terms, lead=lead)
