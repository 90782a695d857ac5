"""What people sign with: pictures of signatures and scans of the paper, up and looked at."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.agreements import queries, signatures, signing
from challenge.agreements.queries import Read
from challenge.agreements.signing_models import SigningFile
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files import derivatives
from challenge.files.derivatives import WAITING, Derived
from challenge.files.download import send
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, require
from challenge.web import uploads, words
from challenge.web.signing.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "add_picture": {"POST": Action.AGREEMENT_SIGN},
    "add_scan": {"POST": Action.AGREEMENT_SCAN},
    "scan": {"GET": Action.AGREEMENT_READ},
    "scan_file": {"GET": Action.AGREEMENT_READ},
    "scan_page": {"GET": Action.AGREEMENT_READ},
}
MOST_BYTES = {"picture": signing.PICTURE_BYTES, "scan": signing.SCAN_BYTES}


@blueprint.post("/<ref>/pictures")
@uploads.reads_its_body(blueprint)
def add_picture(ref: str) -> ResponseReturnValue:
    """The picture of my signature."""
    return _add(ref, "picture", Action.AGREEMENT_SIGN)


@blueprint.post("/<ref>/scans")
@uploads.reads_its_body(blueprint)
def add_scan(ref: str) -> ResponseReturnValue:
    """The scan of the paper that all have signed and stamped."""
    return _add(ref, "scan", Action.AGREEMENT_SCAN)


def _add(ref: str, kind: str, action: Action) -> ResponseReturnValue:
    require(actor(), action, queries.by_ref(db.session, actor(), ref).subject)
    allowed = uploads.limits(present=0, most=1, file_bytes=MOST_BYTES[kind])
    try:
        with uploads.receive(allowed) as received:
            digest = received.fields.get("digest", "")
            [kept] = received.keep()
            with writing() as session:
                signing.upload(session, actor(), ref, digest, kind, kept)
    except (Invalid, WrongState) as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Uploaded. It is looked at now; reload this page in a moment."))
    return redirect(url_for("signing.sign", ref=ref, _anchor=kind))


@blueprint.get("/<ref>/scans/<file_ref>")
def scan(ref: str, file_ref: str) -> ResponseReturnValue:
    """The scan page by page, as it is to be confirmed."""
    read, found, made = _scan(ref, file_ref)
    agreement = read.agreement
    return render_template("signing/scan.html", agreement=agreement, file=found, count=len(made.pages))


@blueprint.get("/<ref>/scans/<file_ref>/files/original")
def scan_file(ref: str, file_ref: str) -> ResponseReturnValue:
    """The scan as it came: the bytes that are confirmed."""
    _read, found, _made = _scan(ref, file_ref)
    about = (found.sha256, found.size, found.media_type, found.name)
    db.session.close()  # no connection is held while the bytes go out
    return send(*about)


@blueprint.get("/<ref>/scans/<file_ref>/files/<int:number>")
def scan_page(ref: str, file_ref: str, number: int) -> ResponseReturnValue:
    """The picture of one page."""
    _read, _found, made = _scan(ref, file_ref)
    if not 1 <= number <= len(made.pages):
        raise NotFound
    page = made.pages[number - 1]
    db.session.close()  # no connection is held while the bytes go out
    return send(page.sha256, page.size, page.media_type, f"page-{number}.jpg")


def _scan(ref: str, file_ref: str) -> tuple[Read, SigningFile, Derived]:
    read = queries.by_ref(db.session, actor(), ref)
    found = signatures.scan(db.session, file_ref, read.agreement.id)
    return read, found, derivatives.of(db.session, [found.sha256]).get(found.sha256, WAITING)
