"""The phases of judging: laid out beforehand, and the way from one to the next."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import carrying, laid_out, phases, rubric, turns
from challenge.judging.carrying import Choice
from challenge.judging.models import Phase
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import Invalid, InvalidMany, NotFound, Refused, WrongState
from challenge.rules.permissions import Action, can, require
from challenge.web import forms, phase_words, words
from challenge.web.context import page_now
from challenge.web.organize.phase_forms import PhaseForm
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "phases": {"GET": Action.ROUND_CONTROL},
    "new_phase": {"GET": Action.PHASE_EDIT, "POST": Action.PHASE_EDIT},
    "phase": {"GET": Action.ROUND_CONTROL, "POST": Action.PHASE_EDIT},
    "remove_phase": {"POST": Action.PHASE_EDIT},
    "carry_on": {"GET": Action.ROUND_CONTROL, "POST": Action.PHASE_CARRY},
    "announce_cut": {"POST": Action.PHASE_CARRY},
}


@blueprint.get("/rounds/<slug>/phases", endpoint="phases")
def phases_page(slug: str) -> ResponseReturnValue:
    """Every phase with its window, blindness, cut, and where it stands."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    known = laid_out.of_round(db.session, round_.id)
    windows = windows_of(round_)
    rows = [
        (each, turns.window_of(each, windows), turns.state_of(each, windows, page_now())) for each in known
    ]
    return draw(
        "organize/phases.html",
        round_,
        here="phases",
        rows=rows,
        counts=laid_out.counts(db.session, round_.id),
        wording=phase_words,
        editable=_may_edit(round_),
    )


@blueprint.route("/rounds/<slug>/phases/new", methods=["GET", "POST"])
def new_phase(slug: str) -> ResponseReturnValue:
    """Lay out a further phase."""
    round_ = enter(slug, Action.PHASE_EDIT)
    form = PhaseForm()
    if form.validate_on_submit():
        try:
            draft = form.draft(ZoneInfo(round_.zone))
            with writing() as session:
                phases.add(session, actor(), round_.id, draft)
        except (Invalid, InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.PHASE_EDIT)
        else:
            flash(_("Phase added. Its rubric is a copy of the one before; change it as you like."))
            return redirect(url_for("organize.phases", slug=slug))
    elif not form.is_submitted():
        form.start()
    return _form_page(round_, form, None, None)


@blueprint.route("/rounds/<slug>/phases/<int:number>", methods=["GET", "POST"])
def phase(slug: str, number: int) -> ResponseReturnValue:
    """Change a phase: all of it while it is planned, only a later close while it is open."""
    round_ = enter(slug, Action.PHASE_EDIT if request.method == "POST" else Action.ROUND_CONTROL)
    shown = _phase(round_, number)
    form = PhaseForm()
    if form.validate_on_submit():
        try:
            draft = form.draft(ZoneInfo(round_.zone))
            with writing() as session:
                phases.edit(session, actor(), round_.id, number, draft, form.reason.data or "")
        except (Invalid, InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.PHASE_EDIT)
            shown = _phase(round_, number)
        else:
            flash(_("Saved."))
            return redirect(url_for("organize.phases", slug=slug))
    elif not form.is_submitted() and shown is not None:
        form.fill(shown, round_.zone)
    elif not form.is_submitted():
        form.start()
    return _form_page(round_, form, shown, number)


@blueprint.post("/rounds/<slug>/phases/<int:number>/remove")
def remove_phase(slug: str, number: int) -> ResponseReturnValue:
    """Take the last phase away again."""
    round_ = enter(slug, Action.PHASE_EDIT)
    try:
        with writing() as session:
            phases.remove(session, actor(), round_.id, number)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Phase taken away."))
    return redirect(url_for("organize.phases", slug=slug))


@blueprint.route("/rounds/<slug>/phases/<int:number>/carry-on", methods=["GET", "POST"])
def carry_on(slug: str, number: int) -> ResponseReturnValue:
    """Who goes on from this phase: the declared cut, and what a person adds or leaves out with a reason."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    shown = _phase(round_, number)
    if shown is None:
        raise NotFound
    message = None
    if request.method == "POST":
        require(actor(), Action.PHASE_CARRY, turns.subject_of(round_, shown, page_now()))
        on, known = set(request.form.getlist("on")), set(request.form.getlist("entry"))
        try:
            choice = _choice(round_, number, on, known)
            with writing() as session:
                count = carrying.carry_on(session, actor(), round_.id, number, choice)
        except (Invalid, WrongState) as refusal:
            message = words.say(refusal)
            round_ = enter(slug, Action.ROUND_CONTROL)
            shown = rubric.phase_or_404(db.session, round_.id, number)
        else:
            flash(ngettext("%(num)d entry goes on.", "%(num)d entries go on.", count))
            return redirect(url_for("organize.phases", slug=slug))
    return _carry_page(round_, shown, message), 422 if message else 200


@blueprint.post("/rounds/<slug>/phases/<int:number>/announce")
def announce_cut(slug: str, number: int) -> ResponseReturnValue:
    """Tell every team whether its entry goes on."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    require(actor(), Action.PHASE_CARRY, turns.subject_of(round_, _phase(round_, number), page_now()))
    try:
        with writing() as session:
            carrying.announce(session, actor(), round_.id, number)
    except Refused as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Every team is told by mail."))
    return redirect(url_for("organize.phases", slug=slug))


def _form_page(
    round_: Round, form: PhaseForm, shown: Phase | None, number: int | None
) -> ResponseReturnValue:
    """A phase to fill in, or to read once it stays as it is; without a number a further one."""
    windows = windows_of(round_)
    state = turns.state_of(shown, windows, page_now()) if shown is not None else "planned"
    page = draw(
        "organize/phase.html",
        round_,
        here="phases",
        form=form,
        phase=shown,
        state=state if _may_edit(round_) else "over",
        first=number == 1,
        window=turns.window_of(shown, windows) if shown is not None else None,
        wording=phase_words,
    )
    return page, 422 if form.errors else 200


def _choice(round_: Round, number: int, on: set[str], known: set[str]) -> Choice:
    """What the boxes say, against what the cut says."""
    shown = rubric.phase_or_404(db.session, round_.id, number)
    reason = request.form.get("reason", "")
    if shown.cut == "hand":
        return Choice(chosen=on, reason=reason)
    by_cut = {row.ref for row in carrying.candidates(db.session, shown) if row.through}
    return Choice(added=on - by_cut, left_out=(by_cut & known) - on, reason=reason)


def _carry_page(round_: Round, shown: Phase, message: str | None) -> str:
    following = rubric.phase_of(db.session, round_.id, shown.number + 1)
    return draw(
        "organize/carry_on.html",
        round_,
        here="phases",
        phase=shown,
        following=following,
        rows=carrying.candidates(db.session, shown),
        gone_on=carrying.entries_of(db.session, following.id) if following is not None else {},
        method=rubric.method_of(shown),
        wording=phase_words,
        message=message,
        reason=request.form.get("reason", ""),
        ticked=set(request.form.getlist("on")) if request.method == "POST" else None,
        may=can(actor(), Action.PHASE_CARRY, turns.subject_of(round_, shown, page_now())),
    )


def _phase(round_: Round, number: int) -> Phase | None:
    """The phase; None for the first where it was never laid out, else NotFound."""
    found = rubric.phase_of(db.session, round_.id, number)
    if found is None and number != 1:
        raise NotFound
    return found


def _may_edit(round_: Round) -> bool:
    return can(actor(), Action.PHASE_EDIT, rounds.subject_of(round_, page_now()))
