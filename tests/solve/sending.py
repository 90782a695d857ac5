"""A client of the upload's doors at a real server, request by request."""

from __future__ import annotations

import base64
import http.client
import json
import socket
from dataclasses import dataclass, field
from typing import Any

from tests.factories import RequirementFactory
from tests.rigs.server import LiveServer
from tests.submissions.live import inside, session_of, token_of
from tests.submissions.stories import owner_of, ready

TUS = {"Tus-Resumable": "1.0.0"}


@dataclass
class Answer:
    """Status, headers (their names in small letters) and body."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Sender:
    """Somebody signed in with a draft, in a round of large limits."""

    def __init__(self, server: LiveServer, **limits: Any) -> None:
        facts = {"round__max_file_mb": 2048, "round__max_files": 20, "round__max_total_mb": 8192}
        with inside(server) as app:
            draft = ready(requirement=RequirementFactory(**{**facts, **limits}))
            self.ref = draft.ref
            self.headers = {
                "Cookie": f"session={session_of(app, owner_of(draft))}",
                "X-CSRFToken": token_of(app),
                **TUS,
            }
        self.port = server.port
        self.url = server.url

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request on a line of its own."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            line.request(method, path, body, {**self.headers, **headers})
            answer = line.getresponse()
            headers_ = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers_, answer.read())
        finally:
            line.close()

    def begin(self, size: int, name: str = "report.pdf") -> str:
        """Room for a file: its address."""
        said = f"filename {base64.b64encode(name.encode()).decode()}"
        headers = {"Upload-Length": str(size), "Upload-Metadata": said}
        answer = self.ask("POST", f"/solve/{self.ref}/uploads", None, **headers)
        assert answer.status == 201, answer
        return answer.headers["location"]

    def patch(self, place: str, offset: int, data: Any, **headers: str) -> Answer:
        """A piece."""
        about = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        return self.ask("PATCH", place, data, **about, **headers)

    def offset(self, place: str) -> int:
        """How far the server says it is."""
        answer = self.ask("HEAD", place)
        assert answer.status == 200, answer
        return int(answer.headers["upload-offset"])

    def about(self, place: str) -> dict[str, Any]:
        """The attached file."""
        headers = {name: value for name, value in self.headers.items() if name not in TUS}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.request("GET", place, None, headers)
        with line.getresponse() as answer:
            found: dict[str, Any] = json.loads(answer.read())["file"]
        line.close()
        return found

    def download(self, place: str) -> bytes:
        """The attached file's bytes."""
        return self.ask("GET", self.about(place)["url"]).body

    def open_patch(self, place: str, offset: int, length: int) -> socket.socket:
        """A piece of which only the head was sent yet: the caller sends the body as it likes."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        about = {
            **self.headers,
            "Host": f"127.0.0.1:{self.port}",
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Content-Length": str(length),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in about.items())
        line.sendall(f"PATCH {place} HTTP/1.1\r\n{head}\r\n".encode())
        return line
