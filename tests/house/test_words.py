"""zh_CN is complete: every message of code and templates has its Chinese, with the same placeholders."""

from __future__ import annotations

from tools import messages


def test_there_are_words() -> None:
    assert len(messages.words()) > 50


def test_every_word_has_its_chinese() -> None:
    assert list(messages.lacking()) == []
