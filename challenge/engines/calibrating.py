"""A calibration in a child process of its own, which is killed when it takes too long or its caller ends."""

from __future__ import annotations

import json
import signal
import subprocess  # nosec B404 - for what it raises

from challenge.engines import children
from challenge.rules.calibration import Answer, Problem

SECONDS = 90.0  # less than a task's lease
NO_MEMORY = 3  # how the child ends where its memory is not enough


class CalibrationFault(RuntimeError):
    """The engine broke down; the message says what it said."""


def run(problem: Problem, *, seconds: float = SECONDS) -> Answer | str:
    """The calibration of a problem, or why there is none: `too_slow` or `too_much_memory`.

    Raises `CalibrationFault` where the engine broke down over something else.
    """
    sent = json.dumps(problem.to_json()).encode()
    try:
        done = children.run("challenge.engines.calibration", sent=sent, seconds=seconds)
    except subprocess.TimeoutExpired:
        return "too_slow"
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return "too_slow"
    if done.returncode in (-signal.SIGABRT, NO_MEMORY):
        return "too_much_memory"
    if done.returncode:
        raise CalibrationFault(done.stderr.decode(errors="replace")[-1000:])
    return Answer.from_json(json.loads(done.stdout))
