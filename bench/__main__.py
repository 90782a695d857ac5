"""`make bench`: the product against the floor, its growth, its weight; writes bench/results.json.

`python -m bench --gold FOLDER` measures matching on the public gold standard too; what is left out is said.
Ends with 1 where a target is missed, or a row that bench/expected.json lists is not there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import assigning, certificates, drain, growth, jobs, lists, matching, rankings, uploads, weight
from bench.rows import Row, expected_missing, table

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "bench" / "results.json"
EXPECTED = ROOT / "bench" / "expected.json"
SEED = 20261122
SMALL, LARGE = 1_000, 100_000


def main(gold: str | None = None) -> int:
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
        lambda: matching.rows(SEED, gold),
        lambda: drain.on_sqlite(folder, SEED),
        lambda: certificates.rows(folder),
        lists.measured,
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
    for why in matching.left_out(gold):
        print(f"left out: {why}")
    print(f"\n{len(rows)} figures, {len(missed)} missed\n{table(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m bench")
    asked.add_argument("--gold", metavar="FOLDER", help="the public gold standard of reviewers and papers")
    raise SystemExit(main(asked.parse_args().gold))
