"""For monitors and proxies: whether this installation answers, and whether anybody does its work."""

from __future__ import annotations

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from challenge.base.db import db
from challenge.rules.permissions import Action
from challenge.tasks import health as work
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {"health": {"GET": Action.PAGE_READ}}


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """200 where the database answers, 503 where it does not; `work` says whether a `flask work` ticks.

    A silent `flask work` lets nobody in late and leaves pages as they are, so it is told, not an outage.
    """
    try:
        ticks = work.ticks(db.session)
    except SQLAlchemyError as error:
        db.session.rollback()
        current_app.logger.error("health: the database does not answer: %s", type(error).__name__)  # noqa: TRY400
        return _say(503, database="down", work="unknown")
    return _say(200, database="up", work="up" if ticks else "silent")


def _say(status: int, **words: str) -> ResponseReturnValue:
    response = jsonify(words)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response
