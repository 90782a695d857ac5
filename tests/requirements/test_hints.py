"""Signs in a requirement: what cannot be measured, what is a solution, what gives the seeker away."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.accounts import organizations
from challenge.requirements.content import IndicatorRow
from challenge.requirements.hints import hints
from challenge.rules.redaction import Trace, traces_of
from challenge.rules.registration import check_character
from tests.factories import UserFactory
from tests.requirements.needs import need, open_call
from tests.rigs.application import Visitor
from tests.seek.pages import typed

CODE = "91620100MA7100000"
CODE += check_character(CODE)
QUIET: dict[str, Any] = {"summary_en": "", "indicators": need().indicators[:1]}


def signs(*traces: Trace, **changes: Any) -> set[tuple[str, str]]:
    """(code, place) of the signs in a need with these changes."""
    return {(each.code, each.where) for each in hints(need(**QUIET | changes), traces)}


def test_a_measured_need_has_no_sign() -> None:
    assert signs() == set()


@pytest.mark.parametrize(
    ("changes", "sign"),
    [
        ({"indicators": (IndicatorRow(name_en="Off", comparison="yes"),)}, ("without_number", "indicator 1")),
        ({"indicators": (IndicatorRow(name_en="Speed", unit="m/s"),)}, ("without_target", "indicator 1")),
        ({"indicators": (IndicatorRow(name_en="Speed", target="5"),)}, ("without_unit", "indicator 1")),
        ({"goals": "达到国际领先水平，显著降低成本"}, ("vague", "goals")),
        ({"goals": "A robust, state-of-the-art line"}, ("vague", "goals")),
        ({"title_zh": "开发一套智能视觉检测系统"}, ("solution", "title_zh")),
        ({"problem_zh": "拟采用深度学习算法，漏检率 3 %。"}, ("solution", "problem_zh")),
        ({"problem_en": "We want to use neural networks below 15 lx."}, ("solution", "problem_en")),
        ({"problem_zh": "漏检很多。", "problem_en": ""}, ("no_figure", "problem_zh")),
        ({"budget_min_minor": None, "budget_max_minor": 6_000}, ("budget_small", "budget_max")),
        ({"goals": "请致电 0931-1234567"}, ("contact", "goals")),
        ({"goals": "Write to ma@lyly.example"}, ("contact", "goals")),
        ({"goals": "兰州市城关区南滨河路 12 号"}, ("address", "goals")),
        ({"goals": "At 12 North Ring Road, second gate"}, ("address", "goals")),
        ({"goals": f"统一代码 {CODE}"}, ("registration_code", "goals")),
        ({"partners": "Ask Ma Lin."}, ("names_person", "partners")),
    ],
)  # fmt: skip
def test_each_sign_is_seen_where_it_stands(changes: dict[str, Any], sign: tuple[str, str]) -> None:
    assert sign in signs(**changes)


@pytest.mark.parametrize("text", ["陇原铝业的产线", "兰州陇原铝业有限公司", "Longyuan’s line", "原兰铝二厂"])
def test_an_anonymous_seeker_is_told_where_its_names_stand(text: str) -> None:
    traces = traces_of(["兰州陇原铝业有限公司", "Longyuan Co., Ltd."], ["原兰铝二厂"])
    assert ("names_seeker", "goals") in signs(*traces, anonymous=True, goals=text)
    assert ("names_seeker", "goals") not in signs(*traces, goals=text)


def test_plain_words_are_no_solution_and_no_address() -> None:
    assert signs(problem_zh="道路旁的产线照度低于 15 lx。", goals="3 条产线，每年 200 天") == set()


def test_the_seeker_sees_signs_on_save_and_while_typing_and_nothing_is_blocked(
    db: Session, client: Visitor
) -> None:
    call = open_call()
    organizations.set_aliases(db, call.as_seeker, call.seeker, ["兰铝二厂"])
    draft = call.requirement(author_id=call.representative.id, anonymous=True)
    client.sign_in(call.representative)
    path = f"/seek/requirements/{draft.ref}"
    fields = typed(client.get(f"{path}/edit").text, goals="兰铝二厂 robust")
    saved = client.post(f"{path}/draft", data=fields)
    assert saved.status_code == 200
    assert "Saved" in saved.json["said"]
    assert "兰铝二厂" in saved.json["hints"]
    page = client.get(f"{path}/edit").text
    assert "The goals names the seeker" in page
    assert "promises what nobody can measure: “robust”" in page
    # The page sent again with what the script knows goes on; one that does not know is told.
    later = client.post(f"{path}/draft", data={**fields, "seen": saved.json["seen"], "goals": "5 lx"})
    assert later.status_code == 200
    stale = client.post(f"{path}/draft", data={**fields, "goals": "6 lx"})
    assert (stale.status_code, "Somebody else saved this" in stale.json["said"]) == (422, True)
    assert client.sign_in(UserFactory()).post(f"{path}/draft", data=fields).status_code in (403, 404)
