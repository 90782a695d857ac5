"""The draft: written, saved at any time, its files sent along. Nothing here enters the round."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files import services as files
from challenge.files.download import send
from challenge.files.receiving import Received
from challenge.files.sniffing import ACCEPT
from challenge.rules.errors import Invalid, InvalidMany, TooLate, WrongState
from challenge.rules.permissions import Action
from challenge.submissions import drafting
from challenge.submissions.models import Submission
from challenge.submissions.queries import Shown
from challenge.web import forms, uploads, words
from challenge.web.doors import wants_json
from challenge.web.solve.forms import DraftForm, form_of, organizations_of
from challenge.web.solve.room import blueprint, draw, enter
from challenge.web.solve.words import missing_line, target

ROUTES: dict[str, dict[str, Action]] = {
    "edit": {"GET": Action.SUBMISSION_EDIT},
    "save": {"POST": Action.SUBMISSION_EDIT},
    "file": {"GET": Action.SUBMISSION_READ},
}
FIELD_BYTES = 128 * 1024  # 20,000 characters of any language, and room to say that it is too long


@blueprint.get("/<ref>/edit")
def edit(ref: str) -> ResponseReturnValue:
    """The editor, with the requirement beside it; after the close, the page that says so."""
    try:
        shown = enter(ref, Action.SUBMISSION_EDIT)
    except TooLate:
        return redirect(url_for("solve.show", ref=ref))
    organizations = organizations_of(actor().represents, shown.submission)
    return _page(shown, form_of(shown.submission, shown.material, organizations))


@blueprint.post("/<ref>/edit")
@uploads.reads_its_body(blueprint)
def save(ref: str) -> ResponseReturnValue:
    """Save what was typed, with the files that came along, or without the one that goes."""
    shown = enter(ref, Action.SUBMISSION_EDIT)
    organizations = organizations_of(actor().represents, shown.submission)
    currency = shown.submission.currency
    allowed = uploads.limits(
        present=len(shown.material.files),
        most=shown.round.max_files,
        file_mb=shown.round.max_file_mb,
        field_bytes=FIELD_BYTES,
    )
    with uploads.receive_form(allowed) as received:
        form = DraftForm(formdata=received.fields, currency=currency, organizations=organizations)
        saved = _save(ref, form, received)
    if saved is not None and received.fault is None:
        return _saved(ref, saved, received)
    if received.fault is not None:
        forms.show(form, received.fault)
    if wants_json():
        return _refused_json(form)
    shown = enter(ref, Action.SUBMISSION_EDIT)  # what the upload let go of is read anew
    if saved is not None:
        form.draft_version.data = str(saved.draft_version)
    elif form.stale:
        form.draft_version.data = str(shown.submission.draft_version)
    return _page(shown, form, kept=_("Your text is saved. The files were not kept.") if saved else None)


def _save(ref: str, form: DraftForm, received: Received) -> Submission | None:
    """Store it; None where something is wrong, which then stands at its field."""
    if not form.validate():
        return None
    try:
        draft = form.draft()
        kept = received.keep()
        with writing() as session:
            return drafting.save(
                session,
                actor(),
                ref,
                draft,
                int(form.draft_version.data or 0),
                kept=kept,
                remove=received.fields.get("remove_file"),
            )
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
    except WrongState as refusal:
        forms.show(form, refusal)
        form.stale = refusal.code == "stale_draft"
    return None


def _saved(ref: str, saved: Submission, received: Received) -> ResponseReturnValue:
    if wants_json():
        listed = files.listed(db.session, drafting.OWNER, saved.id)
        about = [
            {"ref": each.ref, "name": each.name, "size": each.size, "sha256": each.sha256} for each in listed
        ]
        return jsonify({"draft_version": saved.draft_version, "files": about})
    if received.fields.get("next") == "review":
        return redirect(url_for("solve.review", ref=ref))
    flash(_("Draft saved."))
    anchor = "files" if received.count or "remove_file" in received.fields else None
    return redirect(url_for("solve.edit", ref=ref, _anchor=anchor))


def _refused_json(form: DraftForm) -> ResponseReturnValue:
    faults = {name: [str(each) for each in errors] for name, errors in form.errors.items() if name}
    return jsonify({"code": "invalid", "errors": faults, "message": words.say_status(422)}), 422


def _page(shown: Shown, form: DraftForm, **values: Any) -> ResponseReturnValue:
    answer = draw(
        "solve/edit.html",
        shown,
        form=form,
        asked=[(each, target(each)) for each in shown.material.indicators],
        missing_line=missing_line(shown),
        accept=ACCEPT,
        limit=shown.round.max_file_mb * uploads.MEBIBYTE,
        **values,
    )
    return answer, 422 if form.errors or form.form_errors else 200


@blueprint.get("/<ref>/files/<file_ref>")
def file(ref: str, file_ref: str) -> ResponseReturnValue:
    """A file of the draft, to its team."""
    shown = enter(ref, Action.SUBMISSION_READ)
    found = files.find(db.session, drafting.OWNER, shown.submission.id, file_ref)
    return send(found.sha256, found.size, found.media_type, found.name)
