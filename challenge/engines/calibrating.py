"""A calibration in a child process of its own, which is killed when it takes too long or its caller ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess  # nosec B404 - only our own module, no shell

from challenge.engines import children
from challenge.rules.calibration import Answer, Problem

SECONDS = 90.0  # less than a task's lease


def run(problem: Problem, *, seconds: float = SECONDS) -> Answer | str:
    """The calibration of a problem, or why there is none: `too_slow` or `too_much_memory`."""
    process = subprocess.Popen(  # noqa: S603  # nosec B603 - our own module
        children.command("challenge.engines.calibration"),
        cwd=children.ROOT,
        env={**children.surroundings(), "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with process:
        try:
            answer, _ = process.communicate(json.dumps(problem.to_json()).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            return "too_slow"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode != 0:
        slow = process.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
        return "too_slow" if slow else "too_much_memory"
    return Answer.from_json(json.loads(answer))
