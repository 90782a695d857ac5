"""Forms of results on their way out: the delay, the second key, why they are stopped."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField

from challenge.awards.announcing import REASON_LENGTH, USUAL_DELAY
from challenge.web.release_words import DELAYS


class PrepareForm(FlaskForm):
    """How long the results wait after the approval."""

    delay = SelectField(
        _("After the approval they wait"),
        coerce=int,
        default=USUAL_DELAY,
        choices=lambda: [(minutes, str(text)) for minutes, text in DELAYS.items()],
    )


class ApproveForm(FlaskForm):
    """What was looked at: the release, and the digest that its page showed."""

    release = HiddenField()
    digest = HiddenField()


class StopForm(FlaskForm):
    """Which results are held back, and why."""

    release = HiddenField()
    reason = TextAreaField(_("Why"), render_kw={"rows": 2, "maxlength": REASON_LENGTH})
