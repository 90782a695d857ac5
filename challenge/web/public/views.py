"""Pages for everyone."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The front page."""
    return "challenge"


@blueprint.get("/brand/<int:hue>.css")
def brand(hue: int) -> ResponseReturnValue:
    """One colour as a style sheet: a strict policy forbids `style=`, and any hue keeps its contrast."""
    if hue > 359:
        abort(404)
    response = Response(f"[data-accent=h{hue}]{{--hue:{hue}}}\n", mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
