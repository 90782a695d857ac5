"""An organizer posts a requirement for a seeker: the one problem of a round, or one brought by telephone."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired

from challenge.accounts import queries as people
from challenge.base.db import writing
from challenge.base.ids import new_ref
from challenge.base.session import actor
from challenge.requirements import drafting
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action
from challenge.web import forms
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "post_requirement": {"GET": Action.REQUIREMENT_CREATE, "POST": Action.REQUIREMENT_CREATE},
}


class PostForm(FlaskForm):
    """For whom it is posted."""

    ref = HiddenField()
    seeker = StringField(
        _l("Seeker"),
        [InputRequired(_l("Fill this in."))],
        description=_l("The registered name of the organization that has the need."),
    )


@blueprint.route("/rounds/<slug>/requirements/new", methods=["GET", "POST"])
def post_requirement(slug: str) -> ResponseReturnValue:
    """Choose the seeker; the form comes next."""
    round_ = enter(slug, Action.REQUIREMENT_CREATE)
    form = PostForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                seeker_id = people.organization_named(session, form.seeker.data or "")
                if seeker_id is None:
                    raise Invalid("seeker", "seeker_unknown")
                draft = drafting.create(session, actor(), round_.id, seeker_id, ref=form.ref.data or None)
                address = url_for("seek.edit", ref=draft.ref)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.REQUIREMENT_CREATE)
        else:
            return redirect(address)
    elif not form.is_submitted():
        form.ref.data = new_ref()
    page = draw("organize/post_requirement.html", round_, here="screening", form=form)
    return page, 422 if form.errors else 200
