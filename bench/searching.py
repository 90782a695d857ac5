"""Searching 100,000 requirements against the floor's search over the same index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.jobs import READ, Apps
from bench.measure import Job, ratio
from bench.rows import Row
from challenge.base.db import db
from challenge.requirements import indexing
from challenge.requirements.models import Requirement
from challenge.search.index import row_of
from challenge.search.models import SearchEntry
from challenge.search.words import TITLE

MOST = 3.0
BATCH = 5000
ONE = "q=777"
# What is looked for: in every title, in Chinese, in one title, in every text and no title, with a filter.
QUERIES = (
    ("in every title", "q=vision", "vision</mark>"),
    ("two characters in every title", "q=%E7%91%95%E7%96%B5", "Low-light"),
    ("in one title", ONE, "Low-light"),
    ("in every text and no title", "q=aluminium", "Low-light"),
    ("two words and a field", "q=surface+vision&field=energy", "Low-light"),
)


def against_floor(apps: Apps) -> list[Row]:
    """For each kind of query the ratio to the floor's CPU for the page, and its statements."""
    with apps.product.app_context():
        fill(db.session)
    rows = []
    for name, query, marker in QUERIES:
        theirs = Job(apps.floor, f"/search?{query}", marker="Low-light")
        ours = Job(apps.product, f"/search?{query}", marker=marker)
        found, _floor = ratio(theirs, ours)
        job = f"searching {apps.world.size:,} requirements, {name}"
        rows.append(Row(f"{job}: ratio to floor", round(found, 2), "x", MOST))
        rows.append(Row(f"{job}: statements", ours.statements(), "SQL", READ))
    return rows


def fill(session: Session) -> None:
    """Index the world's requirements. Their texts differ by a number alone, so words are cut once."""
    wanted = ("id", "ref", "round_id", "field", "title_zh", "title_en", "budget_max_minor", "anonymous")
    columns = [getattr(Requirement, name) for name in wanted]
    rows = session.execute(sa.select(*columns).order_by(Requirement.id)).all()
    (first,) = indexing.entries(session, [rows[0].id])
    whole = row_of(first)
    made = _rows(rows, whole)
    for start in range(0, len(rows), BATCH):
        part = [next(made) for _ in rows[start : start + BATCH]]
        session.execute(sa.insert(SearchEntry.__table__), part)
        session.commit()


def _rows(rows: Sequence[Any], whole: dict[str, object]) -> Iterator[dict[str, object]]:
    number = str(rows[0].id)
    for row in rows:
        own = {
            "thing_id": row.id,
            "address": row.ref,
            "group_id": row.round_id,
            "field": row.field,
            "title_zh": row.title_zh,
            "title_en": row.title_en,
            "high_minor": row.budget_max_minor,
            "title_words": _words(whole["title_words"], TITLE + number, f"{TITLE}{row.id}"),
            "body_words": _words(whole["body_words"], number, str(row.id)),
            "codes": str(whole["codes"]).replace(f"qfield{whole['field']}", f"qfield{row.field}"),
        }
        nobody = {"owner_zh": None, "owner_en": None} if row.anonymous else {}
        yield {**whole, **own, **nobody}


def _words(words: object, before: str, after: str) -> str:
    return " ".join(after if word == before else word for word in str(words).split())
