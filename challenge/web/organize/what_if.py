"""What if: the ranking by another method, other weights or without a judge, all of it in the address."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import Form, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import AnyOf, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.base import i18n
from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import behind, rubric, standings, supposing
from challenge.judging.criteria import MOST_PLACES
from challenge.judging.models import Criterion, Phase, Ranking
from challenge.judging.supposing import Outcome, Supposed
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action
from challenge.rules.scales import read_score
from challenge.rules.scoring import Method
from challenge.web import listing as files
from challenge.web.organize.judging_forms import BASES, RULES, TIES
from challenge.web.organize.room import blueprint, draw, enter, phase_number

ROUTES: dict[str, dict[str, Action]] = {"what_if": {"GET": Action.SCORE_READ}}
PAGE = 50
MOST_WEIGHT = 10_000
WEIGHT = "weight-"
COLUMNS = "code title place_before place total_before total"


@blueprint.get("/rounds/<slug>/ranking/what-if")
def what_if(slug: str) -> ResponseReturnValue:
    """The supposed order with every entry's move against the record; nothing is stored."""
    round_ = enter(slug, Action.SCORE_READ)
    opened = standings.opening(db.session, round_.id, phase_number())
    if opened is None:
        raise NotFound
    phase, official = opened.phase, opened.official
    # With all judges but one left out, the totals are that one's: not for who is behind an entry.
    tied = bool(behind.of_phase(db.session, actor(), phase))
    judges = [] if tied else supposing.judges_of(db.session, phase.id)
    form = _form(phase.criteria, judges, request.args if "rule" in request.args else None)
    if "rule" not in request.args:
        _fill(form, rubric.method_of(phase), phase.criteria)
        return _page(round_, phase, official, form, None)
    if not form.validate():
        return _page(round_, phase, official, form, None), 422
    try:
        outcome = supposing.suppose(db.session, phase, official, _supposed(form, phase.criteria))
    except ValueError:
        form.form_errors.append(str(_("Give at least one criterion a weight above zero.")))
        return _page(round_, phase, official, form, None), 422
    moves, ids = outcome.moves, [each.submission_id for each in outcome.moves]
    titles = supposing.titles(db.session, ids) if files.asked() and ids else {}
    columns = files.columns(
        COLUMNS, title=lambda row: titles.get(row.submission_id), place_before=lambda row: row.before
    )
    file = files.taken(
        f"what-if-{slug}",
        columns,
        lambda _session, after, limit: moves[after or 0 :][:limit],
        after=None,
        personal=True,
        round_=round_,
    )
    if file is not None:
        return file
    return _page(round_, phase, official, form, outcome)


def _is_weight(_form: Form, field: StringField) -> None:
    number = read_score(field.data)
    if number is None or not 0 <= number <= MOST_WEIGHT:
        raise ValidationError(_("Write a number from 0 to %(most)s.", most=f"{MOST_WEIGHT:,}"))


def _form(criteria: Sequence[Criterion], judges: Sequence[tuple[str, str]], given: Any) -> Form:
    """The form of a phase: its method, a weight for each criterion, its judges."""
    fields: dict[str, Any] = {
        "rule": SelectField(_("What the panel says")),
        "basis": SelectField(_("Applied")),
        "places": IntegerField(
            _("Decimals kept"),
            validators=[AnyOf(range(MOST_PLACES + 1), message=_("Write a number from 0 to 4."))],
        ),
        "ties": SelectField(_("Equal totals are split by")),
        "without": SelectMultipleField(
            _("Judges left out"),
            widget=ListWidget(prefix_label=False),
            option_widget=CheckboxInput(),
        ),
    }
    for each in criteria:
        label = i18n.t(each, "name")
        fields[f"{WEIGHT}{each.id}"] = StringField(
            label, validators=[_is_weight], render_kw={"inputmode": "decimal", "autocomplete": "off"}
        )
    form: Form = type("WhatIfForm", (Form,), fields)(given)
    ties = [(code, text) for code, (_steps, text) in TIES.items()]
    for name, choices in (("rule", RULES), ("basis", BASES), ("ties", ties), ("without", judges)):
        field: Any = form[name]
        field.choices = [(code, str(text)) for code, text in choices]
    return form


def _fill(form: Form, method: Method, criteria: Sequence[Criterion]) -> None:
    """Begin with the published method."""
    known = (code for code, (steps, _text) in TIES.items() if steps == method.ties)
    form["rule"].data, form["basis"].data, form["places"].data = method.rule, method.basis, method.places
    form["ties"].data = next(known, "shared")
    form["without"].data = []
    for each in criteria:
        form[f"{WEIGHT}{each.id}"].data = f"{each.weight.normalize():f}"


def _supposed(form: Form, criteria: Sequence[Criterion]) -> Supposed:
    data = form.data
    method = Method(data["rule"], data["basis"], data["places"], TIES[data["ties"]][0])
    weights = {str(each.id): read_score(data[f"{WEIGHT}{each.id}"]) or Decimal(0) for each in criteria}
    return Supposed(method, weights, frozenset(data["without"]))


def _page(round_: Round, phase: Phase, official: Ranking | None, form: Form, outcome: Outcome | None) -> str:
    start = request.args.get("from", 0, type=int)
    start = start if 0 <= start < 10**6 else 0
    moves = outcome.moves[start : start + PAGE] if outcome is not None else ()
    following = None
    if outcome is not None and len(outcome.moves) > start + PAGE:
        kept: dict[str, Any] = {name: request.args.getlist(name) for name in request.args if name != "from"}
        following = url_for("organize.what_if", slug=round_.slug, **{**kept, "from": start + PAGE})
    return draw(
        "organize/what_if.html",
        round_,
        here="ranking",
        phase=phase,
        official=official,
        form=form,
        weights=[form[f"{WEIGHT}{each.id}"] for each in phase.criteria],
        outcome=outcome,
        moves=moves,
        titles=supposing.titles(db.session, [each.submission_id for each in moves]) if moves else {},
        following=following,
        decimals=form["places"].data or 0,
        recorded=rubric.method_of(phase).places,
    )
