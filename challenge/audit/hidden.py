"""JSON that stands encrypted in its column: what a sealed round's drafts hold, so that a dump tells nothing.

Whoever reads the row through the models reads plain values; the database holds one text instead. It is
encrypted where the value is `Hidden`, and stays as it is where it is a plain dict.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from challenge.audit.seals import sealing_keys

MARK = "$hidden"
_ABOUT = {"what": "column"}


class Hidden(dict[str, Any]):
    """A value that is encrypted where it is stored."""


class HiddenJSON(sa.types.TypeDecorator[dict[str, Any]]):
    """A JSON column whose values may be hidden; a question about a hidden one finds nothing there."""

    impl = sa.JSON
    cache_ok = True

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Parts of it are asked for as of any JSON."""
        return self.impl_instance.coerce_compared_value(op, value)

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        """Encrypt what is hidden."""
        if isinstance(value, Hidden):
            return {MARK: sealing_keys().hide(dict(value), _ABOUT)}
        return value

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        """Decrypt it again; raises `Away` where the installation's key is not here."""
        if isinstance(value, dict) and MARK in value:
            return Hidden(sealing_keys().reveal(value[MARK], _ABOUT))
        return value
