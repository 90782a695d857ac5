"""Security: where I am signed in and what proves who I am, each to be ended or taken away here."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import logout_user

from challenge.accounts import arrival, factors, people, resets, sign_ins
from challenge.accounts.models import User
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules import devices
from challenge.rules.permissions import Action, require
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "security": {"GET": Action.ACCOUNT_USE},
    "keep_factors": {"POST": Action.ACCOUNT_USE},
    "end_sign_in": {"POST": Action.ACCOUNT_USE},
    "sign_out_everywhere": {"POST": Action.ACCOUNT_USE},
}


@blueprint.get("/profile/security")
def security() -> ResponseReturnValue:
    """Everything about signing in, on one page."""
    require(actor(), Action.ACCOUNT_USE)
    here = arrival.current()
    return render_template(
        "account/security.html",
        sign_ins=sign_ins.listed(db.session, actor()),
        mine=here.id if here is not None else None,
        device=devices.named,
        reset=resets.waiting(db.session, actor().user_id or 0),
        factors=factors.of(db.session, actor().user_id or 0),
    )


@blueprint.post("/profile/security/keep-factors")
def keep_factors() -> ResponseReturnValue:
    """Nothing was lost: stop what an administrator announced."""
    with writing() as session:
        resets.stop(session, actor(), session.get_one(User, actor().user_id))
    flash(_("Called off. The factors stay."))
    return redirect(url_for("account.security"))


@blueprint.post("/profile/security/sign-ins/<ref>/end")
def end_sign_in(ref: str) -> ResponseReturnValue:
    """End one sign-in, on whatever device it is; this one too."""
    here = arrival.current()
    with writing() as session:
        ended = sign_ins.end(session, actor(), ref)
    if here is not None and ended.id == here.id:
        logout_user()
        return redirect(url_for("security.login"))
    flash(_("That device is signed out."))
    return redirect(url_for("account.security", _anchor="devices"))


@blueprint.post("/profile/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of this account, this one included."""
    with writing() as session:
        people.sign_out_everywhere(session, actor())
    logout_user()
    flash(_("You are signed out on every device."))
    return redirect(url_for("security.login"))
