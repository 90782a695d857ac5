"""Where a form comes from and goes to: the usual one, another round's, a file; and its schema."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db
from challenge.base.session import actor
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rounds.queries import RoundRow
from challenge.rules.errors import InvalidMany, NotAllowed, NotFound
from challenge.rules.formspec import Spec
from challenge.rules.permissions import Action, require
from challenge.rules.usual_form import FOR_A_REQUIREMENT, FOR_A_ROUND
from challenge.submissions import asking, formfiles, forms
from challenge.web.context import page_now
from challenge.web.organize import form_wording as wording
from challenge.web.organize.form_bench import take
from challenge.web.organize.form_inputs import SourceForm
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "form_source": {"GET": Action.FORM_EDIT, "POST": Action.FORM_EDIT},
    "form_file": {"GET": Action.ROUND_CONTROL},
    "form_schema": {"GET": Action.PAGE_READ},
}
USUAL = {"requirements": FOR_A_REQUIREMENT, "round": FOR_A_ROUND}
MOST_ROUNDS = 100


@blueprint.route("/rounds/<slug>/form/source", methods=["GET", "POST"])
def form_source(slug: str) -> ResponseReturnValue:
    """Lay another form on the bench: what lies there goes, what is in force stands."""
    round_ = enter(slug, Action.FORM_EDIT)
    form = SourceForm()
    faults: list[wording.Told] = []
    if form.validate_on_submit():
        try:
            spec = _chosen()
        except InvalidMany as refusal:
            faults = wording.told_of_file(refusal.faults)
        else:
            if spec is not None:
                return _lay(round_, spec)
            form.form_errors.append(_("Choose a form first."))
    form.mark.data = str(forms.bench(db.session, round_, page_now()).mark)
    page = draw(
        "organize/form_source.html",
        round_,
        here="form",
        form=form,
        faults=faults,
        others=_others(round_),
    )
    return page, 422 if faults or form.form_errors else 200


def _chosen() -> Spec | None:
    """The form that was asked for; raises `InvalidMany` for a file with faults."""
    wanted = request.form.get("from", "")
    if wanted == "file":
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            return None
        with sent.stream as stream:  # a large one lies in a temporary file
            return formfiles.read(stream.read(formfiles.MOST_BYTES + 1))
    if wanted.startswith("round:"):
        try:
            return forms.of_another(db.session, actor(), wanted.removeprefix("round:")).spec
        except (NotAllowed, NotFound):
            return None  # it is not among those that were offered
    return USUAL.get(wanted)


def _lay(round_: Round, spec: Spec) -> ResponseReturnValue:
    if take(round_, lambda _spec: spec):
        flash(_("Taken over, not published yet. Look it over, then publish it."))
    return redirect(url_for("organize.form", slug=round_.slug))


def _others(round_: Round) -> list[RoundRow]:
    """Rounds of mine that have a form of their own, the latest first."""
    found: list[RoundRow] = []
    for over in (False, True):
        found += rounds.organized(db.session, actor(), over=over, limit=MOST_ROUNDS)
    own = forms.with_own(db.session, [row.id for row in found])
    return [row for row in found if row.id in own and row.id != round_.id]


@blueprint.get("/rounds/<slug>/form.json")
def form_file(slug: str) -> ResponseReturnValue:
    """The form on the bench, or one of its versions, as a file."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    number = request.args.get("version", type=int)
    if number is None:
        spec, mark = forms.bench(db.session, round_, page_now()).spec, "draft"
    else:
        form = asking.of_round(db.session, round_.id, forms.with_requirements(round_), number)
        if form.version != number:
            raise NotFound
        spec, mark = form.spec, str(number)
    answer = Response(formfiles.export(spec), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{round_.slug}-form-{mark}.json")
    return answer


@blueprint.get("/form.schema.json")
def form_schema() -> ResponseReturnValue:
    """The JSON Schema of such files."""
    require(actor(), Action.PAGE_READ)
    return Response(formfiles.SCHEMA.read_bytes(), mimetype="application/schema+json")
