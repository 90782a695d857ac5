"""Announcers for the storm of results: each lets out what is due, then does rows of work until none is left.

As `bench.sender` is for the drain: one at a time, its number printed, and when it was killed the next starts.
"""

from __future__ import annotations

import datetime as dt
import os
import sys

from bench.sender import send
from challenge.app import create_app
from challenge.flow import announcing
from challenge.tasks import queue
from config import Settings


def main(seconds: float) -> None:
    """Keep one announcer running until one ends in order."""
    queue.LEASE = dt.timedelta(seconds=seconds)
    app = create_app(Settings.from_env())
    while True:
        pid = os.fork()
        if pid == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what it logs is no number
            with app.app_context():
                announcing.release_due()
            send(app, seconds)
            os._exit(0)
        print(pid, flush=True)
        if os.waitpid(pid, 0)[1] == 0:
            return


if __name__ == "__main__":
    main(float(sys.argv[1]))
