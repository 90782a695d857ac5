"""`flask mail`: letters that came back."""

from __future__ import annotations

import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

SAYS = {
    "marked": "{address} fails: nothing more goes there until somebody mends it. {words}",
    "known": "{address} was marked before. {words}",
    "later": "{address} may work later, so it is not marked. {words}",
    "nobody": "{address} fails, and gets no needs from here anyway. {words}",
    "unknown": "A report about a letter that was not written here.",
    "no_report": "No delivery report.",
}


@click.group("mail")
def group() -> None:
    """Look after letters that came back."""


@group.command("bounce")
@click.option(
    "--mailbox",
    "place",
    type=click.Path(exists=True, path_type=Path),
    help="A Maildir or an mbox file; what was read there is flagged as seen and passed over next time.",
)
def bounce(place: Path | None) -> None:
    """Take in delivery reports: one mail from standard input, or all new ones of a mailbox.

    What is no report, or about no letter of ours, changes nothing and is no error: an alias may pipe every
    mail to the sender's address here.
    """
    from challenge.base.db import fresh_session
    from challenge.flow import bouncing
    from challenge.messages.bounces import MOST_BYTES

    mails = _new(place) if place is not None else iter([sys.stdin.buffer.read(MOST_BYTES)])
    for data in mails:
        with fresh_session() as session:
            taken = bouncing.take(session, data)
        click.echo(SAYS[taken.fate].format(address=taken.address, words=taken.words).strip())


def _new(place: Path) -> Iterator[bytes]:
    """The mails that were not read yet; each is flagged once whatever follows from it is stored."""
    folder = place.is_dir()
    box: Any = mailbox.Maildir(place, create=False) if folder else mailbox.mbox(place, create=False)
    seen = "S" if folder else "R"
    box.lock()
    try:
        for key in sorted(box.keys()):
            mail = box[key]
            if seen in mail.get_flags():
                continue
            yield box.get_bytes(key)
            mail.add_flag(seen)
            if folder:
                mail.set_subdir("cur")
            box[key] = mail
    finally:
        box.flush()  # once: an mbox is written anew as a whole
        box.unlock()
        box.close()
