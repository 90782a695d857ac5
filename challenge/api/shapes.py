"""What bodies are made of: the fields of their shapes, and the two decorators that give a view its shapes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

Data = dict[str, Any]
View = TypeVar("View", bound=Callable[..., Any])
Shape = type[Schema]


def text(most: int | None = None, **more: Any) -> fields.String:
    """A text that is always there."""
    return fields.String(required=True, validate=validate.Length(max=most) if most else None, **more)


def maybe(most: int | None = None, **more: Any) -> fields.String:
    """A text that may be missing."""
    return fields.String(allow_none=True, validate=validate.Length(max=most) if most else None, **more)


def one_of(*choices: str, required: bool = True) -> fields.String:
    """One of these codes."""
    return fields.String(required=required, validate=validate.OneOf(choices))


def number(*, required: bool = True, least: int | None = None, most: int | None = None) -> fields.Integer:
    """A whole number."""
    within = validate.Range(min=least, max=most) if least is not None or most is not None else None
    return fields.Integer(required=required, strict=True, validate=within, allow_none=not required)


def sum_() -> fields.Integer:
    """Money in minor units (fen, cents), or nothing."""
    return fields.Integer(
        allow_none=True,
        strict=True,
        validate=validate.Range(min=0, max=10**15),
        metadata={"description": "In minor units: fen or cents."},
    )


def exact(*, required: bool = False) -> fields.String:
    """A decimal, exactly, as text."""
    return fields.String(required=required, allow_none=True)


def flag(*, required: bool = True) -> fields.Boolean:
    """Yes or no."""
    return fields.Boolean(required=required, truthy={True}, falsy={False})


class Moment(fields.AwareDateTime):
    """An instant with its zone; answers are in UTC."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **more)


def instant(*, required: bool = False) -> Moment:
    """An instant, ISO 8601 with its zone."""
    return Moment(required=required, allow_none=not required)


def day() -> fields.Date:
    """A day."""
    return fields.Date(allow_none=True)


def many(of: Shape | fields.Field[Any], **more: Any) -> fields.List[Any]:
    """A list of these."""
    return fields.List(fields.Nested(of) if isinstance(of, type) else of, required=True, **more)


def nested(of: Shape, *, required: bool = True, **more: Any) -> fields.Nested:
    """One of these inside."""
    return fields.Nested(of, required=required, allow_none=not required, **more)


def anything(**more: Any) -> fields.Dict:
    """An object that is told elsewhere: the round's form, a receipt."""
    return fields.Dict(**more)


class Fault(Schema):
    """What is wrong with one field."""

    field = text()
    code = text()
    detail = text()


class Problem(Schema):
    """A refusal (RFC 9457)."""

    type = text()
    title = text()
    status = number()
    code = text()
    detail = text()
    instance = text()
    errors = fields.List(fields.Nested(Fault))


def name_of(shape: Shape) -> str:
    """What the description calls it: as the class, after its room; what everyone reads has no room."""
    parts = shape.__module__.split(".")
    room = parts[2] if len(parts) > 3 and parts[:2] == ["challenge", "api"] else ""
    return ("" if room in ("", "public") else room.capitalize()) + shape.__name__


def page_of(shape: Shape) -> Shape:
    """A page of these, and the address of the next."""
    name = name_of(shape) + "Page"
    return Schema.from_dict({"items": many(shape), "next": fields.String(allow_none=True)}, name=name)


_described = Blueprint("shapes", __name__)


def takes(shape: Shape) -> Callable[[View], View]:
    """The view's first argument is the body, in this shape."""
    return cast("Callable[[View], View]", _described.arguments(shape, location="json"))


def asks(shape: Shape) -> Callable[[View], View]:
    """The view's first argument is the query of the address, in this shape."""

    def decorate(view: View) -> View:
        made = _described.arguments(shape, location="query")(view)
        made.has_query = True
        return cast("View", made)

    return decorate


def gives(shape: Shape | None, status: int = 200) -> Callable[[View], View]:
    """The view answers in this shape."""
    return cast("Callable[[View], View]", _described.response(status, shape))


def gives_page(shape: Shape) -> Callable[[View], View]:
    """The view answers with a page of these; `cursor` and `limit` stand in the address."""
    decorate = _described.response(200, _page_of(shape))

    def marked(view: View) -> View:
        made = decorate(view)
        made.is_page = True
        return cast("View", made)

    return marked


_pages: dict[Shape, Shape] = {}


def _page_of(shape: Shape) -> Shape:
    if shape not in _pages:
        _pages[shape] = page_of(shape)
    return _pages[shape]


def utc(value: dt.datetime | None) -> str | None:
    """An instant as text, for bodies that are put together by hand."""
    return value.astimezone(dt.UTC).isoformat() if value is not None else None


class Answered(Schema):
    """A question and its answer; nobody is told who asked."""

    ref = text()
    body = text()
    answer = maybe()
    public = flag()
    created_at = instant(required=True)
    answered_at = instant()


class HandedIn(Schema):
    """What every list says of an entry that was handed in."""

    ref = text()
    code = text()
    state = text()
    title = text()
    number = number()
    submitted_at = instant(required=True)
    team = maybe()


class Scale(Schema):
    """A criterion as published, with its scale."""

    id = number()
    name_zh = maybe()
    name_en = maybe()
    guidance_zh = maybe()
    guidance_en = maybe()
    minimum = exact(required=True)
    maximum = exact(required=True)
    step = exact(required=True)
    weight = exact(required=True)
