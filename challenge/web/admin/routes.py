"""The doors of the administrator: each module of this package names its own, here they are one table."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.admin import (
    audit,
    factors,
    health,
    looking,
    organizations,
    people,
    privacy,
    roles,
    settings,
    storage,
)

MODULES = (
    *(audit, factors, health, looking, organizations),
    *(people, privacy, roles, settings, storage),
)


def _merged() -> dict[str, dict[str, Action]]:
    table: dict[str, dict[str, Action]] = {}
    for module in MODULES:
        twice = table.keys() & module.ROUTES.keys()
        if twice:
            raise RuntimeError(f"{module.__name__} names doors that another module has: {sorted(twice)}")
        table.update(module.ROUTES)
    return table


ROUTES = _merged()
