"""Places in China by their six-digit codes (GB/T 2260): provinces, prefectures, counties by their figures.

The shipped table ends at the prefecture: a county's code is taken where its province and prefecture exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from challenge.rules.prefectures import PREFECTURES, UNNAMED

__all__ = ["PREFECTURES", "PROVINCES", "find", "known", "names_of", "province_of"]

# code -> (Chinese, English)
PROVINCES: Mapping[str, tuple[str, str]] = {
    "110000": ("北京", "Beijing"),
    "120000": ("天津", "Tianjin"),
    "130000": ("河北", "Hebei"),
    "140000": ("山西", "Shanxi"),
    "150000": ("内蒙古", "Inner Mongolia"),
    "210000": ("辽宁", "Liaoning"),
    "220000": ("吉林", "Jilin"),
    "230000": ("黑龙江", "Heilongjiang"),
    "310000": ("上海", "Shanghai"),
    "320000": ("江苏", "Jiangsu"),
    "330000": ("浙江", "Zhejiang"),
    "340000": ("安徽", "Anhui"),
    "350000": ("福建", "Fujian"),
    "360000": ("江西", "Jiangxi"),
    "370000": ("山东", "Shandong"),
    "410000": ("河南", "Henan"),
    "420000": ("湖北", "Hubei"),
    "430000": ("湖南", "Hunan"),
    "440000": ("广东", "Guangdong"),
    "450000": ("广西", "Guangxi"),
    "460000": ("海南", "Hainan"),
    "500000": ("重庆", "Chongqing"),
    "510000": ("四川", "Sichuan"),
    "520000": ("贵州", "Guizhou"),
    "530000": ("云南", "Yunnan"),
    "540000": ("西藏", "Tibet"),
    "610000": ("陕西", "Shaanxi"),
    "620000": ("甘肃", "Gansu"),
    "630000": ("青海", "Qinghai"),
    "640000": ("宁夏", "Ningxia"),
    "650000": ("新疆", "Xinjiang"),
    "710000": ("台湾", "Taiwan"),
    "810000": ("香港", "Hong Kong"),
    "820000": ("澳门", "Macao"),
}


def province_of(code: str | None) -> tuple[str, str] | None:
    """The province of a region's code (its first two digits), None where it is none of these."""
    return PROVINCES.get(f"{code[:2]}0000") if code else None


_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_KIND = re.compile(r"(特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|地区|[省市盟])")
_GAPS = re.compile(r"[\s,，·/-]+")


def known(code: str | None) -> bool:
    """Whether a code is a province's, a prefecture's, or a county's in one of these."""
    if not code or not re.fullmatch(r"[1-9]\d{5}", code):
        return False
    if code in PROVINCES or code in PREFECTURES or code in UNNAMED:
        return True
    prefecture = f"{code[:4]}00"
    return not code.endswith("00") and (prefecture in PREFECTURES or prefecture in UNNAMED)


def names_of(code: str | None) -> tuple[str, str] | None:
    """A place in Chinese and English with its province: 甘肃 兰州, Lanzhou, Gansu; of a county its city.

    None where the code is of no province.
    """
    province = province_of(code)
    if province is None or code is None:
        return None
    place = PREFECTURES.get(code) or PREFECTURES.get(f"{code[:4]}00")
    return province if place is None else (f"{province[0]} {place[0]}", f"{place[1]}, {province[1]}")


def find(text: str) -> str | None:
    """The code that a text names: six figures, or a name in either language; None for none and for several.

    A province comes before a prefecture of the same name (海南, 吉林).
    """
    figures = _CODE.search(text)
    if figures is not None:
        return figures[0] if known(figures[0]) else None
    found = _index().get(_key(text), ())
    return found[0] if len(found) == 1 else None


@cache
def _index() -> Mapping[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for code, place in PREFECTURES.items():
        province = PROVINCES[f"{code[:2]}0000"]
        keys = {
            *(_key(each) for each in place),
            _key(f"{province[0]}{place[0]}"),
            _key(f"{place[1]}{province[1]}"),
        }
        for key in keys:
            names[key] = (*names.get(key, ()), code)
    for code, place in PROVINCES.items():
        for each in place:
            names[_key(each)] = (code,)
    return names


def _key(text: str) -> str:
    return _KIND.sub("", _GAPS.sub("", text)).casefold().replace("'", "’")
