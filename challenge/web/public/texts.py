"""Pages of plain text: rules and privacy, accessibility."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.rounds import marks
from challenge.rules.permissions import Action
from challenge.web.public import kept
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "rules": {"GET": Action.PAGE_READ},
    "accessibility": {"GET": Action.PAGE_READ},
}


@blueprint.get("/rules")
def rules() -> ResponseReturnValue:
    """What is recorded, who sees what, and how deadlines are decided."""
    return kept.answer(marks.of_site(db.session), lambda: render_template("public/rules.html"))


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """What these pages do for people with disabilities, and where they fall short."""
    return kept.answer(marks.of_site(db.session), lambda: render_template("public/accessibility.html"))
