"""The description itself, for programs and for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, json, render_template

from challenge.api import described
from challenge.api.doors import PREFIX
from challenge.api.shapes import Data, gives
from challenge.rules.scopes import AREAS

METHODS = ("get", "post", "put", "patch", "delete")


@gives(None)
def openapi() -> Response:
    """The description of this API as OpenAPI 3.1."""
    return Response(json.dumps(described.document(), ensure_ascii=False), mimetype="application/json")


@gives(None)
def docs() -> Response:
    """The same as a page to read."""
    made = described.document()
    rooms: dict[str, list[Data]] = {}
    for path, operations in made["paths"].items():
        for method in METHODS:
            if method in operations:
                each = operations[method]
                rooms.setdefault(each["tags"][0], []).append(_told(path, method, each, operations))
    tags = {each["name"]: each.get("description", "") for each in made.get("tags", ())}
    page = render_template("api/docs.html", rooms=rooms, tags=tags, areas=AREAS, prefix=PREFIX)
    return Response(page)


def _told(path: str, method: str, operation: Mapping[str, Any], operations: Mapping[str, Any]) -> Data:
    body = operation.get("requestBody", {}).get("content", {})
    parameters = [*operations.get("parameters", ()), *operation.get("parameters", ())]
    return {
        "method": method.upper(),
        "path": path,
        "name": operation["operationId"],
        "summary": operation.get("summary", ""),
        "scope": operation.get("x-scope"),
        "parameters": [each["name"] for each in parameters if isinstance(each, dict) and "name" in each],
        "body": next((_name(each.get("schema", {})) for each in body.values()), None),
        "answers": sorted(operation["responses"]),
    }


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
