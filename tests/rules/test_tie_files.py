"""Tables of past ties: what is read of a CSV file, and how columns are known."""

from __future__ import annotations

from challenge.rules import tie_files


def test_csv_of_a_chinese_spreadsheet_is_read() -> None:
    assert tie_files.from_csv("类型,一方\n协议,甲".encode("gb18030")) == [["类型", "一方"], ["协议", "甲"]]
    assert tie_files.from_csv(b"\xef\xbb\xbfkind\n") == [["kind"]]


def test_what_is_no_table_says_why() -> None:
    assert tie_files.from_csv(b"a,b\n" * 6000) == "book_too_large"
    assert tie_files.from_csv(b"," * 30) == "book_too_large"
    assert tie_files.from_csv(b"\xff\xff") == "not_a_table"
    assert tie_files.from_csv(b'a,"b') == "not_a_table"
    assert tie_files.from_csv(b"a\0b,c") == "not_a_table"
    assert [each.code for each in tie_files.check([], 2026)[1]] == ["column_needed"] * 4


def test_a_table_of_heads_alone_says_so() -> None:
    _, faults = tie_files.check([["kind", "one", "other", "year"], ["", " "]], 2026)
    assert [(each.cell, each.code) for each in faults] == [("A2", "tie_none")]


def test_columns_of_another_order_keep_their_cells() -> None:
    rows = [["Year", "其他", "一方", "乙方", "类型"], ["2025", "", "a@x.org", "b@x.org", "合同"]]
    (stated,), faults = tie_files.check(rows, 2026)
    assert (faults, stated.kind, stated.row, stated.cells["kind"]) == ([], "agreement", 2, "E2")
    assert (stated.since.isoformat(), stated.until.isoformat()) == ("2025-01-01", "2025-12-31")
