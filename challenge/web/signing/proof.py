"""Proof for everyone: whether an agreement of this hash was signed here, and not a word more."""

from __future__ import annotations

import hashlib

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from challenge.agreements import proving
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.permissions import Action, require
from challenge.web import words
from challenge.web.signing.forms import HashForm
from challenge.web.signing.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "verify": {"GET": Action.PAGE_READ, "POST": Action.PAGE_READ},
    "proof": {"GET": Action.PAGE_READ},
}
READ = 1024 * 1024


@blueprint.route("/verify", methods=["GET", "POST"])
def verify() -> ResponseReturnValue:
    """Ask by a hash, or by the file whose hash it is; the file is read and forgotten."""
    require(actor(), Action.PAGE_READ)
    form = HashForm()
    if form.validate_on_submit():
        upload = request.files.get(form.file.name)
        found = proving.hash_of(form.sha256.data or "")
        if upload:
            hashed = hashlib.sha256()
            while chunk := upload.read(READ):
                hashed.update(chunk)
            found = hashed.hexdigest()
        if found is not None:
            return redirect(url_for("signing.proof", sha256=found))
        form.sha256.errors = [words.say_code("not_a_hash")]
    return render_template("signing/verify.html", form=form), 422 if form.errors else 200


@blueprint.get("/verify/<sha256>")
def proof(sha256: str) -> ResponseReturnValue:
    """Whether this hash is known. What is typed wrongly is as unknown as what was never signed."""
    require(actor(), Action.PAGE_READ)
    plain = proving.hash_of(sha256)
    known = plain is not None and proving.known(db.session, plain)
    text = render_template("signing/proof.html", sha256=plain or "", known=known)
    return text, 200 if known else 404
