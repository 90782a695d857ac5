"""How far this process has hashed which upload: no byte that it received itself is hashed twice."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

READ = 1024 * 1024
MOST_STATES = 256


class States:
    """How far this process has hashed which upload, so that no byte is hashed twice in it."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[int, _Hash]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, ref: str, good: int, file: int) -> _Hash:
        """The state after `good` bytes; what this process did not hash itself is read from the file."""
        with self._lock:
            done, state = self._known.get(ref, (0, hashlib.sha256()))
        if done > good:
            done, state = 0, hashlib.sha256()
        state = state.copy()
        while done < good:
            data = os.pread(file, min(READ, good - done), done)
            if not data:
                raise EOFError(f"upload {ref} ends at {done}, before {good}")
            state.update(data)
            done += len(data)
        return state

    def put(self, ref: str, done: int, state: _Hash) -> None:
        """Keep how far it is; the longest unused are let go."""
        with self._lock:
            self._known[ref] = (done, state)
            self._known.move_to_end(ref)
            while len(self._known) > MOST_STATES:
                self._known.popitem(last=False)

    def forget(self, ref: str) -> None:
        """It is gone or done."""
        with self._lock:
            self._known.pop(ref, None)


STATES = States()
