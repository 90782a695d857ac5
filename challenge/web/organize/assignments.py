"""The organizer's assignments: the board of judges and entries, one assignment."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import assigning, boards, conflicts, runs, themes
from challenge.judging.boards import One, Panel, Seat
from challenge.judging.run_models import AssignmentRun
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.assignment import Options
from challenge.rules.conflicts import SOFT
from challenge.rules.errors import Invalid, NotFound, Refused, WrongState
from challenge.rules.permissions import Action, can
from challenge.submissions.models import Submission
from challenge.web import forms, words
from challenge.web import listing as files
from challenge.web.context import page_now
from challenge.web.listing import Column
from challenge.web.organize.assignment_forms import SearchForm
from challenge.web.organize.judging_forms import ReplaceForm
from challenge.web.organize.room import blueprint, draw, enter, phase_number
from challenge.web.organize.workbooks import FAULTS

ROUTES: dict[str, dict[str, Action]] = {
    "assignments": {"GET": Action.ROUND_CONTROL},
    "assign": {"POST": Action.JUDGE_ASSIGN},
    "assignment": {"GET": Action.ROUND_CONTROL},
    "replace_judge": {"POST": Action.ASSIGNMENT_REPLACE},
}

# Why a judge cannot take an entry, as the proposal tells it.
OBSTACLES: Mapping[str, LazyString] = {
    "team": _l("in the team"),
    "organization": _l("same organization"),
    "seeker": _l("of the seeker"),
    "domain": _l("same mail domain"),
    "family": _l("family"),
    "alias": _l("same organization by another name"),
    "equity": _l("holds shares"),
    "declared": _l("conflict declared"),
    **dict.fromkeys(SOFT, _l("conflict confirmed")),
    "track": _l("of another track"),
    "declined": _l("declined"),
    "recused": _l("conflict declared"),
    "abstained": _l("abstains"),
    "replaced": _l("replaced"),
    "full": _l("has enough to read"),
    "panel": _l("the panel has no more judges"),
}


@blueprint.get("/rounds/<slug>/assignments", endpoint="assignments")
def assignments_page(slug: str) -> ResponseReturnValue:
    """Entries by judges, and how the search for the best assignment stands."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    panel = boards.panel_of(db.session, round_.id, phase_number()) if files.asked() else None
    if panel is not None:
        short = bool(request.args.get("short", 0, type=int))
        seats = tuple(Column(each.label, each.label, partial(_state, each.id)) for each in panel.seats)
        columns = (*files.columns("ref code title"), *seats)
        file = files.taken(
            f"assignments-{slug}",
            columns,
            lambda session, after, limit: boards.matrix(session, panel, after or 0, limit, short=short).lines,
            personal=True,
            round_=round_,
        )
        if file is not None:
            return file
    return matrix_page(round_)


def _state(seat: int, line: boards.Line) -> str | None:
    """How a judge and an entry stand in the file: its assignment, else whether something keeps them apart."""
    cell = line.cells.get(seat)
    return None if cell is None else cell.state or cell.conflict


@blueprint.post("/rounds/<slug>/assignments")
def assign(slug: str) -> ResponseReturnValue:
    """One judge, one entry, by hand: the button of a cell says which."""
    round_ = enter(slug, Action.JUDGE_ASSIGN)
    judge, _dash, entry = request.form.get("pair", "").partition("-")
    try:
        with writing() as session:
            number = int(judge) if judge.isdecimal() and len(judge) < 19 else 0
            assigning.assign(session, actor(), round_.id, number, entry, phase_number())
    except (Invalid, WrongState) as refusal:
        return matrix_page(enter(slug, Action.JUDGE_ASSIGN), refusal), refusal.status
    return redirect(_here(slug))


@blueprint.get("/rounds/<slug>/assignments/<ref>")
def assignment(slug: str, ref: str) -> ResponseReturnValue:
    """One assignment: how it stands, why, and who could take it over."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    return _one(round_, ref, ReplaceForm(formdata=None))


@blueprint.post("/rounds/<slug>/assignments/<ref>")
def replace_judge(slug: str, ref: str) -> ResponseReturnValue:
    """Give the entry to another judge."""
    round_ = enter(slug, Action.ASSIGNMENT_REPLACE)
    form = ReplaceForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                assigning.replace(
                    session, actor(), ref, form.judge.data or 0, form.reason.data or "", round_id=round_.id
                )
        except (Invalid, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Given to another judge."))
            return redirect(url_for("organize.assignments", slug=slug))
    return _one(enter(slug, Action.ASSIGNMENT_REPLACE), ref, form), 422


def _here(slug: str) -> str:
    """Back to the page of the matrix that the button stood on."""
    kept = {name: request.form.get(name, "") for name in ("after", "short", "fit")}
    shown = {name: value for name, value in kept.items() if value.isdecimal() and value != "0"}
    return url_for("organize.assignments", slug=slug, **shown)  # type: ignore[arg-type]


def matrix_page(round_: Round, refusal: Refused | None = None, *, form: SearchForm | None = None) -> str:
    """The board: `fit` in the address shows affinities, `short` only entries that lack judges."""
    found = boards.panel_of(db.session, round_.id, phase_number())
    after, short, fit = (request.args.get(name, 0, type=int) for name in ("after", "short", "fit"))
    after = max(after or request.form.get("after", 0, type=int), 0)
    run = matrix = None
    fits: Mapping[tuple[int, int], int | None] = {}
    if found is not None:
        matrix = boards.matrix(db.session, found, after, short=bool(short))
        run = runs.latest(db.session, found.phase.id)
        if fit:
            fits = runs.fits(db.session, found.phase.id, [line.id for line in matrix.lines])
    phase = found.phase if found is not None else None
    return draw(
        "organize/assignments.html",
        round_,
        here="assignments",
        phase=phase,
        matrix=matrix,
        seats=found.seats if found is not None else (),
        run=run,
        pairs=_marked(run),
        form=form or SearchForm(formdata=None).fill(phase, _options(run)),
        asked=form is not None,
        fits=fits,
        view={"short": 1 if short else None, "fit": 1 if fit else None},
        obstacles=OBSTACLES,
        faults={**OBSTACLES, **FAULTS},
        after=after,
        message=words.say(refusal) if refusal is not None else None,
        editable=can(actor(), Action.JUDGE_ASSIGN, rounds.subject_of(round_, page_now())),
    )


def _options(run: AssignmentRun | None) -> Options | None:
    return Options(**run.options) if run is not None and run.kind == "search" else None


def _marked(run: AssignmentRun | None) -> Mapping[tuple[int, int], str]:
    """The pairs that the proposal adds or takes away."""
    if run is None or run.state != "proposed":
        return {}
    return {(judge, entry): name for name in ("add", "take") for judge, entry in run.result[name]}


def _one(round_: Round, ref: str, form: ReplaceForm) -> str:
    found = boards.panel_of(db.session, round_.id, phase_number())
    if found is None:
        raise NotFound
    shown = boards.one(db.session, found.phase.id, ref)
    seats = _free(found, shown)
    form.judge.choices = [
        (seat.id, _seat_name(seat)) for seat in sorted(seats, key=lambda each: each.reading)
    ]
    return draw(
        "organize/assignment.html",
        round_,
        here="assignments",
        shown=shown,
        form=form,
        free=seats,
        obstacles=OBSTACLES,
        editable=can(actor(), Action.ASSIGNMENT_REPLACE, rounds.subject_of(round_, page_now())),
    )


def _free(panel: Panel, shown: One) -> list[Seat]:
    """The judges who could take the entry: no conflict, never asked to read it before."""
    wanted = Submission.id == shown.submission_id
    tied = {
        **themes.outside(db.session, panel.phase.id, wanted),
        **conflicts.hard(db.session, panel.phase.id, wanted, panel.addresses),
    }
    asked = boards.judges_asked(db.session, panel.phase.id, shown.submission_id)
    return [
        seat for seat in panel.seats if seat.id not in asked and (seat.id, shown.submission_id) not in tied
    ]


def _seat_name(seat: Seat) -> str:
    name = seat.name or seat.email or ""
    load = ngettext("%(num)d proposal", "%(num)d proposals", seat.reading)
    return f"{seat.label} {name} · {load}"
