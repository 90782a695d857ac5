"""The judges in figures (agreement, severity, far scores, favour), and reminders to those who lag."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import reminding, turns, watching
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import WrongState
from challenge.rules.permissions import Action, can
from challenge.web import words
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter, enter_phase, phase_number

ROUTES: dict[str, dict[str, Action]] = {
    "judges": {"GET": Action.JUDGE_WATCH},
    "reminder": {"GET": Action.JUDGE_WATCH},
    "remind_judges": {"POST": Action.JUDGE_REMIND},
}
TIES: Mapping[str, LazyString] = {
    "affiliation": _l("the same affiliation"),
    "organization": _l("the same organization, or one above or beside it"),
    "region": _l("the same province"),
}


@blueprint.get("/rounds/<slug>/judges", endpoint="judges")
def judges_page(slug: str) -> ResponseReturnValue:
    """Every figure of a phase's judges, each chart with its table."""
    round_ = enter(slug, Action.JUDGE_WATCH)
    seen = watching.watch(db.session, actor(), round_.id, phase_number())
    windows = windows_of(round_)
    return draw(
        "organize/judges.html",
        round_,
        here="judges",
        seen=seen,
        ties=TIES,
        window=turns.window_of(seen.phase, windows) if seen is not None else None,
        open=seen is not None and turns.state_of(seen.phase, windows, page_now()) == "open",
    )


@blueprint.get("/rounds/<slug>/judges/remind")
def reminder(slug: str) -> ResponseReturnValue:
    """Who would be reminded now, and who was within a day."""
    round_, phase = enter_phase(slug, Action.JUDGE_WATCH)
    late = reminding.lagging(db.session, phase.id) if phase is not None else []
    subject = turns.subject_of(round_, phase, page_now())
    state = turns.state_of(phase, windows_of(round_), page_now()) if phase is not None else "planned"
    return draw(
        "organize/remind.html",
        round_,
        here="judges",
        told=[each for each in late if each.due(page_now())],
        spared=[each for each in late if not each.due(page_now())],
        may=state == "open" and can(actor(), Action.JUDGE_REMIND, subject),
    )


@blueprint.post("/rounds/<slug>/judges/remind")
def remind_judges(slug: str) -> ResponseReturnValue:
    """Write to them."""
    round_ = enter(slug, Action.JUDGE_REMIND)
    try:
        with writing() as session:
            count = reminding.remind(session, actor(), round_.id, phase_number())
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        sent = ngettext("%(num)d judge is reminded by mail.", "%(num)d judges are reminded by mail.", count)
        flash(sent if count else _("Nobody to remind: whoever lags was reminded within a day."))
    return redirect(url_for("organize.judges", slug=slug))
