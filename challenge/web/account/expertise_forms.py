"""Forms of what a person says for judging: what they know about, texts of their own, ties to others."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.rules.tie_files import NOTE
from challenge.supply.experts import MOST_TEXT, MOST_TITLE
from challenge.ties.services import NAME, Told
from challenge.web.account.forms import at_most
from challenge.web.forms import in_words

LANGUAGES = (("zh", _("Chinese")), ("en", _("English")))
KINDS = (
    ("co_author", _("We wrote something together")),
    ("agreement", _("We had an agreement")),
    ("family", _("Family")),
    ("co_team", _("We were in one team")),
    ("former_employer", _("I worked for this organization")),
    ("equity", _("I hold or held shares of this organization")),
)


class ExpertiseForm(FlaskForm):
    """What a person knows about, and in which languages they read."""

    keywords = TextAreaField(
        _("Keywords"), [at_most(2000)], description=_("Up to 20, with commas between them.")
    )
    languages = SelectMultipleField(
        _("Languages in which I can judge"),
        choices=in_words(LANGUAGES),
        description=_("None chosen means any."),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class DocumentForm(FlaskForm):
    """A text of one's own."""

    title = StringField(_("Title"), [at_most(MOST_TITLE)])
    text = TextAreaField(
        _("Text"),
        [at_most(MOST_TEXT)],
        description=_("The abstract of a paper, a project, a patent: paste it here."),
    )


class TieForm(FlaskForm):
    """A tie of one's own to a person or an organization."""

    kind = SelectField(_("What ties you"), choices=in_words(KINDS), validate_choice=False)
    name = StringField(
        _("With whom: the person or the organization"),
        [at_most(NAME)],
        description=_("An organization by its name or its registration code."),
    )
    email = StringField(
        _("Mail address of the person"),
        [at_most(255)],
        description=_("With it the tie is found for certain; a name alone only suggests it."),
        render_kw={"type": "email", "autocomplete": "off"},
    )
    year = IntegerField(
        _("Year"),
        [Optional()],
        description=_("Of a work or an agreement. Otherwise say since when, and until when."),
        render_kw={"inputmode": "numeric"},
    )
    since = DateField(_("From"), [Optional()])
    until = DateField(_("Until"), [Optional()], description=_("Empty while it lasts."))
    note = StringField(
        _("Note"), [at_most(NOTE)], description=_("What it was about; organizers read it beside the tie.")
    )

    def told(self) -> Told:
        """The tie as it was typed."""
        return Told(
            str(self.kind.data or ""),
            self.name.data or "",
            self.email.data or "",
            self.since.data,
            self.until.data,
            self.year.data,
            self.note.data or "",
        )
