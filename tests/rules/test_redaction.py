"""What could identify a seeker, found in plain texts: by its names, its people, its numbers, its places."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from challenge.rules.redaction import Finding, Place, findings, folded, shortened, traces_of, veiled

TRACES = traces_of(
    ["甘肃陇原铝业股份有限公司", "Longyuan Aluminium Works Co., Ltd."],
    ["白银第一冶炼厂"],
    [("contact", "马林"), ("legal_representative", "王大力"), ("person", "")],
    ["ma@longyuan-al.com.cn", "private@qq.com"],
    ["LY-9 Bright"],
)


def found(text: str, phones: Sequence[str] = (), region: str = "") -> list[tuple[str, str]]:
    traces = [*TRACES, *traces_of((), people=[("phone", each) for each in phones])]
    return [(each.kind, each.words) for each in findings([Place("goals", text)], traces, region)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("由甘肃陇原铝业股份有限公司提出", "name", "甘肃陇原铝业股份有限公司"),
        ("陇原铝业的产线", "short_name", "陇原铝业"),
        ("陇原的产线", "short_name", "陇原"),
        ("At Ｌongyuan ALUMINIUM works we", "short_name", "Ｌongyuan ALUMINIUM works"),
        ("LAW has a line", "short_name", "LAW"),
        ("原白银第一冶炼厂", "alias", "白银第一冶炼厂"),
        ("请找马林", "contact", "马林"),
        ("法人王大力", "legal_representative", "王大力"),
        ("see longyuan-al.com.cn", "domain", "longyuan-al.com.cn"),
        ("the ly-9 bright sheet", "mark", "ly-9 bright"),
        ("write x@else.example", "email", "x@else.example"),
        ("see https://else.example/a，ok", "website", "https://else.example/a"),
        ("call 13800138000 now", "phone", "13800138000"),
        ("call 400-810 8888", "phone", "400-810 8888"),
        ("天水南路222号", "address", "天水南路222号"),
        ("at 12 North Ring Road", "address", "12 North Ring Road"),
        ("位于兰州市城关区的", "county", "兰州市城关区"),
        ("in Yuzhong County today", "county", "Yuzhong County"),
        ("code 91110000600037341L", "credit_code", "91110000600037341L"),
    ],
)
def test_each_trace_is_found_where_it_stands(text: str, kind: str, words: str) -> None:
    assert found(text) == [(kind, words)]


@pytest.mark.parametrize(
    "text",
    [
        "The law requires it; an outlaw knows lawful ways.",  # initials are capitals, and a word of their own
        "brightly lit",
        "在工业区内，区域温度分布不均",
        "检出率 99.2 %，厚度 0.35 mm，产量 13800 吨",
        "兰州的产线",
        "code 91110000600037342L",  # its check figure is wrong
        "",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_the_seekers_own_number_is_found_however_it_is_grouped() -> None:
    for text in ("0931-765 4321", "(0931) 7654321", "765-4321", "+86 931 7654321"):
        assert found(text, phones=["0931-7654321"]) == [("phone", text)]
    assert found("7654321 of 110", phones=["0931-1234567", "110"]) == []


def test_a_bar_stands_where_anything_is_found_and_nothing_of_what_overlaps_is_left() -> None:
    text = "Ｌongyuan aluminium WORKS: LY-9 Bright, www.LY-9 bright (ma@longyuan-al.com.cn)"
    assert veiled(text, TRACES, "#") == "#: #, # (#)"
    assert veiled("3 of 5 coils", TRACES, "#") == "3 of 5 coils"


def test_the_longest_wins_and_the_same_words_count_once_a_place() -> None:
    text = "甘肃陇原铝业股份有限公司，陇原，陇原"
    assert found(text) == [("name", "甘肃陇原铝业股份有限公司"), ("short_name", "陇原")]
    both = findings([Place("goals", "陇原"), Place("title_zh", "陇原")], TRACES)
    assert [each.where for each in both] == ["goals", "title_zh"]
    assert len({each.key for each in both}) == 2


def test_a_finding_shows_what_stands_around_and_is_known_again() -> None:
    (one,) = findings([Place("goals", "我们\n在陇原的产线")], TRACES)
    assert (one.before, one.words, one.after) == ("我们 在", "陇原", "的产线")
    (later,) = findings([Place("goals", "陇原有产线")], TRACES)
    assert one.key == later.key
    assert Finding("short_name", "goals", "陇原").key == one.key


def test_a_region_is_as_exact_as_a_province_or_a_city() -> None:
    assert found("", region="620100") == []
    assert found("", region="620102") == [("county", "620102")]
    assert found("", region="nowhere") == []


def test_short_names_leave_form_place_and_trade_and_are_no_place_or_trade_alone() -> None:
    assert shortened("甘肃陇原铝业股份有限公司") == ["甘肃陇原铝业", "陇原铝业", "陇原"]
    assert shortened("兰州大学") == []
    assert shortened("兰州铝业有限公司") == ["兰州铝业"]
    assert shortened("Siemens Ltd") == ["Siemens"]
    assert "陇原铝业" in shortened("陇原铝业股份有限公司")
    assert "Longyuan Aluminium" in shortened("Longyuan Aluminium Co., Ltd.")
    assert folded("ＬＹ－９") == "ly-9"
