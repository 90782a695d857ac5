"""Uploads at the real server: other people's clients, kills, dead lines, several workers, one connection."""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import random
import socket
import threading
import time
from pathlib import Path

import pytest
from tusclient.client import TusClient

from challenge.base.db import db
from challenge.files.models import Attachment
from challenge.files.partial import SYNC_BYTES
from tests.rigs.server import LiveServer, MakeServer
from tests.solve.sending import Sender
from tests.submissions.live import inside

MB = 1024 * 1024
ON_THE_LINE = 36 * MB  # sent, and not read by the server when it was killed: two sockets' buffers


def file_of(megabytes: int, seed: int = 1) -> bytes:
    """A PDF by its beginning."""
    return b"%PDF-1.7\n" + random.Random(seed).randbytes(megabytes * MB)


@pytest.mark.parametrize("checksum", [False, True])
def test_tuspy_unmodified_uploads_and_resumes(
    live_server: LiveServer, tmp_path: Path, checksum: bool
) -> None:
    data, sender = file_of(7), Sender(live_server)
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    client = TusClient(f"{live_server.url}/solve/{sender.ref}/uploads", headers=dict(sender.headers))
    about = {"metadata": {"filename": "报告.pdf", "field": "files"}, "chunk_size": 2 * MB}
    with path.open("rb") as stream:
        first = client.uploader(file_stream=stream, upload_checksum=checksum, **about)
        first.upload_chunk()
        first.upload_chunk()
        assert first.offset == 4 * MB
    with path.open("rb") as stream:
        again = client.uploader(file_stream=stream, url=first.url, upload_checksum=checksum, **about)
        again.upload()
        assert again.offset == len(data)
    place = str(first.url).removeprefix(live_server.url)
    assert sender.about(place)["name"] == "报告.pdf"
    assert sender.download(place) == data


@pytest.mark.slow
def test_killed_at_ten_random_points_it_resumes_and_its_bytes_are_identical(make_server: MakeServer) -> None:
    """SIGKILL of all web processes in mid-piece, ten times; what the server said it has, it has.

    The points lie all over a file of many times what is synced at once: it goes on from there, not anew.
    """
    server = make_server(work=0)
    data, sender = file_of(160), Sender(server)
    stops = sorted(random.Random(20261123).sample(range(len(data)), 10))
    place, went_on = sender.begin(len(data)), [0]
    for stop in stops:
        offset = went_on[-1]
        line = sender.open_patch(place, offset, len(data) - offset)
        try:
            for start in range(offset, stop, 64 * 1024):
                line.sendall(data[start : min(start + 64 * 1024, stop)])
        except OSError:
            pass
        server.processes[-1].kill()
        line.close()
        server.start_web()
        went_on.append(sender.offset(place))
        assert max(offset, stop - SYNC_BYTES - ON_THE_LINE) <= went_on[-1] <= stop, went_on
    assert sender.patch(place, went_on[-1], data[went_on[-1] :]).status == 204
    assert sender.offset(place) == len(data)
    assert sender.about(place)["sha256"] == hashlib.sha256(data).hexdigest()
    assert sender.download(place) == data


def test_a_dead_line_locks_nobody_out(make_server: MakeServer) -> None:
    """A laptop was closed: its line stands open, and the next one goes on at once. Never two write."""
    server = make_server(work=0)
    data, sender = file_of(4), Sender(server)
    place = sender.begin(len(data))
    assert sender.patch(place, 0, data[:MB]).status == 204
    dead = sender.open_patch(place, MB, len(data) - MB)
    dead.sendall(b"z" * 300_000)
    time.sleep(0.5)
    assert sender.patch(place, 0, data[:1000]).status == 409
    assert sender.patch(place, MB, data[MB : 3 * MB]).status == 204
    dead.sendall(b"z" * (len(data) - MB - 300_000))
    answer = http.client.HTTPResponse(dead)
    answer.begin()
    assert answer.status == 423
    answer.close()
    dead.close()
    assert sender.offset(place) == 3 * MB
    assert sender.patch(place, 3 * MB, data[3 * MB :]).status == 204
    assert sender.download(place) == data


def test_pieces_may_reach_any_of_several_workers_at_once(make_server: MakeServer) -> None:
    server = make_server(web=2, work=0)
    sender = Sender(server)
    files = [file_of(3, seed) for seed in range(4)]

    def send(data: bytes) -> None:
        place = sender.begin(len(data), f"{hashlib.sha256(data).hexdigest()[:6]}.pdf")
        for start in range(0, len(data), 200_000):
            assert sender.patch(place, start, data[start : start + 200_000]).status == 204
        assert sender.download(place) == data

    threads = [threading.Thread(target=send, args=(data,)) for data in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with inside(server):
        assert db.session.query(Attachment).count() == 4


def test_slow_uploads_hold_no_connection_of_the_database(make_server: MakeServer) -> None:
    server = make_server(work=0, POOL_SIZE="1")
    sender = Sender(server)
    lines: list[socket.socket] = []
    for number in range(5):
        line = sender.open_patch(sender.begin(5 * MB, f"{number}.pdf"), 0, 5 * MB)
        line.sendall(b"%PDF-1.7 and then nothing for a long time")
        lines.append(line)
    time.sleep(0.3)
    for _ in range(3):
        assert sender.ask("GET", f"/solve/{sender.ref}").status == 200
    for line in lines:
        line.close()


def test_a_broken_line_keeps_what_came(make_server: MakeServer) -> None:
    server = make_server(work=0)
    data, sender = file_of(3), Sender(server)
    place = sender.begin(len(data))
    line = sender.open_patch(place, 0, len(data))
    line.sendall(data[: 2 * MB])
    time.sleep(0.3)
    line.close()
    deadline = time.monotonic() + 20
    while sender.offset(place) < 2 * MB:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    rest = io.BytesIO(data[2 * MB :])
    assert sender.patch(place, 2 * MB, rest, **{"Content-Length": str(len(data) - 2 * MB)}).status == 204
    assert sender.download(place) == data


@pytest.mark.slow
def test_a_large_upload_leaves_the_memory_flat(make_server: MakeServer) -> None:
    """200 MB here; `make bench` sends 2 GiB."""
    server = make_server(work=0)
    sender = Sender(server)
    small = file_of(1)
    sender.patch(sender.begin(len(small), "warm.pdf"), 0, small)
    before = _memory(server)
    block = os.urandom(MB)
    size = 200 * MB + 9
    place = sender.begin(size)
    line = sender.open_patch(place, 0, size)
    line.sendall(b"%PDF-1.7\n")
    most = before
    for _ in range(200):
        line.sendall(block)
        most = max(most, _memory(server))
    answer = http.client.HTTPResponse(line)
    answer.begin()
    assert answer.status == 204
    answer.close()
    line.close()
    assert most - before < 5_000, f"{most - before} kB"


def _memory(server: LiveServer) -> int:
    """Proportional memory of the web processes, in kB."""
    total = 0
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                group = int((path / "stat").read_text().rsplit(")", 1)[1].split()[2])
                text = (path / "smaps_rollup").read_text() if group == server.processes[0].pid else ""
            except OSError:
                continue
            total += sum(int(each.split()[1]) for each in text.splitlines() if each.startswith("Pss:"))
    return total
