"""`flask demo`: migrate, load the living world into an empty database, serve it."""

from __future__ import annotations

import datetime as dt
import logging
import os

import click
import sqlalchemy as sa
import structlog
from flask import Flask, current_app

from challenge.accounts.models import User
from challenge.base import logs
from challenge.base.db import db, fresh_session
from challenge.cli import database, serve
from challenge.cli.demo import people, services, training
from challenge.cli.demo.loader import World, found_programmes, know, live, populate
from challenge.cli.demo.plans import PLANS, PROGRAMMES
from challenge.cli.demo.stories import story
from challenge.cli.demo.travel import travelling

log = structlog.get_logger()


@click.command("demo")
@click.option("--load-only", is_flag=True, help="Migrate and load, but do not serve.")
def command(load_only: bool) -> None:
    """A living demo: migrate, load a world if there is none, serve it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    settings = app.config["SETTINGS"]
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise click.UsageError(f"PORT is {text!r}; it takes a number from 1 to 65535.")
    port = int(text)
    database.alembic(app)  # made before its logger is told to be quiet: making it sets the level
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if not load_only:
        serve.check_port(port)
    database.upgrade(app)
    with fresh_session() as session:
        empty = session.scalar(sa.select(User.id).limit(1)) is None
    if empty:
        click.echo("Loading the demo world ...")
        logs.configure(settings.mode, level=logging.WARNING)
        load()
    _say(port)
    if not load_only:
        # Demo accounts and the open mailbox exist only where this command was used.
        os.environ["CHALLENGE_MODE"] = "demo"
        raise SystemExit(serve.serve(port, settings.web_workers))


def load() -> None:
    """Make the world in an empty database. The language of mails is each person's own."""
    start = dt.datetime.now(dt.UTC)
    with travelling(db.engine) as travel:
        world = World(travel)
        travel.to(days=-320)
        populate(world)
        found_programmes(world, dict(PROGRAMMES))
        know(world)
        steps = [step for key, plan in PLANS.items() for step in story(world, key, plan, start)]
        live(world, [*steps, *services.steps(world), *training.steps(world)])


def _say(port: int) -> None:
    click.echo(f"\n  http://127.0.0.1:{port}\n\n  Password of every demo account: {people.PASSWORD}\n")
    for key in people.SHOWN:
        person = people.PEOPLE[key]
        click.echo(f"  {person.role:<14} {people.address(key)}")
    click.echo(
        "\n  Mail is not sent: read it at /mailbox. Ctrl+C ends the demo; the next start keeps the data.\n"
    )
