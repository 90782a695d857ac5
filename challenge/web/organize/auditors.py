"""Auditors of a programme: let in for a round or all of them, for a time and a reason; what they read."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField, TextAreaField

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.reports import auditing
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules.errors import Invalid, Refused
from challenge.rules.permissions import Action, require
from challenge.web import evidence_words, forms
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "auditors": {"GET": Action.AUDITOR_APPOINT, "POST": Action.AUDITOR_APPOINT},
    "auditor_end": {"POST": Action.AUDITOR_APPOINT},
}


class AuditorForm(FlaskForm):
    """Whom, for what, until when, why."""

    email = EmailField(_l("Mail address"))
    round = SelectField(_l("What they read"), validate_choice=False)
    begin = StringField(
        _l("First day"), description=_l("Left empty: from now on."), render_kw={"type": "date"}
    )
    until = StringField(_l("Last day"), render_kw={"type": "date"})
    reason = TextAreaField(_l("Reason"), render_kw={"maxlength": auditing.REASON, "rows": 3})

    def wanted(self, zone: str) -> auditing.Wanted:
        """What was asked for: whole days in this zone."""
        last = _day(self.until.data, zone)
        return auditing.Wanted(
            email=self.email.data or "",
            round_id=int(self.round.data) if (self.round.data or "").isdecimal() else None,
            from_at=_day(self.begin.data, zone),
            until_at=last + dt.timedelta(days=1) if last else None,
            reason=self.reason.data or "",
        )


@blueprint.route("/programmes/<slug>/auditors", methods=["GET", "POST"])
def auditors(slug: str) -> ResponseReturnValue:
    """Who reads, until when, and what they read; a post lets one more in."""
    programme = _enter(slug)
    form = AuditorForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                auditing.appoint(session, actor(), programme, form.wanted(_zone()))
        except Refused as refusal:
            if isinstance(refusal, Invalid):
                forms.show(form, refusal)
            else:
                forms.show(form, Invalid("email", refusal.code, **refusal.params))
            programme = _enter(slug)
        else:
            flash(_("The door is open for them. They get a letter."))
            return redirect(url_for("organize.auditors", slug=slug))
    rounds = auditing.rounds_in(db.session, programme)
    form.round.choices = [
        ("", _("The whole programme")),
        *((str(each.id), i18n.t(each, "title")) for each in rounds),
    ]
    page = render_template(
        "organize/auditors.html",
        programme=programme,
        form=form,
        scopes=auditing.listed(db.session, programme),
        names={each.id: each for each in rounds},
        readings=auditing.readings(db.session, [each.id for each in rounds]),
        at=page_now(),
        zone=_zone(),
        words=evidence_words,
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/programmes/<slug>/auditors/<ref>/end")
def auditor_end(slug: str, ref: str) -> ResponseReturnValue:
    """Shut the door before its time."""
    programme = _enter(slug)
    with writing() as session:
        auditing.end(session, actor(), programme, ref)
    flash(_("The door is shut."))
    return redirect(url_for("organize.auditors", slug=slug))


def _enter(slug: str) -> Programme:
    programme = programmes.by_slug(db.session, slug)
    require(actor(), Action.AUDITOR_APPOINT, programmes.subject_of(programme))
    return programme


def _zone() -> str:
    return str(i18n.reader().zone or current_app.config["SETTINGS"].default_zone)


def _day(text: str | None, zone: str) -> dt.datetime | None:
    """The beginning of a day in a zone; None where nothing readable was typed."""
    try:
        day = dt.date.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)
