"""Sheets of requirements: what is read of them, and every fault at its cell. No database."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from challenge.requirements.sheet_contents import Reading, read
from challenge.rules.need_sheets import Fault, find
from challenge.rules.need_words import CHOICES
from challenge.rules.stages import Stage, Window
from challenge.rules.workbooks import Page
from challenge.web.public.cards import FIELD_NAMES, MODE_NAMES
from tests.requirements.sheets import Filled, fill_form, form, pages

CEILING = 10_000_000_000
NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
WINDOW = Window(Stage.SUBMISSION, NOW, NOW + dt.timedelta(days=10))


def readings(found: list[Page]) -> list[Reading]:
    raws = find(found)
    assert not isinstance(raws, Fault), raws
    return [read(raw, CEILING, WINDOW) for raw in raws]


def faults(found: list[Page]) -> set[tuple[str, str]]:
    return {(each.cell, each.code) for one in readings(found) for each in one.faults}


def test_a_filled_table_is_read_whole() -> None:
    filled = Filled().need(3).put(4, name_en="Speed", comparison="≤", target="1,200", unit="ms", level="期望")
    filled.need(6, title_zh="第二个需求", starts_on=dt.date(2027, 1, 2))
    filled.put(6, budget_unit="元", budget_min="600000", budget_max="1,000,000")
    first, second = readings(filled.pages())
    assert (first.faults, second.faults) == ([], [])
    content = first.content
    assert (content.field, content.industry, content.region) == ("electronics", "C39", "620100")
    assert (content.budget_min_minor, content.budget_max_minor, content.currency) == (
        60_000_000,
        100_000_000,
        "CNY",
    )
    assert (content.keywords, content.modes) == (("视觉", "铝带"), ("joint", "licence"))
    assert (content.starts_on, content.ends_on) == (dt.date(2027, 1, 1), dt.date(2027, 12, 31))
    assert [(row.comparison, row.target, row.level) for row in content.indicators] == [
        ("ge", "99.2", "must"),
        ("le", "1200", "should"),
    ]
    assert second.content.starts_on == dt.date(2027, 1, 2)
    assert second.content.budget_min_minor == content.budget_min_minor


def test_a_template_in_english_is_read_as_well() -> None:
    filled = Filled(zh=False).need(
        3, field="New materials", budget_unit="CNY 10,000", modes="Joint R&D, Licence", region="Lanzhou"
    )  # fmt: skip
    (only,) = readings(filled.pages())
    assert only.faults == []
    assert (only.content.field, only.content.region, only.content.budget_max_minor) == (
        *("materials", "620100"),
        100_000_000,
    )


@pytest.mark.parametrize(
    ("changes", "key", "code"),
    [
        ({"ends_on": "2026-12-31"}, "ends_on", "ends_before_start"),
        ({"ends_on": "soon"}, "ends_on", "not_a_date"),
        ({"budget_unit": None}, "budget_unit", "unit_missing"),
        ({"budget_unit": "pound"}, "budget_unit", "choice_unknown"),
        ({"budget_min": "60 元"}, "budget_min", "amount_other_unit"),
        ({"budget_min": None, "budget_max": 600_000}, "budget_max", "above_ceiling_meant"),
        ({"budget_unit": "元", "budget_min": None, "budget_max": 80}, "budget_max", "amount_small_meant"),
        (
            {"budget_unit": "元", "budget_min": 5_000, "budget_max": 9_000_000},
            "budget_max",
            "amounts_far_apart",
        ),
        ({"budget_min": 200}, "budget_max", "min_above_max"),
        ({"field": "Zoology"}, "field", "choice_unknown"),
        ({"industry": "98"}, "industry", "industry_unknown"),
        ({"region": "629900"}, "region", "region_unknown"),
        ({"modes": "联合开发、抢劫"}, "modes", "choice_unknown"),
        ({"anonymous": "perhaps"}, "anonymous", "choice_unknown"),
        ({"contact_email": "ma"}, "contact_email", "not_an_address"),
        ({"title_zh": "长" * 101}, "title_zh", "too_long"),
        ({"title_zh": "=1+1"}, "title_zh", "cell_formula"),
        ({"target": "=SUM(A1:A2)"}, "target", "cell_formula"),
        ({"target": "fast"}, "target", "target_needs_number"),
        ({"name_zh": None, "target": None, "unit": None}, "title_zh", "needs_indicator"),
        ({"comparison": "rather"}, "comparison", "choice_unknown"),
    ],
)
def test_each_fault_is_at_its_cell(changes: dict[str, Any], key: str, code: str) -> None:
    filled = Filled().need(3, **changes)
    assert (filled.at(key, 3), code) in faults(filled.pages())


def test_a_share_that_is_shown_in_percent_is_not_read_as_a_fraction() -> None:
    filled = Filled().need(3, target=0.992)
    filled.sheet.cell(3, filled.places["target"]).number_format = "0.0%"
    assert faults(pages(filled.data())) == {(filled.at("target", 3), "target_needs_number")}


def test_cells_merged_down_over_the_indicators_are_as_good_as_empty_ones() -> None:
    filled = Filled().need(3).put(4, name_zh="速度", target=5, unit="m/s")
    column = filled.at("title_zh", 3)[:-1]
    filled.sheet.merge_cells(f"{column}3:{column}4")
    (only,) = readings(pages(filled.data()))
    assert (only.faults, len(only.content.indicators)) == ([], 2)


@pytest.mark.parametrize(("first", "last"), [("title_zh", "title_en"), ("name_zh", "name_en")])
def test_other_merged_cells_are_told(first: str, last: str) -> None:
    filled = Filled().need(3)
    filled.sheet.merge_cells(f"{filled.at(first, 3)}:{filled.at(last, 3)}")
    assert (filled.at(first, 3), "cell_merged") in faults(pages(filled.data()))


def test_the_table_is_found_behind_other_sheets_and_a_wrong_sheet_is_told() -> None:
    filled = Filled().need(3)
    filled.book.create_sheet("Cover", 0)["A1"] = "Please read"
    assert len(readings(pages(filled.data()))) == 1
    book = openpyxl.Workbook()
    book.active["A1"] = "Prices"
    made = io.BytesIO()
    book.save(made)
    wrong = find(pages(made.getvalue()))
    assert isinstance(wrong, Fault)
    assert (wrong.code, wrong.params["found"]) == ("no_need_sheet", "Sheet")


def test_a_moved_column_is_read_by_its_key_and_an_unknown_one_is_told() -> None:
    filled = Filled().need(3)
    filled.sheet.insert_cols(1)
    filled.sheet.cell(2, 1).value = "price"
    (only,) = readings(filled.pages())
    assert [(each.cell, each.code) for each in only.faults] == [("A2", "column_unknown")]
    assert only.content.title_zh == "弱光产线表面瑕疵视觉检测"


def test_an_empty_template_says_so_and_too_many_are_refused() -> None:
    empty = find(Filled().pages())
    assert isinstance(empty, Fault)
    assert (empty.cell, empty.code) == ("A3", "nothing_in_table")
    keys = ["title_zh", "problem_zh"]
    many = find([Page("N", [keys, *([f"t{n}", "p"] for n in range(201))])])
    assert isinstance(many, Fault)
    assert (many.cell, many.code) == ("A202", "too_many_needs")


def test_a_hundred_thousand_empty_rows_are_no_trouble() -> None:
    filled = Filled().need(3)
    for row in range(40, 2_000):
        filled.sheet.row_dimensions[row].height = 20
    filled.sheet.row_dimensions[100_000].height = 20
    filled.sheet.cell(99_999, 1).number_format = "0.00"
    assert len(readings(pages(filled.data()))) == 1


def test_a_paper_form_is_read_by_its_labels() -> None:
    (only,) = readings(pages(form(fill_form)))
    assert only.faults == []
    assert (only.content.title_zh, only.content.field, only.content.budget_max_minor) == (
        *("弱光检测", "materials"),
        100_000_000,
    )
    assert only.content.goals == ""  # the note beside an empty place is no value
    assert [(row.name_zh, row.target, row.unit) for row in only.content.indicators] == [
        ("检出率", "99.2", "%")
    ]


def test_a_form_as_ministries_print_it_is_read_with_its_merged_cells() -> None:
    book: Any = openpyxl.Workbook()
    for number in range(2):
        sheet = book.active if number == 0 else book.create_sheet("需求2")
        rows = [
            ("企业技术需求征集表",),
            ("需求名称*：", f"弱光检测{number}", None, None),
            ("技术领域", "电子信息", "联系人", "马林"),
            ("联系电话", "0931-1234567", "拟投入资金（万元）", "100"),
            ("技术需求描述",),
            ("产线夜间照度低于 15 lx。",),
            ("关键词", "视觉、铝带", "合作方式", "联合开发"),
            ("技术指标", "关系", "指标值", "计量单位"),
            ("检出率", "不低于", 99.2, "%"),
            ("误报率", "不高于", 1, "%"),
        ]
        for row in rows:
            sheet.append(row)
        sheet.merge_cells("A1:D1")
        sheet.merge_cells("B2:D2")
        sheet.merge_cells("A6:D6")
    made = io.BytesIO()
    book.save(made)
    first, second = readings(pages(made.getvalue()))
    assert (first.faults, second.content.title_zh) == ([], "弱光检测1")
    assert first.content.problem_zh == "产线夜间照度低于 15 lx。"
    assert [(row.name_zh, row.comparison) for row in first.content.indicators] == [
        ("检出率", "ge"),
        ("误报率", "le"),
    ]
    assert first.content.budget_max_minor == 100_000_000


def test_a_form_tells_the_cell_of_each_fault() -> None:
    def fill(sheet: Any) -> None:
        fill_form(sheet)
        row = next(each[0].row for each in sheet.iter_rows() if each[0].value == "领域")
        sheet.cell(row, 2).value = "Zoology"

    (only,) = readings(pages(form(fill)))
    assert [(each.cell[0], each.code) for each in only.faults] == [("B", "choice_unknown")]


def test_sheets_call_choices_as_pages_do(app: Any) -> None:
    from challenge.base import i18n

    with app.test_request_context():
        for locale, column in (("zh_CN", 0), ("en_US", 1)):
            with i18n.reading_as(locale):
                for kind, names in (("field", FIELD_NAMES), ("modes", MODE_NAMES)):
                    assert {code: str(name) for code, name in names.items()} == {
                        code: each[column] for code, each in CHOICES[kind].items()
                    }
