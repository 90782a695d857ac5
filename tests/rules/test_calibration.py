"""What can be calibrated, what cannot and why, and what is asked of the engine."""

from __future__ import annotations

from decimal import Decimal

from challenge.rules.calibration import (
    Answer,
    Estimated,
    JudgeEffect,
    Problem,
    Refusal,
    Scale,
    is_toss,
    pieces_of,
    prepare,
)
from challenge.rules.scoring import CalibrationModel, Cards
from tests.rules.scorecards import IDEA, PLAN, criterion

DIGEST = "0000002a" + "0" * 56


def card(**by_judge: str) -> Cards:
    """Scorecards from `a="7 8"`: a judge's scores of idea and plan; `-` where one is absent."""
    return {
        judge: {
            name: None if text == "-" else Decimal(text)
            for name, text in zip(("idea", "plan"), scores.split(), strict=True)
        }
        for judge, scores in by_judge.items()
    }


def asked(entries: dict[str, Cards], model: CalibrationModel = "severity", top: int = 1) -> Problem | Refusal:
    return prepare(entries, (IDEA, PLAN), model=model, top=top, digest=DIGEST)


def test_each_whole_card_is_a_total_and_the_seed_is_the_digest() -> None:
    problem = asked({"S-2": card(a="8 6", b="5 5"), "S-1": card(b="7 7.5")})
    assert isinstance(problem, Problem)
    assert (problem.entries, problem.judges) == (("S-1", "S-2"), ("a", "b"))
    assert problem.scores == ((0, 1, 21.5), (1, 0, 22.0), (1, 1, 15.0))
    assert (problem.seed, problem.scale, problem.carried) == (42, None, (0.0, 0.0))
    assert Problem.from_json(problem.to_json()) == problem


def test_a_card_with_a_gap_says_nothing() -> None:
    problem = asked({"S-1": card(a="8 6", b="- 5"), "S-2": card(a="7 7", b="6 6")})
    assert isinstance(problem, Problem)
    assert len(problem.scores) == 3


def test_the_option_knows_the_ends_and_the_step_of_a_total() -> None:
    problem = asked({"S-1": card(a="8 6", b="5 5"), "S-2": card(b="7 7")}, "scale")
    assert isinstance(problem, Problem)
    assert problem.scale == Scale(0.0, 30.0, 0.5)
    assert Problem.from_json(problem.to_json()) == problem


def test_points_carried_on_are_no_judges_word() -> None:
    carried = criterion("before", "0.3", maximum="100")
    cards = {
        "S-1": {
            "a": {"idea": Decimal(8), "before": Decimal(50)},
            "b": {"idea": Decimal(6), "before": Decimal(50)},
        },
        "S-2": {"a": {"idea": Decimal(5), "before": Decimal(90)}},
    }
    problem = prepare(cards, (IDEA, carried), model="severity", top=1, digest=DIGEST, carried={"before"})
    assert isinstance(problem, Problem)
    assert problem.carried == (15.0, 27.0)
    assert [value for _, _, value in problem.scores] == [16.0, 12.0, 10.0]


def test_one_judge_or_one_entry_is_refused() -> None:
    assert asked({"S-1": card(a="8 6"), "S-2": card(a="7 7")}) == Refusal("one_judge")
    assert asked({"S-1": card(a="8 6", b="1 1")}) == Refusal("too_few_entries")
    assert asked({"S-1": card(a="- 6"), "S-2": card(a="7 -")}) == Refusal("too_few_entries")


def test_panels_that_share_nothing_are_refused_by_name() -> None:
    refusal = asked(
        {"S-1": card(a="8 6", b="5 5"), "S-2": card(b="7 7"), "S-3": card(c="7 7", d="6 6")},
    )
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "pieces"
    assert [(piece.judges, piece.entries) for piece in refusal.pieces] == [
        (("a", "b"), ("S-1", "S-2")),
        (("c", "d"), ("S-3",)),
    ]


def test_a_chain_of_shared_judges_is_one_piece() -> None:
    chain = {f"S-{n}": [str(n), str(n + 1)] for n in range(50)}
    assert len(pieces_of(chain)) == 1


def test_more_on_top_than_there_are_entries_is_all_of_them() -> None:
    problem = asked({"S-1": card(a="8 6", b="5 5"), "S-2": card(b="7 7")}, top=10)
    assert isinstance(problem, Problem)
    assert problem.top == 2


def test_an_answer_goes_through_json_unharmed() -> None:
    answer = Answer(
        (Estimated(7.5, 6.0, 9.0, 0.5, 1, 2, 1, 1),), (JudgeEffect(-0.8, -1.1, -0.5, 1.0, 0.4),), "numpy 2"
    )
    assert Answer.from_json(answer.to_json()) == answer


def test_a_stored_chance_at_the_edge_is_a_toss_as_the_reckoned_one_is() -> None:
    assert [is_toss(Decimal(text)) for text in ("0.39", "0.4", "0.6", "0.61")] == [False, True, True, False]
    assert is_toss(0.4)
