"""Requests to addresses that people gave us reach exactly the checked address, or nothing."""

from __future__ import annotations

import contextlib
import time
from http.server import BaseHTTPRequestHandler

import pytest

from challenge.base import outgoing
from challenge.base.outgoing import Unreachable
from tests.rigs.receiver import Receiver


def sent(url: str, *, private: bool = False, **given: object) -> str:
    """Post there; the code of what stood against it, or the status."""
    try:
        return str(outgoing.post(url, b"{}", {}, private=private, **given).status)  # type: ignore[arg-type]
    except Unreachable as error:
        return error.code


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/", "not_https"),
        ("https://127.0.0.1/", "not_public"),
        ("https://[::ffff:10.0.0.1]/", "not_public"),
        ("https://[::1]:8443/x", "not_public"),
        ("https://2130706433/", "not_public"),
        ("https://localhost/", "not_public"),
        ("https://printer.local/", "not_public"),
        ("https://user:word@example.org/", "not_a_web_page"),
        ("https://example.org/a b", "not_a_web_page"),
        ("https://example.org/\r\nX: y", "not_a_web_page"),
        ("https://example.org:99999/", "not_a_web_page"),
        ("ftp://example.org/", "not_a_web_page"),
        ("https:///x", "not_a_web_page"),
        ("javascript:alert(1)", "not_a_web_page"),
        ("https://hooks.example.org/in?key=1", None),
        ("https://钩子.example.org/收", None),
    ],
)
def test_what_an_address_may_look_like(url: str, code: str | None) -> None:
    assert outgoing.fault_of(url, private=False) == code


@pytest.mark.parametrize("answers", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:10.0.0.1"], []])
def test_a_name_that_leads_inside_is_not_connected_to(answers: list[str]) -> None:
    expected = "not_public" if answers else "no_such_host"
    assert sent("https://hooks.example.org/", resolve=lambda _host, _port: answers) == expected


def test_a_name_that_answers_otherwise_the_second_time_is_asked_once(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: public while it is checked, ours when it is connected to."""
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["192.0.2.1"] if len(asked) == 1 else ["127.0.0.1"]

    monkeypatch.setattr(outgoing, "CONNECT_SECONDS", 0.05)
    monkeypatch.setattr(outgoing, "is_public", lambda address: address != "127.0.0.1")
    url = f"https://hooks.example.org:{receiver.port}/"
    assert sent(url, resolve=rebinding) in (
        "too_slow",
        "no_answer",
    )  # nobody lives at the documentation's address
    assert asked == ["hooks.example.org"]
    assert receiver.got == []


def test_the_connection_goes_to_the_checked_address_under_the_name(receiver: Receiver) -> None:
    url = f"http://hooks.example.org:{receiver.port}/in?key=1"
    assert sent(url, private=True, resolve=lambda _host, _port: ["127.0.0.1"]) == "200"
    assert receiver.got[0].headers["host"] == f"hooks.example.org:{receiver.port}"
    assert receiver.got[0].path == "/in?key=1"


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url + "/inside"}
    assert sent(receiver.url, private=True) == "302"
    assert [each.path for each in receiver.got] == ["/hook"]


def test_of_a_long_answer_the_beginning_is_read(receiver: Receiver) -> None:
    receiver.body = b"x" * 5_000_000
    answer = outgoing.post(receiver.url, b"{}", {}, private=True)
    assert len(answer.excerpt) == outgoing.EXCERPT


def test_who_answers_drop_by_drop_is_cut_off(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "SECONDS", 0.3)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        with contextlib.suppress(OSError):
            for letter in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100:
                handler.wfile.write(bytes([letter]))
                time.sleep(0.05)

    receiver.before = drip
    started = time.monotonic()
    assert sent(receiver.url, private=True) == "too_slow"
    assert time.monotonic() - started < 2


def test_a_receiver_without_a_valid_certificate_gets_nothing(receiver: Receiver) -> None:
    url = receiver.url.replace("http:", "https:")  # it speaks no TLS at all
    assert sent(url, private=True) in ("not_trusted", "no_answer")
    assert receiver.got == []
