"""Published requirements as everyone reads them."""

from __future__ import annotations

from dataclasses import fields as fields_of

from marshmallow import Schema, fields, validate

from challenge.api import paging
from challenge.api.public.rounds import public_head
from challenge.api.public.shapes import NeedLine, NeedWhole, Question
from challenge.api.shapes import Data, asks, gives, gives_page, one_of
from challenge.base.db import db
from challenge.requirements import public
from challenge.requirements import questions as asked
from challenge.requirements.models import FIELDS, MODES

LONGEST_WORD = 100


class Filters(Schema):
    """Which requirements. Budgets are in minor units."""

    q = fields.String(validate=validate.Length(max=LONGEST_WORD))
    field = one_of(*FIELDS, required=False)
    mode = one_of(*MODES, required=False)
    budget_from = fields.Integer(validate=validate.Range(min=0, max=10**15))
    budget_to = fields.Integer(validate=validate.Range(min=0, max=10**15))


@asks(Filters)
@gives_page(NeedLine)
def requirements(wanted: Data) -> paging.Page:
    """Published requirements of all rounds, newest first."""
    return _page(wanted, None)


@asks(Filters)
@gives_page(NeedLine)
def of_round(wanted: Data, slug: str) -> paging.Page:
    """Published requirements of one round, newest first."""
    return _page(wanted, public_head(slug).row.id)


def _page(wanted: Data, round_id: int | None) -> paging.Page:
    filters = public.Filters(
        round_id=round_id,
        field=wanted.get("field", ""),
        mode=wanted.get("mode", ""),
        budget_from=wanted.get("budget_from"),
        budget_to=wanted.get("budget_to"),
        text=wanted.get("q", "").replace("\0", "").strip(),
    )
    many = paging.limit()
    rows = public.public_list(db.session, filters, after=paging.key(), limit=many + 1)
    return paging.of(rows, lambda row: row.id, many)


@gives(NeedWhole)
def requirement(ref: str) -> Data:
    """One published requirement."""
    detail = public.public_detail(db.session, ref)
    row = {name: getattr(detail.row, name) for name in (*_names(detail.row), "closes_at")}
    return {**row, **{name: getattr(detail, name) for name in _names(detail) if name != "row"}}


def _names(of: object) -> list[str]:
    return [each.name for each in fields_of(of)]  # type: ignore[arg-type]


@gives_page(Question)
def questions(ref: str) -> paging.Page:
    """Questions on it that were answered for everyone, newest first."""
    row, many = public.public_detail(db.session, ref).row, paging.limit()
    rows = asked.public_questions(db.session, row.round_id, row.id, after=paging.key(), limit=many + 1)
    return paging.of(rows, lambda each: each.id, many)
