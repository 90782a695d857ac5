"""The blueprint of training: courses, certificates and the register, for everyone and for those in them."""

from __future__ import annotations

from flask import Blueprint

from challenge.web import training_words

blueprint = Blueprint("training", __name__)
blueprint.add_app_template_global(lambda: training_words.LEVELS, "level_names")
