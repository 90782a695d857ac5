"""challenge: innovation challenges from a company's need to the award and beyond."""

from __future__ import annotations

import sys


def _plain_logs() -> None:
    """Let structlog load without rich, which it would take along for tracebacks in colour.

    Our log lines have none (`base/logs.py`), and a web worker would carry 4 MB of it for nothing.
    """
    if {"rich", "structlog"} & sys.modules.keys():
        return
    sys.modules["rich"] = None  # type: ignore[assignment]  # "not there", to whoever imports it now
    try:
        import structlog  # noqa: F401
    finally:
        del sys.modules["rich"]


_plain_logs()
