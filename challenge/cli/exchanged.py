"""What commands about a round's archive say: how far they are, and refusals in words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask_babel import force_locale

from challenge.exchange.round_words import said
from challenge.rules.errors import NotFound, Refused


def told(done: int, of: int) -> None:
    """Progress on the terminal, on one line."""
    if sys.stderr.isatty():
        click.echo(f"\r{done + 1}/{of} tables", nl=done + 1 == of, err=True)


@contextmanager
def words_for_refusals() -> Iterator[None]:
    """A refusal ends the command with a sentence."""
    try:
        yield
    except NotFound:
        raise click.ClickException("There is no such round.") from None
    except Refused as refusal:
        with force_locale("en_US"):
            raise click.ClickException(said(refusal)) from None
