"""A download is an attachment that runs nowhere, whole or in one range."""

from __future__ import annotations

import pytest
from flask import Flask, Response

from challenge.files.download import HEADERS, send
from challenge.files.storage import storage

DATA = bytes(range(256)) * 10


def ask(app: Flask, method: str = "GET", **headers: str) -> Response:
    """Download a stored file with these headers."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    with app.test_request_context(method=method, headers=given):
        with storage().stage() as staged:
            staged.write(DATA)
            digest = storage().keep(staged)
        answer = send(digest, len(DATA), "text/html", "S-0417-1.pdf")
        answer.make_sequence()
        return answer


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-9", 5, 10),
        ("bytes=2500-", 2500, 2560),
        ("bytes=-10", 2550, 2560),
        ("bytes=2550-99999", 2550, 2560),
    ],
)
def test_one_range_is_served(app: Flask, wanted: str, start: int, stop: int) -> None:
    answer = ask(app, Range=wanted)
    assert answer.status_code == 206
    assert answer.data == DATA[start:stop]
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/2560"
    assert answer.headers["Content-Length"] == str(stop - start)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Range": "bytes=0-"},
        {"Range": "bytes=-99999"},
        {"Range": "bytes=0-1,5-9"},
        {"Range": "bytes=0-1, -5"},
        {"Range": "items=0-1"},
        {"Range": "bytes=-"},
        {"Range": "bytes=one-two"},
        {"Range": "bytes=0-" + "9" * 6000},
        {"Range": "bytes=\u0660-\u0661"},
        {"Range": "bytes=5-9", "If_Range": '"a tag"'},
        {"Range": "bytes=5-9", "If_Range": "Wed, 21 Oct 2026 07:28:00 GMT"},
    ],
)
def test_what_is_no_single_range_gets_it_all(app: Flask, headers: dict[str, str]) -> None:
    answer = ask(app, **headers)
    assert (answer.status_code, answer.data) == (200, DATA)
    assert "Content-Range" not in answer.headers


@pytest.mark.parametrize("wanted", ["bytes=2560-", "bytes=9999-10000", "bytes=9-5", "bytes=-0"])
def test_a_range_beyond_the_file_is_refused(app: Flask, wanted: str) -> None:
    answer = ask(app, Range=wanted)
    assert (answer.status_code, answer.data) == (416, b"")
    assert answer.headers["Content-Range"] == "bytes */2560"


def test_head_says_how_long_it_is(app: Flask) -> None:
    answer = ask(app, "HEAD", Range="bytes=0-9")
    assert (answer.status_code, answer.data) == (206, b"")
    assert answer.headers["Content-Length"] == "10"


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=1-2"}, {"Range": "bytes=9999-"}])
def test_whatever_is_asked_it_runs_nowhere_and_has_no_tag(app: Flask, headers: dict[str, str]) -> None:
    answer = ask(app, **headers)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "ETag" not in answer.headers
    assert "Last-Modified" not in answer.headers
    if answer.status_code != 416:
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
