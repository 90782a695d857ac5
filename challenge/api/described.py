"""The description: every door of the table with its shapes, by flask-smorest; loaded at the first knock.

The doors hang on the real app. A second app that serves nobody holds the same ones, so that the library can
describe them without being loaded in every web worker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Flask, Response
from flask_smorest import Api, Blueprint

from challenge import api
from challenge.api.doors import PREFIX, Door
from challenge.api.paging import MOST, USUAL
from challenge.api.shapes import Problem, name_of
from challenge.rules.scopes import scopes

TITLE = "challenge"
VERSION = "1"
View = Callable[..., Response]
ABOUT = (
    "Everything that the pages do, for programs. Send a token as `Authorization: Bearer ...`; make one under "
    "Account > API tokens. Refusals are problem+json (RFC 9457) in the language of `Accept-Language`."
)
BASICS = (
    *((400, "The request cannot be read"), (429, "Too many requests; see Retry-After")),
    (503, "Away for a moment; see Retry-After"),
)
PARAMETERS: Mapping[str, dict[str, Any]] = {
    "cursor": {
        "in": "query",
        "name": "cursor",
        "schema": {"type": "string"},
        "description": "Where the page begins: as the page before names it.",
    },
    "limit": {
        "in": "query",
        "name": "limit",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        "description": "How many rows a page holds.",
    },
    "key": {
        "in": "header",
        "name": "Idempotency-Key",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[A-Za-z0-9_.:-]+$"},
        "description": "Send it again with the same request: one effect, the same answer.",
    },
    "match": {
        "in": "header",
        "name": "If-Match",
        "required": True,
        "schema": {"type": "string", "pattern": '^(\\*|"[0-9a-f]{32}")$'},
        "description": "The ETag of the state that you have read.",
    },
}


@cache
def _functions() -> Mapping[str, View]:
    found: dict[str, View] = {}
    for door in api.DOORS.values():
        module, _colon, name = door.view.partition(":")
        found[door.endpoint] = getattr(import_module(f"{door.room}.{module}"), name)
    return found


def views() -> Mapping[str, View]:
    """What each door does, by endpoint."""
    return _functions()


@cache
def document() -> Mapping[str, Any]:
    """The description as OpenAPI 3.1."""
    app = Flask("described")
    app.config.update(API_TITLE=TITLE, API_VERSION=VERSION, OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=None)
    plugin = MarshmallowPlugin(schema_name_resolver=_named)
    described = Api(app, spec_kwargs={"info": {"description": ABOUT}, "marshmallow_plugin": plugin})
    described.DEFAULT_ERROR_RESPONSE_NAME = None
    described.spec.components.security_scheme(
        "token", {"type": "http", "scheme": "bearer", "description": "Scopes: " + ", ".join(scopes())}
    )
    described.spec.components.schema("Problem", schema=Problem)
    described.spec.options["servers"] = [{"url": "/"}]
    by_room: dict[str, list[Door]] = {}
    for door in api.DOORS.values():
        by_room.setdefault(door.room.rpartition(".")[2], []).append(door)
    for room, doors in by_room.items():
        blueprint = Blueprint(room, __name__, url_prefix=PREFIX, description=_about(room))
        for door in doors:
            view = _documented(door, _functions()[door.endpoint])
            blueprint.add_url_rule(door.rule, door.name, view, methods=[door.method])
        described.register_blueprint(blueprint)
    made: dict[str, Any] = described.spec.to_dict()
    for path in made["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                _of_path(operation, path)
    return made


def _named(schema: Any) -> str:
    found = resolve_schema_cls(schema)
    return name_of(found[0] if isinstance(found, list) else found)


def _about(room: str) -> str:
    return (import_module(f"challenge.api.{room}").__doc__ or "").strip()


def _of_path(operation: dict[str, Any], path: dict[str, Any]) -> None:
    """References in addresses are twelve characters, slugs at most a line."""
    for each in path.get("parameters", []):
        if each.get("in") == "path" and each["schema"].get("type") == "string":
            each["schema"] = {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[A-Za-z0-9-]+$"}
    operation.setdefault("responses", {})


def _documented(door: Door, view: View) -> View:
    """The view with what its place in the table says: its scope, its headers, what it may refuse."""
    faults = dict(BASICS)
    if "<" in door.rule or door.writes:
        faults[404] = "There is no such thing, or it is not for you to see"
    parameters: list[dict[str, Any]] = []
    if door.scope:
        faults |= {401: "No token, or one that is unknown or over", 403: "Not for you, or not for this token"}
    if door.writes:
        faults |= {409: "Not now", 413: "Too large", 415: "Another type", 422: "Needs a correction"}
    if door.method == "POST" and not door.streams:
        parameters.append(PARAMETERS["key"])
    if door.matched:
        parameters.append(PARAMETERS["match"])
        faults |= {412: "It has changed since you read it", 428: "If-Match is missing"}
    if getattr(view, "is_page", False):
        parameters += [PARAMETERS["cursor"], PARAMETERS["limit"]]
    if getattr(view, "has_query", False):
        faults[422] = "Needs a correction"
    about: dict[str, Any] = {
        "operationId": door.name,
        "security": [{"token": []}] if door.scope else [{}, {"token": []}],
        "responses": {str(code): _problem(said) for code, said in faults.items()},
    }
    if door.scope:
        about["x-scope"] = door.scope
    if parameters:
        about["parameters"] = parameters
    documented: View = Blueprint.doc(**about)(view)
    return documented


def _problem(said: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": said, "content": {"application/problem+json": {"schema": schema}}}
