"""Achievements on offer as everyone reads them: the list and one of them."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from challenge.base import amounts, i18n
from challenge.base.db import db
from challenge.base.session import actor
from challenge.requirements.models import FIELDS, MODES
from challenge.rounds import marks
from challenge.rounds.marks import Mark
from challenge.rules.permissions import Action, can, require
from challenge.rules.regions import PROVINCES
from challenge.rules.supply import LEVELS
from challenge.supply import reads
from challenge.supply.reads import Filters
from challenge.web import listing as files
from challenge.web.places import provinces, region_name
from challenge.web.public import cards, kept, taken
from challenge.web.public.lists import number_key
from challenge.web.public.room import blueprint
from challenge.web.supply_words import IP_NAMES, LEVEL_NAMES

ROUTES: dict[str, dict[str, Action]] = {
    "achievements": {"GET": Action.PAGE_READ},
    "achievement": {"GET": Action.ACHIEVEMENT_READ},
}
PAGE = 50


@blueprint.get("/achievements")
def achievements() -> ResponseReturnValue:
    """All published achievements, newest first."""
    if form := files.asked():
        return files.file(form, taken.of_achievements(asked()))
    mark = marks.of_site(db.session)
    return kept.answer(mark, lambda: _achievements(mark))


def asked() -> Filters:
    """The filters of this request; what is none of ours is left out."""
    args = request.args
    trl = args.get("trl", "")
    return Filters(
        field=args["field"] if args.get("field") in FIELDS else "",
        mode=args["mode"] if args.get("mode") in MODES else "",
        region=args["region"] if args.get("region") in PROVINCES else "",
        trl=int(trl) if trl in map(str, LEVELS) else None,
    )


def query_of(filters: Filters, **more: object) -> str:
    """The filters as the query of an address."""
    values = dataclasses.asdict(filters) | more
    kept_values = {name: value for name, value in values.items() if value}
    return "?" + urlencode(kept_values) if kept_values else ""


def _achievements(_mark: Mark) -> str:
    filters, after, here = asked(), number_key(request.args.get("after")), url_for("public.achievements")
    lines = reads.public_lines(db.session, filters, after=after, limit=PAGE + 1)
    more = bool(lines[PAGE:])
    return render_template(
        "public/achievements.html",
        rows=[(line, _facts(line)) for line in lines[:PAGE]],
        filters=filters,
        fields=[(field, cards.field_name(field)) for field in FIELDS],
        modes=[(mode, cards.MODE_NAMES[mode]) for mode in MODES],
        regions=provinces(),
        levels=LEVELS,
        chosen=bool(query_of(filters)),
        older=here + query_of(filters, after=lines[PAGE - 1].id) if more else None,
        newer=here + query_of(filters) if after else None,
        here_url=here,
    )


def _facts(line: reads.Line) -> dict[str, Any]:
    return {
        "owner": (line.owner_zh if i18n.reader().zh else line.owner_en) or "",
        "field": cards.field_name(line.field),
        "modes": cards.mode_names(line.modes),
        "price": amounts.money(line.price_minor, line.currency) if line.price_minor is not None else "",
        "region": region_name(line.region),
        "level": LEVEL_NAMES[line.trl] if line.trl else "",
        "ip": IP_NAMES[line.ip_status] if line.ip_status else "",
    }


@blueprint.get("/achievements/<ref>")
def achievement(ref: str) -> ResponseReturnValue:
    """One achievement; its confidential part is there for the owner and whom it was opened to."""
    found = reads.by_ref(db.session, ref)
    readers = reads.readers(db.session, found.id) if actor().user_id is not None else frozenset()
    subject = reads.subject_of(found, readers)
    require(actor(), Action.ACHIEVEMENT_READ, subject)
    line = reads.one_line(db.session, found.id)
    secret = can(actor(), Action.ACHIEVEMENT_READ_CONFIDENTIAL, subject)
    return render_template(
        "public/achievement.html",
        row=line,
        facts=_facts(line),
        state=found.state,
        detail=reads.confidential(db.session, actor(), found) if secret else None,
        owned=can(actor(), Action.ACHIEVEMENT_EDIT, subject),
        may_retire=can(actor(), Action.ACHIEVEMENT_RETIRE, subject) and found.state == "published",
    )
