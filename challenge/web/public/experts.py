"""Experts who want to be found, as everyone reads them."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.requirements.models import FIELDS
from challenge.rounds import marks
from challenge.rules.permissions import Action
from challenge.rules.regions import PROVINCES
from challenge.supply import directory
from challenge.web import listing as files
from challenge.web.places import provinces
from challenge.web.public import cards, kept, taken
from challenge.web.public.lists import number_key
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "experts": {"GET": Action.PAGE_READ},
    "expert": {"GET": Action.PAGE_READ},
}
PAGE = 50


@blueprint.get("/experts")
def experts() -> ResponseReturnValue:
    """Everyone who is listed, by field and region."""
    if form := files.asked():
        field, region = request.args.get("field", ""), request.args.get("region", "")
        known = (field if field in FIELDS else "", region if region in PROVINCES else "")
        return files.file(form, taken.of_experts(*known))
    return kept.answer(marks.of_site(db.session), _experts)


def _experts() -> str:
    args, here = request.args, url_for("public.experts")
    field = args["field"] if args.get("field") in FIELDS else ""
    region = args["region"] if args.get("region") in PROVINCES else ""
    after = number_key(args.get("after"))
    rows = directory.page(db.session, field=field, region=region, after=after, limit=PAGE + 1)
    narrowed = {name: value for name, value in (("field", field), ("region", region)) if value}
    older = {**narrowed, "after": rows[PAGE - 1].user_id} if rows[PAGE:] else None
    return render_template(
        "public/experts.html",
        rows=[(row, cards.field_name(row.field)) for row in rows[:PAGE]],
        fields=[(each, cards.field_name(each)) for each in FIELDS],
        regions=provinces(),
        field=field,
        region=region,
        here_url=here,
        older=f"{here}?{urlencode(older)}" if older else None,
        newer=f"{here}?{urlencode(narrowed)}".rstrip("?") if after else None,
    )


@blueprint.get("/experts/<ref>")
def expert(ref: str) -> ResponseReturnValue:
    """One expert; whoever is not listed any more is not found."""
    return kept.answer(marks.of_site(db.session), lambda: _expert(ref))


def _expert(ref: str) -> str:
    row = directory.one(db.session, ref)
    return render_template(
        "public/expert.html",
        row=row,
        field=cards.field_name(row.field),
        works=directory.works_of(db.session, row.user_id),
    )
