"""The blueprint of the record."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("record", __name__, url_prefix="/record")
