"""Forms of the organizer's judging rooms: the rubric, the method, the panel, a replacement, the ranking."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length

from challenge.judging.criteria import MOST_PLACES, CriterionDraft
from challenge.judging.models import Criterion, Phase
from challenge.rules.scoring import Method, TieStep
from challenge.web.forms import one_of

NAME, GUIDANCE, REASON = 120, 500, 1000
RULES = (
    ("trimmed", _("Mean without the highest and the lowest (from 5 scorecards on)")),
    ("mean", _("Mean")),
    ("median", _("Median")),
)
BASES = (
    ("criterion", _("on each criterion")),
    ("total", _("on each judge’s weighted total")),
)
TIES: dict[str, tuple[tuple[TieStep, ...], object]] = {
    "weightiest-median": (
        ("weightiest", "median", "shared"),
        _("weightiest criterion, then median, then a shared place"),
    ),
    "median-weightiest": (
        ("median", "weightiest", "shared"),
        _("median, then weightiest criterion, then a shared place"),
    ),
    "weightiest": (("weightiest", "shared"), _("weightiest criterion, then a shared place")),
    "vote": (
        ("weightiest", "median", "vote", "shared"),
        _("weightiest criterion, then median, then a vote of the panel, then a shared place"),
    ),
    "chair": (
        ("weightiest", "median", "chair"),
        _("weightiest criterion, then median, then the chair decides"),
    ),
    "vote-chair": (
        ("weightiest", "median", "vote", "chair"),
        _("weightiest criterion, then median, then a vote of the panel, then the chair decides"),
    ),
    "shared": (("shared",), _("a shared place at once")),
}
CALIBRATIONS = (
    ("severity", _("Each judge’s severity and noise")),
    ("scale", _("Severity, use of the scale and noise; scores taken as rounded")),
)


class CriterionForm(Form):
    """One row of the rubric."""

    name_zh = StringField(_("Name in Chinese"), validators=[Length(max=NAME)])
    name_en = StringField(_("Name in English"), validators=[Length(max=NAME)])
    minimum = StringField(_("Lowest score"), default="0", render_kw={"inputmode": "decimal"})
    maximum = StringField(_("Highest score"), default="10", render_kw={"inputmode": "decimal"})
    step = StringField(_("Step"), default="0.5", render_kw={"inputmode": "decimal"})
    weight = StringField(_("Weight"), render_kw={"inputmode": "decimal"})
    guidance_zh = TextAreaField(
        _("Guidance in Chinese"), validators=[Length(max=GUIDANCE)], render_kw={"rows": 2}
    )
    guidance_en = TextAreaField(
        _("Guidance in English"), validators=[Length(max=GUIDANCE)], render_kw={"rows": 2}
    )


class RubricForm(FlaskForm):
    """What is scored, and by how many judges."""

    criteria = FieldList(
        FormField(CriterionForm),
        label=_("Criteria"),
        description=_("Points of a criterion are its weight times the end of its scale."),
    )
    per_entry = IntegerField(
        _("Judges for each proposal"),
        description=_("At least two; five or more let the highest and the lowest score be left out."),
    )

    def fill(self, phase: Phase) -> RubricForm:
        """Show what is stored."""
        self.per_entry.data = phase.per_entry
        while len(self.criteria):
            self.criteria.pop_entry()
        for criterion in phase.criteria:
            self.criteria.append_entry(_shown(criterion))
        return self

    def start(self, drafts: tuple[CriterionDraft, ...]) -> RubricForm:
        """Show the default rubric."""
        self.per_entry.data = 3
        while len(self.criteria):
            self.criteria.pop_entry()
        for draft in drafts:
            self.criteria.append_entry({name: getattr(draft, name) for name in draft.__slots__})
        return self

    def drafts(self) -> list[CriterionDraft]:
        """The rows as they were typed."""
        return [
            CriterionDraft(**{name: (value or "").strip() for name, value in row.data.items()})
            for row in self.criteria
        ]


def _shown(criterion: Criterion) -> dict[str, str]:
    texts = {
        name: getattr(criterion, name) or "" for name in ("name_zh", "name_en", "guidance_zh", "guidance_en")
    }
    numbers = {
        name: f"{getattr(criterion, name).normalize():f}" for name in ("minimum", "maximum", "step", "weight")
    }
    return {**texts, **numbers}


class MethodForm(FlaskForm):
    """How scorecards become the ranking."""

    rule = one_of(_("What the panel says"), RULES)
    basis = one_of(_("Applied"), BASES)
    places = IntegerField(
        _("Decimals kept"),
        description=_("Panel scores and totals are rounded to these, halves up."),
        validators=[AnyOf(range(MOST_PLACES + 1), message=_("Write a number from 0 to 4."))],
    )
    ties = one_of(_("Equal totals are split by"), [(code, text) for code, (_steps, text) in TIES.items()])
    calibration = one_of(
        _("Calibrated beside the result by"),
        CALIBRATIONS,
        description=_("It informs people. Places and totals never follow from it."),
        default="severity",
    )

    def fill(self, method: Method) -> MethodForm:
        """Show what is published."""
        self.rule.data, self.basis.data, self.places.data = method.rule, method.basis, method.places
        known = (code for code, (steps, _text) in TIES.items() if steps == method.ties)
        self.ties.data, self.calibration.data = next(known, ""), method.calibration
        return self

    def method(self) -> Method:
        """The method as the rules know it."""
        ties = TIES[str(self.ties.data)][0]
        return Method(self.rule.data, self.basis.data, self.places.data or 0, ties, self.calibration.data)


class InviteForm(FlaskForm):
    """An address for the panel."""

    email = StringField(
        _("E-mail address"),
        render_kw={"type": "email", "autocomplete": "off", "maxlength": 255},
        validators=[InputRequired(_("Fill this in."))],
    )


class ReplaceForm(FlaskForm):
    """Another judge, and why."""

    judge = SelectField(_("New judge"), coerce=int, validate_choice=False)
    reason = TextAreaField(
        _("Reason"),
        description=_("It is kept with the assignment. The judge who is replaced is told that it ended."),
        validators=[Length(max=REASON)],
    )


class FixForm(FlaskForm):
    """Fix the ranking; anew only with a reason."""

    reason = TextAreaField(
        _("Why it is fixed anew"),
        description=_("It is kept with the ranking."),
        validators=[Length(max=REASON)],
    )
