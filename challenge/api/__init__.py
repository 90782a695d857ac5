"""The same services, queries and permission table as the pages, for programs: /api/v1, as OpenAPI 3.1.

A web worker loads only the tables of doors. What stands behind them (the shapes of bodies, the description)
is loaded when the first program knocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response
from flask_wtf import CSRFProtect

from challenge.api import callers, judge, me, office, organize, problems, public, seek, solve
from challenge.api.doors import PREFIX, Door, Room, routes
from challenge.api.problems import Words

# One module for each audience; a new one is listed here.
ROOMS: tuple[Room, ...] = (
    *(room for each in (public, me, solve, seek, judge, organize, office) for room in each.ROOMS),
)
DOORS: Mapping[str, Door] = {door.endpoint: door for each in ROOMS for door in each.doors}
ROUTES = routes(ROOMS)

__all__ = ["DOORS", "PREFIX", "ROOMS", "ROUTES", "Words", "install"]


def install(app: Flask, csrf: CSRFProtect, words: Words) -> None:
    """Hang the doors onto the app, each with who calls before it; before the door check is installed."""
    app.extensions["api_words"] = words
    app.extensions["api_faults"] = lambda error: problems.of(error) if problems.is_asked() else None
    callers.install(app, dict(DOORS))
    for door in DOORS.values():
        view = csrf.exempt(_view(door))
        app.add_url_rule(PREFIX + door.rule, door.endpoint, view, methods=[door.method])


def _view(door: Door) -> Callable[..., Response]:
    """The view of a door; what it does is looked up at the first knock."""

    def view(**values: Any) -> Response:
        from challenge.api import answers, described

        def act() -> Response:
            return described.views()[door.endpoint](**values)

        if door.streams:
            return act()
        return answers.write(door, act) if door.writes else answers.read(act)

    view.__name__ = view.__qualname__ = door.endpoint.replace(".", "_")
    view.__module__ = f"{__name__}.views"
    return view
