"""Anyone may have a receipt examined: pasted or uploaded, it is looked at and forgotten."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FileField, TextAreaField

from challenge.audit import statements, verify_receipt
from challenge.audit.keys import keyring
from challenge.audit.statements import MOST_BYTES, Examined, Verdict
from challenge.base.session import actor
from challenge.files.download import disposition
from challenge.rules.permissions import Action, require
from challenge.web.public.room import blueprint

SCRIPT = Path(verify_receipt.__file__)

ROUTES: dict[str, dict[str, Action]] = {
    "verify": {"GET": Action.PAGE_READ, "POST": Action.PAGE_READ},
    "verify_keys": {"GET": Action.PAGE_READ},
    "verify_script": {"GET": Action.PAGE_READ},
}


class VerifyForm(FlaskForm):
    """A receipt, as a file or as text."""

    file = FileField(_("Receipt file"), description=_("The JSON file or the PDF, at most 1 MB."))
    text = TextAreaField(
        _("Or its text"), description=_("All of the JSON, from the first brace to the last.")
    )

    def document(self) -> bytes:
        """What was given; a file comes before text."""
        upload = request.files.get(self.file.name)
        data = upload.read(MOST_BYTES + 1) if upload else b""
        return data or str(self.text.data or "").encode("utf-8", "replace")


@blueprint.route("/verify", methods=["GET", "POST"])
def verify() -> ResponseReturnValue:
    """Whether a receipt is ours and unchanged. Nothing of it is stored: no form of ours touches the disk."""
    require(actor(), Action.PAGE_READ)
    form = VerifyForm()
    examined = None
    if form.validate_on_submit():
        data = form.document().strip()
        if data:
            examined = statements.examine(keyring(), data)
        else:
            form.file.errors = [str(_("Choose a receipt, or paste its text."))]
    said = _said(examined)
    page = render_template(
        "public/verify.html",
        form=form,
        examined=examined,
        valid=examined is not None and examined.verdict is Verdict.VALID,
        said=said,
        named=json.dumps([{name: file[name] for name in ("name", "sha256")} for file in said["manifest"]])
        if said
        else "",
        keys=sorted(keyring().public_keys().items()),
    )
    return page, 422 if form.errors else 200


@blueprint.get("/verify/keys.json")
def verify_keys() -> ResponseReturnValue:
    """The public keys, for the script and for any other program."""
    require(actor(), Action.PAGE_READ)
    response = jsonify(statements.published(keyring()))
    response.headers["Content-Disposition"] = disposition("keys.json")
    return response


@blueprint.get("/verify/verify_receipt.py")
def verify_script() -> ResponseReturnValue:
    """The script that verifies without us: the very file that reads receipts here."""
    require(actor(), Action.PAGE_READ)
    response = Response(SCRIPT.read_bytes(), content_type="text/x-python; charset=utf-8")
    response.headers["Content-Disposition"] = disposition(SCRIPT.name)
    return response


def _said(examined: Examined | None) -> Mapping[str, Any] | None:
    """What a valid statement says. What an altered or foreign one says is not repeated as if it were true."""
    if examined is None or examined.verdict is not Verdict.VALID or examined.statement is None:
        return None
    said = dict(examined.statement)
    for name in ("submitted_at", "arrived_at", "closed_at"):
        if name in said:
            said[f"{name}_instant"] = dt.datetime.fromisoformat(str(said[name]))
    return said
