"""The words of refusals: each code is said once, and a refusal of one room in the words of that room."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask

from challenge.web import words


def test_a_code_that_two_rooms_say_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = SimpleNamespace(__name__="another_room", WORDS={"required": "Write it."})
    monkeypatch.setattr(words, "_ROOMS", (*words._ROOMS, twice))
    with pytest.raises(RuntimeError, match="another_room says codes"):
        words._together()


@pytest.mark.parametrize(
    ("code", "params", "said"),
    [
        ("region_unknown", {}, "Choose a place of the list"),
        ("entry_region_unknown", {"region": "Atlantis"}, "Atlantis is no region"),
        ("stage_cards_open", {"count": 2}, "or show it anyway"),
        ("cards_open", {"count": 2}, "are open again"),
        ("resource_terms_changed", {}, "Read the new version"),
        ("terms_changed", {}, "Nothing was signed"),
    ],
)
def test_refusals_that_once_shared_a_code_have_words_of_their_own(
    app: Flask, code: str, params: dict[str, object], said: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert said in words.say_code(code, **params)
