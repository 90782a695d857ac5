"""What a program hears instead of an answer: RFC 9457, with a code, the fields, and words for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, json, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from challenge.api.doors import PREFIX
from challenge.api.faults import TooMany
from challenge.rules.errors import Away, Invalid, InvalidMany, Malformed, Refused

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:challenge:problem:"
RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Words:
    """How refusals are said: pages and programs read the same sentences; the app hands them in."""

    say: Callable[[Refused], str]
    say_status: Callable[[int], str]
    title: Callable[[int], str]


def is_asked() -> bool:
    """Whether this request is one of the API's, known address or not."""
    return request.path == PREFIX or request.path.startswith(PREFIX + "/")


def of(error: Exception) -> Response:
    """The answer to a refusal, an HTTP error or a database that is away."""
    words: Words = current_app.extensions["api_words"]
    if isinstance(error, Refused):
        return _of_refusal(error, words)
    if isinstance(error, DBAPIError):
        return _of_refusal(Away("database_away"), words)
    status = error.code if isinstance(error, HTTPException) and error.code else 500
    if isinstance(error, CSRFError):
        status = 400
    fields = _fields_of(error, words) if isinstance(error, HTTPException) else []
    headers = {}
    if status == 405 and isinstance(error, HTTPException):
        headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    answer = _made(status, f"http_{status}", words.title(status), words.say_status(status), fields)
    answer.headers.update(headers)
    return answer


def _of_refusal(error: Refused, words: Words) -> Response:
    faults: Sequence[Invalid] = ()
    if isinstance(error, InvalidMany):
        faults = error.faults
    elif isinstance(error, Invalid):
        faults = (error,)
    fields = [{"field": each.field, "code": each.code, "detail": words.say(each)} for each in faults]
    answer = _made(error.status, error.code, words.title(error.status), words.say(error), fields)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if error.status == 503:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _made(status: int, code: str, title: str, detail: str, fields: Sequence[dict[str, str]]) -> Response:
    body: dict[str, Any] = {
        "type": TYPE + code,
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.path,
    }
    if fields:
        body["errors"] = list(fields)
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)


# What marshmallow says of a field, by its beginning, and our word for it.
_SAID = (
    ("Missing data", "required"),
    ("Field may not be null", "required"),
    ("Unknown field", "field_unknown"),
    ("Not a valid string", "not_text"),
    ("Not a valid boolean", "not_yes_or_no"),
    ("Not a valid integer", "not_a_number"),
    ("Not a valid number", "not_a_number"),
    ("Not a valid datetime", "not_an_instant"),
    ("Not a valid aware datetime", "not_an_instant"),
    ("Not a valid date", "not_a_date"),
    ("Not a valid list", "not_a_list"),
    ("Not a valid mapping", "not_an_object"),
    ("Invalid input type", "not_an_object"),
    ("Must be one of", "not_a_choice"),
    ("Longer than", "too_many_characters"),
    ("Shorter than", "required"),
    ("Length must", "too_many_characters"),
    ("Must be greater", "off_range"),
    ("Must be less", "off_range"),
)


def _fields_of(error: HTTPException, words: Words) -> list[dict[str, str]]:
    """What the shapes found wrong, as fields: `{"json": {"name": ["..."]}}` becomes name."""
    data: Any = getattr(error, "data", None) or {}
    found: list[dict[str, str]] = []
    for place in (data.get("messages") or {}).values():
        for field, said in _flat(place, ""):
            code = next((code for start, code in _SAID if said.startswith(start)), "not_readable")
            found.append({"field": field, "code": code, "detail": words.say(Refused(code))})
    return found


def _flat(messages: Any, prefix: str) -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        found: list[tuple[str, str]] = []
        for name, inner in messages.items():
            whole = name in ("_schema",)
            found += _flat(inner, prefix if whole else f"{prefix}.{name}" if prefix else str(name))
        return found
    if isinstance(messages, list):
        return [pair for each in messages for pair in _flat(each, prefix)]
    return [(prefix, str(messages))]


def unreadable(code: str) -> Malformed:
    """A request whose body or cursor this door cannot read."""
    return Malformed(code)
