"""For monitors and proxies: whether this installation answers, and whether anybody does its work."""

from __future__ import annotations

import hmac

from flask import Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from challenge.base.db import db
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action
from challenge.tasks import health as work
from challenge.web import measures, readiness
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "health": {"GET": Action.PAGE_READ},
    "healthz": {"GET": Action.PAGE_READ},
    "readyz": {"GET": Action.PAGE_READ},
    "metrics": {"GET": Action.PAGE_READ},
}
NO_REASON = ("work", "limits")  # told, and pages are served all the same


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


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """This process answers; nothing else is asked."""
    return _say(200, process="up")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """200 where pages can be served, 503 where not; each thing that was asked with its answer."""
    found = readiness.checks(db.session)
    wrong = [name for name, said in found.items() if said != "ok" and name not in NO_REASON]
    return _say(503 if wrong else 200, **found)


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """For Prometheus, with the token of the settings; without one there is no such page."""
    token = current_app.config["SETTINGS"].metrics_token
    said = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(said.encode(), token.encode()):
        raise NotFound
    response = Response(measures.exposition(readiness.standing(db.session)), mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


def _say(status: int, **words: str) -> ResponseReturnValue:
    response = jsonify(words)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response
