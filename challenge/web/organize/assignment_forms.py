"""Forms of the assignment board: what is asked of a search."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField
from wtforms.validators import Optional as MayBeEmpty

from challenge.judging.models import Phase
from challenge.rules.assignment import Options
from challenge.web.forms import one_of

WEIGHTS = (
    ("10", _("Everybody alike much")),
    ("50", _("Both")),
    ("90", _("Who fits best")),
)


class SearchForm(FlaskForm):
    """How many judges an entry, how many entries a judge, and what counts more."""

    per_entry = IntegerField(_("Judges for each proposal"), validators=[MayBeEmpty()])
    least = IntegerField(_("Each judge at least"), validators=[MayBeEmpty()])
    most = IntegerField(
        _("Each judge at most"),
        description=_("Left empty, as many as their own limit lets them have."),
        validators=[MayBeEmpty()],
    )
    weight = one_of(_("What counts more"), WEIGHTS)
    move = BooleanField(
        _("Judges who have not answered may be given other entries"),
        description=_("Only where that covers more. What was accepted, scored or pinned always stays."),
    )

    def fill(self, phase: Phase | None, options: Options | None) -> SearchForm:
        """Show what was asked for last, or the usual."""
        given = options or Options(per_entry=phase.per_entry if phase is not None else 3)
        self.per_entry.data, self.least.data, self.most.data = given.per_entry, given.least, given.most
        self.weight.data, self.move.data = str(given.weight), given.move
        return self

    def options(self) -> Options:
        """The options as the rules know them; a number that is left out is the usual one."""
        return Options(
            per_entry=self.per_entry.data or 0,
            least=self.least.data or 0,
            most=self.most.data,
            weight=int(self.weight.data or 0),
            move=bool(self.move.data),
        )
