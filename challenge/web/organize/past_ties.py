"""Past agreements and co-authorships of a programme's people, brought as files and withdrawn."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import FileField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.names import display_name
from challenge.files.sniffing import ALLOWED
from challenge.rounds import programmes
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.ties import brought
from challenge.ties.models import TieFile
from challenge.web import forms, uploads, words
from challenge.web.organize.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "past_ties": {"GET": Action.TIE_BRING, "POST": Action.TIE_BRING},
    "withdraw_ties": {"POST": Action.TIE_BRING},
}
_XLSX, _CSV = ALLOWED["xlsx"][1], ALLOWED["csv"][1]
# What the words of paper scores would say of another file.
FAULTS: Mapping[str, LazyString] = {
    "book_too_large": _l("This file holds more than 5,000 rows or 20 columns."),
    "book_too_slow": _l("This workbook took too long to read. Save it as CSV."),
}
# How such a table looks: its heads, and a row of each kind.
EXAMPLE = (
    ("kind", "one", "other", "year", "until", "note"),
    ("agreement", "li.wei@example.org", "91620000000000000X", "2024", "2025", ""),
    ("co-authorship", "li.wei@example.org", "zhang.min@example.org", "2025", "", "DOI"),
)


class TiesForm(FlaskForm):
    """A file from the reader's disk."""

    file = FileField(
        _l("File"),
        description=_l("XLSX or CSV, at most 1 MB."),
        render_kw={"accept": f".xlsx,.csv,{_XLSX},{_CSV}", "data-max": str(brought.MOST_BYTES)},
    )


@blueprint.route("/programmes/<slug>/ties", methods=["GET", "POST"])
def past_ties(slug: str) -> ResponseReturnValue:
    """The files that were brought and what came of each; a post brings one more."""
    programme = programmes.by_slug(db.session, slug)
    subject = programmes.subject_of(programme)
    require(actor(), Action.TIE_BRING, subject)
    form = TiesForm()
    if form.validate_on_submit():
        file = request.files.get("file")
        name = display_name(file.filename or "") if file is not None else ""
        try:
            with uploads.table(file, brought.MOST_BYTES) as kept, writing() as session:
                brought.take(session, actor(), subject, kept, name)
        except Invalid as refusal:
            forms.show(form, refusal)
            programme = programmes.by_slug(db.session, slug)
        else:
            flash(_("Taken in. What came of it stands below in a moment."))
            return redirect(url_for("organize.past_ties", slug=slug, _anchor="files"))
    page = render_template(
        "organize/past_ties.html",
        programme=programme,
        form=form,
        files=brought.newest(db.session, programme.id),
        say=_say,
        example=EXAMPLE,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/programmes/<slug>/ties/<ref>/withdraw")
def withdraw_ties(slug: str, ref: str) -> ResponseReturnValue:
    """Take back what a file stated."""
    programme = programmes.by_slug(db.session, slug)
    subject = programmes.subject_of(programme)
    with writing() as session:
        brought.withdraw(session, actor(), subject, ref)
    flash(_("Withdrawn. Conflicts are looked for anew."))
    return redirect(url_for("organize.past_ties", slug=slug, _anchor="files"))


def _say(file: TieFile) -> list[tuple[str, str]]:
    """Each fault of a file: its cell, and what is wrong in words."""
    return [
        (each["cell"], str(FAULTS.get(each["code"]) or words.say_code(each["code"], **each["params"])))
        for each in file.faults
    ]
