"""A branch's desk: the requirements that belong to it over all rounds; accepted, returned, rejected there."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import branches as trees
from challenge.accounts import organizations
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import (
    branch_reads,
    branching,
    diagnosing,
    facts,
    queries,
    screening,
)
from challenge.requirements.branch_reads import BranchFilter
from challenge.requirements.models import FIELDS
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action, can, require
from challenge.web import forms, redaction
from challenge.web import listing as files
from challenge.web.context import page_now
from challenge.web.organize.queue_columns import BRANCH_QUEUE
from challenge.web.organize.room import blueprint
from challenge.web.organize.screening import ReasonsForm, both_faces, cards
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
    "over": (("selected", "agreed", "delivered", "failed", "rejected", "withdrawn"), None),
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
    file = files.taken(
        f"branch-{ref}",
        BRANCH_QUEUE,
        lambda session, after, limit: branch_reads.of_branches(
            session, ids, which, names=names, after=after, limit=limit
        ),
        personal=True,
    )
    if file is not None:
        return file
    rows = branch_reads.of_branches(db.session, ids, which, names=names, after=after, limit=PAGE + 1)
    return render_template(
        "organize/branch.html",
        organization=found,
        appoints=can(actor(), Action.MANAGER_APPOINT, subject),
        tab=tab,
        which=which,
        fields=[(code, field_name(code)) for code in FIELDS],
        rounds=branch_reads.rounds_of(db.session, ids),
        cards=cards(rows[:PAGE]),
        next_after=rows[PAGE - 1].id if rows[PAGE:] else None,
    )


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
    both = both_faces(found, subject)
    page = render_template(
        "organize/branch_screen.html",
        round=found.round,
        form=form,
        **both,
        branch=organizations.by_id(db.session, found.branch_id or 0),
        decides=can(actor(), Action.REQUIREMENT_SCREEN_FIRST, subject),
        at_desk=subject.with_branch,
        redaction=redaction.of(db.session, found) if both["reads_all"] and subject.with_branch else None,
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
