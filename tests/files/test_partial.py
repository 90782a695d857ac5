"""A partial file tells the truth about itself: after a kill, a cut, a full disk, and under two hands."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from challenge.files import hashing, partial
from challenge.files.partial import Overtaken, Partial, WrongOffset
from challenge.rules.errors import NoRoom

MB = 1024 * 1024


@pytest.fixture
def coming(tmp_path: Path) -> Partial:
    """A file of ten megabytes that is going to come."""
    return Partial(tmp_path, "ref", 10 * MB)


def forget_states() -> None:
    """As another process sees it."""
    hashing.STATES.forget("ref")


def send(coming: Partial, data: bytes, offset: int) -> str:
    """One piece; the digest of all so far."""
    with coming.turn(offset) as turn:
        turn.write(data)
        turn.sync()
        return turn.sha256


def test_pieces_add_up_whoever_took_the_ones_before(coming: Partial) -> None:
    data = os.urandom(10 * MB)
    assert coming.offset == 0
    for start in range(0, 9 * MB, 3 * MB):
        assert send(coming, data[start : start + 3 * MB], start) == (
            hashlib.sha256(data[: start + 3 * MB]).hexdigest()
        )
        assert coming.offset == start + 3 * MB
        if start == 3 * MB:
            forget_states()
    with coming.turn(9 * MB) as turn:
        turn.write(data[9 * MB :])
        turn.sync()
        assert coming.offset == 10 * MB - 1  # the last byte is taken with the attachment
        assert turn.settle() == hashlib.sha256(data).hexdigest()
    assert coming.path.read_bytes() == data


def test_what_was_settled_is_never_written_again(coming: Partial) -> None:
    with coming.turn(0) as turn:
        turn.write(b"x" * 10 * MB)
        digest = turn.settle()
    assert coming.offset == 10 * MB - 1
    with coming.turn(10 * MB - 1) as turn:
        assert turn.whole
        turn.write(b"y")
        assert turn.left == 0
        assert turn.settle() == digest
    assert coming.path.read_bytes() == b"x" * 10 * MB


@pytest.mark.parametrize("offset", [0, 99, 101, 10 * MB])
def test_bytes_that_go_elsewhere_change_nothing(coming: Partial, offset: int) -> None:
    send(coming, b"x" * 100, 0)
    with pytest.raises(WrongOffset) as refusal:
        coming.turn(offset)
    assert refusal.value.good == 100
    assert coming.offset == 100


def test_a_new_turn_stops_the_one_before(coming: Partial) -> None:
    with coming.turn(0) as old:
        old.write(b"a" * 100)
        old.sync()
        old.write(b"b" * 50)  # not synced: nobody was told of it
        with coming.turn(100) as new:
            new.write(b"c" * 200)
            for late in (lambda: old.write(b"b"), old.sync, old.settle, old.take_back):
                with pytest.raises(Overtaken):
                    late()
        assert coming.offset == 300
    assert coming.path.read_bytes() == b"a" * 100 + b"c" * 200


def test_of_twenty_hands_at_once_one_has_it(coming: Partial) -> None:
    taken: list[int] = []

    def attempt(number: int) -> None:
        try:
            with coming.turn(0) as turn:
                for _ in range(10):
                    turn.write(bytes([number]) * 1000)
                turn.sync()
                taken.append(number)
        except (Overtaken, WrongOffset):
            return

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(1, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1
    assert coming.path.read_bytes() == bytes([taken[0]]) * 10_000


def test_a_process_that_is_killed_leaves_what_it_said(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from challenge.files.partial import Partial\n"
        "turn = Partial(Path(sys.argv[1]), 'ref', 100).turn(0)\n"
        "turn.write(b'x' * 40); turn.sync(); turn.write(b'y' * 20)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, cwd=Path(__file__).parents[2])
    coming = Partial(tmp_path, "ref", 100)
    assert coming.offset == 40
    assert coming.path.stat().st_size == 60
    assert send(coming, b"z" * 10, 40) == hashlib.sha256(b"x" * 40 + b"z" * 10).hexdigest()
    assert coming.path.read_bytes() == b"x" * 40 + b"z" * 10


def test_a_full_disk_in_mid_upload_keeps_the_last_good_byte(
    coming: Partial, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(coming, b"x" * 100, 0)
    write = os.pwrite
    with coming.turn(100) as turn:
        turn.write(b"y" * 50)

        def full(file: int, data: bytes, place: int) -> int:
            if place == 150:
                write(file, bytes(data[:7]), place)
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(file, data, place)

        monkeypatch.setattr(partial.os, "pwrite", full)
        with pytest.raises(NoRoom):
            turn.write(b"z" * 50)
        monkeypatch.undo()
    assert coming.offset == 100
    assert coming.path.stat().st_size == 100
    assert send(coming, b"y" * 100, 100) == hashlib.sha256(b"x" * 100 + b"y" * 100).hexdigest()


def test_a_file_that_somebody_cut_goes_on_from_where_it_ends(coming: Partial) -> None:
    send(coming, b"x" * 1000, 0)
    os.truncate(coming.path, 400)
    assert coming.offset == 400
    assert send(coming, b"y", 400) == hashlib.sha256(b"x" * 400 + b"y").hexdigest()
    coming.path.unlink()
    assert coming.offset == 0


def test_a_piece_with_a_checksum_is_taken_back_whole(coming: Partial) -> None:
    send(coming, b"x" * 100, 0)
    with coming.turn(100) as turn:
        turn.write(b"damaged")
        turn.take_back()
    assert coming.offset == 100
    assert send(coming, b"y", 100) == hashlib.sha256(b"x" * 100 + b"y").hexdigest()


def test_what_is_removed_is_gone_and_its_writer_stops(coming: Partial, tmp_path: Path) -> None:
    with coming.turn(0) as turn:
        turn.write(b"x")
        coming.remove()
        with pytest.raises(Overtaken):
            turn.write(b"y")
    assert list(tmp_path.iterdir()) == []
    assert coming.offset == 0
