"""The paper form of a requirement: filled, for its seeker to sign and seal, or blank."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.requirements import need_prints
from challenge.requirements.need_prints import Wanted
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, require
from challenge.web.seek.room import blueprint, enter

ROUTES: dict[str, dict[str, Action]] = {
    "paper": {"GET": Action.REQUIREMENT_READ_CONFIDENTIAL},
    "ask_paper": {"POST": Action.REQUIREMENT_READ_CONFIDENTIAL},
    "blank_paper": {"GET": Action.ACCOUNT_USE},
    "ask_blank_paper": {"POST": Action.ACCOUNT_USE},
    "blank_paper_file": {"GET": Action.ACCOUNT_USE},
}


@blueprint.get("/requirements/<ref>/paper")
def paper(ref: str) -> ResponseReturnValue:
    """The PDF of a requirement as it stands."""
    found = enter(ref, Action.REQUIREMENT_READ_CONFIDENTIAL)
    return _sent(need_prints.of(found, _locale()), f"requirement-{found.number or ref}.pdf")


@blueprint.post("/requirements/<ref>/paper")
def ask_paper(ref: str) -> ResponseReturnValue:
    """Have it made."""
    wanted = need_prints.of(enter(ref, Action.REQUIREMENT_READ_CONFIDENTIAL), _locale())
    with writing() as session:
        need_prints.ask(session, actor(), wanted)
    return redirect(url_for("seek.requirement", ref=ref, _anchor="paper"))


@blueprint.get("/paper-form")
def blank_paper() -> ResponseReturnValue:
    """The blank form, to be had in the reader's language."""
    require(actor(), Action.ACCOUNT_USE)
    return render_template("seek/paper.html", paper=need_prints.standing(db.session, Wanted(_locale())))


@blueprint.post("/paper-form")
def ask_blank_paper() -> ResponseReturnValue:
    """Have it made."""
    with writing() as session:
        need_prints.ask(session, actor(), Wanted(_locale()))
    return redirect(url_for("seek.blank_paper", _anchor="paper"))


@blueprint.get("/paper-form.pdf")
def blank_paper_file() -> ResponseReturnValue:
    """The blank PDF."""
    require(actor(), Action.ACCOUNT_USE)
    return _sent(Wanted(_locale()), "requirement-form.pdf")


def _locale() -> str:
    return str(i18n.current_locale())


def _sent(wanted: Wanted, name: str) -> ResponseReturnValue:
    standing = need_prints.standing(db.session, wanted)
    if standing.state != "there":
        raise NotFound
    db.session.close()  # no connection is held while the bytes go out
    return send(standing.sha256, standing.size, need_prints.TYPE, name)
