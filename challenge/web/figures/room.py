"""The blueprint of figures."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("figures", __name__, url_prefix="/figures")
