"""The shipped tables: industries, and places down to the prefecture."""

from __future__ import annotations

import pytest

from challenge.rules import industries, regions
from challenge.rules.prefectures import PREFECTURES


def test_every_section_and_division_of_the_standard_is_there() -> None:
    assert "".join(industries.SECTIONS) == "ABCDEFGHIJKLMNOPQRST"
    assert [code[1:] for code in industries.DIVISIONS] == [f"{number:02d}" for number in range(1, 98)]
    assert [code[0] for code in industries.DIVISIONS] == sorted(code[0] for code in industries.DIVISIONS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C39", "C39"),
        ("c39", "C39"),
        ("39", "C39"),
        ("C39 计算机、通信和其他电子设备制造业", "C39"),
        ("C", "C"),
        ("C Manufacturing", "C"),
        ("制造业", "C"),
        ("Mining", "B"),
        ("Education", "P83"),
        ("98", None),
        ("A39", None),
        ("Zoology", None),
        ("Computers and more", None),
    ],
)
def test_an_industry_is_found_by_code_or_name(text: str, code: str | None) -> None:
    assert industries.find(text) == code


def test_there_are_333_prefectures_and_each_lies_in_a_province() -> None:
    prefectures = [code for code in PREFECTURES if code.endswith("00")]
    assert len(prefectures) == 333
    assert {f"{code[:2]}0000" for code in PREFECTURES} <= set(regions.PROVINCES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("620000", "620000"),
        ("620102", "620102"),  # a county of Lanzhou
        ("甘肃 兰州 620100", "620100"),
        ("兰州", "620100"),
        ("甘肃省兰州市", "620100"),
        ("Lanzhou, Gansu", "620100"),
        ("lanzhou", "620100"),
        ("Xi'an", "610100"),
        ("吉林", "220000"),
        ("吉林 吉林", "220200"),
        ("海南", "460000"),
        ("青海 海南", "632500"),
        ("110108", "110108"),
        ("济源", "419001"),
        ("Suzhou", None),  # there are two
        ("Suzhou, Anhui", "341300"),
        ("629900", None),
        ("629901", None),
        ("990000", None),
        ("Atlantis", None),
    ],
)
def test_a_place_is_found_by_code_or_name(text: str, code: str | None) -> None:
    assert regions.find(text) == code


def test_a_county_is_called_by_its_city() -> None:
    assert regions.names_of("620102") == ("甘肃 兰州", "Lanzhou, Gansu")
    assert regions.names_of("110108") == ("北京", "Beijing")
    assert regions.names_of("469001") == ("海南 五指山", "Wuzhishan, Hainan")
    assert regions.names_of("兰州") is None
