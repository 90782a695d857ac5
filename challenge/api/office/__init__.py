"""Offices: brokers with their dispatches and dockings, administrators, and the audit trail."""

from __future__ import annotations

from challenge.api.doors import room
from challenge.rules.permissions import Action

ROOMS = (
    room(
        __name__,
        "brokering",
        ("GET", "/dockings", Action.ACCOUNT_USE, "brokers:dockings"),
        ("GET", "/broker/needs/<ref>/dispatches", Action.DISTRIBUTION_READ, "brokers:dispatches"),
    ),
    room(
        __name__,
        "administration",
        ("GET", "/admin/organizations", Action.USER_MANAGE, "admin:organizations"),
        ("GET", "/admin/users", Action.USER_MANAGE, "admin:users"),
        ("GET", "/admin/users/<ref>", Action.USER_MANAGE, "admin:user"),
    ),
    room(
        __name__,
        "audit",
        ("GET", "/audit/platform", Action.AUDIT_READ, "audit:platform"),
        ("GET", "/audit/rounds/<slug>", Action.AUDIT_READ, "audit:of_round"),
    ),
)
