"""The forms of a final on site."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, FileField, IntegerField, StringField
from wtforms.validators import InputRequired, Length

from challenge.judging.on_site import Setting
from challenge.judging.on_site_models import OnSite
from challenge.rules.drawing import LONGEST_WORD


class SiteForm(FlaskForm):
    """How the final is held."""

    presentation_minutes = IntegerField(
        _("Minutes of a presentation"), validators=[InputRequired(_("Write a number."))]
    )
    question_minutes = IntegerField(
        _("Minutes of questions"), validators=[InputRequired(_("Write a number."))]
    )
    chair_email = EmailField(
        _("Chair"),
        description=_("The address of an account. Organizers of this round can always lead it."),
        validators=[Length(max=200)],
    )
    screen_public = BooleanField(
        _("Everybody may open the big screen"),
        description=_("Else only whoever has its secret address."),
    )

    def fill(self, site: OnSite | None, chair: str | None) -> SiteForm:
        """Show what is stored, or what is usual."""
        usual = Setting()
        minutes = (usual.presentation_minutes, usual.question_minutes)
        if site is not None:
            minutes = (site.presentation_seconds // 60, site.question_seconds // 60)
        self.presentation_minutes.data, self.question_minutes.data = minutes
        self.chair_email.data = chair or ""
        self.screen_public.data = site.screen_public if site else False
        return self

    def setting(self) -> Setting:
        """What was typed."""
        return Setting(
            self.presentation_minutes.data or 0,
            self.question_minutes.data or 0,
            self.chair_email.data or "",
            bool(self.screen_public.data),
        )


class DrawForm(FlaskForm):
    """The draw itself."""

    word = StringField(
        _("A word from the hall"),
        description=_(
            "Somebody says it aloud at the draw; it is mixed into the order, so that nobody could have chosen"
            " the seed for it. It may stay empty."
        ),
        validators=[Length(max=LONGEST_WORD)],
    )


class PaperForm(FlaskForm):
    """A filled workbook."""

    file = FileField(_("Filled workbook"), description=_("The template as .xlsx, at most 1 MB."))
    only_valid = BooleanField(
        _("Enter the right rows although others are wrong"),
        description=_("Else nothing is stored until every row is right."),
    )
