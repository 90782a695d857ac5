"""A workbook of achievements: the one layout that it has, and what its cells say, each fault by its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from challenge.rules.money import amount_text, minor_digits, parse_amount
from challenge.rules.regions import PROVINCES
from challenge.rules.supply import keywords
from challenge.rules.workbooks import Limits, cell

# The key row names the columns, wherever they stand; the price counts in ten thousands.
COLUMNS = (
    *("ref", "title_zh", "title_en", "summary_zh", "summary_en", "field", "keywords", "trl"),
    *("ip_status", "modes", "price", "region", "detail"),
)
HEAD_ROW, KEY_ROW, FIRST_ROW = 1, 2, 3
MOST_ROWS = 500
LIMITS = Limits(rows=MOST_ROWS + 2, columns=40, unpacked=24 * 1024 * 1024, letters=20_001, formulas=True)

Names = Mapping[str, tuple[str, str]]  # code -> zh, en
FIELD_NAMES: Names = {
    "electronics": ("电子信息", "Electronics and information"),
    "manufacturing": ("先进制造", "Advanced manufacturing"),
    "materials": ("新材料", "New materials"),
    "energy": ("新能源与节能", "New energy and energy saving"),
    "biomedicine": ("生物与新医药", "Biology and new medicine"),
    "environment": ("资源与环境", "Resources and environment"),
    "aerospace": ("航空航天", "Aerospace"),
    "services": ("高技术服务", "High-tech services"),
    "agrifood": ("农业与食品", "Agri-food"),
}
MODE_NAMES: Names = {
    "entrusted": ("委托研发", "Entrusted R&D"),
    "joint": ("联合研发", "Joint R&D"),
    "transfer": ("技术转让", "Technology transfer"),
    "licence": ("技术许可", "Licence"),
    "equity": ("作价入股", "Equity"),
    "other": ("其他", "Other"),
}
IP_NAMES: Names = {
    "patent_granted": ("专利已授权", "Patent granted"),
    "patent_pending": ("专利申请中", "Patent applied for"),
    "know_how": ("技术秘密", "Know-how"),
    "software": ("软件著作权", "Software copyright"),
    "variety": ("植物新品种或外观设计", "Plant variety or design right"),
    "other": ("其他权利", "Other right"),
    "none": ("未登记", "No right registered"),
}
CODED: Mapping[str, Names] = {
    "field": FIELD_NAMES,
    "ip_status": IP_NAMES,
    "region": PROVINCES,
    "modes": MODE_NAMES,
}
_LEVEL = re.compile(r"(?:trl)?\s*([1-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell."""

    cell: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"cell": self.cell, "code": self.code, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Line:
    """One achievement as its row says it; `places` tells the cell of each column."""

    row: int
    ref: str
    values: Mapping[str, Any]
    places: Mapping[str, str]
    faults: tuple[Fault, ...]


def lines_of(rows: Sequence[Sequence[str]]) -> list[Line] | Fault:
    """The rows of a filled workbook that are not empty, or why it is none of ours."""
    keys = [key.strip() for key in rows[KEY_ROW - 1]] if len(rows) >= KEY_ROW else []
    if "title_zh" not in keys and "title_en" not in keys:
        return Fault(cell(0, KEY_ROW - 1), "not_the_template")
    if len(set(filter(None, keys))) != len([key for key in keys if key]):
        return Fault(cell(0, KEY_ROW - 1), "supply_column_twice")
    at = {key: keys.index(key) for key in COLUMNS if key in keys}
    found = [(number, row) for number, row in enumerate(rows) if number >= FIRST_ROW - 1 and any(row)]
    return [_line(number, row, at) for number, row in found]


def _line(number: int, row: Sequence[str], at: Mapping[str, int]) -> Line:
    said = {key: row[column].strip() if column < len(row) else "" for key, column in at.items()}
    places = {key: cell(column, number) for key, column in at.items()}
    faults = [Fault(places[key], "formula_here") for key, text in said.items() if text.startswith("=")]
    values: dict[str, Any] = {
        key: text for key, text in said.items() if key not in ("ref", "trl", "price", "keywords", *CODED)
    }
    for key, names in CODED.items():
        codes, strange = _codes(said.get(key, ""), names, several=key == "modes")
        values[key] = tuple(codes) if key == "modes" else (codes or [""])[0]
        faults += [Fault(places[key], "unknown_word", {"word": word[:40]}) for word in strange]
    values["keywords"] = keywords(said.get("keywords", ""))
    level = _LEVEL.fullmatch(said.get("trl", ""))
    values["trl"] = int(level[1]) if level else None
    if said.get("trl") and not level:
        faults.append(Fault(places["trl"], "not_a_level"))
    price = parse_amount(said.get("price", ""), "wan", minor_digits("CNY"))
    values["price_minor"] = price if isinstance(price, int) else None
    if isinstance(price, str) and price != "empty":
        faults.append(Fault(places["price"], f"amount_{price}"))
    return Line(number + 1, said.get("ref", ""), values, places, tuple(faults))


def _codes(text: str, names: Names, *, several: bool) -> tuple[list[str], list[str]]:
    """The codes that a cell names, by code or by name in either language, and the words that are none."""
    known = {name.casefold(): code for code, both in names.items() for name in (code, *both)}
    words = keywords(text) if several else filter(None, [text])
    found = [(word, known.get(word.casefold())) for word in words]
    return [code for _, code in found if code], [word for word, code in found if not code]


def cells_of(ref: str, values: Mapping[str, Any], *, zh: bool) -> Iterator[str]:
    """An achievement as the cells of its row, in the order of COLUMNS."""
    column = 0 if zh else 1
    for key in COLUMNS:
        value = values.get(key)
        if key == "ref":
            yield ref
        elif key == "price":
            minor = values.get("price_minor")
            yield "" if minor is None else amount_text(minor, "wan", 2)
        elif key in CODED:
            codes = value if isinstance(value, tuple) else filter(None, [value])
            yield ", ".join(CODED[key][code][column] for code in codes or ())
        elif isinstance(value, tuple):
            yield ", ".join(value)
        else:
            yield "" if value is None else str(value)
