"""Search over what is public."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from challenge.api import paging
from challenge.api.public.shapes import Find
from challenge.api.shapes import Data, asks, gives_page, one_of
from challenge.base.db import db
from challenge.requirements.models import FIELDS
from challenge.rules.regions import PROVINCES
from challenge.search import finding
from challenge.search.finding import LEVELS, Asked
from challenge.search.models import KINDS
from challenge.search.reading import LONGEST, STAGES


class Query(Schema):
    """What is looked for. Sums are minor units; `trl` is the least."""

    q = fields.String(validate=validate.Length(max=LONGEST))
    kind = one_of(*KINDS, required=False)
    field = one_of(*FIELDS, required=False)
    region = one_of(*PROVINCES, required=False)
    stage = one_of(*STAGES, required=False)
    trl = fields.Integer(validate=validate.Range(min=min(LEVELS), max=max(LEVELS)))
    low_minor = fields.Integer(validate=validate.Range(min=0, max=10**15))
    high_minor = fields.Integer(validate=validate.Range(min=0, max=10**15))


@asks(Query)
@gives_page(Find)
def find(query: Data) -> paging.Page:
    """What is public and has every word: by title first, then by text, each newest first."""
    text = query.pop("q", "").replace("\0", "").strip()
    many, after = paging.limit(), paging.key()
    place: Any = (after[0], int(after[1:])) if isinstance(after, str) else None
    rows = finding.find(db.session, Asked(text=text, **query), place, many + 1)
    return paging.of(rows, lambda row: f"{row.part}{row.id}", many)
