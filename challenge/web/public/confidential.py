"""The confidential part of a published requirement, for solvers: ask, accept the agreement, read.

What is open to one person is open to nobody else: a link that was passed on shows everybody their own way.
"""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField

from challenge.accounts.models import User
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.requirements import face_invitations, faces, facts, ndas, opening, queries
from challenge.requirements.models import Requirement
from challenge.requirements.opening import Opened, Standing
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, NotFound, Refused, WrongState
from challenge.rules.permissions import Action, can, require
from challenge.web import forms, words
from challenge.web.context import page_now
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "confidential": {"GET": Action.REQUIREMENT_READ},
    "confidential_pass": {"GET": Action.REQUIREMENT_READ},
    "ask_confidential": {"POST": Action.FACE_ASK},
    "accept_nda": {"POST": Action.NDA_ACCEPT},
    "confidential_file": {"GET": Action.FACE_READ},
    "agreement": {"GET": Action.REQUIREMENT_READ},
}


class AskForm(FlaskForm):
    """Why somebody asks."""

    words = TextAreaField(_l("Who you are, and why you ask"), render_kw={"maxlength": faces.WORDS})


class AcceptForm(FlaskForm):
    """A person's word on the version that stands above it."""

    nda = HiddenField()
    name = StringField(_l("Your name"), render_kw={"maxlength": faces.NAME, "autocomplete": "name"})
    organization = StringField(
        _l("Your organization"),
        description=_l("Without one, write that you act for yourself."),
        render_kw={"maxlength": faces.ORGANIZATION, "autocomplete": "organization"},
    )


@blueprint.get("/requirements/<ref>/confidential")
def confidential(ref: str) -> ResponseReturnValue:
    """Where the reader stands before it; what is open to them. That they read it is logged."""
    return _page(ref)


@blueprint.get("/requirements/<ref>/confidential/<token>")
def confidential_pass(ref: str, token: str) -> ResponseReturnValue:
    """The link of a letter: to its owner the same page, to everybody else the way to ask themselves."""
    requirement = _entered(ref)
    holder = face_invitations.holder_of(db.session, requirement.id, token)
    if holder == actor().user_id:
        return redirect(url_for("public.confidential", ref=ref))
    return _page(ref, anothers=True)


@blueprint.post("/requirements/<ref>/confidential/ask")
def ask_confidential(ref: str) -> ResponseReturnValue:
    """Ask to read it."""
    form = AskForm()
    try:
        with writing() as session:
            faces.ask(session, actor(), ref, form.words.data or "")
    except Invalid as refusal:
        forms.show(form, refusal)
        return _page(ref, ask=form)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Asked. You get a letter when it is decided."))
    return redirect(url_for("public.confidential", ref=ref))


@blueprint.post("/requirements/<ref>/confidential/accept")
def accept_nda(ref: str) -> ResponseReturnValue:
    """Accept the version that the page showed."""
    form = AcceptForm()
    try:
        with writing() as session:
            said = (form[each].data or "" for each in ("nda", "name", "organization"))
            faces.accept(session, actor(), ref, *said)
    except InvalidMany as refusal:
        forms.show(form, refusal)
        return _page(ref, accept=form)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Accepted. The confidential part is open to you."))
    return redirect(url_for("public.confidential", ref=ref))


@blueprint.get("/requirements/<ref>/confidential/files/<file_ref>")
def confidential_file(ref: str, file_ref: str) -> Response | ResponseReturnValue:
    """A confidential file, logged before it goes out; whoever may not is led to the page that says why."""
    try:
        with writing() as session:
            file = opening.find_file(session, actor(), ref, file_ref)
    except (NotAllowed, WrongState):
        if actor().user_id is None:
            raise NotAllowed from None  # the door asks to sign in, and comes back here
        return redirect(url_for("public.confidential", ref=ref))
    db.session.close()  # no connection is held while the bytes go out
    return send(file.sha256, file.size, file.media_type, file.name)


@blueprint.get("/requirements/<ref>/agreements/<nda_ref>")
def agreement(ref: str, nda_ref: str) -> ResponseReturnValue:
    """One version of the agreement, also one that is not in force any more."""
    requirement = _entered(ref)
    nda = ndas.readable(db.session, requirement, nda_ref)
    if not (nda.text_zh or nda.text_en):
        raise NotFound
    current = ndas.in_force(db.session, requirement)
    return render_template(
        "public/agreement.html",
        requirement=requirement,
        nda=nda,
        current=current is not None and current.id == nda.id,
    )


def _entered(ref: str) -> Requirement:
    requirement = queries.without_seeker(db.session, ref)
    require(actor(), Action.REQUIREMENT_READ, facts.screening_subject(db.session, requirement, page_now()))
    return requirement


def _page(
    ref: str, *, anothers: bool = False, ask: AskForm | None = None, accept: AcceptForm | None = None
) -> ResponseReturnValue:
    requirement = _entered(ref)
    subject = facts.screening_subject(db.session, requirement, page_now())
    if can(actor(), Action.FACE_WATCH, subject):
        return redirect(url_for("seek.face", ref=ref))
    known = opening.standing(db.session, actor().user_id, requirement)
    asking = ask or AskForm(formdata=None)
    accepting = accept or _acceptance(known)
    drawn = render_template(
        "public/confidential.html",
        requirement=requirement,
        known=known,
        anothers=anothers,
        holds=opening.holds(db.session, requirement.id),
        opened=_opened(ref, requirement, known),
        asks=can(actor(), Action.FACE_ASK, subject),
        ask=asking,
        accept=accepting,
    )
    wrong = bool(asking.errors or accepting.errors)
    response = make_response(drawn, 422 if wrong else 403 if anothers else 200)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _opened(ref: str, requirement: Requirement, known: Standing) -> Opened | None:
    """What is open to the reader, logged; None where nothing is."""
    if not can(actor(), Action.FACE_READ, opening.subject_of(requirement, page_now(), actor(), known)):
        return None
    try:
        with writing() as session:
            return opening.read(session, actor(), ref)
    except Refused:  # closed in this very moment
        return None


def _acceptance(known: Standing) -> AcceptForm:
    """The form, with the name that stands in the account or was typed the last time."""
    form = AcceptForm(formdata=None)
    form.nda.data = known.nda.ref if known.nda else ""
    person = db.session.get(User, actor().user_id) if known.to_accept and actor().user_id else None
    if known.word is not None:
        form.name.data, form.organization.data = known.word.name, known.word.organization
    elif person is not None:
        form.name.data, form.organization.data = person.name, person.affiliation
    return form
