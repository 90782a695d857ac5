"""Uploads: the processor time of 20 MiB against the floor, and the memory of 2 GiB at the real server."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, abort, request, session
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder

from bench import jobs, weight, world
from bench.jobs import SOLVER
from bench.measure import Job, ratio
from bench.rows import Row
from challenge.accounts.models import User
from challenge.base.db import db
from challenge.cli.serve import web_command
from challenge.files.models import Attachment, Blob
from challenge.rounds.models import Round
from challenge.submissions.models import Submission

MIB = 1024 * 1024
SIZE, LARGE = 20 * MIB, 2048 * MIB
DRAFT = 10_000_000
PIECE = os.urandom(MIB)
CHUNK = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


class Body:
    """A PDF of that size which is never the same twice; read as a server hands it on."""

    def __init__(self, size: int, before: bytes = b"", after: bytes = b"") -> None:
        self.head = before + b"%PDF-1.7\n" + secrets.token_bytes(16)
        self.left, self.after = size + len(before), after

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        count = min(size if size >= 0 else self.left, self.left, MIB)
        if not count:
            data, self.after = self.after, b""
            return data
        self.left -= count
        if self.head:
            data, self.head = self.head + PIECE[: count - len(self.head)], b""
            return data
        return PIECE if count == MIB else PIECE[:count]


class Upload(Job):
    """A job that sends a file with headers of its own."""

    def __init__(self, app: Flask, path: str, method: str, size: int, headers: dict[str, str]) -> None:
        super().__init__(app, path, person=SOLVER, form={})
        token = URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps("bench")
        sent = {**headers, "Cookie": self.environ["HTTP_COOKIE"], "X-CSRFToken": str(token)}
        self.environ = EnvironBuilder(path=path, method=method, headers=list(sent.items())).get_environ()
        self.environ["CONTENT_LENGTH"] = str(size)
        self.size = size

    def stream(self) -> Body:
        """What is sent."""
        return Body(self.size)

    def send(self) -> tuple[int, dict[str, str]]:
        """One request: status and headers."""
        got: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[..., None]:
            got[:] = [int(status[:3]), dict(headers)]
            return lambda _data: None

        environ = {**self.environ, "wsgi.input": self.stream()}
        for _ in self.app.wsgi_app(environ, start):
            pass
        return got[0], got[1]


class Whole(Upload):
    """The floor's way: one form in one request, as the framework reads it."""

    def __init__(self, app: Flask, path: str) -> None:
        about = b'Content-Disposition: form-data; name="file"; filename="report.pdf"\r\n\r\n'
        self.parts = b"--bench\r\n" + about, b"\r\n--bench--\r\n"
        super().__init__(app, path, "POST", SIZE + sum(map(len, self.parts)), {})
        self.environ["CONTENT_TYPE"] = "multipart/form-data; boundary=bench"

    def stream(self) -> Body:
        """The form around the file."""
        return Body(SIZE, *self.parts)

    def once(self) -> tuple[dict[str, str], bytes]:
        """Send it; raises unless it was kept."""
        status, headers = self.send()
        if status != 201:
            raise RuntimeError(f"the floor answered {status}")
        return headers, b""


class Pieces(Upload):
    """What the browser does: room for a file, then its bytes; with the last of them it is in the draft."""

    def __init__(self, app: Flask, ref: str) -> None:
        name = base64.b64encode(b"report.pdf").decode()
        wanted = {"Tus-Resumable": "1.0.0", "Upload-Length": str(SIZE), "Upload-Metadata": f"filename {name}"}
        super().__init__(app, f"/solve/{ref}/uploads", "POST", 0, wanted)
        self.piece = Upload(app, "/", "PATCH", SIZE, {**CHUNK, "Upload-Offset": "0"})

    def once(self) -> tuple[dict[str, str], bytes]:
        """Send it; raises unless it was attached."""
        status, headers = self.send()
        if status != 201:
            raise RuntimeError(f"the beginning was answered {status}")
        self.piece.environ["PATH_INFO"] = headers["Location"]
        status, headers = self.piece.send()
        if (status, headers["Upload-Offset"]) != (204, str(SIZE)):
            raise RuntimeError(f"the file was answered {status}")
        return headers, b""

    def batch(self, count: int) -> float:
        """The same; what was attached before is cleared away, outside the time."""
        with self.app.app_context():
            db.session.execute(sa.delete(Attachment).where(Attachment.owner_id == DRAFT))
            db.session.commit()
        return super().batch(count)


def receive() -> Response:
    """The floor: whoever is signed in sends a form; its file is hashed, synced, renamed, its rows written."""
    from flask import current_app

    with Session(current_app.config["ENGINE"]) as known:
        person = known.scalar(sa.select(User).where(User.fs_uniquifier == session.get("_user_id")))
        if person is None:
            abort(403)
        folder = Path(current_app.config["FOLDER"])
        digest, size, sent = hashlib.sha256(), 0, request.files["file"]
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            while data := sent.read(256 * 1024):
                file.write(data)
                digest.update(data)
                size += len(data)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(folder / digest.hexdigest())
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(handle)
        os.close(handle)
        if size != SIZE:
            abort(400)
        known.add(Blob(sha256=digest.hexdigest(), size=size, media_type="application/pdf"))
        known.flush()
        about = {"owner_kind": "submission", "owner_id": DRAFT, "name": "report.pdf"}
        known.add(Attachment(sha256=digest.hexdigest(), uploaded_by=person.id, **about))
        known.commit()
    return Response(status=201)


def against_floor(folder: Path, seed: int) -> list[Row]:
    """The processor time of 20 MiB, hashed and synced, as a ratio to the floor's."""
    place = folder / "uploads"
    place.mkdir()
    apps = jobs.open_apps(place, 50, seed)
    with apps.product.app_context():
        db.session.execute(sa.update(Round).values(max_file_mb=2048, max_files=1000, max_total_mb=20_480))
        db.session.commit()
    apps.floor.config["FOLDER"] = str(place)
    apps.floor.add_url_rule("/upload", view_func=receive, methods=["POST"])
    floor, product = Whole(apps.floor, "/upload"), Pieces(apps.product, apps.world.draft)
    found, _each = ratio(floor, product, count=1)
    asked = product.statements()
    return [
        Row("20 MiB upload, hashed and fsynced: ratio to floor", round(found, 2), "x", 1.4),
        Row("20 MiB upload, begun and attached: statements", asked, "SQL", 24),
    ]


def memory(folder: Path, seed: int) -> list[Row]:
    """How much the memory of a web worker grows while 2 GiB come in and are attached, in MB."""
    data = folder / "large"
    data.mkdir()
    apps = jobs.open_apps(data, 50, seed)
    with apps.product.app_context():
        db.session.execute(sa.update(Round).values(max_file_mb=2048, max_files=1000, max_total_mb=20_480))
        db.session.commit()
    person = Upload(apps.product, "/", "POST", 0, {}).environ
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    env = {**os.environ, "CHALLENGE_MODE": "prod", "CHALLENGE_DATA": str(data / "data")}
    env |= {"DATABASE_URL": f"sqlite:///{data / 'world-50.db'}", "BASE_URL": f"http://127.0.0.1:{port}"}
    env |= {"SECRET_KEY": str(apps.product.secret_key), "PASSWORD_SALT": secrets.token_hex(32)}
    process = subprocess.Popen(
        web_command(port, 1), cwd=world.ROOT, env=env, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        weight.answered(f"http://127.0.0.1:{port}/", time.monotonic())
        sender = _Line(port, person, apps.world.draft)
        sender.upload(SIZE, process.pid)  # what is loaded on first use is there
        sender.upload(SIZE, process.pid)
        before = _pss(process.pid)
        most = sender.upload(LARGE, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(15)
    with apps.product.app_context():
        kept = db.session.scalars(sa.select(Blob.size).order_by(Blob.size.desc()).limit(1)).one()
        assert kept == LARGE, kept
        assert db.session.get_one(Submission, DRAFT).state == "draft"
    return [Row("2 GiB upload: memory of a web worker (PSS) more", round((most - before) / 1024, 1), "MB", 5)]


class _Line:
    """Somebody who sends files to the server."""

    def __init__(self, port: int, environ: dict[str, Any], ref: str) -> None:
        self.port, self.ref = port, ref
        self.headers = {
            "Cookie": str(environ["HTTP_COOKIE"]),
            "X-CSRFToken": str(environ["HTTP_X_CSRFTOKEN"]),
            "Tus-Resumable": "1.0.0",
        }

    def upload(self, size: int, group: int) -> int:
        """Send a file; the most memory that the server's processes had meanwhile, in kB."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        name = base64.b64encode(f"{size}-{secrets.token_hex(4)}.pdf".encode()).decode()
        said = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
        line.request("POST", f"/solve/{self.ref}/uploads", None, {**self.headers, **said})
        answer = line.getresponse()
        answer.read()
        place = str(answer.headers["Location"])
        line.putrequest("PATCH", place)
        for header, value in {**self.headers, **CHUNK, "Upload-Offset": "0"}.items():
            line.putheader(header, value)
        line.putheader("Content-Length", str(size))
        line.endheaders()
        body, most, sent = Body(size), 0, 0
        while data := body.read(MIB):
            line.send(data)
            sent += 1
            if sent % 64 == 0:
                most = max(most, _pss(group))
        answer = line.getresponse()
        answer.read()
        line.close()
        if answer.status != 204:
            raise RuntimeError(f"{size} bytes were answered {answer.status}")
        return max(most, _pss(group))


def _pss(group: int) -> int:
    """Proportional memory of the server's processes, in kB."""
    return sum(weight.pss(pid) for pid in weight.children(group))
