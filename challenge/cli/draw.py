"""`flask draw`: redo a published draw offline."""

from __future__ import annotations

import json
from pathlib import Path

import click

from challenge.rules import drawing

MOST_BYTES = 1024 * 1024
SAYS = {
    "not_a_draw": "NOT A DRAW: the file has not the form of a published draw",
    "not_drawn": "not drawn yet: digest and entries alone are published",
    "noted_differs": "ANOTHER DIGEST: it is not the one that you noted beforehand",
    "digest_differs": "ANOTHER SEED: its SHA-256 is not the published digest",
    "order_differs": "ANOTHER ORDER: it does not follow from seed, word and codes",
}
EXIT = {"not_drawn": 2, "not_a_draw": 3}


@click.group("draw")
def group() -> None:
    """Redo a draw."""


@group.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--digest", "noted", help="The digest as you noted it before the draw.")
@click.pass_context
def verify(context: click.Context, file: Path, noted: str | None) -> None:
    """Say whether the order in FILE (the JSON of the draw's page) follows from its seed.

    Ends with 0 when all is right, 1 where something differs, 2 before the draw, 3 where it is no draw.
    """
    with file.open("rb") as opened:
        text = opened.read(MOST_BYTES + 1)
    try:
        said = json.loads(text) if len(text) <= MOST_BYTES else None
    except ValueError:
        said = None
    found = drawing.faults(said, noted) if isinstance(said, dict) else ["not_a_draw"]
    for code in found:
        click.echo(f"{file.name}: {SAYS[code]}")
    if not found and isinstance(said, dict):
        click.echo(f"{file.name}: right, {len(said['order'])} entries")
        for position, code in enumerate(said["order"], start=1):
            click.echo(f"{position:>3}  {code}")
    context.exit(max((EXIT.get(code, 1) for code in found), default=0))
