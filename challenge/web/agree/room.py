"""The blueprint of agreements."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("agree", __name__, url_prefix="/agreements")
