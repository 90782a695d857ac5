"""Forms of what proves who one is: a code."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from challenge.web.account.forms import FILL_IN

CODE = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none", "maxlength": "40"}


class StepForm(FlaskForm):
    """The second step: a code of the app, or one of the recovery codes."""

    code = StringField(
        _("Code"),
        [InputRequired(FILL_IN), Length(max=40)],
        description=_("Six figures from your app, or one of your recovery codes."),
        render_kw=CODE,
    )


class FirstCodeForm(FlaskForm):
    """The first code of an app that is being set up."""

    code = StringField(
        _("Code"),
        [InputRequired(FILL_IN), Length(max=40)],
        description=_("The six figures that the app shows now."),
        render_kw={**CODE, "inputmode": "numeric"},
    )
