"""The demo world: loaded once for a run, by the command that people use, and copied for whoever asks."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rigs.server import LiveServer, MakeServer
from tests.rigs.workshop import alone

MakeDemo = Callable[[], LiveServer]


@pytest.fixture
def make_demo(make_server: MakeServer, workshop: Path) -> MakeDemo:
    """A function that gives a server, not started, with a demo world of its own; SQLite alone is copied."""

    def make() -> LiveServer:
        server = make_server(web=0, work=0, CHALLENGE_MODE="demo", PYTHONWARNINGS="default")
        database, kept = Path(server.database_url.removeprefix("sqlite:///")), workshop / "demo"
        with alone(workshop, "demo"):
            if not kept.exists():
                server.flask("demo", "--load-only")
                making = kept.with_name("demo-making")
                shutil.copytree(server.folder / "data", making / "data")
                shutil.copyfile(database, making / "demo.db")
                making.rename(kept)
                return server
        shutil.copytree(kept / "data", server.folder / "data", dirs_exist_ok=True)
        shutil.copyfile(kept / "demo.db", database)
        return server

    return make
