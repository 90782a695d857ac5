"""The door check: every route x method names its action, or the app does not start.

Before a view runs, the door notes the action. After it, an answer that was given without the permission
table having been asked for that action is withheld: a forgotten `require` fails closed, in tests and in
production alike. Refusals are translated into pages or JSON once, here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, NotFound, SecurityError

from challenge.base import i18n, requests
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.errors import NotAllowed, Refused
from challenge.rules.permissions import Action, Actor, can
from challenge.web import looking, words

Routes = Mapping[str, Mapping[str, Action]]
_FREE_METHODS = {"HEAD", "OPTIONS"}


class UnlistedRoute(RuntimeError):
    """A route that no table names: the app refuses to start."""


def check_routes(app: Flask, routes: Routes) -> None:
    """Raise `UnlistedRoute` unless the tables and the app's routes name exactly the same doors."""
    served: set[tuple[str, str]] = set()
    for rule in app.url_map.iter_rules():
        served |= {(rule.endpoint, method) for method in (rule.methods or set()) - _FREE_METHODS}
    listed = {(endpoint, method) for endpoint, methods in routes.items() for method in methods}
    missing = served - listed
    stale = listed - served
    if missing or stale:
        raise UnlistedRoute(
            f"routes without an action: {sorted(missing)}; actions without a route: {sorted(stale)}"
        )


def install(app: Flask, routes: Routes) -> None:
    """Check the tables and hang the door check and the error pages onto the app."""
    check_routes(app, routes)
    app.config["ROUTES"] = routes

    @app.before_request
    def note_action() -> None:
        if "\0" in request.path:
            raise NotFound  # the zero that no database keeps: nothing has such a name
        endpoint = request.endpoint
        if endpoint is None or request.method == "OPTIONS":  # answered by the names of methods alone
            return
        method = "GET" if request.method in _FREE_METHODS else request.method
        action = routes[endpoint].get(method)
        g.action = action
        asks = actor()
        looking.guard(endpoint)
        if action is not None and can(asks, action):
            asks.asked.add(action)  # an action that needs no subject is answered at the door

    @app.after_request
    def withhold_unasked(response: Response) -> Response:
        action = g.get("action")
        if action is None or g.get("refused") or action in actor().asked:
            return response
        app.logger.error("door: %s %s answered without asking for %s", request.method, request.path, action)
        return Response(status=500)

    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(OperationalError, database_error)
    app.register_error_handler(InterfaceError, database_error)


def signed_out(back: str) -> ResponseReturnValue:
    """For a script that keeps what is typed: nobody is signed in (any more), and where to sign in again."""
    g.refused = True
    said = words.say(NotAllowed("signed_out"))
    sign_in = url_for("security.login", next=back)
    return jsonify({"code": "signed_out", "message": said, "sign_in": sign_in}), 401


def wants_json() -> bool:
    """Whether the caller asked for JSON rather than a page."""
    if "Tus-Resumable" in request.headers:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def _as_problem(error: Exception) -> Response | None:
    """What a program hears under the API's addresses; None on pages. The app hands the voice in."""
    speak: Callable[[Exception], Response | None] | None = current_app.extensions.get("api_faults")
    return speak(error) if speak is not None else None


def refused(error: Refused) -> ResponseReturnValue:
    """A refusal as a page or JSON; a visitor who may sign in is asked to, and comes back."""
    g.refused = True
    db.session.rollback()
    if (problem := _as_problem(error)) is not None:
        return problem
    if isinstance(error, NotAllowed) and actor().user_id is None and not wants_json():
        wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(url_for("security.login", next=wanted))
    response = answer(error.status, error.code, words.say(error))
    if error.status == 503:
        response.headers["Retry-After"] = "5"
    return response


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Werkzeug's own errors (404, 405, 413, 429 ...) in our words; redirects pass."""
    g.refused = True
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, SecurityError):
        # Asked under a host that is not ours: no page of ours, and not a word of what was claimed.
        return Response("This address is not served here.\n", 400, mimetype="text/plain")
    if (problem := _as_problem(error)) is not None:
        return problem
    return answer(error.code, f"http_{error.code}", words.say_status(error.code))


def csrf_error(_error: CSRFError) -> ResponseReturnValue:
    """A form without its token, or with an old one."""
    g.refused = True
    return answer(400, "csrf", words.say_code("csrf"))


def database_error(error: Exception) -> ResponseReturnValue:
    """The database is away or busy: say so, and when to come back."""
    g.refused = True
    current_app.logger.error("database: %s", type(error).__name__, exc_info=error)
    db.session.rollback()
    i18n.read_by_cookies_alone()
    g.actor = Actor()
    if (problem := _as_problem(error)) is not None:
        return problem
    response = answer(503, "database_away", words.say_code("database_away"))
    response.headers["Retry-After"] = "5"
    return response


def answer(status: int, code: str, text: str) -> Response:
    """One error, for people or programs."""
    if wants_json():
        response = jsonify({"code": code, "message": text})
        response.status_code = status
        return response
    page = render_template(
        "errors/error.html",
        code=status,
        title=words.title(status),
        happened=text,
        kept=None,
        todo=None,
        links=[(url_for("public.home"), gettext("To the front page"))],
        reference=requests.current() if status >= 500 else None,
    )
    return Response(page, status=status)
