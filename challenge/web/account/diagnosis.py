"""An expert's desk: what was asked of me, and one page to read the need and write the opinion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.files.services import Listed
from challenge.requirements import attachments, opining
from challenge.requirements import diagnosis_reads as reads
from challenge.requirements.content import MOST_INDICATORS
from challenge.requirements.opining import REASON_LENGTH, Reading
from challenge.requirements.rewording import wording_of
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.web import diagnosis_words, forms, wording, words
from challenge.web.account.diagnosis_forms import OpinionForm, form_of, saved, stamp
from challenge.web.account.panel_parts import MOST, Line, Panel
from challenge.web.account.room import blueprint
from challenge.web.context import page_now
from challenge.web.faces import face_of_content

ROUTES: dict[str, dict[str, Action]] = {
    "diagnosis": {"GET": Action.DIAGNOSIS_OWN, "POST": Action.DIAGNOSIS_WRITE},
    "write_diagnosis": {"POST": Action.DIAGNOSIS_WRITE},
    "accept_diagnosis": {"POST": Action.DIAGNOSIS_WRITE},
    "decline_diagnosis": {"POST": Action.DIAGNOSIS_OWN},
    "diagnosis_file": {"GET": Action.DIAGNOSIS_WRITE},
}


class DeclineForm(FlaskForm):
    """Why there will be no opinion."""

    reason = TextAreaField(_l("Reason"), render_kw={"rows": 3, "maxlength": REASON_LENGTH})


def panel(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """What was asked of me as an expert and waits for my answer."""
    lines = [
        Line(
            url_for("account.diagnosis", ref=each.ref),
            i18n.t(each, "title"),
            "diagnosis",
            each.state,
            i18n.t(each, "round"),
            each.due_at,
            each.zone,
        )
        for each in reads.asked_of(session, actor.user_id or 0, waiting=True, limit=MOST)
    ]
    if not lines:
        return None
    return Panel(
        _("My opinion is asked for"), lines, "", url_for("account.inbox"), _("All that was asked of me")
    )


@blueprint.route("/diagnoses/<ref>", methods=["GET", "POST"])
def diagnosis(ref: str) -> ResponseReturnValue:
    """Read the need, write the opinion, hand it in."""
    reading = opining.desk(db.session, actor(), ref, page_now())
    if request.method == "GET":
        return _page(reading)
    require(actor(), Action.DIAGNOSIS_WRITE, reading.subject)
    form = OpinionForm()
    add, remove = request.form.get("add"), request.form.get("remove")
    if add is not None or remove is not None:
        form.turn_rows(add, remove)
        return _page(reading, form)
    handing_in = request.form.get("next") == "submit"
    try:
        with writing() as session:
            (opining.hand_in if handing_in else opining.save)(session, actor(), ref, form.opinion())
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return _page(opining.desk(db.session, actor(), ref, page_now()), form)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Handed in. Whoever asked gets a letter.") if handing_in else _("Draft saved."))
    return redirect(url_for("account.diagnosis", ref=ref))


def _page(
    reading: Reading, form: OpinionForm | None = None, decline: DeclineForm | None = None
) -> ResponseReturnValue:
    """Before the confidential part is shown, the log says so."""
    found, content = reading.diagnosis, reading.content
    if reading.opened:
        with writing() as session:
            opining.note_opening(session, found.id, actor(), page_now())
    if reading.writes and content is not None:
        form = form or form_of(found, wording_of(content))
    answer = render_template(
        "account/diagnosis.html",
        diagnosis=found,
        requirement_state=reading.requirement.state,
        round=reading.requirement.round,
        reading=reading,
        face=face_of_content(content, reading.requirement.seeker) if content else None,
        form=form if reading.writes else None,
        decline=decline or DeclineForm(None),
        answers=wording.answers(found),
        verdict=diagnosis_words.VERDICTS.get(found.verdict or ""),
        files=_files(reading),
        sides=wording.sides(found.seen, found, {}) if found.state == "handed_in" else [],
        most_rows=MOST_INDICATORS,
    )
    refused = any(each is not None and (each.errors or each.form_errors) for each in (form, decline))
    return answer, 422 if refused else 200


def _files(reading: Reading) -> Sequence[Listed]:
    """What everyone will read; none of an anonymous seeker, whom a file may name."""
    if reading.content is None or reading.requirement.anonymous:
        return ()
    return attachments.public_files(db.session, reading.requirement.id)


@blueprint.get("/diagnoses/<ref>/files/<file_ref>")
def diagnosis_file(ref: str, file_ref: str) -> Response:
    """A public file of the need, while its expert may read it."""
    reading = opining.desk(db.session, actor(), ref, page_now())
    require(actor(), Action.DIAGNOSIS_WRITE, reading.subject)
    found = next((each for each in _files(reading) if each.ref == file_ref), None)
    if found is None:
        raise NotFound
    return send(found.sha256, found.size, found.media_type, found.name)


@blueprint.post("/diagnoses/<ref>/draft")
def write_diagnosis(ref: str) -> ResponseReturnValue:
    """Save while it is typed: what came of it, and when it was saved last."""
    try:
        with writing() as session:
            kept = opining.save(session, actor(), ref, OpinionForm().opinion())
            at = kept.updated_at
    except (Invalid, InvalidMany, WrongState) as refusal:
        return {"said": _("Not saved: %(why)s", why=words.say(refusal))}, 422
    zone = i18n.reader().zone or "UTC"
    return {"said": saved(i18n.clock_time(at, zone)), "seen": stamp(at), "hints": ""}


@blueprint.post("/diagnoses/<ref>/accept")
def accept_diagnosis(ref: str) -> ResponseReturnValue:
    """Take it on."""
    with writing() as session:
        opining.accept(session, actor(), ref)
    flash(_("You have taken it on. What you write is kept as a draft until you hand it in."))
    return redirect(url_for("account.diagnosis", ref=ref))


@blueprint.post("/diagnoses/<ref>/decline")
def decline_diagnosis(ref: str) -> ResponseReturnValue:
    """Turn it down, with a reason."""
    form = DeclineForm()
    try:
        with writing() as session:
            opining.decline(session, actor(), ref, form.reason.data or "")
    except Invalid as refusal:
        forms.show(form, refusal)
        return _page(opining.desk(db.session, actor(), ref, page_now()), decline=form)
    flash(_("Turned down. Whoever asked reads your reason."))
    return redirect(url_for("account.diagnosis", ref=ref))
