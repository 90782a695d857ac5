"""Where a draft without a requirement belongs: the track that is chosen when it begins, and changed later."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import themes as tracks
from challenge.rounds.models import Theme
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action
from challenge.submissions import themes
from challenge.web import forms
from challenge.web.solve.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "track": {"GET": Action.SUBMISSION_EDIT, "POST": Action.SUBMISSION_EDIT},
}


class BeginForm(FlaskForm):
    """The button that begins a draft, with the tracks where the round has any."""

    theme = RadioField(lazy_gettext("Track"), validate_choice=False)

    def offer(self, offered: Sequence[Theme]) -> None:
        """These tracks, each with what it is about; without any the field goes."""
        if not offered:
            del self.theme
            return
        self.theme.choices = [(each.ref, _line(each)) for each in offered]

    @property
    def track(self) -> str | None:
        """What was chosen."""
        return str(self.theme.data or "") if "theme" in self else None


def _line(theme: Theme) -> str:
    return " – ".join(text for text in (i18n.t(theme, "name"), i18n.t(theme, "summary")) if text)


@blueprint.route("/<ref>/track", methods=["GET", "POST"])
def track(ref: str) -> ResponseReturnValue:
    """Choose another track, until the close."""
    shown = enter(ref, Action.SUBMISSION_EDIT)
    offered = tracks.themes_of(db.session, shown.round.id)
    if shown.requirement is not None or not offered:
        raise NotFound
    known = next((each.ref for each in offered if each.id == shown.submission.theme_id), None)
    form = BeginForm(data={"theme": known})
    form.offer(offered)
    if form.validate_on_submit():
        try:
            with writing() as session:
                themes.choose(session, actor(), ref, form.track or "")
        except Invalid as refusal:
            forms.show(form, refusal)
            shown = enter(ref, Action.SUBMISSION_EDIT)
        else:
            flash(_("Saved."))
            return redirect(url_for("solve.show", ref=ref))
    page = draw("solve/track.html", shown, form=form)
    return page, 422 if form.errors and request.method == "POST" else 200
