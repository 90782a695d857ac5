"""The blueprint of what is on offer, on which its modules hang their pages."""

from __future__ import annotations

from flask import Blueprint

from challenge.web import supply_words

blueprint = Blueprint("supply", __name__, url_prefix="/supply")
blueprint.add_app_template_global(supply_words.languages, "language_names")
blueprint.add_app_template_global(lambda: supply_words.AVAILABILITY_NAMES, "availability_names")
