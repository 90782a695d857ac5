"""The blueprint of one's own account, on which its modules hang their pages."""

from __future__ import annotations

from flask import Blueprint

from challenge.web import ceremonies
from challenge.web.places import KIND_WORDS, own_zone, region_name

blueprint = Blueprint("account", __name__)
blueprint.add_app_template_global(region_name)
blueprint.add_app_template_global(own_zone)
blueprint.add_app_template_global(ceremonies.to_show, "passkey_options")
blueprint.add_app_template_global(lambda: KIND_WORDS, "kind_words")
