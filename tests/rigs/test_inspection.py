"""The inspection finds what it is for: each fault is planted once, and a sound page has none."""

from __future__ import annotations

import pytest

from tests.rigs import inspection
from tests.rigs.browser import PHONE, OpenPage

pytestmark = pytest.mark.browser

SOUND = """<!doctype html><html lang="en">
<head><title>Needs</title><meta name="viewport" content="width=device-width"></head>
<body><main><h1>Needs</h1><p lang="zh-CN">需求</p>{}</main></body></html>"""


def test_a_sound_page_has_no_fault(open_page: OpenPage) -> None:
    page = open_page(size=PHONE)
    page.set_content(SOUND.format("<p>All is well.</p>"))
    assert inspection.faults(page) == []


def test_a_box_wider_than_the_phone_is_found(open_page: OpenPage) -> None:
    page = open_page(size=PHONE)
    page.set_content(SOUND.format("<p style='width: 500px'>wide</p>"))
    assert any("page: 508 > 390" in line for line in inspection.overflow(page))


def test_a_wide_table_in_its_own_scroll_box_is_no_fault(open_page: OpenPage) -> None:
    page = open_page(size=PHONE)
    page.set_content(SOUND.format("<div style='overflow-x: auto'><p style='width: 500px'>wide</p></div>"))
    assert inspection.overflow(page) == []


def test_chinese_on_an_english_page_is_found_unless_marked(open_page: OpenPage) -> None:
    page = open_page()
    page.set_content(SOUND.format("<p>提交</p><p lang='zh-CN'>解决方案</p>"))
    assert inspection.untranslated(page) == ["提交"]


def test_grey_on_grey_and_a_nameless_field_are_found(open_page: OpenPage) -> None:
    page = open_page()
    page.set_content(SOUND.format("<p style='color:#bbb;background:#fff'>pale</p><input>"))
    rules = {line.split()[0] for line in inspection.grave_faults(page)}
    assert rules == {"color-contrast", "label"}
