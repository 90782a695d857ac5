"""Who reads the confidential part of a requirement, for its seeker and its organizers: one page for both."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField

from challenge.accounts import invitations
from challenge.base.db import db, writing
from challenge.base.paths import relative
from challenge.base.session import actor
from challenge.distribution import facts as outreach
from challenge.requirements import (
    clearing,
    face_invitations,
    face_reads,
    faces,
    facts,
    ndas,
    opening,
    queries,
)
from challenge.requirements.faces import MARK
from challenge.requirements.models import Requirement
from challenge.rules.errors import Invalid, InvalidMany, Refused, WrongState
from challenge.rules.permissions import Action, Subject, can, require
from challenge.web import face_words, forms, words
from challenge.web.account.forms import AddressForm
from challenge.web.context import page_now
from challenge.web.faces import title_of
from challenge.web.seek.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "face": {"GET": Action.FACE_WATCH},
    "set_face": {"POST": Action.FACE_SET},
    "decide_face": {"POST": Action.FACE_DECIDE},
    "invite_face": {"POST": Action.FACE_INVITE},
    "take_back_face": {"POST": Action.FACE_INVITE},
    "settle": {"POST": Action.REDACTION_SETTLE},
}


class FaceForm(FlaskForm):
    """How the confidential part opens, and by which words the seeker is known."""

    opening = forms.one_of(_l("Who may read it"), face_words.OPENINGS)
    marks = StringField(
        _l("Products and brands of yours"),
        description=_l(
            "With commas between. They are looked for in the public part, and shown nowhere else."
        ),
        render_kw={"maxlength": faces.MOST_MARKS * (MARK + 2)},
    )


@blueprint.get("/requirements/<ref>/confidential")
def face(ref: str) -> ResponseReturnValue:
    """Who asked, who accepted which version, who opened what; how it opens."""
    return _page(ref)


@blueprint.post("/requirements/<ref>/confidential")
def set_face(ref: str) -> ResponseReturnValue:
    """Say how it opens."""
    form = FaceForm()
    typed = (form.marks.data or "").replace("，", ",").replace("、", ",").split(",")
    try:
        with writing() as session:
            faces.set_face(session, actor(), ref, form.opening.data or "", typed)
    except InvalidMany as refusal:
        forms.show(form, refusal)
        return _page(ref, form)
    flash(_("Saved."))
    return redirect(url_for("seek.face", ref=ref))


@blueprint.post("/requirements/<ref>/confidential/<access_ref>/<any(grant, refuse, revoke):verb>")
def decide_face(ref: str, access_ref: str, verb: str) -> ResponseReturnValue:
    """Let one person in, or not, or not any more."""
    try:
        with writing() as session:
            faces.decide(session, actor(), ref, access_ref, verb, request.form.get("reason", ""))
    except (Invalid, WrongState) as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Done. They get a letter."))
    return redirect(url_for("seek.face", ref=ref, _anchor="readers"))


@blueprint.post("/requirements/<ref>/confidential/invitations")
def invite_face(ref: str) -> ResponseReturnValue:
    """Invite whoever owns an address to accept the agreement."""
    address = request.form.get("email", "")
    try:
        with writing() as session:
            requirement = queries.without_seeker(session, ref)
            caring = outreach.claimed(session, [requirement.id]).get(requirement.id)
            face_invitations.invite(session, actor(), ref, address, broker_id=caring)
    except (Invalid, WrongState) as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Invitation sent to %(address)s.", address=address.strip()))
    watches = can(actor(), Action.FACE_WATCH, _subject(queries.without_seeker(db.session, ref)))
    return redirect(
        url_for("seek.face", ref=ref, _anchor="invited") if watches else url_for("dock.need", ref=ref)
    )


@blueprint.post("/requirements/<ref>/confidential/invitations/<int:number>/revoke")
def take_back_face(ref: str, number: int) -> ResponseReturnValue:
    """Take an invitation back that nobody has accepted."""
    try:
        with writing() as session:
            face_invitations.take_back(session, actor(), ref, number)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        flash(words.say(refusal), "error")
    else:
        flash(_("Invitation taken back."))
    return redirect(url_for("seek.face", ref=ref, _anchor="invited"))


@blueprint.post("/requirements/<ref>/redaction")
def settle(ref: str) -> ResponseReturnValue:
    """Say of what could identify the seeker why it stays; what is emptied is open again."""
    reasons = {
        name.removeprefix("stays-"): text or None
        for name, text in request.form.items()
        if name.startswith("stays-")
    }
    back = relative(request.form.get("back"), url_for("seek.requirement", ref=ref))
    try:
        with writing() as session:
            left = clearing.settle(session, actor(), ref, reasons)
    except InvalidMany as refusal:
        flash(words.say(refusal.faults[0]), "error")
    else:
        flash(_("Kept. %(num)d still open.", num=left) if left else _("Kept. Everything is settled."))
    return redirect(f"{back}#redaction")


def _subject(requirement: Requirement) -> Subject:
    return facts.screening_subject(db.session, requirement, page_now())


def _page(ref: str, form: FaceForm | None = None) -> ResponseReturnValue:
    requirement = queries.by_ref(db.session, ref)
    subject = _subject(requirement)
    require(actor(), Action.FACE_WATCH, subject)
    how, marks = face_reads.face_of(db.session, requirement.id)
    if form is None:
        form = FaceForm(formdata=None, data={"opening": how, "marks": ", ".join(marks)})
    waiting, declined = invitations.unaccepted(
        db.session, face_invitations.ROLE, face_invitations.SCOPE, requirement.id
    )
    page = render_template(
        "seek/face.html",
        requirement=requirement,
        title=title_of(requirement),
        own=can(actor(), Action.REQUIREMENT_EDIT, subject) or requirement.seeker_id in actor().represents,
        form=form,
        how=how,
        holds=opening.holds(db.session, requirement.id),
        nda=ndas.in_force(db.session, requirement),
        sets=can(actor(), Action.FACE_SET, subject),
        decides=can(actor(), Action.FACE_DECIDE, subject),
        edits=can(actor(), Action.NDA_EDIT, subject),
        invites=can(actor(), Action.FACE_INVITE, subject),
        readers=face_reads.readers(db.session, requirement.id),
        words=face_reads.words(db.session, requirement.id),
        openings=face_reads.openings(db.session, requirement.id),
        waiting=waiting,
        declined=declined,
        inviting=AddressForm(formdata=None),
        ways=face_words.OPENINGS,
        origins=face_words.ORIGINS,
        at=page_now(),
    )
    return page, 422 if form.errors else 200
