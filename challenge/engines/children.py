"""How a child process of an engine is started: this interpreter, our folder, next to no environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def command(module: str, *arguments: str) -> list[str]:
    """One of our own modules, run by itself."""
    return [sys.executable, "-m", module, *arguments]


def surroundings() -> dict[str, str]:
    """The child's environment: no secret of ours, the same letters everywhere."""
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "ignore"}
