"""A client for the API of challenge in one file: Python 3.11 and its standard library, nothing else.

    client = Client("https://challenge.example.org", token="cht_...")
    for need in client.pages("/requirements", field="materials"):
        print(need["ref"], need["title_en"])
    entry = client.begin_entry(requirement=need["ref"])
    entry = client.edit_entry(entry, values={"title": "Rollers of glass"})
    receipt = client.submit_entry(entry)

Every door of `/api/v1/openapi.json` is in reach of `get`, `pages`, `post`, `put`, `patch` and `delete`. What
broke off on its way is sent again under the same Idempotency-Key: it has one effect.
"""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict
from urllib.parse import urlencode

TRIES = 4
MOST_WAIT_SECONDS = 30.0
AWAY = (429, 502, 503, 504)


class Fault(TypedDict):
    """What is wrong with one field."""

    field: str
    code: str
    detail: str


class Entry(TypedDict):
    """An entry as its team sees it; `tag` names the state that was read."""

    ref: str
    code: str
    state: str
    title: str
    values: dict[str, Any]
    missing: list[Fault]
    digest: str
    draft_version: int
    tag: str


class Receipt(TypedDict):
    """What stands in the round, and the signed proof of it."""

    number: int
    submitted_at: str
    receipt: dict[str, Any]


class Refusal(Exception):
    """The API said no (RFC 9457): `code` for programs, `detail` for people, `errors` by field."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")
        self.status = status
        self.code = str(problem.get("code", ""))
        self.detail = str(problem.get("detail", ""))
        self.errors: list[Fault] = list(problem.get("errors", ()))
        self.problem = dict(problem)


@dataclass(frozen=True)
class Request:
    """What is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body) if self.body else None


Send = Callable[[Request], Answer]


def by_urllib(request: Request) -> Answer:
    """Send a request over the network."""
    asked = urllib.request.Request(  # noqa: S310 - the address is the caller's own
        request.url, data=request.body, headers=dict(request.headers), method=request.method
    )
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - as above
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, headers, answer.read())
    except urllib.error.HTTPError as refusal:
        headers = {name.lower(): value for name, value in refusal.headers.items()}
        return Answer(refusal.code, headers, refusal.read())


class Client:
    """One installation, as whoever the token is of; without one, as a visitor."""

    def __init__(
        self, base: str, token: str | None = None, *, language: str = "en", send: Send = by_urllib
    ) -> None:
        self.base, self.token, self.language = base.rstrip("/"), token, language
        self._send = send

    def get(self, path: str, **query: object) -> Any:
        """Read one thing."""
        return self.ask("GET", path, query=query).json

    def pages(self, path: str, **query: object) -> Iterator[Any]:
        """Read a list to its end, page by page."""
        url: str | None = self._url(path, query)
        while url is not None:
            page = self._ask_url("GET", url, {}, None).json
            yield from page["items"]
            url = page["next"]

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Write, once: the key (by default a new one) makes a repetition harmless."""
        headers = {"Idempotency-Key": key or secrets.token_urlsafe(16)}
        return self.ask("POST", path, {} if body is None else body, headers=headers).json

    def put(self, path: str, body: Any, *, tag: str) -> Any:
        """Write a thing anew as a whole, from the state that `tag` names."""
        return self.ask("PUT", path, body, headers={"If-Match": tag}).json

    def patch(self, path: str, body: Any, *, tag: str | None = None) -> Any:
        """Write parts of a thing."""
        return self.ask("PATCH", path, body, headers={"If-Match": tag} if tag else {}).json

    def delete(self, path: str) -> None:
        """Take something away."""
        self.ask("DELETE", path)

    def entries(self) -> list[Entry]:
        """The entries whose team I am in."""
        return list(self.pages("/entries"))

    def entry(self, ref: str) -> Entry:
        """One entry as it stands."""
        return _tagged(self.ask("GET", f"/entries/{ref}"))

    def begin_entry(self, *, requirement: str | None = None, round_: str | None = None) -> Entry:
        """Begin an entry for a requirement, or in a round that has none."""
        asked = {"requirement": requirement, "round": round_}
        body = {name: value for name, value in asked.items() if value is not None}
        headers = {"Idempotency-Key": secrets.token_urlsafe(16)}
        return _tagged(self.ask("POST", "/entries", body, headers=headers))

    def edit_entry(self, entry: Entry, **changes: Any) -> Entry:
        """Write parts of the draft; raises `Refusal` 412 where a teammate was faster."""
        headers = {"If-Match": entry["tag"]}
        return _tagged(self.ask("PATCH", f"/entries/{entry['ref']}", changes, headers=headers))

    def upload(self, entry: Entry, name: str, content: bytes, field: str = "files") -> Any:
        """Send one file into a field of the form."""
        mark = secrets.token_hex(16)
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        body = f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        path = self._url(f"/entries/{entry['ref']}/files", {})
        return self._ask_url("POST", path, headers, body + f"\r\n--{mark}--\r\n".encode()).json

    def submit_entry(self, entry: Entry) -> Receipt:
        """Hand in exactly what was read; the answer is the receipt."""
        found: Receipt = self.post(f"/entries/{entry['ref']}/submit", {"seen": entry["digest"]})
        return found

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
    ) -> Answer:
        """Any door; raises `Refusal`."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if data is not None else {}
        return self._ask_url(method, self._url(path, query or {}), {**sent, **(headers or {})}, data)

    def _url(self, path: str, query: Mapping[str, object]) -> str:
        asked = {name: value for name, value in query.items() if value is not None}
        return f"{self.base}/api/v1{path}" + (f"?{urlencode(asked)}" if asked else "")

    def _ask_url(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        sent = {"Accept-Language": self.language, **headers}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        safe = method in ("GET", "PUT", "DELETE") or "Idempotency-Key" in sent
        for attempt in range(1, TRIES + 1):
            last = attempt == TRIES or not safe
            try:
                answer = self._send(Request(method, url, sent, body))
            except OSError:
                if last:
                    raise
                time.sleep(float(attempt))
                continue
            if answer.status not in AWAY or last:
                break
            time.sleep(min(float(answer.headers.get("retry-after", attempt)), MOST_WAIT_SECONDS))
        if answer.status >= 400:
            kind = answer.headers.get("content-type", "")
            raise Refusal(answer.status, answer.json if "json" in kind else {})
        return answer


def _tagged(answer: Answer) -> Entry:
    found: Entry = {**answer.json, "tag": answer.headers.get("etag", "")}
    return found
