"""Screening: what was handed in, both faces of it beside signs to look at; return, reject, publish."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from challenge.accounts import branches
from challenge.base import amounts, i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import (
    attachments,
    change_reads,
    diagnosing,
    diagnosis_reads,
    facts,
    origins,
    queries,
    screening,
)
from challenge.requirements.branch_reads import BranchRow
from challenge.requirements.content import Closed
from challenge.requirements.models import FIELDS, Requirement
from challenge.requirements.queries import QueueRow
from challenge.requirements.version_models import RequirementChange
from challenge.rounds import queries as rounds
from challenge.rounds import themes
from challenge.rounds.tracks import windows_of
from challenge.rules import permissions, stages
from challenge.rules.errors import Invalid, InvalidMany, NotFound, Refused, TooLate
from challenge.rules.permissions import Action, Subject, can, require
from challenge.rules.stages import Stage
from challenge.web import checks, forms, redaction, words
from challenge.web import listing as files
from challenge.web.context import page_now
from challenge.web.faces import face_of, title_of
from challenge.web.organize import diagnoses
from challenge.web.organize.queue_columns import QUEUE
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.public.cards import field_name

ROUTES: dict[str, dict[str, Action]] = {
    "screening": {"GET": Action.ROUND_CONTROL},
    "screen": {"GET": Action.ROUND_CONTROL},
    "return_requirement": {"POST": Action.REQUIREMENT_SCREEN},
    "reject_requirement": {"POST": Action.REQUIREMENT_SCREEN},
    "publish_requirement": {"POST": Action.REQUIREMENT_SCREEN},
}
PAGE = 50
# The tabs of the queue: name in the address -> states.
TABS: dict[str, tuple[str, ...]] = {
    "waiting": ("submitted",),
    "branch": ("submitted",),  # at its branch's desk first, where the round screens in two steps
    "returned": ("returned",),
    "published": ("published",),
    "over": ("selected", "agreed", "delivered", "failed", "rejected", "withdrawn"),
}


class ReasonsForm(FlaskForm):
    """Why something is returned or rejected."""

    reasons = TextAreaField(
        _l("Reasons"), description=_l("The seeker reads them in a letter. Say what to change, and where.")
    )


@blueprint.get("/rounds/<slug>/requirements", endpoint="screening")
def queue_page(slug: str) -> ResponseReturnValue:
    """The queue of a round, by state and field."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    tab = request.args.get("state", "waiting")
    tab = tab if tab in TABS else "waiting"
    field = request.args.get("field", "")
    field = field if field in FIELDS else ""
    after = request.args.get("after", type=int)
    two = round_.screening_steps == 2
    known = branches.branches_of(db.session, round_.programme.host_id)
    wanted = request.args.get("branch", "")
    ids = {each.ref: each.id for each in known} | {"none": 0}
    names = permissions.organizer(actor(), rounds.subject_of(round_, page_now()))
    waits = tab == "branch" if two and TABS[tab] == ("submitted",) else None
    queue = partial(queries.queue, round_id=round_.id, states=TABS[tab], names=names, field=field)
    queue = partial(queue, branch=ids.get(wanted), at_branch=waits)
    file = files.taken(
        f"requirements-{slug}-{tab}",
        QUEUE,
        lambda session, after, limit: queue(session, after=after, limit=limit),
        personal=True,
        round_=round_,
    )
    if file is not None:
        return file
    rows = queue(db.session, after=after, limit=PAGE + 1)
    return draw(
        "organize/screening.html",
        round_,
        here="screening",
        tab=tab,
        two=two,
        branches=known,
        branch=wanted if wanted in ids else "",
        field=field,
        fields=[(code, field_name(code)) for code in FIELDS],
        cards=cards(rows[:PAGE]),
        changes=change_reads.waiting(db.session, round_.id),
        next_after=rows[PAGE - 1].id if rows[PAGE:] else None,
    )


def cards(rows: Sequence[QueueRow] | Sequence[BranchRow]) -> list[dict[str, object]]:
    """The lines of a queue, each with whether it lies with an expert (one statement)."""
    experts = diagnosis_reads.open_for(db.session, [row.id for row in rows])
    return [
        {
            "row": row,
            "title": title_of(row),
            "lang": i18n.t_lang(row, "title") if i18n.t(row, "title") else None,
            "field": field_name(row.field),
            "expert_until": experts.get(row.id),
            "money": amounts.money_range(row.budget_min_minor, row.budget_max_minor, row.currency),
        }
        for row in rows
    ]


@blueprint.get("/rounds/<slug>/requirements/<ref>")
def screen(slug: str, ref: str) -> ResponseReturnValue:
    """One requirement with both faces and the signs in it."""
    return _detail(slug, ref, ReasonsForm())


def _detail(slug: str, ref: str, form: ReasonsForm) -> ResponseReturnValue:
    found = _found(slug, ref)
    # A published requirement is read by everyone, but this page shows who is anonymous.
    require(actor(), Action.ROUND_CONTROL, rounds.subject_of(found.round, page_now()))
    subject = facts.screening_subject(db.session, found, page_now())
    require(actor(), Action.REQUIREMENT_READ, subject)
    both = both_faces(found, subject)
    call = windows_of(found.round).get(Stage.REQUIREMENTS)
    moves = can(actor(), Action.REQUIREMENT_BRANCH, subject)
    page = draw(
        "organize/screen.html",
        found.round,
        here="screening",
        form=form,
        **both,
        decides=can(actor(), Action.REQUIREMENT_SCREEN, subject),
        watches=can(actor(), Action.FACE_WATCH, subject),
        redaction=redaction.of(db.session, found) if both["reads_all"] and _is_open(found) else None,
        call_open=stages.is_open(call, page_now()),
        themes=themes.themes_of(db.session, found.round_id),
        places=can(actor(), Action.REQUIREMENT_PLACE, subject),
        branches=branches.branches_of(db.session, found.round.programme.host_id) if moves else [],
        repeats=can(actor(), Action.REQUIREMENT_REPEAT, subject),
        origin=origins.number_of(db.session, found),
        at_branch=subject.with_branch and found.state == "submitted",
        changes=_open_changes(found) if can(actor(), Action.REQUIREMENT_CHANGE_DECIDE, subject) else None,
    )
    return page, 422 if form.errors or form.form_errors else 200


def both_faces(found: Requirement, subject: Subject) -> dict[str, Any]:
    """What the desks of the round and of a branch show of it: both faces, as far as the reader may."""
    reads_all = can(actor(), Action.REQUIREMENT_READ_CONFIDENTIAL, subject)
    closed = queries.closed_part(db.session, found.id) if reads_all else Closed()
    files = attachments.listed(db.session, found.id)
    public_files = [each for each in files if not each.confidential]
    return {
        "requirement": found,
        "face": face_of(found),
        "reads_all": reads_all,
        "closed": closed,
        "public_files": public_files,
        "confidential_files": [each for each in files if each.confidential] if reads_all else [],
        "names_seeker": reads_all or not found.anonymous,
        "checks": checks.of(db.session, found, closed, public_files, page_now()) if reads_all else [],
        **diagnoses.beside(found, subject),
        "settles": can(actor(), Action.REDACTION_SETTLE, subject),
        "published": found.state in facts.PUBLIC_STATES,
    }


def _is_open(found: Requirement) -> bool:
    """Whether its public part can still be mended before everyone reads it."""
    return found.state in ("draft", "submitted", "returned")


def _open_changes(found: Requirement) -> list[RequirementChange]:
    """Changes of a published need that wait for its organizers, and their own that are being written."""
    known = change_reads.of_need(db.session, found.id)
    return [each for each in known if each.side == "organizer" or each.state == "submitted"]


def _found(slug: str, ref: str) -> Requirement:
    found = queries.by_ref(db.session, ref)
    if found.round.slug != slug:
        raise NotFound
    return found


@blueprint.post("/rounds/<slug>/requirements/<ref>/return")
def return_requirement(slug: str, ref: str) -> ResponseReturnValue:
    """Return it with reasons."""
    return _decided(slug, ref, "return")


@blueprint.post("/rounds/<slug>/requirements/<ref>/reject")
def reject_requirement(slug: str, ref: str) -> ResponseReturnValue:
    """Reject it with reasons."""
    return _decided(slug, ref, "reject")


@blueprint.post("/rounds/<slug>/requirements/<ref>/publish")
def publish_requirement(slug: str, ref: str) -> ResponseReturnValue:
    """Publish it under a number."""
    return _decided(slug, ref, "publish")


def _decided(slug: str, ref: str, verb: str) -> ResponseReturnValue:
    """Take the decision; refused, the page comes back with what is wrong."""
    form = ReasonsForm()
    if queries.slug_of(db.session, ref) != slug:
        raise NotFound
    try:
        said = _decide(ref, verb, form.reasons.data or "")
    except (Invalid, InvalidMany, TooLate) as refusal:
        _show(form, refusal)
        return _detail(slug, ref, form)
    flash(said)
    return redirect(url_for("organize.screening", slug=slug))


def _decide(ref: str, verb: str, reasons: str) -> str:
    with writing() as session:
        if verb == "publish":
            done = screening.publish(session, actor(), ref)
            return _("Published as %(number)s.", number=done.number)
        diagnosing.give(session, actor(), ref, request.form.getlist("opinion"))
        if verb == "return":
            screening.give_back(session, actor(), ref, reasons)
            return _("Returned. The seeker gets your reasons by mail.")
        screening.reject(session, actor(), ref, reasons)
        return _("Rejected. The seeker gets your reasons by mail.")


def _show(form: ReasonsForm, refusal: Refused) -> None:
    """Faults of the requirement itself name fields that this form does not have: they go above it."""
    faults = refusal.faults if isinstance(refusal, InvalidMany) else (refusal,)
    for fault in faults:
        if isinstance(fault, Invalid) and fault.field == "reasons":
            forms.show(form, fault)
        else:
            form.form_errors.append(words.say(fault))
