"""One parent for web and work: what stands in its way is said before anything starts."""

from __future__ import annotations

import socket

import click
import pytest

from challenge.cli import serve
from tests.rigs.ports import free_port


def test_a_port_that_somebody_else_holds_is_named_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            click.ClickException, match=f"Port {port} cannot be used .* PORT={port + 1} make demo"
        ):
            serve.serve(port, workers=1)


def test_a_free_port_is_no_reason_to_stop() -> None:
    port = free_port()
    serve.check_port(port)
    serve.check_port(port)  # looking at it does not take it
