"""The blueprint of webhooks."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("hooks", __name__, url_prefix="/webhooks")
