"""Texts become words: Chinese by dictionary and by pairs, everything else folded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge.search import words
from challenge.search.finding import Asked, fts5, tsquery
from challenge.search.words import Term


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("南京市长江大桥的振动监测", "江大"),  # across the dictionary's cut
        ("激光器", "激光"),
        ("钢", "钢"),
        ("Ｌａｓｅｒ", "laser"),
        ("Batteries", "battery"),
        ("élan", "elan"),
        ("ISO 9001", "9001"),
    ],
)
def test_a_word_is_in_the_index(text: str, word: str) -> None:
    assert word in words.indexed(text).split()


def test_a_query_is_cut_into_words_that_may_stand_apart() -> None:
    found = words.terms("激光焊接 Sensors 钢")
    assert [each.word for each in found] == ["激光", "焊接", "sensor", "钢"]
    assert [each.prefix for each in found] == [False, False, False, True]
    assert words.terms("自动化")[0].pairs == ("自动", "动化")


def test_no_query_can_break_out_of_its_quotes() -> None:
    for text in ('" OR *', "a:b NOT c", "'); DROP TABLE x; --", "NEAR(a b)", "{title} : x", "\\' & !"):
        found = words.terms(text)
        assert all(each.word.isalnum() for each in found), text


@given(st.text(max_size=60), st.text(max_size=200))
def test_hits_stand_in_the_text_in_their_order(query: str, text: str) -> None:
    at = 0
    for start, end in words.hits(words.marks_of(query), text):
        assert at <= start < end <= len(text)
        at = end
    assert not set("\"'*:&|!()") & set(words.indexed(text))


def test_both_databases_are_asked_the_same() -> None:
    asked, terms = (
        Asked("自动化 laser", trl=8),
        [Term("自动化", ("自动", "动化")), Term("laser")],
    )
    words = '("qt自动化" OR ("qt自动" AND "qt动化")) AND "qtlaser"'
    assert fts5(asked, terms, "t") == f'title_words : ({words}) AND codes : ("qtrl8" OR "qtrl9")'
    assert tsquery(asked, terms, "t") == (
        "(('qt自动化':A | ('qt自动':A & 'qt动化':A)) & 'qtlaser':A) & ('qtrl8':C | 'qtrl9':C)"
    )
