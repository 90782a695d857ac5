"""A list of 100,000 rows as a workbook, streamed: the most memory of its process, and how long it took."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from decimal import Decimal

from bench.rows import Row
from challenge.base import sheets

COUNT, MEMORY_MB, SECONDS = 100_000, 200, 60
HEAD = ("Submission", "Title", "Team", "Requirement", "Version", "Quote", "Currency", "Submitted")


def measured() -> list[Row]:
    """The figures of the issue, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.lists"], capture_output=True, text=True, check=True, timeout=600
    )
    memory, seconds = map(float, done.stdout.split())
    what = f"{COUNT:,} rows as XLSX, streamed"
    return [
        Row(f"{what}: memory", memory, "MB", MEMORY_MB),
        Row(f"{what}: time", seconds, "s", SECONDS),
    ]


def _run() -> tuple[float, float]:
    rows = (
        (
            f"S-{n:06}",
            "低照度铝带瑕疵识别 =1+1",
            "启明智能",
            "R-2026-009",
            1,
            Decimal("860000.00"),
            "CNY",
            "2026-11-24T09:30:00+08:00",
        )
        for n in range(COUNT)
    )
    began = time.monotonic()
    for _piece in sheets.stream("submissions", HEAD, rows):
        pass
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return most, time.monotonic() - began


if __name__ == "__main__":
    sys.stdout.write("{:.0f} {:.1f}\n".format(*_run()))
