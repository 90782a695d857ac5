"""An installation without a table yet, for tests that move it up and down."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask


@pytest.fixture
def installation(empty_database: Callable[[], str], make_app: Callable[..., Flask]) -> Flask:
    """An application whose database has no table yet."""
    return make_app(database_url=empty_database())
