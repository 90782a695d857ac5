"""Conflicts of interest of a phase: what was found, what shows it, and the organizer's decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import caselist, cases, rubric
from challenge.judging.caselist import PILES
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, can
from challenge.web import conflict_words, words
from challenge.web import listing as files
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter, phase_number

ROUTES: dict[str, dict[str, Action]] = {
    "conflicts": {"GET": Action.CONFLICT_READ},
    "look_for_conflicts": {"POST": Action.CONFLICT_READ},
    "decide_conflict": {"POST": Action.CONFLICT_DECIDE},
}


def _open(key: str) -> Callable[[Any], object]:
    """What stands there unless the reader is a side of the case."""
    return lambda case: None if case.evidence is None else getattr(case, key)


COLUMNS = files.columns(
    "ref label judge code state kind title evidence reason found_at decided_at decided_by",
    evidence=lambda case: "; ".join(map(conflict_words.sentence, case.evidence or ())),
    kind=_open("kind"),
    title=_open("title"),
    reason=_open("reason"),
    decided_at=_open("decided_at"),
    decided_by=_open("decided_by"),
)
VERBS = ("confirm", "dismiss", "override", "restore")


@blueprint.get("/rounds/<slug>/conflicts", endpoint="conflicts")
def conflicts_page(slug: str) -> ResponseReturnValue:
    """The cases of the phase, those that wait for a decision first."""
    round_ = enter(slug, Action.CONFLICT_READ)
    phase = rubric.phase_of(db.session, round_.id, phase_number()) if files.asked() else None
    if phase is None:
        return _page(round_)
    me, phase_id, pile = actor(), phase.id, _pile()
    file = files.taken(
        f"conflicts-{slug}-{pile}",
        COLUMNS,
        lambda session, after, limit: caselist.of_phase(session, me, phase_id, pile, after or 0, limit).cases,
        personal=True,
        round_=round_,
    )
    if file is not None:
        return file
    return _page(round_)


@blueprint.post("/rounds/<slug>/conflicts")
def look_for_conflicts(slug: str) -> ResponseReturnValue:
    """Search the whole phase anew."""
    round_ = enter(slug, Action.CONFLICT_READ)
    with writing() as session:
        count = cases.look(session, actor(), round_.id, phase_number())
    flash(ngettext("%(num)d new conflict found.", "%(num)d new conflicts found.", count))
    return redirect(url_for("organize.conflicts", slug=slug))


@blueprint.post("/rounds/<slug>/conflicts/<ref>")
def decide_conflict(slug: str, ref: str) -> ResponseReturnValue:
    """Confirm, dismiss, override or restore one case."""
    round_ = enter(slug, Action.CONFLICT_DECIDE)
    verb = request.form.get("verb", "")
    if verb not in VERBS:
        raise NotFound
    try:
        with writing() as session:
            cases.decide(session, actor(), round_.id, ref, verb, request.form.get("reason", ""))
    except (Invalid, WrongState) as refusal:
        page = _page(enter(slug, Action.CONFLICT_READ), ref, words.say(refusal))
        return page, refusal.status
    flash(_("Decided, and on the record."))
    return redirect(url_for("organize.conflicts", slug=slug, pile=_pile()))


def _pile() -> str:
    pile = request.values.get("pile", "open")
    return pile if pile in PILES else "open"


def _page(round_: Round, fault_at: str | None = None, fault: str | None = None) -> str:
    phase = rubric.phase_of(db.session, round_.id, phase_number())
    pile, after = _pile(), max(request.args.get("after", 0, type=int), 0)
    listed = caselist.of_phase(db.session, actor(), phase.id, pile, after) if phase is not None else None
    tabs = [
        (
            url_for("organize.conflicts", slug=round_.slug, pile=each),
            text,
            listed.counts[each] if listed is not None else None,
            each == pile,
        )
        for each, text in conflict_words.PILES.items()
    ]
    return draw(
        "organize/conflicts.html",
        round_,
        here="conflicts",
        listed=listed,
        pile=pile,
        piles=tabs,
        wording=conflict_words,
        fault_at=fault_at,
        fault=fault,
        typed=request.form.get("reason", ""),
        editable=can(actor(), Action.CONFLICT_DECIDE, rounds.subject_of(round_, page_now())),
    )
