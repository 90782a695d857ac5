"""One pair: its timeline, its meetings, the next one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.docking import facts, meeting, timeline, who
from challenge.docking.models import Docking, DockingPair
from challenge.requirements.models import Requirement
from challenge.rules import predicates
from challenge.rules.errors import NotFound, Refused
from challenge.rules.permissions import Action, Subject, can, require
from challenge.web import forms, outreach_words, words
from challenge.web.context import page_now
from challenge.web.dock.forms import MeetingForm, OutcomeForm
from challenge.web.dock.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "pair": {"GET": Action.DOCKING_READ},
    "plan": {"POST": Action.DOCKING_PLAN},
    "move": {"POST": Action.DOCKING_PLAN},
    "cancel": {"POST": Action.DOCKING_PLAN},
    "settle": {"POST": Action.DOCKING_SETTLE},
    "judge": {"POST": Action.DOCKING_JUDGE},
    "name_seeker": {"POST": Action.DOCKING_JUDGE},
}
SHAPE = "%Y-%m-%d %H:%M"


@blueprint.get("/<ref>")
def pair(ref: str) -> ResponseReturnValue:
    """The timeline of a pair and its meetings."""
    return _page(ref)


def _page(ref: str, refused: Any = None, of: str = "") -> ResponseReturnValue:
    """`refused`: a form that came back, `of` the meeting that it is about ('' for a new one)."""
    found, need = facts.pair_by_ref(db.session, ref)
    subject = facts.subject_of(db.session, found, need, page_now())
    require(actor(), Action.DOCKING_READ, subject)
    dockings = timeline.dockings_of(db.session, found.id)
    plans = can(actor(), Action.DOCKING_PLAN, subject)
    entered = timeline.handed_in(db.session, actor(), found, subject.team, page_now())
    page = render_template(
        "dock/pair.html",
        pair=found,
        need=need,
        candidate=timeline.candidate_name(found),
        names_seeker=found.names_seeker or plans,
        moments=_moments(timeline.of_pair(db.session, found, dockings, entered)),
        meetings=[_meeting(each, need.round.zone, refused if of == each.ref else None) for each in dockings],
        plans=plans,
        judges=can(actor(), Action.DOCKING_JUDGE, subject),
        agrees=can(actor(), Action.AGREEMENT_BEGIN, subject),
        may_name=not found.names_seeker and predicates.seeker(actor(), subject),
        new=refused if refused is not None and not of else _blank(found, need, subject),
        words=outreach_words,
    )
    return page, 422 if refused is not None else 200


def _moments(found: list[timeline.Moment]) -> list[dict[str, object]]:
    lines = []
    for each in found:
        tone, icon, text = outreach_words.MOMENTS[each.kind]
        said = str(text) % {"number": each.number} if each.number else str(text)
        minute = each.at.replace(second=0, microsecond=0)
        lines.append({"at": minute, "text": said, "tone": tone, "icon": icon})
    return lines


def _meeting(docking: Docking, zone: str, refused: Any) -> dict[str, object]:
    said, planned = _said(docking, zone), _planned(docking, zone)
    outcome = OutcomeForm(None, data=said, prefix=_outcome(docking.ref))
    moved = MeetingForm(None, data=planned, prefix=_moved(docking.ref))
    outcome = refused if isinstance(refused, OutcomeForm) else outcome
    moved = refused if isinstance(refused, MeetingForm) else moved
    return {"row": docking, "outcome": outcome, "moved": moved, "begun": docking.starts_at <= page_now()}


def _outcome(ref: str) -> str:
    """Many meetings stand on one page: the fields of each have names of their own."""
    return f"{ref}-outcome"


def _moved(ref: str) -> str:
    return f"{ref}-moved"


def _said(docking: Docking, zone: str) -> dict[str, object]:
    names = ("notes", "seeker_verdict", "candidate_verdict", "blocker", "next_action", "nda")
    said = {name: getattr(docking, name) for name in names}
    due = _typed(docking.next_at, zone) if docking.next_at else ""
    return {
        **said,
        "state": docking.state if docking.state in ("held", "no_show") else "held",
        "next_at": due,
    }


def _typed(at: dt.datetime, zone: str) -> str:
    """An instant as it is typed in a zone."""
    return at.astimezone(ZoneInfo(zone)).strftime(SHAPE)


def _planned(docking: Docking, zone: str) -> dict[str, object]:
    sides: dict[str, list[str]] = {"seeker": [], "candidate": []}
    for each in docking.people:
        sides[each["side"]].append(f"{each['name']} <{each['address']}>" if each["name"] else each["address"])
    return {
        "channel": docking.channel,
        "starts_at": _typed(docking.starts_at, zone),
        "ends_at": _typed(docking.ends_at, zone),
        "place": docking.place,
        "nda": docking.nda,
        **{f"{side}_people": "\n".join(lines) for side, lines in sides.items()},
    }


def _blank(found: DockingPair, need: Requirement, subject: Subject) -> MeetingForm:
    sides = who.usual(db.session, found, need, subject)
    return MeetingForm(None, data={f"{side}_people": "\n".join(lines) for side, lines in sides.items()})


@blueprint.post("/<ref>/plan")
def plan(ref: str) -> ResponseReturnValue:
    """Plan the next meeting."""
    form, zone = MeetingForm(), _zone(ref)
    step = lambda: meeting.plan(db.session, actor(), ref, form.meeting(zone))  # noqa: E731
    return _try(ref, form, "", step, _("Planned. Everybody named gets an invitation."), Action.DOCKING_PLAN)


@blueprint.post("/<ref>/<number>/move")
def move(ref: str, number: str) -> ResponseReturnValue:
    """Another time or place."""
    form, zone = MeetingForm(prefix=_moved(number)), _zone(ref)
    step = lambda: meeting.move(db.session, actor(), number, form.meeting(zone))  # noqa: E731
    return _try(ref, form, number, step, _("Moved. Everybody named is told."), Action.DOCKING_PLAN)


@blueprint.post("/<ref>/<number>/cancel")
def cancel(ref: str, number: str) -> ResponseReturnValue:
    """Call a meeting off."""
    reason = request.form.get("reason", "")
    step = lambda: meeting.cancel(db.session, actor(), number, reason)  # noqa: E731
    return _try(ref, None, number, step, _("Called off. Everybody named is told."), Action.DOCKING_PLAN)


@blueprint.post("/<ref>/<number>/settle")
def settle(ref: str, number: str) -> ResponseReturnValue:
    """Write down what came of it."""
    form, zone = OutcomeForm(prefix=_outcome(number)), _zone(ref)
    step = lambda: meeting.settle(db.session, actor(), number, form.outcome(zone))  # noqa: E731
    return _try(ref, form, number, step, _("Saved."), Action.DOCKING_SETTLE)


@blueprint.post("/<ref>/<number>/verdict")
def judge(ref: str, number: str) -> ResponseReturnValue:
    """My side's verdict."""
    verdict = request.form.get("verdict", "")
    step = lambda: meeting.judge(db.session, actor(), number, verdict)  # noqa: E731
    return _try(ref, None, number, step, _("Saved."), Action.DOCKING_JUDGE)


@blueprint.post("/<ref>/name")
def name_seeker(ref: str) -> ResponseReturnValue:
    """The anonymous seeker lets itself be named."""
    step = lambda: meeting.name_seeker(db.session, actor(), ref)  # noqa: E731
    return _try(ref, None, "", step, _("The candidate now knows who you are."), Action.DOCKING_JUDGE)


def _zone(ref: str) -> str:
    return facts.pair_by_ref(db.session, ref)[1].round.zone


def _try(
    ref: str, form: Any, number: str, step: Callable[[], object], said: str, action: Action
) -> ResponseReturnValue:
    """Take the step; what was refused comes back at its field, or above the page."""
    found, need = facts.pair_by_ref(db.session, ref)
    require(actor(), action, facts.subject_of(db.session, found, need, page_now()))
    if number and number not in {each.ref for each in timeline.dockings_of(db.session, found.id)}:
        raise NotFound
    try:
        with writing():
            step()
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        if form is not None and refusal.status == 422:
            forms.show(form, refusal)
            return _page(ref, form, number)
        flash(words.say(refusal), "error")
    else:
        flash(said)
    return redirect(url_for("dock.pair", ref=ref))
