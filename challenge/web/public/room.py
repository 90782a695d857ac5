"""The blueprint of the public site, on which its modules hang their pages."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from challenge.web.public import kept

blueprint = Blueprint("public", __name__)


@blueprint.record_once
def _keep_pages(state: BlueprintSetupState) -> None:
    kept.install(state.app)
