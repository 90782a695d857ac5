"""Senders of letters for the drain: one at a time leases rows of work and does them, until none is left.

The argument is how many seconds the lease of a killed sender keeps its letters back; the two minutes of the
product would only make the measurement longer. Each sender is a fork of this process, which has connected to
nothing: its number is printed, and when it was killed the next is started at once.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time

from flask import Flask

from challenge.app import create_app
from challenge.flow.errands import work_once
from challenge.tasks import queue
from config import Settings


def main(seconds: float) -> None:
    """Keep one sender running until one ends in order."""
    queue.LEASE = dt.timedelta(seconds=seconds)
    app = create_app(Settings.from_env())
    while True:
        pid = os.fork()
        if pid == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what it logs is no number
            send(app, seconds)
            os._exit(0)
        print(pid, flush=True)
        if os.waitpid(pid, 0)[1] == 0:
            return


def send(app: Flask, seconds: float) -> None:
    """Send whatever is due; end when nothing has been for as long as a lease lasts."""
    idle = time.monotonic()
    with app.app_context():
        while time.monotonic() - idle < seconds + 0.3:
            if work_once():
                idle = time.monotonic()
            else:
                time.sleep(0.02)


if __name__ == "__main__":
    main(float(sys.argv[1]))
