"""Handover records: read by the parties and whoever runs the round, had made as a paper."""

from __future__ import annotations

from types import SimpleNamespace

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from challenge.agreements import handing_over
from challenge.agreements.handing_over import TYPE
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.rules.permissions import Action
from challenge.web.agree.carried_out import draw, enter
from challenge.web.agree.room import blueprint
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {
    "handover": {"GET": Action.AGREEMENT_READ},
    "handover_paper": {"GET": Action.AGREEMENT_READ},
    "ask_handover_paper": {"POST": Action.AGREEMENT_READ},
}


@blueprint.get("/<ref>/handovers/<int(max=99999):number>")
def handover(ref: str, number: int) -> ResponseReturnValue:
    """The record: what, how much, where, which files, who signed off."""
    shown = enter(ref)
    found = handing_over.at(db.session, shown.agreement, number)
    paper = handing_over.standing(db.session, ref, found, _locale())
    criteria = [SimpleNamespace(**each) for each in found.document["criteria"]]
    values = {"found": found, "criteria": criteria, "paper": paper}
    return draw("agree/milestone_handover.html", shown, here_tab="milestones", **values)


@blueprint.get("/<ref>/handovers/<int(max=99999):number>.pdf")
def handover_paper(ref: str, number: int) -> ResponseReturnValue:
    """The PDF in the reader's language; where it is not made yet, the record's page says so."""
    shown = enter(ref)
    found = handing_over.at(db.session, shown.agreement, number)
    standing = handing_over.standing(db.session, ref, found, _locale())
    if standing.state != "there":
        return redirect(url_for("agree.handover", ref=ref, number=number, _anchor="paper"))
    name = f"handover-{shown.agreement.number or ref}-{number}.pdf"
    db.session.close()  # no connection is held while the bytes go out
    return send(standing.sha256, standing.size, TYPE, name)


@blueprint.post("/<ref>/handovers/<int(max=99999):number>/paper")
def ask_handover_paper(ref: str, number: int) -> ResponseReturnValue:
    """Have it made."""
    with writing() as session:
        handing_over.ask(session, actor(), ref, number, _locale(), page_now())
    return redirect(url_for("agree.handover", ref=ref, number=number, _anchor="paper"))


def _locale() -> str:
    return str(i18n.current_locale())
