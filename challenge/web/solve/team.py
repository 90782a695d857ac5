"""The team's page: who is in it, who was invited, and how they are named in what is submitted."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, can
from challenge.submissions import team as service
from challenge.submissions.limits import EntryRefused
from challenge.submissions.material import Member
from challenge.submissions.queries import Shown
from challenge.web import forms
from challenge.web.entry_lines import refusal_lines
from challenge.web.solve import places
from challenge.web.solve.forms import ConfirmForm, DescribeForm, MemberForm
from challenge.web.solve.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "team": {"GET": Action.SUBMISSION_READ, "POST": Action.TEAM_MANAGE},
    "member": {"GET": Action.TEAM_MANAGE, "POST": Action.TEAM_MANAGE},
    "remove_member": {"POST": Action.TEAM_MANAGE},
    "myself": {"GET": Action.TEAM_DESCRIBE, "POST": Action.TEAM_DESCRIBE},
    "hand_over": {"POST": Action.TEAM_MANAGE},
    "leave": {"POST": Action.TEAM_LEAVE},
}


@blueprint.route("/<ref>/team", methods=["GET", "POST"])
def team(ref: str) -> ResponseReturnValue:
    """Who stands behind the submission; whoever is named here gets an invitation by mail."""
    form = MemberForm()
    if request.method == "GET":
        return _page(enter(ref, Action.SUBMISSION_READ), form)
    if form.validate_on_submit():
        try:
            with writing() as session:
                service.invite(session, actor(), ref, *form.typed())
            flash(_("Invited. The invitation is on its way to %(email)s.", email=form.email.data))
            return redirect(url_for("solve.team", ref=ref))
        except Invalid as refusal:
            forms.show(form, refusal)
    return _page(enter(ref, Action.TEAM_MANAGE), form)


@blueprint.route("/<ref>/team/<int:member_id>", methods=["GET", "POST"])
def member(ref: str, member_id: int) -> ResponseReturnValue:
    """How one member is named."""
    shown = enter(ref, Action.TEAM_MANAGE)
    return _describe(shown, next((each for each in shown.material.members if each.id == member_id), None))


@blueprint.route("/<ref>/team/me", methods=["GET", "POST"])
def myself(ref: str) -> ResponseReturnValue:
    """How I am named myself."""
    shown = enter(ref, Action.TEAM_DESCRIBE)
    mine = actor().user_id
    return _describe(shown, next((each for each in shown.material.members if each.user_id == mine), None))


def _describe(shown: Shown, known: Member | None) -> ResponseReturnValue:
    if known is None:
        raise NotFound
    ref = shown.submission.ref
    form = DescribeForm(data={"name": known.name, "affiliation": known.affiliation})
    if form.validate_on_submit():
        with writing() as session:
            service.describe(session, actor(), ref, known.id, *form.typed())
        return redirect(url_for("solve.team", ref=ref))
    page = draw("solve/member.html", shown, form=form, member=known)
    return page, 422 if form.errors else 200


@blueprint.post("/<ref>/team/<int:member_id>/remove")
def remove_member(ref: str, member_id: int) -> ResponseReturnValue:
    """Take a person off the team."""
    with writing() as session:
        service.remove(session, actor(), ref, member_id)
    flash(_("Removed from the team."))
    return redirect(url_for("solve.team", ref=ref))


@blueprint.post("/<ref>/team/<int:member_id>/owner")
def hand_over(ref: str, member_id: int) -> ResponseReturnValue:
    """Make this member the owner."""
    actor().asked.add(Action.TEAM_MANAGE)  # the service asks; sent twice, whoever handed over is a member now
    try:
        with writing() as session:
            service.hand_over(session, actor(), ref, member_id)
    except (Invalid, EntryRefused) as refusal:
        for line in refusal_lines([refusal]):
            flash(line, "error")
    else:
        flash(_("Handed over. The team gets a mail."))
    return redirect(url_for("solve.team", ref=ref))


@blueprint.post("/<ref>/leave")
def leave(ref: str) -> ResponseReturnValue:
    """Leave the team oneself."""
    with writing() as session:
        service.leave(session, actor(), ref)
    flash(_("You have left the team."))
    return redirect(url_for("solve.submissions"))


def _page(shown: Shown, form: MemberForm, **values: Any) -> ResponseReturnValue:
    may_manage = can(actor(), Action.TEAM_MANAGE, shown.subject)
    answer = draw(
        "solve/team.html",
        shown,
        form=form,
        confirm=ConfirmForm(formdata=None),
        may_manage=may_manage,
        may_describe=can(actor(), Action.TEAM_DESCRIBE, shown.subject),
        links=service.places(db.session, shown.submission.id, shown.now) if may_manage else (),
        place_form=places.new_form(),
        made=places.shown_once(shown.submission.ref) if may_manage else None,
        may_leave=can(actor(), Action.TEAM_LEAVE, shown.subject),
        me=actor().user_id,
        **values,
    )
    return answer, 422 if form.errors else 200
