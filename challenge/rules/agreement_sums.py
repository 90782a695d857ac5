"""Which currency a typed sum names: dollars in a contract of yuan are refused, never counted as yuan."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    **dict.fromkeys(("¥", "元", "人民币", "rmb"), "CNY"),
    **dict.fromkeys(("$", "美元"), "USD"),
    **dict.fromkeys(("€", "欧元"), "EUR"),
    "£": "GBP",
}
_CODE = re.compile(r"(?<![a-z])[a-z]{3}(?![a-z])")


def other_currency(text: str, currency: str) -> str | None:
    """The code of a currency that the sum names and that is not this one; None where there is none."""
    plain = unicodedata.normalize("NFKC", text).lower()
    found = [code for sign, code in _SIGNS.items() if sign in plain and not _part_of_longer(sign, plain)]
    found += [code.upper() for code in _CODE.findall(plain) if code != "rmb"]
    return next((code for code in found if code != currency), None)


def _part_of_longer(sign: str, text: str) -> bool:
    """Whether 元 stands there only as a part of 美元 or 欧元."""
    return sign == "元" and any(each in text for each in ("美元", "欧元"))
