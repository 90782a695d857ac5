"""Lists that are drawn page by page offer themselves as files, every one of them."""

from __future__ import annotations

from tests.house import tree


def test_lists_offer_their_files() -> None:
    paged = [name for name in tree.under("templates", ending=".html") if "{{ pager(" in tree.text(name)]
    assert paged
    assert [name for name in paged if "take_along(" not in tree.text(name)] == []
