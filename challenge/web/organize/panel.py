"""The organizer's panel: who judges, who is invited, and how far each of them is."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import invitations
from challenge.accounts.models import Invitation
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import boards, panel, rubric
from challenge.judging import themes as judged_themes
from challenge.rounds import queries as rounds
from challenge.rounds import themes
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, can
from challenge.web import forms, words
from challenge.web.context import page_now
from challenge.web.organize.judging_forms import InviteForm
from challenge.web.organize.room import blueprint, draw, enter, phase_number

ROUTES: dict[str, dict[str, Action]] = {
    "panel": {"GET": Action.ROUND_CONTROL},
    "invite_judge": {"POST": Action.JUDGE_INVITE},
    "judge_capacity": {"POST": Action.JUDGE_INVITE},
    "invite_judge_again": {"POST": Action.JUDGE_INVITE},
    "revoke_judge": {"POST": Action.JUDGE_INVITE},
    "remove_judge": {"POST": Action.JUDGE_INVITE},
    "progress": {"GET": Action.ROUND_CONTROL},
}


@blueprint.get("/rounds/<slug>/panel", endpoint="panel")
def panel_page(slug: str) -> ResponseReturnValue:
    """The panel of the round."""
    return _page(enter(slug, Action.ROUND_CONTROL), InviteForm(formdata=None))


@blueprint.post("/rounds/<slug>/panel")
def invite_judge(slug: str) -> ResponseReturnValue:
    """Invite an address, or put a person with an account onto the panel at once."""
    round_ = enter(slug, Action.JUDGE_INVITE)
    form = InviteForm()
    at_once = request.form.get("how") == "add"
    if form.validate_on_submit():
        try:
            with writing() as session:
                act = panel.add if at_once else panel.invite
                act(session, actor(), round_.id, form.email.data or "", phase_number())
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Added to the panel.") if at_once else _("Invitation sent."))
            return redirect(url_for("organize.panel", slug=slug))
    return _page(enter(slug, Action.JUDGE_INVITE), form), 422


@blueprint.post("/rounds/<slug>/panel/<int:judge_id>/capacity")
def judge_capacity(slug: str, judge_id: int) -> ResponseReturnValue:
    """How many entries a judge is given at most."""
    round_ = enter(slug, Action.JUDGE_INVITE)
    try:
        with writing() as session:
            panel.set_capacity(session, actor(), round_.id, judge_id, request.form.get("capacity", ""))
    except Invalid as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Saved."))
    return redirect(url_for("organize.panel", slug=slug))


@blueprint.post("/rounds/<slug>/panel/invitations/<int:number>/again")
def invite_judge_again(slug: str, number: int) -> ResponseReturnValue:
    """Mail the same link once more."""
    round_ = enter(slug, Action.JUDGE_INVITE)
    _of_this_panel(round_, number)
    with writing() as session:
        invitations.send_again(session, actor(), number, rounds.subject_of(round_, page_now()))
    flash(_("Sent again."))
    return redirect(url_for("organize.panel", slug=slug))


@blueprint.post("/rounds/<slug>/panel/invitations/<int:number>/revoke")
def revoke_judge(slug: str, number: int) -> ResponseReturnValue:
    """Take an invitation back."""
    round_ = enter(slug, Action.JUDGE_INVITE)
    _of_this_panel(round_, number)
    with writing() as session:
        invitations.revoke(session, actor(), number, rounds.subject_of(round_, page_now()))
    flash(_("Invitation taken back."))
    return redirect(url_for("organize.panel", slug=slug))


@blueprint.post("/rounds/<slug>/panel/<int:judge_id>/remove")
def remove_judge(slug: str, judge_id: int) -> ResponseReturnValue:
    """Take a judge without assignments off the panel."""
    round_ = enter(slug, Action.JUDGE_INVITE)
    with writing() as session:
        panel.remove(session, actor(), round_.id, judge_id)
    flash(_("Taken off the panel."))
    return redirect(url_for("organize.panel", slug=slug))


@blueprint.get("/rounds/<slug>/progress", endpoint="progress")
def progress_page(slug: str) -> ResponseReturnValue:
    """How far the judges are, and which entries lack judges."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    found = boards.panel_of(db.session, round_.id, phase_number())
    return draw(
        "organize/judging_progress.html",
        round_,
        here="progress",
        phase=found.phase if found is not None else None,
        seats=found.seats if found is not None else (),
        short=boards.short_of_judges(db.session, found.phase) if found is not None else [],
    )


def _of_this_panel(round_: Round, number: int) -> None:
    """Raise NotFound unless the invitation is one to this round's panel."""
    phase = rubric.phase_of(db.session, round_.id, phase_number())
    found = db.session.get(Invitation, number)
    mine = found is not None and phase is not None and (found.scope, found.scope_id) == ("phase", phase.id)
    if not mine:
        raise NotFound


def _page(round_: Round, form: InviteForm) -> str:
    found = boards.panel_of(db.session, round_.id, phase_number())
    waiting, declined = (
        invitations.unaccepted(db.session, "judge", "phase", found.phase.id) if found else ([], [])
    )
    offered = themes.themes_of(db.session, round_.id)
    return draw(
        "organize/panel.html",
        round_,
        here="panel",
        form=form,
        declined=declined,
        seats=found.seats if found is not None else (),
        waiting=waiting,
        themes=offered,
        tracks_of=judged_themes.of_panel(db.session, found.phase.id) if offered and found else {},
        editable=can(actor(), Action.JUDGE_INVITE, rounds.subject_of(round_, page_now())),
    )
