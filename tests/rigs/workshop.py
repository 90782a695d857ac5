"""One temporary folder per run, shared by its xdist workers and swept when the run ends.

It holds the databases, the files of the application and PostgreSQL's own folder, in memory where there is
room: thousands of tests wait for a disk at every commit. Its name carries the process id of the run, so that
what a killed run left behind is found and removed by the next one.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.rigs import postgres

PREFIX = "challenge-tests-"
MEMORY, ROOM = Path("/dev/shm"), 6 * 1024**3
FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder, or, in an xdist worker, take the one that the run made."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[FOLDER] = Path(worker["workshop"])
        return
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=_place()))
    # PostgreSQL refuses to run as root, so its own user must be able to walk through.
    folder.chmod(0o711)
    config.stash[FOLDER] = folder


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where the folder is."""
    node.workerinput["workshop"] = str(node.config.stash[FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL if somebody started it, and remove the folder."""
    if hasattr(config, "workerinput") or FOLDER not in config.stash:
        return
    _remove(config.stash[FOLDER])


def _place() -> Path:
    """Where the folder is made: in memory, or among other temporary files."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    return MEMORY if roomy else Path(tempfile.gettempdir())


def _sweep() -> None:
    for folder in (*MEMORY.glob(f"{PREFIX}*"), *Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        match = re.match(rf"{PREFIX}(\d+)-", folder.name)
        with suppress(FileNotFoundError):  # another run sweeps, or ends, at the same time
            if match and folder.stat().st_uid == os.getuid() and not Path(f"/proc/{match[1]}").exists():
                _remove(folder)


def _remove(folder: Path) -> None:
    postgres.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Hold a lock of the run: one worker at a time builds what all of them use."""
    with (folder / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def workshop(request: pytest.FixtureRequest) -> Path:
    """The run's folder."""
    return request.config.stash[FOLDER]


@pytest.fixture(scope="session")
def worker_folder(workshop: Path, worker_name: str) -> Path:
    """This worker's own folder in it."""
    folder = workshop / worker_name
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def worker_name() -> str:
    """`main`, or the name of the xdist worker."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")
