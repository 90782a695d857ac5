"""Searching 100,000 requirements against the floor's search over the same index."""

from __future__ import annotations

from bench.jobs import READ, Apps
from bench.measure import Job, ratio
from bench.rows import Row
from challenge.flow import indexing

MOST = 3.0
# What is looked for: in every title, in Chinese, in one title, in every text and no title, with a filter.
QUERIES = (
    ("in every title", "q=vision", "Low-light"),
    ("two characters in every title", "q=%E7%91%95%E7%96%B5", "Low-light"),
    ("in one title", "q=99123", "99123"),
    ("in every text and no title", "q=aluminium", "Low-light"),
    ("two words and a field", "q=surface+vision&field=energy", "Low-light"),
)


def against_floor(apps: Apps) -> list[Row]:
    """For each kind of query the ratio to the floor's CPU for the page, and its statements."""
    with apps.product.app_context():
        indexing.rebuild()
    rows = []
    for name, query, marker in QUERIES:
        floor, ours = (Job(app, f"/search?{query}", marker=marker) for app in (apps.floor, apps.product))
        found, _floor = ratio(floor, ours)
        job = f"searching {apps.world.size:,} requirements, {name}"
        rows.append(Row(f"{job}: ratio to floor", round(found, 2), "x", MOST))
        rows.append(Row(f"{job}: statements", ours.statements(), "SQL", READ))
    return rows
