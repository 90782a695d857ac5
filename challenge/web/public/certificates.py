"""Awards' certificates by their code: whether one stands, for everyone; its paper, for its holder.

Whatever code was never issued, guessed or mistyped, is answered in the same words.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.awards import certificate_checks, certificate_papers, certificate_reads, certifying
from challenge.awards.certificate_checks import Shown
from challenge.awards.certificate_models import AwardCertificate
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.rules import certificate_codes
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, can, require
from challenge.training.papers import TYPE
from challenge.web.context import page_now
from challenge.web.papers import document
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "award_certificate": {"GET": Action.PAGE_READ},
    "award_certificate_statement": {"GET": Action.PAGE_READ},
    "award_certificate_paper": {"GET": Action.AWARD_CERTIFICATE_READ},
    "ask_award_certificate_paper": {"POST": Action.AWARD_CERTIFICATE_READ},
    "unname_award_certificate": {"POST": Action.AWARD_CERTIFICATE_UNNAME},
}


@blueprint.get("/awards/certificates/<code>")
def award_certificate(code: str) -> ResponseReturnValue:
    """How the certificate of a code stands; its holder and the organizers find the paper here."""
    require(actor(), Action.PAGE_READ)
    try:
        found = _found(code)
    except NotFound:
        return render_template("public/award_certificate.html", shown=Shown("unknown")), 404
    named = found.holder is not None
    subject = certificate_reads.subject_of(db.session, found, page_now()) if _knows(found) else None
    reads = named and subject is not None and can(actor(), Action.AWARD_CERTIFICATE_READ, subject)
    return render_template(
        "public/award_certificate.html",
        shown=certificate_checks.shown(found),
        paper=certificate_papers.standing(db.session, found, _locale()) if reads else None,
        own=subject is not None and can(actor(), Action.AWARD_CERTIFICATE_UNNAME, subject),
        revokes=subject is not None and can(actor(), Action.AWARD_CERTIFY, subject),
        written=certificate_codes.written(found.code),
    )


def _knows(_found: AwardCertificate) -> bool:
    """Whether anybody is signed in whose certificate it could be: a visitor costs no more reads."""
    return actor().user_id is not None


@blueprint.get("/awards/certificates/<code>/statement.json")
def award_certificate_statement(code: str) -> ResponseReturnValue:
    """The signed statement, for the script that verifies without us."""
    require(actor(), Action.PAGE_READ)
    found = _found(code)
    if certificate_checks.shown(found).state == "altered":
        raise NotFound
    name = f"certificate-{certificate_codes.written(found.code)}.json"
    return document(certificate_checks.document(found), name)


@blueprint.get("/awards/certificates/<code>/paper.pdf")
def award_certificate_paper(code: str) -> ResponseReturnValue:
    """The PDF in my language."""
    found = _found(code)
    subject = certificate_reads.subject_of(db.session, found, page_now())
    require(actor(), Action.AWARD_CERTIFICATE_READ, subject)
    standing = certificate_papers.standing(db.session, found, _locale())
    if standing.state != "there":
        raise NotFound
    name = f"certificate-{certificate_codes.written(found.code)}.pdf"
    db.session.close()  # no connection is held while the bytes go out
    return send(standing.sha256, standing.size, TYPE, name)


@blueprint.post("/awards/certificates/<code>/paper")
def ask_award_certificate_paper(code: str) -> ResponseReturnValue:
    """Have it made."""
    with writing() as session:
        certificate_papers.ask(session, actor(), _plain(code), _locale())
    return redirect(url_for("public.award_certificate", code=code, _anchor="paper"))


@blueprint.post("/awards/certificates/<code>/unname")
def unname_award_certificate(code: str) -> ResponseReturnValue:
    """Take my name off, or the team's, for good."""
    with writing() as session:
        certifying.unname(session, actor(), _plain(code))
    flash(_("The name is off it. The code stays valid."))
    return redirect(url_for("public.award_certificate", code=code))


def _found(code: str) -> AwardCertificate:
    return certificate_reads.by_code(db.session, _plain(code))


def _plain(code: str) -> str:
    """The code as it is kept; one that cannot be ours is looked for all the same, and is nowhere."""
    return certificate_codes.read(code) or ""


def _locale() -> str:
    return str(i18n.current_locale())
