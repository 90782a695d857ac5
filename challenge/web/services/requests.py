"""One request, for both its sides: where it stands, what was written, and what each can do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from challenge.agreements import serving
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.lifecycles import SERVICE_REQUEST
from challenge.rules.permissions import Action, Subject, can, require
from challenge.rules.services import ENDED, day_at
from challenge.services import asking, facts, people, running
from challenge.services import requests as reads
from challenge.services.models import ServiceRequest
from challenge.web import forms, service_words, words
from challenge.web.services.forms import AssignForm, NoteForm, RatingForm, ReasonForm
from challenge.web.services.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "mine": {"GET": Action.ACCOUNT_USE},
    "request": {"GET": Action.SERVICE_REQUEST_READ},
    "accept": {"POST": Action.SERVICE_RUN},
    "assign": {"POST": Action.SERVICE_RUN},
    "begin": {"POST": Action.SERVICE_WORK},
    "finish": {"POST": Action.SERVICE_WORK},
    "refuse": {"POST": Action.SERVICE_RUN},
    "note": {"POST": Action.SERVICE_NOTE},
    "note_inside": {"POST": Action.SERVICE_WORK},
    "cancel": {"POST": Action.SERVICE_SETTLE},
    "close": {"POST": Action.SERVICE_SETTLE},
}


@dataclass(frozen=True, slots=True)
class Can:
    """What this person can do with a request as it stands."""

    runs: bool
    works: bool
    settles: bool
    state: str

    def __getitem__(self, verb: str) -> bool:
        by = {"begin": self.works, "finish": self.works, "cancel": self.settles, "close": self.settles}
        return by.get(verb, self.runs) and SERVICE_REQUEST.allows(self.state, verb)


def _can(subject: Subject) -> Can:
    return Can(
        runs=can(actor(), Action.SERVICE_RUN, subject),
        works=can(actor(), Action.SERVICE_WORK, subject),
        settles=can(actor(), Action.SERVICE_SETTLE, subject),
        state=subject.state or "",
    )


@blueprint.get("/requests")
def mine() -> ResponseReturnValue:
    """What my organizations asked for, or I for somebody."""
    require(actor(), Action.ACCOUNT_USE)
    rows = reads.asked_by(db.session, actor())
    return render_template("services/mine.html", rows=rows, words=service_words)


@blueprint.get("/requests/<ref>", endpoint="request")
def one(ref: str) -> ResponseReturnValue:
    """Where it stands."""
    return _page(ref)


def _page(ref: str, refused: FlaskForm | None = None) -> ResponseReturnValue:
    """`refused`: a form that came back."""
    found = facts.request_by_ref(db.session, ref)
    subject = facts.request_subject(db.session, actor(), found)
    require(actor(), Action.SERVICE_REQUEST_READ, subject)
    may = _can(subject)
    persons = people.to_assign(db.session, found) if may["assign"] else {}
    page = render_template(
        "services/request.html",
        asked=found,
        due=day_at(found.due_on) if found.due_on else None,
        about=reads.about(db.session, found),
        agreement=serving.told(db.session, actor(), found),
        asks=found.asker_id in actor().represents,
        may=may,
        notes=reads.notes(db.session, found.id, internal=may.works),
        moments=_moments(found),
        over=found.state in (*ENDED, "closed"),
        assign=_assign_form(found, list(persons.values()), refused),
        note=refused if isinstance(refused, NoteForm) else NoteForm(None),
        reason=refused if isinstance(refused, ReasonForm) else ReasonForm(None),
        rating=refused if isinstance(refused, RatingForm) else RatingForm(None),
        refused=refused,
        words=service_words,
    )
    return page, 422 if refused is not None else 200


def _assign_form(
    found: ServiceRequest, persons: list[people.Person], refused: FlaskForm | None
) -> AssignForm:
    known = found.assigned.ref if found.assigned is not None else ""
    form = refused if isinstance(refused, AssignForm) else None
    form = form or AssignForm(None, data={"person": known, "due_on": found.due_on})
    form.person.choices = [("", str(_("Choose a person"))), *((each.ref, each.name) for each in persons)]
    return form


def _moments(found: ServiceRequest) -> list[dict[str, object]]:
    last = found.state if found.state in ("closed", *ENDED) else "closed"
    at_once = found.accepted_at == found.assigned_at  # whoever hands it on at once has accepted it by that
    times = {
        "asked": found.asked_at,
        "accepted": None if at_once else found.accepted_at,
        "assigned": found.assigned_at,
        "begun": found.begun_at,
        "done": found.done_at,
        last: found.settled_at,
    }
    steps = sorted(((at, kind) for kind, at in times.items() if at is not None), key=lambda step: step[0])
    moments = [(at, *service_words.MOMENTS[kind]) for at, kind in reversed(steps)]
    return [{"at": at, "text": text, "tone": tone, "icon": icon} for at, tone, icon, text in moments]


def _try(ref: str, form: FlaskForm | None, step: Callable[[], object], said: str) -> ResponseReturnValue:
    """Take a step, and come back to the request; a refused form comes back as it was."""
    try:
        step()
    except (Invalid, InvalidMany) as refusal:
        if form is None:
            raise
        forms.show(form, refusal)
        return _page(ref, form)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(said)
    return redirect(url_for("services.request", ref=ref))


@blueprint.post("/requests/<ref>/accept")
def accept(ref: str) -> ResponseReturnValue:
    """Say that it will be done."""
    return _try(ref, None, lambda: _write(running.accept, ref), _("Accepted. Now hand it to somebody."))


@blueprint.post("/requests/<ref>/assign")
def assign(ref: str) -> ResponseReturnValue:
    """Hand it to somebody."""
    form = AssignForm()
    if not form.validate():  # a day that is none
        found = facts.request_by_ref(db.session, ref)
        require(actor(), Action.SERVICE_RUN, facts.request_subject(db.session, actor(), found))
        return _page(ref, form)
    step = lambda: _write(running.assign, ref, form.person.data or "", form.due_on.data)  # noqa: E731
    return _try(ref, form, step, _("Assigned. They get a letter."))


@blueprint.post("/requests/<ref>/begin")
def begin(ref: str) -> ResponseReturnValue:
    """Say that work has begun."""
    return _try(ref, None, lambda: _write(running.begin, ref), _("Begun. The asking side is told."))


@blueprint.post("/requests/<ref>/finish")
def finish(ref: str) -> ResponseReturnValue:
    """Say that it is done."""
    return _try(
        ref, None, lambda: _write(running.finish, ref), _("Done. The asking side is asked for a rating.")
    )


@blueprint.post("/requests/<ref>/refuse")
def refuse(ref: str) -> ResponseReturnValue:
    """Say that it will not be done."""
    form = ReasonForm()
    return _try(ref, form, lambda: _write(running.refuse, ref, form.reason.data or ""), _("Refused."))


@blueprint.post("/requests/<ref>/note")
def note(ref: str) -> ResponseReturnValue:
    """Write a step or a remark that both sides read."""
    form = NoteForm()
    return _try(ref, form, lambda: _write(running.note, ref, form.text.data or ""), _("Written down."))


@blueprint.post("/requests/<ref>/note-inside")
def note_inside(ref: str) -> ResponseReturnValue:
    """Write one that the centre alone reads."""
    form = NoteForm()
    step = lambda: _write(running.note, ref, form.text.data or "", internal=True)  # noqa: E731
    return _try(ref, form, step, _("Written down, for the centre alone."))


@blueprint.post("/requests/<ref>/cancel")
def cancel(ref: str) -> ResponseReturnValue:
    """Call it off."""
    form = ReasonForm()
    return _try(ref, form, lambda: _write(asking.cancel, ref, form.reason.data or ""), _("Called off."))


@blueprint.post("/requests/<ref>/close")
def close(ref: str) -> ResponseReturnValue:
    """Close it with a rating."""
    form = RatingForm()
    rating = int(form.rating.data) if (form.rating.data or "").isdecimal() else 0
    step = lambda: _write(asking.close, ref, rating, form.words.data or "")  # noqa: E731
    return _try(ref, form, step, _("Closed. Thank you for the rating."))


def _write(verb: Callable[..., object], *values: object, **more: object) -> None:
    with writing() as session:
        verb(session, actor(), *values, **more)
