"""Rows brought as a table: pasted or from a file, looked at first, then taken in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import FileField, TextAreaField

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.exchange import row_imports
from challenge.exchange.row_imports import Kind, Look, Place, Withheld
from challenge.exchange.row_kinds import KINDS
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action
from challenge.rules.row_files import MOST_LETTERS, MOST_ROWS, NEW, Column, Finding
from challenge.web import forms, row_words, words
from challenge.web.organize.room import blueprint, draw, enter, enter_phase, phase_number
from challenge.web.tables import as_csv

ROUTES: dict[str, dict[str, Action]] = {
    "bring_judges": {"GET": Action.JUDGE_INVITE, "POST": Action.JUDGE_INVITE},
    "bring_assignments": {"GET": Action.JUDGE_ASSIGN, "POST": Action.JUDGE_ASSIGN},
    "bring_scores": {"GET": Action.PAPER_ENTER, "POST": Action.PAPER_ENTER},
    "bring_requirements": {"GET": Action.REQUIREMENT_BRING, "POST": Action.REQUIREMENT_BRING},
}
COLUMN = "column-"
BACK = {
    "judges": "panel",
    "assignments": "assignments",
    "requirements": "screening",
    "scores": "on_site",
}


class RowsForm(FlaskForm):
    """A table, as text or as a file."""

    text = TextAreaField(
        _l("Rows"),
        description=_l("Copied from a spreadsheet, or as CSV. The first line names the columns."),
        render_kw={"rows": 8, "spellcheck": "false", "maxlength": MOST_LETTERS},
    )
    file = FileField(_l("Or a file (CSV)"))

    def take_file(self) -> None:
        """Put what the file says in the place of what was typed. Raises `Invalid("file", ...)`."""
        data = self.file.data.read(MOST_LETTERS * 4) if self.file.data else b""
        if not data:
            return
        if b"\0" in data[:4096]:
            raise Invalid("file", "rows_not_text")
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                self.text.data = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            return
        raise Invalid("file", "rows_not_text")


@blueprint.route("/rounds/<slug>/import/judges", methods=["GET", "POST"])
def bring_judges(slug: str) -> ResponseReturnValue:
    """Judges who are to be invited."""
    return _bring(slug, KINDS["judges"])


@blueprint.route("/rounds/<slug>/import/assignments", methods=["GET", "POST"])
def bring_assignments(slug: str) -> ResponseReturnValue:
    """Entries for judges."""
    return _bring(slug, KINDS["assignments"])


@blueprint.route("/rounds/<slug>/import/scores", methods=["GET", "POST"])
def bring_scores(slug: str) -> ResponseReturnValue:
    """Scores that judges wrote on paper."""
    return _bring(slug, KINDS["scores"])


@blueprint.route("/rounds/<slug>/import/requirements", methods=["GET", "POST"])
def bring_requirements(slug: str) -> ResponseReturnValue:
    """Requirements of seekers, each named."""
    return _bring(slug, KINDS["requirements"])


def _bring(slug: str, kind: Kind) -> ResponseReturnValue:
    """Look what would become of the rows, take them in, or take the wrong ones out to be mended."""
    form = RowsForm()
    round_ = _enter(slug, kind)
    found, status = None, 200
    if form.is_submitted():
        try:
            form.take_file()
            answer = _acted(round_, kind, form.text.data or "")
        except Withheld as withheld:
            found, status = withheld.look, 422
        except Invalid as refusal:
            forms.show(form, refusal)
            status = 422
        else:
            if not isinstance(answer, Look):
                return answer
            found = answer
        round_ = _enter(slug, kind)
    return _page(round_, kind, form, found), status


def _enter(slug: str, kind: Kind) -> Round:
    """The round, once the reader may; scores ask the phase, whose window may be another."""
    return enter_phase(slug, kind.action)[0] if kind.name == "scores" else enter(slug, kind.action)


def _acted(round_: Round, kind: Kind, text: str) -> ResponseReturnValue | Look:
    place = _place(round_)
    how, chosen = request.form.get("how", "look"), _chosen()
    if how not in ("all", "right"):
        found = row_imports.look(kind, actor(), place, text, chosen)
        if how != "wrong":
            return found
        mended = row_imports.corrections(kind, text, found, partial(_say, found.columns), _("What is wrong"))
        return as_csv(f"{kind.name}-{round_.slug}.csv", mended)
    with writing() as session:
        found = row_imports.take(session, kind, actor(), place, text, chosen, only_right=how == "right")
    count = found.count(NEW)
    flash(ngettext("%(num)d row was taken in.", "%(num)d rows were taken in.", count))
    return redirect(url_for(f"organize.{BACK[kind.name]}", slug=round_.slug))


def _place(round_: Round) -> Place:
    return Place(round_.id, phase_number(), str(i18n.current_locale()))


def _chosen() -> dict[str, int]:
    """Which column of the file each of ours is, as the reader chose."""
    given = {name: request.form.get(name, type=int) for name in request.form if name.startswith(COLUMN)}
    return {name.removeprefix(COLUMN): place for name, place in given.items() if place is not None}


def _say(columns: Sequence[Column], finding: Finding) -> str:
    """What is wrong with a row: each fault after its column's name."""
    named = {each.key: each.names[0 if i18n.reader().zh else 1] for each in columns}
    said = ((named.get(column), words.say(fault)) for column, fault in finding.faults)
    return " ".join(
        _("%(column)s: %(what)s", column=name, what=text) if name else text for name, text in said
    )


def _page(round_: Round, kind: Kind, form: RowsForm, found: Look | None) -> str:
    zh = i18n.reader().zh
    known = found.columns if found else kind.columns(db.session, _place(round_))
    columns = [(each.key, each.names[0 if zh else 1], each.required) for each in known]
    shown = [each for each in columns if found is None or each[0] in found.places]
    return draw(
        "organize/row_import.html",
        round_,
        here=BACK[kind.name],
        kind=kind.name,
        title=row_words.TITLES[kind.name],
        about=row_words.ABOUT[kind.name],
        states=row_words.STATES,
        form=form,
        columns=columns,
        shown=shown,
        found=found,
        counts={state: found.count(state) for state in row_words.STATES} if found else {},
        say=partial(_say, known),
        most=MOST_ROWS,
        back=url_for(f"organize.{BACK[kind.name]}", slug=round_.slug),
    )
