"""The front page, and the one style sheet that is made on request."""

from __future__ import annotations

from flask import Response, abort
from flask.typing import ResponseReturnValue

from challenge.rules.permissions import Action
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "home": {"GET": Action.PAGE_READ},
    "brand": {"GET": Action.PAGE_READ},
}


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
