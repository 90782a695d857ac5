"""The judges' blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("judge", __name__, url_prefix="/judge")
