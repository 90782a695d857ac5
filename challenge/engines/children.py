"""How a child process of an engine is started: this interpreter, our folder, next to no environment."""

from __future__ import annotations

import os
import subprocess  # nosec B404 - only our own modules, no shell
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def command(module: str, *arguments: str) -> list[str]:
    """One of our own modules, run by itself."""
    return [sys.executable, "-m", module, *arguments]


def surroundings() -> dict[str, str]:
    """The child's environment: no secret of ours, the same letters everywhere, one thread."""
    words = {"LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "ignore", "OPENBLAS_NUM_THREADS": "1"}
    return {"PATH": os.environ.get("PATH", ""), **words}


def run(module: str, *arguments: str, sent: bytes, seconds: float) -> subprocess.CompletedProcess[bytes]:
    """One of our own modules with these bytes, to its end; raises `TimeoutExpired` once it is killed."""
    return subprocess.run(  # noqa: S603  # nosec B603 - our own module
        command(module, *arguments),
        cwd=ROOT,
        env=surroundings(),
        input=sent,
        capture_output=True,
        timeout=seconds,
        check=False,
    )
