"""Styles and scripts go compressed to whoever takes them so, and stay what they are."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.rigs.application import Visitor

STATIC = Path("challenge/static")


@pytest.mark.parametrize("name", ["css/parts.css", "js/countdown.js", "icons.svg", "vendor/htmx.min.js"])
def test_a_file_comes_compressed_and_is_the_same(client: Visitor, name: str) -> None:
    for _ in range(2):
        answer = client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip, br"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.content_length == len(answer.data) < (STATIC / name).stat().st_size / 2
        assert gzip.decompress(answer.data) == (STATIC / name).read_bytes()
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_who_does_not_take_it_compressed_gets_it_as_it_is(client: Visitor) -> None:
    for headers in ({}, {"Accept-Encoding": "identity"}, {"Accept-Encoding": "gzip;q=0"}):
        answer = client.get("/static/css/parts.css", headers=headers, buffered=True)
        assert "Content-Encoding" not in answer.headers
        assert answer.data == (STATIC / "css/parts.css").read_bytes()
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_what_the_browser_has_is_not_sent_again(client: Visitor) -> None:
    first = client.get("/static/css/parts.css", headers={"Accept-Encoding": "gzip"})
    again = client.get(
        "/static/css/parts.css",
        headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]},
        buffered=True,
    )
    assert again.status_code == 304
    assert again.data == b""


def test_a_piece_of_a_file_and_a_page_stay_as_they_are(client: Visitor) -> None:
    piece = client.get(
        "/static/css/parts.css", headers={"Accept-Encoding": "gzip", "Range": "bytes=0-9"}, buffered=True
    )
    assert piece.status_code == 206
    assert "Content-Encoding" not in piece.headers
    assert "Content-Encoding" not in client.get("/rounds", headers={"Accept-Encoding": "gzip"}).headers
