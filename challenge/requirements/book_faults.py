"""Faults of brought requirements as a row keeps them, and back as words take them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from challenge.rules.money import Sum
from challenge.rules.need_sheets import Fault


def shown(fault: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a stored fault as `say_code` takes them."""
    return {name: _read(value) for name, value in fault["params"].items()}


def stored(fault: Fault) -> dict[str, Any]:
    """As a row keeps it."""
    params = {name: _plain(value) for name, value in fault.params.items()}
    return {"sheet": fault.sheet, "cell": fault.cell, "code": fault.code, "params": params}


def _plain(value: object) -> object:
    if isinstance(value, Sum):
        return {"minor": value.minor, "currency": value.currency}
    return {"at": value.isoformat()} if isinstance(value, dt.datetime) else value


def _read(value: Any) -> object:
    if isinstance(value, dict):
        return Sum(**value) if "minor" in value else dt.datetime.fromisoformat(value["at"])
    return value
