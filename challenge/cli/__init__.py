"""flask commands: db, work, demo, user, import, export, audit, backup ... Each loads its weight on use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click
from flask import Flask

# name -> (module, attribute): nothing of it is imported by a web worker
COMMANDS = {
    "db": ("challenge.cli.database", "group"),
    "work": ("challenge.work", "command"),
    "receipt": ("challenge.cli.receipt", "group"),
    "agreement": ("challenge.cli.agreement", "group"),
    "draw": ("challenge.cli.draw", "group"),
    "demo": ("challenge.cli.demo.command", "command"),
    "import": ("challenge.cli.imports", "group"),
    "export": ("challenge.cli.exports", "group"),
    "user": ("challenge.cli.user", "group"),
    "audit": ("challenge.cli.audit", "group"),
    "ranking": ("challenge.cli.ranking", "group"),
    "sealing": ("challenge.cli.sealing", "group"),
    "search": ("challenge.cli.search", "group"),
    "mail": ("challenge.cli.mail", "group"),
    "backup": ("challenge.cli.backup", "group"),
}


class Deferred(click.Command):
    """Stands for a command until it is called: alembic and APScheduler never load in a web worker."""

    def __init__(self, name: str, module: str, attribute: str) -> None:
        super().__init__(name, add_help_option=False, context_settings={"ignore_unknown_options": True})
        self._where = (module, attribute)

    def real(self) -> click.Command:
        """The command itself."""
        found: click.Command = getattr(import_module(self._where[0]), self._where[1])
        return found

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Hand everything over to the real command."""
        return self.real().make_context(info_name, args, parent=parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Never reached with a context of its own: `make_context` gave the real command's."""
        return ctx.command.invoke(ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        """The real command's line in the list."""
        return self.real().get_short_help_str(limit)


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    for name, (module, attribute) in COMMANDS.items():
        app.cli.add_command(Deferred(name, module, attribute))
