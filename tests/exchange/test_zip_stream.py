"""The zip of a person's data on its way: no memory, no loose ends, no faked end."""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Iterator

import pytest

from challenge.exchange import packing
from challenge.exchange.packing import Member
from challenge.rules.errors import NotFound


def test_a_gigabyte_costs_a_few_megabytes() -> None:
    piece = bytes(1024 * 1024)

    def large() -> Iterator[bytes]:
        for _ in range(1024):
            yield piece

    for _chunk in packing.stream([Member("warm.bin", [piece], packed=False)]):
        pass
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = sum(len(chunk) for chunk in packing.stream([Member("large.bin", large(), packed=False)]))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert size > 2**30
    assert after - before < 8 * 1024  # KiB


def test_a_line_that_breaks_leaves_nothing_open() -> None:
    ended = []

    def endless() -> Iterator[bytes]:
        try:
            while True:
                yield b"x" * 65536
        finally:
            ended.append(True)

    going = packing.stream([Member("a.bin", endless(), packed=False)])
    for _ in range(5):
        next(going)
    going.close()
    assert ended == [True]


def test_a_storage_that_goes_away_cuts_the_zip_instead_of_faking_it() -> None:
    def broken() -> Iterator[bytes]:
        yield b"first"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        list(packing.stream([Member("a.bin", broken())]))

    def lost() -> Iterator[bytes]:
        raise NotFound
        yield b""

    whole = b"".join(packing.stream([Member("a.bin", lost()), Member("b.txt", [b"there"])]))
    assert zipfile.ZipFile(io.BytesIO(whole)).read("b.txt") == b"there"
