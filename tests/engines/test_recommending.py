"""Words and models together: what a model adds, and where it is not asked."""

from __future__ import annotations

import numpy as np

from challenge.engines.nearness import Told
from challenge.engines.recommending import Finder, Match, Profile, Text
from challenge.rules.matching import Facts

NEED = "dairy cows in heat"
OTHERS = 12


def text(said: str, **near: float) -> Text:
    """A text that a model finds so near to the need: the first of two numbers, the rest in the second."""
    vectors = {name: np.array([value, (1 - value**2) ** 0.5]) for name, value in near.items()}
    return Text(Told.of(said), vectors)


def found(models: dict[str, bool], *profiles: list[Text]) -> list[Match]:
    need = Text(Told.of(NEED), {name: np.array([1.0, 0.0]) for name in models})
    return Finder([Profile(each) for each in profiles], models).find(need, Facts(), 10)


def crowd(**near: float) -> list[list[Text]]:
    return [[text(f"grinding of gear number{at}", **near)] for at in range(OTHERS)]


def test_a_model_of_both_languages_finds_what_no_word_does() -> None:
    [match] = found({"both": True}, [text("oestrus of cattle", both=0.9)], *crowd(both=0.1))
    assert (match.place, [reason.code for reason in match.reasons]) == (0, ["meaning"])
    assert found({}, [text("oestrus of cattle")], *crowd()) == []


def test_a_model_that_finds_all_alike_speaks_for_nobody() -> None:
    assert found({"both": True}, *crowd(both=0.8)) == []


def test_what_words_and_model_agree_on_comes_before_what_one_of_them_says() -> None:
    words = [text("cows and heat of a dairy", both=0.05)]
    both = [text("heat detection in cows", both=0.8)]
    model = [text("oestrus of cattle", both=0.9)]
    places = [match.place for match in found({"both": True}, words, model, both, *crowd(both=0.1))]
    assert places[0] == 2
    assert set(places) == {0, 1, 2}


def test_an_english_model_is_asked_about_english_texts_alone() -> None:
    english = [text("heat in cows: a tag", english=0.9), text("奶牛发情监测项圈与数据平台", english=-0.9)]
    poor = [text("heat in cows and a barn", english=0.2)]
    assert [match.place for match in found({"english": False}, poor, english)] == [1, 0]


def test_a_text_that_a_model_has_not_read_leaves_the_model_out() -> None:
    unread = [text("cows in heat")]
    assert [match.place for match in found({"both": True}, unread, *crowd(both=0.1))] == [0]


def test_who_is_barred_is_left_out() -> None:
    finder = Finder([Profile([text("cows in heat")]), Profile([text("dairy cows")])], {})
    need = Text(Told.of(NEED))
    assert [match.place for match in finder.find(need, Facts(), 10, {0})] == [1]
    assert len(finder.find(need, Facts(), 1)) == 1
