"""The blueprint of one's own account, on which its modules hang their pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("account", __name__)
