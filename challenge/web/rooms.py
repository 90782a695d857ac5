"""The list of rooms: each audience's blueprint with its table of routes."""

from __future__ import annotations

from flask import Flask

from challenge.rules.permissions import Action
from challenge.web import (
    account,
    admin,
    agree,
    audit,
    dock,
    enter,
    figures,
    hooks,
    judge,
    organize,
    public,
    record,
    seek,
    services,
    signing,
    solve,
    stage,
    supply,
    training,
)

ROOMS = (
    *(public, enter, account, supply, seek, services, dock, agree, signing),
    *(solve, judge, stage, training, organize, hooks, figures, record, audit, admin),
)

# Doors that libraries bring along: our table still names each.
LIBRARY_ROUTES = {
    "static": {"GET": Action.PAGE_READ},
    "security.static": {"GET": Action.PAGE_READ},
    "security.login": {"GET": Action.ACCOUNT_ENTER, "POST": Action.ACCOUNT_ENTER},
    "security.verify": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
    "security.logout": {"POST": Action.ACCOUNT_ENTER},
    "security.register": {"GET": Action.ACCOUNT_ENTER, "POST": Action.ACCOUNT_ENTER},
    "security.forgot_password": {"GET": Action.ACCOUNT_ENTER, "POST": Action.ACCOUNT_ENTER},
    "security.reset_password": {"GET": Action.ACCOUNT_ENTER, "POST": Action.ACCOUNT_ENTER},
    "security.change_password": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
    "security.send_confirmation": {"GET": Action.ACCOUNT_ENTER, "POST": Action.ACCOUNT_ENTER},
    "security.confirm_email": {"GET": Action.ACCOUNT_ENTER, "POST": Action.ACCOUNT_ENTER},
}


def open_all(app: Flask) -> None:
    """Register every room's blueprint."""
    for room in ROOMS:
        app.register_blueprint(room.blueprint)


def all_routes() -> dict[str, dict[str, Action]]:
    """Every door of the app with the action it asks for."""
    table: dict[str, dict[str, Action]] = dict(LIBRARY_ROUTES)
    for room in ROOMS:
        for endpoint, methods in room.ROUTES.items():
            table[f"{room.blueprint.name}.{endpoint}"] = dict(methods)
    return table
