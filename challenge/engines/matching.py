"""A panel matched to its entries, in a child process: texts, affinity, the flow, and panels that join.

Everything is named by its place in the lists that were handed in; what comes back is plain values.
"""

from __future__ import annotations

import json
import subprocess  # nosec B404 - only our own module, no shell
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from challenge.engines import children

if TYPE_CHECKING:
    from challenge.engines.assigning import Array, Problem

SECONDS = 100  # less than a task's lease
MEMORY = 6 * 1024 * 1024 * 1024
CPU_SECONDS = 200
Say = Callable[[str, float], None]
READING, SHARING = "reading", "sharing"


class MatchFault(RuntimeError):
    """No assignment came of it; the message says what the engine said."""


def match(asked: Mapping[str, Any], say: Say, *, seconds: float = SECONDS) -> dict[str, Any]:
    """Who reads what. `say` is told the step and how much of it is done. Raises `MatchFault`.

    `asked`: `entries` (texts), `judges` (`texts`, `languages`, `least`, `most`), `per_entry`, `weight` (of
    affinity against even loads, 0 to 100), and pairs [entry, judge]: `fixed` stand, `existing` move only to
    cover more, `never` are left out. Comes back: `pairs` beside the fixed ones, `fit` (for each entry two
    digits a judge, "--" where the language is not read), how many were `exchanged` to
    join the panel, and from how many `arcs` the flow chose.
    """
    with tempfile.TemporaryDirectory(prefix="challenge-match-") as folder:
        source = Path(folder) / "asked.json"
        source.write_text(json.dumps(asked), encoding="utf-8")
        with subprocess.Popen(  # noqa: S603  # nosec B603 - our own module
            children.command("challenge.engines.matching", str(source)),
            cwd=children.ROOT,
            env=children.surroundings(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as child:
            timer = threading.Timer(seconds, child.kill)
            timer.start()
            try:
                return _listen(child, say)
            finally:
                timer.cancel()
                child.kill()


def _listen(child: subprocess.Popen[bytes], say: Say) -> dict[str, Any]:
    """Lines of progress, and a last one with the answer."""
    assert child.stdout is not None
    assert child.stderr is not None
    for line in child.stdout:
        said: dict[str, Any] = json.loads(line)
        if "pairs" in said:
            return said
        say(said["step"], said["share"])
    complaint = child.stderr.read().decode(errors="replace")[-1000:]
    raise MatchFault(complaint or f"ended with {child.wait()}")


def _child(source: Path) -> None:
    """In the child: the file in, lines out."""
    from challenge.engines.child import limit

    limit(MEMORY, CPU_SECONDS)

    def say(step: str, share: float) -> None:
        sys.stdout.write(json.dumps({"step": step, "share": round(share, 3)}) + "\n")
        sys.stdout.flush()

    answer = matched(json.loads(source.read_text(encoding="utf-8")), say)
    sys.stdout.write(json.dumps(answer) + "\n")


def matched(asked: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """What `match` promises, in this process."""
    from challenge.engines import affinity, connecting
    from challenge.engines.assigning import prices, solve

    texts = [each["texts"] for each in asked["judges"]]
    languages = [frozenset(each["languages"]) for each in asked["judges"]]
    fit = affinity.table(asked["entries"], texts, lambda share: say(READING, share))
    whole, read = affinity.benefits(fit, asked["entries"], languages)
    say(SHARING, 0)
    problem = _problem(asked, whole, read)
    found = solve(problem)
    given = set(zip(found.entries.tolist(), found.judges.tolist(), strict=True))
    say(SHARING, 0.5)
    fixed = {(entry, judge) for entry, judge in asked["fixed"]}
    worth = problem.benefit + prices(problem).keep * problem.existing
    bounds = connecting.Bounds(
        worth, problem.allowed, problem.lower, problem.upper, problem.load, problem.evenness
    )
    pairs, exchanged = connecting.join(fixed, given, bounds)
    return {
        "pairs": sorted(pairs),
        "fit": _digits(whole, read),
        "exchanged": exchanged,
        "arcs": found.arcs,
    }


def _problem(asked: Mapping[str, Any], whole: Array, read: Array) -> Problem:
    import numpy as np

    from challenge.engines.assigning import ELSEWHERE, Problem

    height, width = whole.shape
    allowed, existing = np.ones((height, width), dtype=bool), np.zeros((height, width), dtype=bool)
    fixed = np.zeros((height, width), dtype=bool)
    for cells, value, pairs in (
        (allowed, False, "never"),
        (existing, True, "existing"),
        (fixed, True, "fixed"),
    ):
        for entry, judge in asked[pairs]:
            cells[entry, judge] = value
    allowed[fixed] = False
    load = fixed.sum(axis=0)
    most = np.array([height if each["most"] is None else each["most"] for each in asked["judges"]], dtype=int)
    least = np.array([each["least"] for each in asked["judges"]], dtype=int)
    upper = np.clip(most - load, 0, None)
    weight = int(asked["weight"])
    # Reading an entry's language is no matter of taste: its price stays whatever affinity weighs.
    benefit = whole * weight // 100 - ELSEWHERE * ~read
    return Problem(
        benefit=benefit.astype(np.int32),
        allowed=allowed,
        need=np.clip(asked["per_entry"] - fixed.sum(axis=1), 0, None),
        lower=np.minimum(np.clip(least - load, 0, None), upper),
        upper=upper,
        load=load,
        existing=existing,
        evenness=max(1, 100 - weight),
    )


def _digits(whole: Array, read: Array) -> list[str]:
    """A line an entry, two signs a judge: 00 to 99, or -- where the judge does not read its language."""
    import numpy as np

    shown = np.clip(whole // 10, 0, 99)
    return [
        "".join(f"{each:02d}" if known else "--" for each, known in zip(line, knows, strict=True))
        for line, knows in zip(shown.tolist(), read.tolist(), strict=True)
    ]


if __name__ == "__main__":
    _child(Path(sys.argv[1]))
