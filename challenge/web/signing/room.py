"""The blueprint of signing, and what its pages begin with."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("signing", __name__, url_prefix="/agreements")
