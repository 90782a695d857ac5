"""The funnel as everyone reads it."""

from __future__ import annotations

from challenge.api import paging
from challenge.api.public.shapes import Funnel, Programme
from challenge.api.shapes import Data, gives, gives_page
from challenge.base.db import db
from challenge.reports import figure_lines, public_figures


@gives(Funnel)
def funnel() -> Data:
    """The funnel of the whole site. The sum is told where enough contracts are behind it."""
    figures = public_figures.site(db.session)
    told = public_figures.told(figures)
    return {"steps": figure_lines.lines(figures), "amount": public_figures.money(figures, told)}


@gives_page(Programme)
def programmes() -> Data:
    """Programmes with a public round, the newest first, each with its funnel."""
    rows = public_figures.programmes(db.session)
    return paging.whole(
        [
            {
                "slug": row.slug,
                "title_zh": row.title_zh,
                "title_en": row.title_en,
                "steps": figure_lines.lines(row.figures),
            }
            for row in rows
        ]
    )
