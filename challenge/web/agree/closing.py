"""The closing report: results against each criterion, sums, both sides' words, the public text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from challenge.agreements import closing_reports, milestone_reads
from challenge.agreements.milestone_models import ClosingReport
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action
from challenge.web import forms, words
from challenge.web.agree.carried_out import Shown, draw, enter
from challenge.web.agree.milestone_forms import PublicForm, ReportForm
from challenge.web.agree.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "report": {"GET": Action.AGREEMENT_READ},
    "write_report": {"POST": Action.REPORT_WRITE},
    "propose_public": {"POST": Action.REPORT_WRITE},
    "consent_public": {"POST": Action.REPORT_WRITE},
    "complete": {"POST": Action.AGREEMENT_COMPLETE},
}


@blueprint.get("/<ref>/report")
def report(ref: str) -> ResponseReturnValue:
    """What came of it."""
    return _page(enter(ref))


@blueprint.post("/<ref>/report")
def write_report(ref: str) -> ResponseReturnValue:
    """Write one's own side's words."""
    enter(ref, Action.REPORT_WRITE)
    form = ReportForm()
    return _try(ref, form, closing_reports.write, form.text.data or "", form.given())


@blueprint.post("/<ref>/report/public")
def propose_public(ref: str) -> ResponseReturnValue:
    """Propose the text that everyone may read."""
    enter(ref, Action.REPORT_WRITE)
    form = PublicForm()
    texts = (form.public_title.data or "", form.public_text.data or "")
    return _try(ref, form, closing_reports.propose_public, *texts)


@blueprint.post("/<ref>/report/consent")
def consent_public(ref: str) -> ResponseReturnValue:
    """Say yes to it, or take the yes back."""
    enter(ref, Action.REPORT_WRITE)
    typed = request.form.get("revision", "")
    revision = int(typed) if typed.isdecimal() and len(typed) < 9 else 0
    yes = request.form.get("yes") == "1"
    return _try(ref, None, closing_reports.consent, revision, yes=yes)


@blueprint.post("/<ref>/complete")
def complete(ref: str) -> ResponseReturnValue:
    """Say that all was delivered."""
    enter(ref, Action.AGREEMENT_COMPLETE)
    return _try(ref, None, closing_reports.complete)


def _try(
    ref: str, form: FlaskForm | None, verb: Callable[..., Any], *given: Any, **more: Any
) -> ResponseReturnValue:
    try:
        with writing() as session:
            verb(session, actor(), ref, *given, **more)
    except Invalid as refusal:
        if form is None:
            raise
        forms.show(form, refusal)
        return _page(enter(ref), form)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Saved."))
    return redirect(url_for("agree.report", ref=ref))


def _page(shown: Shown, refused: FlaskForm | None = None) -> ResponseReturnValue:
    agreement, side = shown.agreement, shown.side
    results = milestone_reads.results(db.session, agreement)
    found = milestone_reads.report(db.session, agreement)
    open_count = sum(each.state != "accepted" for each, _last in results)
    opened = closing_reports.is_open(agreement, open_count)
    writes = opened and shown.may(Action.REPORT_WRITE)
    page = draw(
        "agree/milestone_report.html",
        shown,
        here_tab="report",
        results=results,
        board=milestone_reads.Board((), milestone_reads.payments(db.session, agreement)),
        report=found,
        opened=opened,
        side=side,
        form=(refused if isinstance(refused, ReportForm) else _own(found, side)) if writes else None,
        public=_public(found, refused) if writes and agreement.state == "completed" else None,
        completes=shown.in_force and not open_count and shown.may(Action.AGREEMENT_COMPLETE),
    )
    return page, 422 if refused is not None else 200


def _own(found: ClosingReport | None, side: str | None) -> ReportForm:
    text = getattr(found, f"text_{side}", "")
    rating = getattr(found, f"rating_{side}", None)
    return ReportForm(None, data={"text": text, "rating": str(rating or "")})


def _public(found: ClosingReport | None, refused: FlaskForm | None) -> PublicForm:
    if isinstance(refused, PublicForm):
        return refused
    texts = {"public_title": found.public_title, "public_text": found.public_text} if found else {}
    return PublicForm(None, data=texts)
