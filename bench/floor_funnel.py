"""The floor's page of the funnel: the kept sums of everything, by year, field and programme, with bars."""

from __future__ import annotations

import sqlalchemy as sa
from flask import abort, render_template, request
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.figures.models import FigureSum
from challenge.rounds.models import Programme


def page(db: Session, person: User) -> str:
    """The page, for an administrator."""
    field, year = request.args.get("field", ""), request.args.get("year", 0, type=int)
    if not person.admin:
        abort(403)
    sums = sa.select(FigureSum).where(FigureSum.round_id == 0, FigureSum.branch_id == 0)
    whole = db.scalars(
        sums.where(FigureSum.programme_id == 0, FigureSum.field == field, FigureSum.year == year)
    ).one()
    everywhere = sums.where(FigureSum.programme_id == 0)
    years = db.scalars(everywhere.where(FigureSum.field == field, FigureSum.year != 0)).all()
    fields = db.scalars(everywhere.where(FigureSum.field != "", FigureSum.year == year)).all()
    mine = (FigureSum.field == field, FigureSum.year == year, FigureSum.round_id == 0)
    by_programme = sa.select(Programme, FigureSum).join(FigureSum, FigureSum.programme_id == Programme.id)
    programmes = db.execute(by_programme.where(*mine, FigureSum.branch_id == 0)).all()
    parts = (
        ("By year", [(each.year, each.figures) for each in years]),
        ("By field", [(each.field, each.figures) for each in fields]),
        ("By programme", [(each.title_en, row.figures) for each, row in programmes]),
    )
    return render_template("funnel.html", person=person, figures=whole.figures, parts=parts)
