"""The doors of one's own account: each module of this package names its own, here they are one table."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.account import (
    calendar,
    confirm,
    data,
    diagnosis,
    erasing,
    expertise,
    factors,
    hub,
    inbox,
    invitations,
    looks,
    mailbox,
    messages,
    objections,
    opened,
    organizations,
    passkeys,
    profile,
    reader,
    searches,
    second_step,
    security,
    tokens,
    ways,
)

MODULES = (
    *(data, diagnosis, erasing, expertise, hub, inbox, invitations, looks),
    *(mailbox, messages, objections, opened),
    *(organizations, profile, reader, searches),
    *(calendar,),
    *(confirm, factors, passkeys, second_step),
    *(security, tokens, ways),
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
