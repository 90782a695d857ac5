"""Object stores on this machine: `rclone serve s3` and moto's server. Each covers what the other lacks."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.ports import free_port

RCLONE = Path(sys.executable).parent / "rclone"
URL = "s3://bucket/challenge"


class Bucket:
    """A store at an address, and the variables by which the product finds it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.env = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "test-only-key",
            "AWS_SECRET_ACCESS_KEY": "test-only-secret",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }


class Rclone(Bucket):
    """`rclone serve s3` over a folder: it can go away and come back."""

    def __init__(self, folder: Path) -> None:
        super().__init__(free_port())
        self.folder = folder
        (folder / "bucket").mkdir(parents=True)
        self._process: subprocess.Popen[bytes] | None = None
        self.come_back()

    def come_back(self) -> None:
        """Answer (again)."""
        keys = f"{self.env['AWS_ACCESS_KEY_ID']},{self.env['AWS_SECRET_ACCESS_KEY']}"
        self._process = subprocess.Popen(
            [RCLONE, "serve", "s3", self.folder, "--addr", f"127.0.0.1:{self.port}", "--auth-key", keys],
            env={"PATH": os.environ["PATH"], "RCLONE_CONFIG": "/dev/null"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        await_port(self.port)

    def go_away(self) -> None:
        """Answer nobody."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def files(self) -> list[Path]:
        """What lies in it."""
        return sorted(path for path in (self.folder / "bucket").rglob("*") if path.is_file())


def await_port(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nobody listens at {port}")


@pytest.fixture
def rclone(tmp_path: Path) -> Iterator[Rclone]:
    """A store that can go away."""
    made = Rclone(tmp_path / "rclone")
    yield made
    made.go_away()


@pytest.fixture
def moto() -> Iterator[Bucket]:
    """A store that knows ranges and conditions."""
    import boto3
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    made = Bucket(free_port())
    server = ThreadedMotoServer("127.0.0.1", made.port, verbose=False)
    server.start()
    client = boto3.client(
        "s3",
        endpoint_url=made.env["AWS_ENDPOINT_URL"],
        aws_access_key_id=made.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=made.env["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="bucket")
    client.close()
    yield made
    server.stop()


@pytest.fixture(params=["rclone", "moto"])
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """Either, with its variables set in this process."""
    made: Bucket = request.getfixturevalue(request.param)
    for name, value in made.env.items():
        monkeypatch.setenv(name, value)
    return made
