"""The page that asks who one is once more, on the way to a page that wants to know."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue

from challenge.base.paths import relative
from challenge.base.session import actor
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.web import proofs
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "confirm": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
}


@blueprint.route("/profile/confirm", methods=["GET", "POST"])
def confirm() -> ResponseReturnValue:
    """Ask, and go on to where the reader wanted to go."""
    require(actor(), Action.ACCOUNT_USE)
    wanted = relative(request.values.get("next"), "/work")
    refusal = None
    if request.method == "POST":
        try:
            proofs.prove()
        except Invalid as found:
            refusal = found
    elif not proofs.is_fresh():
        page, _status = proofs.asked(request.path, [("next", wanted)], None, keeps=False)
        return page
    if refusal is not None:
        return proofs.asked(request.path, [("next", wanted)], refusal, keeps=False)
    return redirect(wanted)
