"""Vectors of texts, and matches of needs, each in a child process that can be killed.

Everything is named by its place in the lists that were handed in; what comes back is plain values.
"""

from __future__ import annotations

import base64
import json
import subprocess  # nosec B404 - for what it raises
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from challenge.engines import children

if TYPE_CHECKING:
    from challenge.engines import recommending

SECONDS = 90.0  # less than a task's lease
MEMORY = 4 * 1024 * 1024 * 1024
CPU_SECONDS = 120


class SuggestionFault(RuntimeError):
    """The child did not answer; the message says what it said."""


def vectors(model: str, texts: Sequence[str], needs: bool) -> list[str]:
    """What an installed model makes of texts, as base64 of half-precision numbers. Raises `SuggestionFault`.

    `needs`: whether the texts ask; a model may read a question otherwise than an answer.
    """
    made: list[str] = _asked({"job": "vectors", "model": model, "texts": list(texts), "needs": needs})
    return made


def match(asked: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """For each need its matches, of each kind the best first. Raises `SuggestionFault`.

    `asked`: `profiles` (`kind`, `texts` of `text`, `shown` and `vectors`, `facts`, `past`), `needs` (`text`,
    `vectors`, `facts`, `barred` places) and `most` of a kind. A match has `place`, `score` and `reasons`.
    """
    found: list[list[dict[str, Any]]] = _asked({"job": "match", **asked})
    return found


def _asked(question: Mapping[str, Any]) -> Any:
    sent = json.dumps(question).encode()
    try:
        done = children.run("challenge.engines.suggesting", sent=sent, seconds=SECONDS)
    except subprocess.TimeoutExpired as late:
        raise SuggestionFault(f"no answer within {late.timeout} seconds") from late
    if done.returncode:
        said = done.stderr.decode(errors="replace")[-1000:]
        raise SuggestionFault(said or f"ended with {done.returncode}")
    return json.loads(done.stdout)


def _child() -> None:
    """In the child: one question in, one answer out."""
    from challenge.engines.child import limit

    limit(MEMORY, CPU_SECONDS)
    question = json.loads(sys.stdin.buffer.read())
    answer = {"vectors": _vectors, "match": _matches}[question["job"]](question)
    sys.stdout.write(json.dumps(answer))


def _vectors(question: Mapping[str, Any]) -> list[str]:
    import numpy as np

    from challenge.engines import embedding

    model = embedding.load(question["model"])
    made = (model.needs if question["needs"] else model.documents)(question["texts"])
    return [base64.b64encode(row.astype(np.float16).tobytes()).decode() for row in made]


def _matches(question: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    from challenge.engines import embedding
    from challenge.engines.recommending import Finder
    from challenge.rules.matching import KINDS, Facts

    crosses = {name: embedding.crosses(name) for name in question["models"]}
    answers: list[list[dict[str, Any]]] = [[] for _ in question["needs"]]
    for kind in KINDS:
        places = [at for at, each in enumerate(question["profiles"]) if each["kind"] == kind]
        finder = Finder([_profile(question["profiles"][at]) for at in places], crosses)
        for need, answer in zip(question["needs"], answers, strict=True):
            barred = {at for at, place in enumerate(places) if place in set(need["barred"])}
            facts = Facts.from_json(need["facts"])
            for found in finder.find(_text(need), facts, question["most"], barred):
                reasons = [reason.to_json() for reason in found.reasons]
                score = round(found.score * 1000)
                answer.append({"place": places[found.place], "score": score, "reasons": reasons})
    return answers


def _profile(said: Mapping[str, Any]) -> recommending.Profile:
    from challenge.engines.recommending import Profile
    from challenge.rules.matching import Facts, Past

    shown = "\n".join(each["text"] for each in said["texts"] if each["shown"]).lower()
    return Profile(
        [_text(each) for each in said["texts"]], Facts.from_json(said["facts"]), Past(*said["past"]), shown
    )


def _text(said: Mapping[str, Any]) -> recommending.Text:
    import numpy as np

    from challenge.engines.nearness import Told
    from challenge.engines.recommending import Text

    vectors_of = {
        name: np.frombuffer(base64.b64decode(numbers), dtype=np.float16)
        for name, numbers in said["vectors"].items()
    }
    return Text(Told.of(said["text"], shown=said.get("shown", True)), vectors_of)


if __name__ == "__main__":
    _child()
