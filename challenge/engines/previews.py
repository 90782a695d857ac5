"""What judges get of a file: a copy without metadata, and its pages as pictures. Made in a child process.

The child limits its own memory, processor time and file size before it opens anything; this side waits so
long and no longer, then kills it. Whatever a file does to a library, what comes back is an outcome with a
reason, never a hang and never a crash of the worker.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess  # nosec B404 - only our own module, no shell
from dataclasses import dataclass
from pathlib import Path

from challenge.engines import children

SECONDS = 90  # less than a task's lease
MOST_BYTES = 200 * 1024 * 1024
RESULT = "result.json"


@dataclass(frozen=True, slots=True)
class Made:
    """One derived file: `clean` (page 0) or the picture of a `page` (from 1)."""

    kind: str
    page: int
    media_type: str
    path: Path


@dataclass(frozen=True, slots=True)
class Missing:
    """What was not made, and why: `none` where nothing is ever made of this type, else `failed`."""

    kind: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that came of one file."""

    made: tuple[Made, ...] = ()
    missing: tuple[Missing, ...] = ()


def derive(source: Path, media_type: str, folder: Path, *, seconds: float = SECONDS) -> Outcome:
    """Make the derivatives of a file of this type in an empty folder; they are the caller's to keep."""
    if source.stat().st_size > MOST_BYTES:
        return _failed("too_large")
    process = subprocess.Popen(  # noqa: S603  # nosec B603 - our own module
        children.command("challenge.engines.child", media_type, str(source), str(folder)),
        cwd=children.ROOT,
        env=children.surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        ended = process.wait(seconds)
    except subprocess.TimeoutExpired:
        return _after(folder, "too_slow")
    finally:
        _end(process)
    return _after(folder, _reason_of(ended))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing of it outlives us."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _reason_of(ended: int) -> str:
    if ended == -signal.SIGXCPU or ended == -signal.SIGKILL:
        return "too_slow"
    return "too_much_memory" if ended == -signal.SIGABRT else "damaged"


def _after(folder: Path, reason: str) -> Outcome:
    """What the child wrote down, as far as it came; what it did not reach failed for this reason."""
    try:
        said = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return _failed(reason)
    made = tuple(Made(each[0], each[1], each[2], folder / each[3]) for each in said["made"])
    missing = [Missing(*each) for each in said["missing"]]
    if not said["whole"]:
        missing.append(Missing("page", "failed", reason))
    return Outcome(made, tuple(missing))


def _failed(reason: str) -> Outcome:
    return Outcome((), (Missing("clean", "failed", reason),))
