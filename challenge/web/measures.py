"""What Prometheus reads: requests by door and answer, how long they took, and how the work stands.

Each worker process counts in files of its own in one folder, and a scrape adds them up whichever worker it
reaches. Where the work stands is read from the database at the scrape.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request

from config import Settings

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client reads it when it is loaded
_METERS: dict[str, Any] = {}


def install(app: Flask) -> None:
    """Count from now on; only where METRICS_TOKEN is set is anything loaded for it."""
    settings: Settings = app.config["SETTINGS"]
    if not settings.metrics_token:
        return
    _prepare(settings)

    @app.before_request
    def begin() -> None:
        g.begun = time.monotonic()

    @app.after_request
    def count(response: Response) -> Response:
        door = request.endpoint or "none"
        _METERS["requests"].labels(door, request.method, str(response.status_code)).inc()
        if "begun" in g:
            _METERS["seconds"].labels(door).observe(time.monotonic() - g.begun)
        return response


def _prepare(settings: Settings) -> None:
    if _METERS:
        return
    os.environ.setdefault(_FOLDER, str(_folder(settings)))
    from prometheus_client import Counter, Histogram

    _METERS["requests"] = Counter(
        "challenge_requests", "Requests answered", ["endpoint", "method", "status"], registry=None
    )
    _METERS["seconds"] = Histogram(
        "challenge_request_seconds", "Seconds to an answer", ["endpoint"], buckets=BUCKETS, registry=None
    )


def _folder(settings: Settings) -> Path:
    """Where the workers of this installation count; what ended processes left there goes."""
    name = hashlib.sha256(str(settings.data_dir).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"challenge-measures-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    for file in folder.glob("*.db"):
        process = file.stem.rpartition("_")[2]
        if process.isdecimal() and not Path("/proc", process).exists():
            with suppress(FileNotFoundError):
                file.unlink()
    return folder


def exposition(standing: dict[str, float]) -> bytes:
    """Everything as text: what all workers counted, and these gauges."""
    from prometheus_client import CollectorRegistry, generate_latest, multiprocess

    counted = CollectorRegistry()
    multiprocess.MultiProcessCollector(counted, os.environ[_FOLDER])  # type: ignore[no-untyped-call]
    lines = [
        f"# TYPE challenge_{name} gauge\nchallenge_{name} {value:g}\n" for name, value in standing.items()
    ]
    return generate_latest(counted) + "".join(lines).encode()
