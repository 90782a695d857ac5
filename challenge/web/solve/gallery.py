"""What the public gallery shows of a submission: its owner's word, given and taken back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.awards import gallery as shows
from challenge.awards.gallery import Consent
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action
from challenge.submissions import queries
from challenge.submissions.content import values_of
from challenge.submissions.models import Version
from challenge.web import forms
from challenge.web.solve.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "gallery": {"GET": Action.GALLERY_DECIDE, "POST": Action.GALLERY_DECIDE},
}


class GalleryForm(FlaskForm):
    """What everyone may see."""

    level = RadioField(lazy_gettext("Everyone may see"), validate_choice=False)
    files = SelectMultipleField(
        lazy_gettext("These files"),
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    named = BooleanField(lazy_gettext("Name our team beside it"))

    def __init__(self, *args: Any, version: Version, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level.choices = [("nothing", _("nothing")), ("summary", _("title and public summary"))]
        if version.manifest:
            self.level.choices.append(("files", _("title, public summary and the files ticked below")))
            self.files.choices = [(file["sha256"], file["name"]) for file in version.manifest]
        else:
            del self.files

    def consent(self) -> Consent:
        """What was chosen."""
        if self.level.data not in ("nothing", "summary", "files"):
            raise Invalid("level", "required")
        files = tuple(self.files.data or ()) if self.level.data == "files" and "files" in self else ()
        return Consent(self.level.data != "nothing", bool(self.named.data), files)


@blueprint.route("/<ref>/gallery", methods=["GET", "POST"])
def gallery(ref: str) -> ResponseReturnValue:
    """Decide, or change one's mind."""
    shown = enter(ref, Action.GALLERY_DECIDE)
    version = queries.version(db.session, shown.submission.id)
    known = shows.consent_of(db.session, shown.submission.id)
    level = "files" if known.files else "summary" if known.shown else "nothing"
    data = {"level": level, "named": known.named, "files": list(known.files)}
    form = GalleryForm(data=data, version=version)
    if form.validate_on_submit():
        try:
            with writing() as session:
                done = shows.decide(session, actor(), ref, form.consent())
        except (Invalid, WrongState) as refusal:
            forms.show(form, refusal)
            shown = enter(ref, Action.GALLERY_DECIDE)
        else:
            flash(_("The gallery shows it now.") if done.shown else _("The gallery shows nothing of it."))
            return redirect(url_for("solve.gallery", ref=ref))
    page = draw(
        "solve/gallery.html",
        shown,
        form=form,
        known=known,
        title=version.content.get("title"),
        summary=values_of(version.content).get("summary"),
    )
    return page, 422 if form.errors or form.form_errors else 200
