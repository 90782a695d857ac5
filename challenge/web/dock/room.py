"""The blueprint of docking."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("dock", __name__, url_prefix="/docking")
