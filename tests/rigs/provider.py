"""A provider of identities (OpenID Connect): a real server of its own, which a test may let lie."""

from __future__ import annotations

import io
import json
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from challenge.rules.providers import Provider
from tests.rigs.application import Visitor
from tests.rigs.ports import free_port

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it loads a part of Authlib that is on its way out
    import authlib.deprecate

    warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)
    import oidc_provider_mock

Browser = Callable[[], Visitor]
Twist = Callable[[dict[str, Any]], dict[str, Any]]


class House:
    """The provider: who has an account there, what it was asked, and how its answers are twisted."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.twists: dict[str, Twist] = {}
        self._app = oidc_provider_mock.app()

    def __call__(self, environ: Any, start: Any) -> Any:
        """Answer as a WSGI application, with what `twists` makes of its JSON."""
        asked = Request(environ)
        body = asked.get_data(cache=True, parse_form_data=False)
        self.asked.append((asked.path, parse_qs(body.decode() or asked.query_string.decode())))
        environ["wsgi.input"] = io.BytesIO(body)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = Response.from_app(self._app, environ, buffered=True)
        twist = self.twists.get(asked.path)
        if twist is not None and answer.is_json:
            answer = Response(
                json.dumps(twist(json.loads(answer.data))), answer.status_code, mimetype="application/json"
            )
        if answer.mimetype == "text/html":  # its style sheet lies on another host
            answer.set_data(re.sub(r"<link[^>]*>", "", answer.get_data(as_text=True)))
        return answer(environ, start)

    def settings(self, name: str = "campus", **changes: str) -> Provider:
        """What an installation's settings say of it."""
        said = {"issuer": self.url, "client_id": "challenge", "client_secret": "a-secret-of-the-tests"}
        return Provider(name, **{**said, "label_zh": "校园账号", "label_en": "Campus", **changes})

    def env(self) -> dict[str, str]:
        """The same as an installation's environment."""
        said = {"ISSUER": self.url, "CLIENT_ID": "challenge", "CLIENT_SECRET": "a-secret-of-the-tests"}
        said |= {"LABEL_ZH": "校园账号", "LABEL_EN": "Campus"}
        return {"OIDC_PROVIDERS": "campus", **{f"OIDC_CAMPUS_{name}": value for name, value in said.items()}}

    def person(self, sub: str, **claims: object) -> str:
        """Somebody has an account there; the subject."""
        requests.put(f"{self.url}/users/{sub}", json=claims, timeout=5).raise_for_status()
        return sub

    def sign_in(self, location: str, sub: str) -> str:
        """Say there who one is; the path and query of the way back."""
        answer = requests.post(location, data={"sub": sub}, allow_redirects=False, timeout=5)
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"


def query_of(location: str) -> dict[str, str]:
    """The fields of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def with_query(path: str, **changes: str) -> str:
    """The same path with other fields."""
    return f"{path.partition('?')[0]}?{urlencode({**query_of(path), **changes})}"


@pytest.fixture(scope="session")
def standing_provider() -> Iterator[House]:
    """One provider for a worker's tests: each makes its own people there."""
    house = House()
    server = make_server("localhost", house.port, house, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield house
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def provider(standing_provider: House) -> Iterator[House]:
    """The provider, as honest as it is."""
    standing_provider.asked.clear()
    yield standing_provider
    standing_provider.twists.clear()


@pytest.fixture
def elsewhere(app: Flask, provider: House, db: Session, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A function that opens a browser at an installation where one may sign in by the provider."""
    offer(app, monkeypatch, provider.settings(), provider.settings("orcid", label_en="ORCID"))

    def opened() -> Visitor:
        client = app.test_client()
        assert isinstance(client, Visitor)
        return client

    return opened


def offer(app: Flask, monkeypatch: pytest.MonkeyPatch, *providers: Provider) -> None:
    """Let one sign in there by these providers, for the length of a test."""
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], sign_in_by=providers))
    app.extensions.pop("oidc_clients", None)
