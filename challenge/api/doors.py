"""The table of the API: each door's method, address, action and area. Light, for every web worker loads it.

What a door does stands in the module that it names, which is loaded when somebody first knocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from challenge.rules.permissions import Action
from challenge.rules.scopes import READ, WRITE

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Door:
    """One method at one address. `view` is `module:function` inside the room's package."""

    method: str
    rule: str
    action: Action
    view: str
    area: str | None  # one of `rules.scopes.AREAS`; None: read as a visitor, with a token or without
    room: str = ""
    # The current state must be named (`If-Match`); nobody writes over what they have not read.
    matched: bool = False
    # It reads its own body and makes its own transactions.
    streams: bool = False

    @property
    def name(self) -> str:
        """What the description calls it: `entries_submit`."""
        return self.view.replace(":", "_")

    @property
    def endpoint(self) -> str:
        """Its name among the doors of the app."""
        return f"api.{self.name}"

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"

    @property
    def scope(self) -> str | None:
        """What a token must have been made for."""
        return f"{self.area}:{WRITE if self.writes else READ}" if self.area else None


@dataclass(frozen=True, slots=True)
class Room:
    """The doors of one audience; `package` is where their modules are."""

    package: str
    doors: tuple[Door, ...]


def room(package: str, area: str | None, *doors: tuple[str, str, Action, str]) -> Room:
    """A room whose doors are all of one area: (method, rule, action, view)."""
    return Room(package, tuple(_door(package, area, *door) for door in doors))


def _door(package: str, area: str | None, method: str, rule: str, action: Action, view: str) -> Door:
    """`If-Match` is asked for by a star after the method, its own body by an arrow: `PATCH*`, `POST>`."""
    verb = method.rstrip("*>")
    return Door(verb, rule, action, view, area, package, "*" in method, ">" in method)


def routes(rooms: Sequence[Room]) -> Mapping[str, dict[str, Action]]:
    """The doors as the app's table has them: endpoint -> method -> action."""
    table: dict[str, dict[str, Action]] = {}
    for door in (door for each in rooms for door in each.doors):
        if door.endpoint in table:
            raise RuntimeError(f"two doors of the API are named {door.name}")
        table[door.endpoint] = {door.method: door.action}
    return table
