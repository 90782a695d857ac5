"""The panels of the hub: one function for each role, each with a fixed number of statements.

A panel leads into a room; where its room is not built, it is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in a panel: where it leads, how it stands, what is to be done and until when."""

    href: str
    title: str
    kind: str | None = None
    state: str | None = None
    note: str = ""
    closes_at: dt.datetime | None = None
    zone: str = "UTC"
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One role's work: its lines, or in words why there are none, and the way on."""

    title: str
    lines: Sequence[Line]
    empty: str = ""
    href: str | None = None
    label: str = ""


Draw = Callable[[Session, Actor, dt.datetime], Panel | None]


def way(endpoint: str, **values: Any) -> str | None:
    """The address of a room, None where it is not built."""
    return current_app.url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def administering(_session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """The administrator's rooms."""
    if not actor.admin:
        return None
    rooms = (
        ("admin.people", _("People")),
        ("admin.organizations", _("Organizations")),
        ("admin.health", _("Health")),
    )
    return Panel(
        _("This installation"), [Line(href, title) for endpoint, title in rooms if (href := way(endpoint))]
    )


PANELS: tuple[Draw, ...] = (administering,)
