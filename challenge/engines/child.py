"""The child process: limits itself, opens one file of a stranger, writes what it makes of it, and ends."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

from challenge.engines.faults import Unfit
from challenge.engines.previews import RESULT

MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 60
NICE = 10
FILE_BYTES = 256 * 1024 * 1024
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG

Maker = Callable[["Work"], None]


class Work:
    """The source, the folder, and the list of what was made, which is on the disk after every step."""

    def __init__(self, source: Path, media_type: str, folder: Path) -> None:
        self.source = source
        self.media_type = media_type
        self.folder = folder
        self._made: list[tuple[str, int, str, str]] = []
        self._missing: list[tuple[str, str, str]] = []

    def place(self, name: str) -> Path:
        """Where to write a derived file."""
        return self.folder / name

    def made(self, kind: str, page: int, media_type: str, name: str, *, more: bool = False) -> None:
        """One is there; `more` are still to come."""
        self._made.append((kind, page, media_type, name))
        self._note(whole=not more)

    def missing(self, kind: str, state: str, reason: str) -> None:
        """One will not be."""
        self._missing.append((kind, state, reason))
        self._note(whole=True)

    def _note(self, *, whole: bool) -> None:
        said = {"made": self._made, "missing": self._missing, "whole": whole}
        half = self.folder / f"{RESULT}.half"
        half.write_text(json.dumps(said), encoding="utf-8")
        half.replace(self.folder / RESULT)


def main(media_type: str, source: str, folder: str) -> int:
    """Make the derivatives of one file."""
    limit()
    work = Work(Path(source), media_type, Path(folder))
    try:
        makers()[media_type](work)
    except Unfit as fault:
        work.missing("clean", "failed", fault.reason)
    except MemoryError:
        work.missing("clean", "failed", "too_much_memory")
    return 0


def limit(memory: int = MEMORY, cpu_seconds: int = CPU_SECONDS) -> None:
    """Before anything is opened: so much memory, time and disk, and an end with the parent.

    Whoever waits for a page comes first: in the last minute a thousand papers are made beside the submits.
    """
    warnings.simplefilter("ignore")
    os.nice(NICE)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.umask(0o077)


def makers() -> Mapping[str, Maker]:
    """Media type -> what makes its derivatives. Each loads its library on first use."""
    from challenge.engines import office, pdf, pictures, plain

    return {
        "application/pdf": pdf.make,
        "image/png": pictures.make,
        "image/jpeg": pictures.make,
        **dict.fromkeys(office.TYPES, office.make),
        **dict.fromkeys(plain.TYPES, plain.make),
        "application/zip": plain.never,
    }


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:4]))
