"""A calibration in a child process of its own, which is killed when it takes too long or its caller ends."""

from __future__ import annotations

import json
import signal
import subprocess  # nosec B404 - for what it raises

from challenge.engines import children
from challenge.rules.calibration import Answer, Problem

SECONDS = 90.0  # less than a task's lease


def run(problem: Problem, *, seconds: float = SECONDS) -> Answer | str:
    """The calibration of a problem, or why there is none: `too_slow` or `too_much_memory`."""
    sent = json.dumps(problem.to_json()).encode()
    try:
        done = children.run("challenge.engines.calibration", sent=sent, seconds=seconds)
    except subprocess.TimeoutExpired:
        return "too_slow"
    if done.returncode != 0:
        slow = done.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
        return "too_slow" if slow else "too_much_memory"
    return Answer.from_json(json.loads(done.stdout))
