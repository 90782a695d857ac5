"""How near texts are: by shared words in one language, by what a dictionary says across two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from challenge.engines import wording
from challenge.engines.nearness import Nearness, Told
from challenge.engines.recommending import Finder, Profile, Text
from challenge.rules.matching import Facts, Past, Reason

SET = Path(__file__).resolve().parents[2] / "bench" / "data" / "needs_profiles.json"
COWS = "Neck tag that recognises heat in dairy cows from activity and rumination, five-year battery."
BATTERY = "Recovery of lithium from spent battery powder without mineral acid."
COATING = "Fouling-release paint without copper for slow vessels."


def index(*profiles: str | list[str]) -> Nearness:
    texts = [[each] if isinstance(each, str) else each for each in profiles]
    return Nearness([[Told.of(text) for text in each] for each in texts])


def best(found: Nearness, need: str) -> int:
    scores = found.scores(Told.of(need)).tolist()
    return scores.index(max(scores))


@pytest.mark.parametrize(
    ("need", "place"),
    [
        ("Lithium recovered from used batteries", 1),
        ("奶牛发情时自动提醒，戴在脖子上，电池要用五年", 0),
        ("从废旧电池里回收锂，少用酸", 1),
        ("不含铜的船舶防污涂料", 2),
    ],
)
def test_a_need_in_either_language_finds_its_english_text(need: str, place: int) -> None:
    assert best(index(COWS, BATTERY, COATING), need) == place


def test_an_english_need_finds_a_chinese_text() -> None:
    found = index("水稻节水灌溉与盐碱地改良", "退役锂电池的锂回收与正极材料再生", "古籍修复用纸的无损检测")
    assert best(found, "Recycling of lithium from retired batteries and their cathode material") == 1


def test_chinese_needs_find_chinese_texts_by_words_of_two_signs() -> None:
    assert best(index("管道减阻剂", "涡轮叶片涂层", "叶片裂纹监测"), "风机叶片涂层剥落") == 1


def test_one_word_of_two_spellings_is_one() -> None:
    pairs = [
        ("sulphides", "sulfide"),
        ("recognising", "recognize"),
        ("fibres", "fiber"),
        ("batteries", "battery"),
    ]
    assert [wording.stem(first) == wording.stem(second) for first, second in pairs] == [True] * 4


def test_what_pasted_text_brings_along_is_no_word_of_its_own() -> None:
    pasted = (
        "Scienti\ufb01c \uff33\uff45\uff4e\uff53\uff4f\uff52\uff53 (https://b.example/a, mail a.b@c.example)"
    )
    _, written = wording.terms(pasted)
    assert sorted(written.values()) == ["mail", "scientific", "scientific sensor", "sensor", "sensor mail"]


def test_words_of_one_family_are_one_and_are_shown_as_the_need_says_them() -> None:
    found = index("Recycled polymers for packaging", "Polished stone for floors")
    need = Told.of("Recycling of a polymer")
    assert found.scores(need).tolist()[1] == 0
    assert {first for first, _ in found.shared(need, 0)} == {"recycling", "polymer"}


def test_three_best_documents_count_however_many_others_there_are() -> None:
    whole = [BATTERY, BATTERY, BATTERY]
    scores = index(whole, [*whole, COWS, COATING], [BATTERY, COWS]).scores(Told.of(BATTERY)).tolist()
    assert scores[0] == pytest.approx(scores[1])
    assert scores[2] == pytest.approx(scores[0] / 2, rel=0.2)


def test_nothing_shared_is_nothing_near_and_nobody_is_near_without_texts() -> None:
    found = index(COATING, [])
    assert found.scores(Told.of("quantum cryptography keys satellites photon")).tolist() == [0, 0]
    assert Nearness([]).scores(Told.of(COWS)).tolist() == []


def finder(*profiles: Profile) -> Finder:
    return Finder(profiles, {})


def reasons(found: Finder, need: str, facts: Facts | None = None) -> dict[int, list[Reason]]:
    matches = found.find(Text(Told.of(need)), facts or Facts(), 10)
    return {match.place: list(match.reasons) for match in matches}


def test_a_match_names_the_words_that_both_sides_use() -> None:
    found = finder(Profile([Text(Told.of(COWS))]), Profile([Text(Told.of(BATTERY))]))
    said = reasons(found, "从废旧电池里回收锂，少用酸")
    [terms] = [reason.detail["terms"] for reason in said[1] if reason.code == "terms"]
    assert ["锂", "lithium"] in terms
    assert ["电池", "battery"] in terms


def test_words_of_a_text_that_is_for_nobody_to_read_find_it_and_are_never_named() -> None:
    found = finder(Profile([Text(Told.of(BATTERY, shown=False))]))
    assert [reason.code for reason in reasons(found, "lithium from spent battery powder")[0]] == ["meaning"]


def test_facts_decide_between_texts_that_say_the_same() -> None:
    same = [Text(Told.of(BATTERY))]
    near = Profile(same, Facts(frozenset({"energy"}), region="620102", trl=8, least_minor=100))
    far = Profile(
        same, Facts(frozenset({"services"}), region="440100", trl=2, least_minor=900), Past(declined=2)
    )
    need = Facts(frozenset({"energy"}), region="620100", most_minor=500)
    found = finder(far, near)
    assert [match.place for match in found.find(Text(Told.of("recovery of lithium")), need, 2)] == [1, 0]
    codes = {
        place: {reason.code for reason in each} for place, each in reasons(found, "lithium", need).items()
    }
    assert codes[1] == {"terms", "field", "trl_ready", "price_within", "region"}
    assert codes[0] == {"terms", "other_field", "trl_gap", "price_above", "past_declined"}


def test_the_set_of_needs_is_whole() -> None:
    asked = json.loads(SET.read_text(encoding="utf-8"))
    known = {each["id"] for each in asked["profiles"]}
    assert len(asked["needs"]) >= 100
    assert len(known) == len(asked["profiles"]) >= 300
    assert all(need["right"] and set(need["right"]) <= known for need in asked["needs"])
