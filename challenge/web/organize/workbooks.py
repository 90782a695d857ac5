"""The assignment as a workbook: made, handed out, taken in."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import FileField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.judging import rubric, sheets
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, can
from challenge.web import forms, uploads
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter, phase_number

ROUTES: dict[str, dict[str, Action]] = {
    "workbook": {"GET": Action.ROUND_CONTROL},
    "ask_workbook": {"POST": Action.JUDGE_ASSIGN},
    "bring_workbook": {"POST": Action.JUDGE_ASSIGN},
    "workbook_file": {"GET": Action.ROUND_CONTROL},
}

# What is wrong with a cell, or with the whole.
FAULTS: Mapping[str, LazyString] = {
    "sheet_without_entries": _("no column is headed Entry"),
    "judge_unknown": _("no judge of this panel has this label"),
    "judge_twice": _("this judge has a column already"),
    "entry_unknown": _("no entry of this phase has this code"),
    "entry_twice": _("this entry has a row already"),
    "sheet_value": _("write x, or leave it empty"),
    "not_a_workbook": _("This is no workbook that can be read. Save it as XLSX."),
    "book_too_large": _("The workbook is too large once unpacked."),
    "book_too_slow": _("The workbook took too long to read."),
}


class WorkbookForm(FlaskForm):
    """A workbook from the reader's disk."""

    file = FileField(
        _("Workbook"),
        description=_("XLSX, at most 1.5 MB. Write x where a judge is to read an entry."),
        render_kw={"accept": f".xlsx,{sheets.TYPE}", "data-max": str(sheets.MOST_BYTES)},
    )


@blueprint.get("/rounds/<slug>/assignments/workbook")
def workbook(slug: str) -> ResponseReturnValue:
    """The workbook as it is, coming, or to be asked for; and the way back in."""
    return _page(enter(slug, Action.ROUND_CONTROL), WorkbookForm(formdata=None))


@blueprint.post("/rounds/<slug>/assignments/workbook")
def ask_workbook(slug: str) -> ResponseReturnValue:
    """Have it made."""
    round_ = enter(slug, Action.JUDGE_ASSIGN)
    with writing() as session:
        sheets.ask(session, actor(), round_.id, phase_number())
    return redirect(url_for("organize.workbook", slug=slug))


@blueprint.get("/rounds/<slug>/assignments/workbook/<ref>.xlsx")
def workbook_file(slug: str, ref: str) -> ResponseReturnValue:
    """The workbook."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    phase = rubric.phase_or_404(db.session, round_.id, phase_number())
    sha256, size = sheets.ready(db.session, phase.id, ref)
    db.session.close()
    return send(sha256, size, sheets.TYPE, f"assignment-{slug}.xlsx")


@blueprint.post("/rounds/<slug>/assignments/workbook/back")
def bring_workbook(slug: str) -> ResponseReturnValue:
    """Take a workbook in: what it adds is proposed on the board."""
    round_ = enter(slug, Action.JUDGE_ASSIGN)
    form = WorkbookForm()
    if form.validate_on_submit():
        try:
            sent = uploads.workbook(request.files.get("file"), sheets.MOST_BYTES, sheets.TYPE)
            with sent as kept, writing() as session:
                sheets.bring(session, actor(), round_.id, kept, phase_number())
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            return redirect(url_for("organize.assignments", slug=slug, _anchor="run"))
    return _page(enter(slug, Action.JUDGE_ASSIGN), form), 422


def _page(round_: Round, form: WorkbookForm) -> str:
    phase = rubric.phase_of(db.session, round_.id, phase_number())
    return draw(
        "organize/workbook.html",
        round_,
        here="assignments",
        made=sheets.latest(db.session, phase.id) if phase is not None else None,
        form=form,
        editable=phase is not None
        and can(actor(), Action.JUDGE_ASSIGN, rounds.subject_of(round_, page_now())),
    )
