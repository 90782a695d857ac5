"""`make bench`: the product against the floor, its growth, its weight; writes bench/results.json.

Ends with 1 where a target is missed, or a row that bench/expected.json lists is not there.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import assigning, growth, jobs, matching, rankings, uploads, weight
from bench.rows import Row, expected_missing, table

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "bench" / "results.json"
EXPECTED = ROOT / "bench" / "expected.json"
SEED = 20261122
SMALL, LARGE = 1_000, 100_000


def main() -> int:
    """Measure everything, print the table as it grows, and say whether all targets hold."""
    rows: list[Row] = []
    folder = Path(tempfile.mkdtemp(prefix="challenge-bench-"))
    parts: tuple[Callable[[], list[Row]], ...] = (
        lambda: weight.server(folder),
        lambda: jobs.against_floor(folder, SMALL, SEED),
        lambda: uploads.against_floor(folder, SEED),
        lambda: uploads.memory(folder, SEED),
        lambda: growth.growth(folder, SMALL, LARGE, SEED),
        lambda: rankings.measured(folder),
        lambda: assigning.assignments(SEED),
        lambda: matching.rows(SEED),
    )
    try:
        for part in parts:
            found = part()
            print(table(found), flush=True)
            rows += found
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows += expected_missing(rows, EXPECTED)
    sizes = {"seed": SEED, "sizes": {"small": SMALL, "large": LARGE}}
    OUT.write_text(json.dumps([row.as_json() | sizes for row in rows], indent=1) + "\n", encoding="utf-8")
    missed = [row for row in rows if not row.ok]
    print(f"\n{len(rows)} figures, {len(missed)} missed\n{table(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
