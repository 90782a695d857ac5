"""The second step of signing in: a code of the app, a recovery code, or a passkey."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.accounts import entering, factors
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.permissions import Action, require
from challenge.web import ceremonies, words
from challenge.web.account.factor_forms import StepForm
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "second_step": {"GET": Action.ACCOUNT_ENTER, "POST": Action.ACCOUNT_ENTER},
}


@blueprint.route("/login/second-step", methods=["GET", "POST"])
def second_step() -> ResponseReturnValue:
    """Ask for it; whoever did not pass the first step begins there."""
    require(actor(), Action.ACCOUNT_ENTER)
    person = entering.halfway(db.session)
    if person is None:
        flash(_("Begin with your address and password. This step waits for ten minutes."), "error")
        return redirect(url_for("security.login"))
    form = StepForm()
    if form.validate_on_submit():
        with writing() as session:
            by = entering.check(session, person, form.code.data or "")
        if by is not None:
            with writing() as session:
                place = entering.finish(person, by)
            _warn(person.id, by)
            return redirect(place)
        form.code.errors = [words.say_code("factor_code_wrong")]
    keys = [each.credential for each in factors.of(db.session, person.id).passkeys]
    options = ceremonies.to_show(keys) if keys else None
    return render_template(
        "security/second_step.html", form=form, options=options
    ), 422 if form.errors else 200


def _warn(user_id: int, by: str) -> None:
    """Whoever came in by a recovery code is told how many are left."""
    if by != "recovery":
        return
    left = factors.of(db.session, user_id).codes_left
    said = ngettext("%(num)d recovery code is left.", "%(num)d recovery codes are left.", left)
    flash(said + " " + _("Make new ones under Security."), "error" if left <= factors.FEW else "message")
