"""Certificates: whether one is valid, for everyone; its paper, for its holder and whoever issued it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, StringField

from challenge.audit.statements import MOST_BYTES
from challenge.awards import certificate_checks
from challenge.awards.certificate_checks import Shown as Awarded
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.rules.certificate_codes import DRAWN
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, can, require
from challenge.rules.training import read_number
from challenge.training import certificates, papers, verifying
from challenge.training.models import Certificate
from challenge.training.verifying import Shown
from challenge.web import words
from challenge.web.context import page_now
from challenge.web.training.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "verify": {"GET": Action.PAGE_READ, "POST": Action.PAGE_READ},
    "certificate": {"GET": Action.PAGE_READ},
    "certificate_paper": {"GET": Action.CERTIFICATE_READ},
    "ask_certificate_paper": {"POST": Action.CERTIFICATE_READ},
    "unname": {"POST": Action.CERTIFICATE_UNNAME},
}

CODE = DRAWN + 1  # with its check letter


class VerifyForm(FlaskForm):
    """A certificate, by its number or as its file."""

    number = StringField(
        _l("Number or code"),
        description=_l("As C-2026-0007, or 7K3M-9XQ2-PDH."),
        render_kw={"autocomplete": "off"},
    )
    file = FileField(_l("Or the file"), description=_l("The PDF, or the JSON in it, at most 1 MB."))


@blueprint.route("/certificates", methods=["GET", "POST"])
def verify() -> ResponseReturnValue:
    """Have a certificate examined: a file is looked at and forgotten."""
    require(actor(), Action.PAGE_READ)
    form = VerifyForm()
    shown: Shown | None = None
    of_award: Awarded | None = None
    if form.validate_on_submit():
        upload = request.files.get(form.file.name)
        data = upload.read(MOST_BYTES + 1) if upload else b""
        if data:
            shown = verifying.of_file(db.session, data, page_now())
            of_award = certificate_checks.of_file(db.session, data) if shown.state == "nothing" else None
        elif (address := _address(form.number.data or "")) is not None:
            return redirect(address)
        else:
            form.number.errors = [words.say_code("not_a_certificate_code")]
    page = render_template("training/verify.html", form=form, shown=shown, of_award=of_award)
    return page, 422 if form.errors else 200


def _address(text: str) -> str | None:
    """Where a number or a code is verified; what is mistyped is told there, as what never was."""
    if (number := read_number(text)) is not None:
        return url_for("training.certificate", number=number)
    code = "".join(each for each in text.upper() if each.isalnum())
    return url_for("public.award_certificate", code=code) if len(code) == CODE else None


@blueprint.get("/certificates/<number>")
def certificate(number: str) -> ResponseReturnValue:
    """How the certificate of a number stands; its holder finds the paper here."""
    require(actor(), Action.PAGE_READ)
    plain = read_number(number)
    try:
        found = certificates.by_number(db.session, plain or "")
    except NotFound:
        return render_template("training/certificate.html", shown=Shown("unknown", plain or number[:40])), 404
    subject = certificates.subject_of(found)
    reads = found.holder is not None and can(actor(), Action.CERTIFICATE_READ, subject)
    return render_template(
        "training/certificate.html",
        shown=verifying.shown(found, page_now()),
        paper=papers.standing(db.session, found, _locale()) if reads else None,
        own=can(actor(), Action.CERTIFICATE_UNNAME, subject),
        revokes=can(actor(), Action.CERTIFICATE_REVOKE, subject),
        course=found.course,
    )


@blueprint.get("/certificates/<number>/paper.pdf")
def certificate_paper(number: str) -> ResponseReturnValue:
    """The PDF in my language."""
    found = _enter(number, Action.CERTIFICATE_READ)
    standing = papers.standing(db.session, found, _locale())
    if standing.state != "there":
        raise NotFound
    db.session.close()  # no connection is held while the bytes go out
    return send(standing.sha256, standing.size, papers.TYPE, f"certificate-{number}.pdf")


@blueprint.post("/certificates/<number>/paper")
def ask_certificate_paper(number: str) -> ResponseReturnValue:
    """Have it made."""
    found = _enter(number, Action.CERTIFICATE_READ)
    if found.holder is None:
        raise NotFound
    with writing() as session:
        papers.ask(session, actor(), found, _locale())
    return redirect(url_for("training.certificate", number=number, _anchor="paper"))


@blueprint.post("/certificates/<number>/unname")
def unname(number: str) -> ResponseReturnValue:
    """Take my name off, for good."""
    with writing() as session:
        certificates.unname(session, actor(), number)
    flash(_("Your name is off it. The number stays valid."))
    return redirect(url_for("training.certificate", number=number))


def _enter(number: str, action: Action) -> Certificate:
    found = certificates.by_number(db.session, number)
    require(actor(), action, certificates.subject_of(found))
    return found


def _locale() -> str:
    return str(i18n.current_locale())
