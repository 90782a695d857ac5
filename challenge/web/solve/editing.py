"""The draft: written, saved at any time, its files sent along. Nothing here enters the round."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files import services as files
from challenge.files.download import send
from challenge.files.receiving import Limits, Received
from challenge.rules.errors import Invalid, InvalidMany, TooLate
from challenge.rules.formsize import largest
from challenge.rules.formspec import MOST_ROWS
from challenge.rules.permissions import Action
from challenge.submissions import merging
from challenge.submissions.material import OWNER
from challenge.submissions.merging import Merged
from challenge.submissions.queries import Shown
from challenge.web import uploads, words
from challenge.web.asked_values import name_of
from challenge.web.doors import wants_json
from challenge.web.solve.contents import contents
from challenge.web.solve.forms import DraftForm, draft_form, organizations_of
from challenge.web.solve.room import blueprint, draw, enter
from challenge.web.solve.words import about, missing_count

ROUTES: dict[str, dict[str, Action]] = {
    "edit": {"GET": Action.SUBMISSION_EDIT},
    "save": {"POST": Action.SUBMISSION_EDIT},
    "file": {"GET": Action.SUBMISSION_READ},
}
FIELD_BYTES = 128 * 1024  # 20,000 characters of any language, and room to say that it is too long
LARGEST_CHARACTER = 4
PART_BYTES = 256  # boundary, header and name of a part


@blueprint.get("/<ref>/edit")
def edit(ref: str) -> ResponseReturnValue:
    """The editor, with the requirement beside it; after the close, the page that says so."""
    try:
        shown = enter(ref, Action.SUBMISSION_EDIT)
    except TooLate:
        return redirect(url_for("solve.show", ref=ref))
    return _page(shown, draft_form(shown, organizations_of(actor().represents, shown.submission)))


@blueprint.post("/<ref>/edit")
@uploads.reads_its_body(blueprint)
def save(ref: str) -> ResponseReturnValue:
    """Save what was typed, with the files that came along, or without the one that goes."""
    shown = enter(ref, Action.SUBMISSION_EDIT)
    organizations = organizations_of(actor().represents, shown.submission)
    with uploads.receive_form(_allowed(shown)) as received:
        form = draft_form(shown, organizations, received.fields)
        _drop_row(form, received.fields.get("remove", ""))
        merged = _save(ref, form, received)
    done = merged is not None and not merged.conflicts
    fault = received.fault
    if fault is not None:
        fault.field = received.field
    elif merged is not None:
        fault = merged.no_room
    if done and fault is None and "add" not in received.fields:
        return _saved(ref, merged, received)
    if fault is not None:
        form.show(fault)
    if wants_json():
        return _refused_json(form)
    shown = enter(ref, Action.SUBMISSION_EDIT)  # what the upload let go of is read anew
    _add_row(form, received.fields.get("add", ""))
    form.draft_version.data = str(shown.submission.draft_version)
    kept = _("Your text is saved. The files were not kept.") if done and fault else None
    return _page(shown, form, kept=kept)


def _allowed(shown: Shown) -> Limits:
    """What may come: the form says how much text, its round how many files."""
    size = largest(shown.form.spec, len(shown.material.indicators))
    allowed = uploads.limits(
        present=len(shown.material.files),
        most=shown.round.max_files,
        file_bytes=shown.round.max_file_bytes,
        field_bytes=FIELD_BYTES,
    )
    parts = allowed.parts + size.inputs  # room to say that there are too many
    return replace(allowed, parts=parts, typed_bytes=LARGEST_CHARACTER * size.characters + PART_BYTES * parts)


def _rows(form: DraftForm, name: str) -> Any:
    """The table that a button without a script belongs to."""
    tables = {name_of(field.key) for field in form.spec.of_kind("table")}
    return form[name] if name in tables else None


def _add_row(form: DraftForm, name: str) -> None:
    rows = _rows(form, name)
    if rows is not None and len(rows) < MOST_ROWS:
        rows.append_entry()


def _drop_row(form: DraftForm, place: str) -> None:
    name, _dash, row = place.rpartition("-")
    rows = _rows(form, name)
    if rows is not None and row.isdecimal() and int(row[:6]) < len(rows):
        rows.pop_entry(int(row[:6]))


def _save(ref: str, form: DraftForm, received: Received) -> Merged | None:
    """Store it; None where something is wrong, which then stands at its field."""
    if not form.validate():
        return None
    try:
        parts = form.parts()
        base = int(form.draft_version.data or 0)
        kept = [replace(each, field=form.key(each.field)) for each in received.keep()]
        with writing() as session:
            merged = merging.merge(
                session,
                actor(),
                ref,
                parts,
                dict.fromkeys(parts, base),
                strict=True,
                kept=kept,
                remove=received.fields.get("remove_file"),
            )
    except (Invalid, InvalidMany) as refusal:
        form.show(refusal)
        return None
    if merged.conflicts:
        form.conflicts = merged.conflicts
        form.form_errors.append(words.say_code("stale_draft"))
    return merged


def _saved(ref: str, merged: Merged | None, received: Received) -> ResponseReturnValue:
    if merged is not None and wants_json():
        saved = merged.submission
        listed = files.listed(db.session, OWNER, saved.id)
        about = [
            {"ref": each.ref, "name": each.name, "size": each.size, "sha256": each.sha256} for each in listed
        ]
        return jsonify({"draft_version": saved.draft_version, "files": about})
    if received.fields.get("next") == "review":
        return redirect(url_for("solve.review", ref=ref))
    flash(_("Draft saved."))
    anchor = received.fields.get("remove") or None
    if received.count or "remove_file" in received.fields:
        anchor = "files"
    return redirect(url_for("solve.edit", ref=ref, _anchor=anchor))


def _refused_json(form: DraftForm) -> ResponseReturnValue:
    faults = {name: [str(each) for each in errors] for name, errors in form.errors.items() if name}
    code = "stale_draft" if form.conflicts else "invalid"
    said = words.say_code(code) if form.conflicts else words.say_status(422)
    return jsonify({"code": code, "errors": faults, "message": said}), 422


def _page(shown: Shown, form: DraftForm, **values: Any) -> ResponseReturnValue:
    answer = draw(
        "solve/edit.html",
        shown,
        form=form,
        about=about(shown),
        contents=(listed := contents(shown)),
        missing_line=missing_count(listed.missing),
        **values,
    )
    return answer, 422 if form.errors or form.form_errors else 200


@blueprint.get("/<ref>/files/<file_ref>")
def file(ref: str, file_ref: str) -> ResponseReturnValue:
    """A file of the draft, to its team."""
    shown = enter(ref, Action.SUBMISSION_READ)
    found = files.find(db.session, OWNER, shown.submission.id, file_ref)
    return send(found.sha256, found.size, found.media_type, found.name)
