"""A branch's desk: the requirements that belong to it over all rounds; accepted, returned, rejected there."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import branches as trees
from challenge.accounts import organizations
from challenge.base import amounts, i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import (
    attachments,
    branch_reads,
    branching,
    diagnosing,
    diagnosis_reads,
    facts,
    queries,
    screening,
)
from challenge.requirements.branch_reads import BranchFilter, BranchRow
from challenge.requirements.content import Closed
from challenge.requirements.models import FIELDS
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action, can, require
from challenge.web import checks, forms, redaction
from challenge.web.context import page_now
from challenge.web.faces import face_of, title_of
from challenge.web.organize import diagnoses
from challenge.web.organize.room import blueprint
from challenge.web.organize.screening import ReasonsForm
from challenge.web.public.cards import field_name

ROUTES: dict[str, dict[str, Action]] = {
    "branch": {"GET": Action.BRANCH_READ},
    "branch_screen": {"GET": Action.REQUIREMENT_READ},
    "branch_accept": {"POST": Action.REQUIREMENT_SCREEN_FIRST},
    "branch_return": {"POST": Action.REQUIREMENT_SCREEN_FIRST},
    "branch_reject": {"POST": Action.REQUIREMENT_SCREEN_FIRST},
}
PAGE = 50
# The tabs: name in the address -> states, and whether it lies at the branch's desk.
TABS: dict[str, tuple[tuple[str, ...], bool | None]] = {
    "desk": (("submitted",), True),
    "centre": (("submitted",), False),
    "returned": (("returned",), None),
    "published": (("published",), None),
    "over": (("selected", "failed", "rejected", "withdrawn"), None),
}


@blueprint.get("/branches/<ref>")
def branch(ref: str) -> ResponseReturnValue:
    """The queue of a branch and of those below it, by state, field and round."""
    found = organizations.by_ref(db.session, ref)
    subject = organizations.subject_of(found)
    require(actor(), Action.BRANCH_READ, subject)
    ids = [each.id for each in trees.tree(db.session, [found.id])]
    tab = request.args.get("state", "desk")
    tab = tab if tab in TABS else "desk"
    field = request.args.get("field", "")
    states, at_desk = TABS[tab]
    which = BranchFilter(states, at_desk, field if field in FIELDS else "", request.args.get("round", ""))
    after = request.args.get("after", type=int)
    names = actor().holds("manager", "organization", found.id)  # an administrator reads no hidden names
    rows = branch_reads.of_branches(db.session, ids, which, names=names, after=after, limit=PAGE + 1)
    return render_template(
        "organize/branch.html",
        organization=found,
        appoints=can(actor(), Action.MANAGER_APPOINT, subject),
        tab=tab,
        which=which,
        fields=[(code, field_name(code)) for code in FIELDS],
        rounds=branch_reads.rounds_of(db.session, ids),
        cards=_cards(rows[:PAGE]),
        next_after=rows[PAGE - 1].id if rows[PAGE:] else None,
    )


def _cards(rows: Sequence[BranchRow]) -> list[dict[str, object]]:
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


@blueprint.get("/branches/requirements/<ref>")
def branch_screen(ref: str) -> ResponseReturnValue:
    """One requirement of a branch with both its faces."""
    return _detail(ref, ReasonsForm())


def _detail(ref: str, form: ReasonsForm) -> ResponseReturnValue:
    found = queries.by_ref(db.session, ref)
    subject = facts.screening_subject(db.session, found, page_now())
    if not actor().holds("manager", "organization", found.branch_id):
        raise NotFound  # published ones are public, but this page shows who is anonymous
    require(actor(), Action.REQUIREMENT_READ, subject)
    reads_all = can(actor(), Action.REQUIREMENT_READ_CONFIDENTIAL, subject)
    files = attachments.listed(db.session, found.id)
    public_files = [each for each in files if not each.confidential]
    closed = queries.closed_part(db.session, found.id) if reads_all else Closed()
    page = render_template(
        "organize/branch_screen.html",
        requirement=found,
        round=found.round,
        form=form,
        face=face_of(found),
        reads_all=reads_all,
        closed=closed,
        public_files=public_files,
        confidential_files=[each for each in files if each.confidential] if reads_all else [],
        names_seeker=reads_all or not found.anonymous,
        branch=organizations.by_id(db.session, found.branch_id or 0),
        decides=can(actor(), Action.REQUIREMENT_SCREEN_FIRST, subject),
        at_desk=subject.with_branch,
        checks=checks.of(db.session, found, closed, public_files, page_now()) if reads_all else [],
        **diagnoses.beside(found, subject),
        redaction=redaction.of(db.session, found) if reads_all and subject.with_branch else None,
        settles=can(actor(), Action.REDACTION_SETTLE, subject),
        published=found.state in facts.PUBLIC_STATES,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/branches/requirements/<ref>/accept")
def branch_accept(ref: str) -> ResponseReturnValue:
    """Accept it for the branch: its organizer screens it next."""
    with writing() as session:
        branching.accept(session, actor(), ref)
    flash(_("Accepted. The organizer of the round screens it next."))
    return _to_queue(ref)


@blueprint.post("/branches/requirements/<ref>/return")
def branch_return(ref: str) -> ResponseReturnValue:
    """Return it with reasons."""
    return _decided(ref, "return")


@blueprint.post("/branches/requirements/<ref>/reject")
def branch_reject(ref: str) -> ResponseReturnValue:
    """Reject it with reasons."""
    return _decided(ref, "reject")


def _decided(ref: str, verb: str) -> ResponseReturnValue:
    form = ReasonsForm()
    decide = screening.give_back if verb == "return" else screening.reject
    try:
        with writing() as session:
            diagnosing.give(session, actor(), ref, request.form.getlist("opinion"))
            decide(session, actor(), ref, form.reasons.data or "")
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return _detail(ref, form)
    flash(
        _("Returned. The seeker gets your reasons by mail.")
        if verb == "return"
        else _("Rejected. The seeker gets your reasons by mail.")
    )
    return _to_queue(ref)


def _to_queue(ref: str) -> ResponseReturnValue:
    found = queries.without_seeker(db.session, ref)
    home = organizations.by_id(db.session, found.branch_id or 0)
    return redirect(url_for("organize.branch", ref=home.ref))
