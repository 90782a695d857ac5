"""Proposals from other rounds that are offered to my needs: what their teams let me read, and my answer."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField

from challenge.awards import anew as offers
from challenge.awards import anew_reads, anew_whole
from challenge.awards.anew_reads import Released
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.requirements import facts
from challenge.requirements import queries as requirements
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, require
from challenge.web import access, forms
from challenge.web.context import page_now
from challenge.web.seek.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "anew": {"GET": Action.ACCOUNT_USE},
    "anew_offer": {"GET": Action.ANEW_ANSWER, "POST": Action.ANEW_ANSWER},
    "anew_file": {"GET": Action.ANEW_ANSWER},
}


class AnswerForm(FlaskForm):
    """Whether it interests us."""

    verdict = RadioField(lazy_gettext("Does it interest you?"), validate_choice=False)
    reason = TextAreaField(
        lazy_gettext("Reason"),
        description=lazy_gettext("Needed where it is not for you. Only the organizers read it."),
        render_kw={"rows": 3, "maxlength": offers.REASON},
    )

    def offer(self) -> None:
        """The choices in the reader's words."""
        self.verdict.choices = [
            ("interested", _("Yes: bring us together")),
            ("declined", _("Not for us")),
        ]


@blueprint.get("/anew")
def anew() -> ResponseReturnValue:
    """All that was offered to my organizations."""
    require(actor(), Action.ACCOUNT_USE)
    rows = anew_reads.for_seekers(db.session, actor().represents)
    return render_template("seek/anew.html", rows=rows)


@blueprint.route("/anew/<ref>", methods=["GET", "POST"])
def anew_offer(ref: str) -> ResponseReturnValue:
    """One of them, as far as its team allows, and my answer."""
    form = AnswerForm()
    form.offer()
    if form.validate_on_submit():
        try:
            with writing() as session:
                done = offers.answer(session, actor(), ref, form.verdict.data or "", form.reason.data or "")
                interested = done.state == "interested"
        except (Invalid, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("The team is told. Plan the first meeting.") if interested else _("Declined."))
            return redirect(url_for("seek.anew_offer", ref=ref))
    found = _enter(ref)
    whole = anew_whole.read(db.session, found)
    if found.part is not None:
        access.note_entries("seeker", [found.submission_id])
    page = render_template("seek/anew_offer.html", found=found, whole=whole, form=form, **_urls(ref, whole))
    return page, 422 if form.errors or form.form_errors else 200


def _urls(ref: str, whole: anew_whole.Whole | None) -> dict[str, Any]:
    places = range(1, len(whole.manifest) + 1) if whole is not None else ()
    return {"urls": [url_for("seek.anew_file", ref=ref, place=place) for place in places]}


@blueprint.get("/anew/<ref>/files/<int:place>")
def anew_file(ref: str, place: int) -> Response:
    """A file of it, as a copy without hidden data where there is one."""
    found = _enter(ref)
    file = anew_whole.file(db.session, found, place)
    access.note_entries("seeker", [found.submission_id])
    db.session.close()  # no connection is held while the bytes go out
    return send(file.sha256, file.size, file.media_type, file.name)


def _enter(ref: str) -> Released:
    found = anew_reads.released(db.session, ref)
    need = requirements.without_seeker(db.session, found.need_ref)
    require(actor(), Action.ANEW_ANSWER, facts.subject_of(need, page_now()))
    return found
