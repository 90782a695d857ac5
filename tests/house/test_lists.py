"""Lists that are drawn page by page offer themselves as files; those that do not yet are counted here."""

from __future__ import annotations

from tests.house import tree

# The list may only become shorter.
NOT_YET = 39


def test_lists_offer_their_files() -> None:
    paged = [name for name in tree.under("templates", ending=".html") if "{{ pager(" in tree.text(name)]
    without = [name for name in paged if "take_along()" not in tree.text(name)]
    assert paged
    assert len(without) <= NOT_YET, without
