"""A distribution drains through SMTP while its sender is killed again and again.

Nothing may be lost, and no mailbox may be given a letter twice: neither two letters for one nor the same one,
under its one Message-ID, a second time (docs/adr/0024). A server has a letter once it has read the dot at its
end, so that is when this one counts it, before it answers.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from bench import units, world
from bench.crowds import DAY, app_of, database_now, due_rounds
from bench.rows import Row
from challenge.base.db import fresh_session
from challenge.distribution import sending
from challenge.distribution.models import Dispatch, Recipient
from challenge.distribution.recipients import Address, Choice, ensure
from challenge.distribution.sending import Order
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.permissions import Actor, Grant
from tests.rigs.ports import free_port

MAILS, KILLS = 10_000, 20
LEASE_SECONDS = 3.0
PATIENCE = 900


@dataclass(frozen=True, slots=True)
class Size:
    """How large a drain is, and how long a killed sender's letters are kept back."""

    mails: int = MAILS
    kills: int = KILLS
    lease: float = LEASE_SECONDS


class Mailboxes:
    """Takes every letter: recipient -> Message-ID -> how often."""

    def __init__(self) -> None:
        self.taken: dict[str, Counter[str]] = defaultdict(Counter)
        self.count = 0

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        """Accept it (aiosmtpd calls this by its name)."""
        name = str(message_from_bytes(bytes(envelope.content or b""))["Message-ID"])
        for address in envelope.rcpt_tos:
            self.taken[address][name] += 1
        self.count += 1
        return "250 OK"


def storm(name: str, url: str, data: Path, seed: int, size: Size | None = None) -> list[Row]:
    """Send a need to so many addresses, kill the sender so often, and count what arrived."""
    size, lot, port = size or Size(), random.Random(seed), free_port()
    boxes = Mailboxes()
    controller = Controller(boxes, hostname="127.0.0.1", port=port)
    controller.start()
    env = units.environment(
        url, data, free_port(), SMTP_HOST="127.0.0.1", SMTP_PORT=str(port), MAIL_SENDER="needs@example.org"
    )
    try:
        with app_of(url, data):
            started = time.monotonic()
            _send(size.mails)
            put = time.monotonic() - started
            kills = _drain(boxes, env, data, lot, size)
            took = time.monotonic() - started - put
            states = _states()
    finally:
        controller.stop()
    return _rows(name, size, boxes, kills, states, took, put)


def _send(count: int) -> None:
    """A published need, sent to so many addresses in one decision."""
    (round_id,) = due_rounds(1, database_now() + 20 * DAY)
    with fresh_session() as session:
        round_ = session.get_one(Round, round_id)
        programme = session.get_one(Programme, round_.programme_id)
        need = Requirement(
            round_id=round_id, seeker_id=programme.host_id, state="published", title_en="Drain", number="R-1"
        )
        session.add(need)
        addresses = [Address(f"solver{number}@example.org", locale="en_US") for number in range(count)]
        ids = frozenset(ensure(session, addresses))
        actor = Actor(grants=frozenset({Grant("organizer", "programme", programme.id)}))
        session.flush()
        sending.send(session, actor, round_id, Order((need.ref,), Choice(recipients=ids)))


def _drain(boxes: Mailboxes, env: dict[str, str], data: Path, lot: random.Random, size: Size) -> int:
    """Let one sender follow the other, each killed at its mark, until the last has nothing left to do."""
    marks = sorted(lot.sample(range(size.mails // 20, size.mails * 19 // 20), size.kills))
    command, kills = [sys.executable, "-m", "bench.sender", str(size.lease)], 0
    end = time.monotonic() + PATIENCE
    with (data / "sender.log").open("ab") as log:
        senders = subprocess.Popen(command, cwd=units.ROOT, env=env, stdout=subprocess.PIPE, stderr=log)
        assert senders.stdout is not None
        for mark in marks:
            pid = int(senders.stdout.readline() or 0)
            while pid and boxes.count < mark and time.monotonic() < end:
                time.sleep(0.001)
            if pid:
                time.sleep(lot.uniform(0, 0.02))  # anywhere between one letter and the next
                os.kill(pid, signal.SIGKILL)
                kills += 1
        senders.communicate(timeout=max(1.0, end - time.monotonic()))
    return kills


def _states() -> Counter[str]:
    with fresh_session() as session:
        query = sa.select(Dispatch.state).join(Recipient, Recipient.id == Dispatch.recipient_id)
        return Counter(session.scalars(query))


def _rows(
    name: str, size: Size, boxes: Mailboxes, kills: int, states: Counter[str], took: float, put: float
) -> list[Row]:
    job = f"{name}: {size.mails:,} mails through SMTP, the sender killed {size.kills} times"
    doubled = sum(len(names) - 1 for names in boxes.taken.values())
    again = sum(taken - 1 for names in boxes.taken.values() for taken in names.values())
    return [
        Row(f"{job}: kills", kills, "kills", size.kills, "eq"),
        Row(f"{job}: lost", size.mails - len(boxes.taken), "letters", 0, "eq"),
        Row(f"{job}: doubled", doubled + again, "letters", 0, "eq"),
        Row(f"{job}: of these under the same Message-ID", again, "letters", 0, "eq"),
        Row(f"{job}: noted as sent", states["sent"], "dispatches", size.mails, "eq"),
        Row(f"{job}: the decision to send", round(put, 2), "s", 30),
        Row(f"{job}: drained in", round(took, 1), "s", PATIENCE),
    ]


def on_sqlite(folder: Path, seed: int) -> list[Row]:
    """The drain on a new SQLite database."""
    data = folder / "drain"
    data.mkdir()
    url = f"sqlite:///{data / 'challenge.db'}"
    world.migrate(url, data)
    return storm("SQLite", url, data, seed)
