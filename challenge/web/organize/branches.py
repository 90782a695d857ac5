"""Branches: the tree with its figures, the managers of each, and the figures of one round by branch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import branches as trees
from challenge.accounts import invitations, organizations, people, queries
from challenge.accounts.models import Organization
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.reports import branches as reports
from challenge.reports.branches import BranchLine
from challenge.requirements import branching
from challenge.requirements import queries as requirements
from challenge.rounds import steps
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, NotAllowed, NotFound
from challenge.rules.permissions import Action, Subject, require
from challenge.web import forms, invited, words
from challenge.web.account.forms import AddressForm
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.places import region_name
from challenge.web.tables import as_csv

ROUTES: dict[str, dict[str, Action]] = {
    "branches": {"GET": Action.BRANCH_READ},
    "branches_csv": {"GET": Action.BRANCH_READ},
    "managers": {"GET": Action.MANAGER_APPOINT, "POST": Action.MANAGER_APPOINT},
    "manager_dismiss": {"POST": Action.MANAGER_APPOINT},
    "manager_invitation": {"POST": Action.MANAGER_APPOINT},
    "round_branches": {"GET": Action.ROUND_CONTROL, "POST": Action.ROUND_EDIT},
    "round_branches_csv": {"GET": Action.ROUND_CONTROL},
    "choose_branch": {"POST": Action.REQUIREMENT_BRANCH},
}
ROLE, SCOPE = "manager", "organization"


@blueprint.get("/branches")
def branches() -> ResponseReturnValue:
    """What I manage, as a tree: the figures of each branch, and of all its branches together."""
    lines = _mine()
    addresses = {line.branch.id: url_for("organize.branch", ref=line.branch.ref) for line in lines}
    return render_template("organize/branches.html", lines=lines, addresses=addresses)


@blueprint.get("/branches.csv")
def branches_csv() -> Response:
    """The same as a table."""
    return as_csv("branches.csv", _table(_mine()))


def _mine() -> Sequence[BranchLine]:
    """The lines of all that I manage; whoever manages nothing has no such page."""
    roots = trees.roots_of(db.session, actor())
    actor().asked.add(Action.BRANCH_READ)
    if not roots and not actor().admin:
        raise NotAllowed(action=Action.BRANCH_READ.value)
    known = trees.tree(db.session, roots)
    for each in known:
        require(actor(), Action.BRANCH_READ, Subject(kind="organization", host_id=each.id))
    return reports.lines(db.session, known)


def _table(lines: Iterable[BranchLine]) -> Iterator[Sequence[object]]:
    own = (_("Needs collected"), _("Needs published"), _("Solutions"), _("Awards"))
    whole = [_("%(figure)s, with all below", figure=name) for name in own]
    yield (_("Branch"), _("Region"), _("Depth"), *own, *whole)
    for line in lines:
        of, sums = line.own, line.whole
        yield (
            *(i18n.organization_name(line.branch), region_name(line.branch.region)),
            line.branch.level,
            *(of.collected, of.published, of.solutions, of.awards),
            *(sums.collected, sums.published, sums.solutions, sums.awards),
        )


@blueprint.route("/branches/<ref>/managers", methods=["GET", "POST"])
def managers(ref: str) -> ResponseReturnValue:
    """Who manages an organization and its branches; a post appoints one more."""
    found = _enter(ref)
    form = AddressForm()
    if form.validate_on_submit():
        address = form.email.data or ""
        try:
            with writing() as session:
                person = people.appoint_manager(session, actor(), email=address, organization_id=found.id)
        except Invalid as refusal:
            forms.show(form, refusal)
            found = _enter(ref)
        else:
            said = _("%(address)s is a manager now.") if person else _("Invitation sent to %(address)s.")
            flash(said % {"address": address})
            return redirect(url_for("organize.managers", ref=ref))
    page = render_template(
        "organize/branch_managers.html",
        organization=found,
        form=form,
        managers=queries.holders_of(db.session, ROLE, SCOPE, found.id),
        waiting=invitations.of_thing(db.session, ROLE, SCOPE, found.id),
        at=page_now(),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/branches/<ref>/managers/<int:number>/dismiss")
def manager_dismiss(ref: str, number: int) -> ResponseReturnValue:
    """Take the role away; managers of an organization above keep theirs."""
    found = _enter(ref)
    with writing() as session:
        people.dismiss_manager(session, actor(), user_id=number, organization_id=found.id)
    flash(_("Removed."))
    return redirect(url_for("organize.managers", ref=ref))


@blueprint.post("/branches/<ref>/invitations/<int:number>/<any(again, revoke):verb>")
def manager_invitation(ref: str, number: int, verb: str) -> ResponseReturnValue:
    """Mail an invitation once more, or take it back."""
    found = _enter(ref)
    invited.act(number, verb, ROLE, SCOPE, found.id, organizations.subject_of(found))
    return redirect(url_for("organize.managers", ref=ref))


def _enter(ref: str) -> Organization:
    found = organizations.by_ref(db.session, ref)
    require(actor(), Action.MANAGER_APPOINT, organizations.subject_of(found))
    return found


@blueprint.route("/rounds/<slug>/branches", methods=["GET", "POST"])
def round_branches(slug: str) -> ResponseReturnValue:
    """The figures of a round by branch of its host; a post says in how many steps it screens."""
    if request.method == "POST":
        round_ = enter(slug, Action.ROUND_EDIT)
        with writing() as session:
            steps.set_steps(session, actor(), round_.id, 2 if request.form.get("steps") == "2" else 1)
        flash(_("Saved."))
        return redirect(url_for("organize.round_branches", slug=slug))
    round_ = enter(slug, Action.ROUND_CONTROL)
    lines = _of_round(round_)
    refs = {line.branch.id: line.branch.ref for line in lines if line.branch.id != round_.programme.host_id}
    addresses = {
        each: url_for("organize.screening", slug=slug, branch=branch_ref) for each, branch_ref in refs.items()
    }
    return draw(
        "organize/round_branches.html", round_, here="round_branches", lines=lines, addresses=addresses
    )


@blueprint.get("/rounds/<slug>/branches.csv")
def round_branches_csv(slug: str) -> Response:
    """The same figures as a table."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    return as_csv(f"branches-{round_.slug}.csv", _table(_of_round(round_)))


def _of_round(round_: Round) -> Sequence[BranchLine]:
    known = trees.tree(db.session, [round_.programme.host_id])
    return reports.lines(db.session, known, round_.id)


@blueprint.post("/rounds/<slug>/requirements/<ref>/branch")
def choose_branch(slug: str, ref: str) -> ResponseReturnValue:
    """Give a requirement to another branch, or to the centre alone."""
    if requirements.slug_of(db.session, ref) != slug:
        raise NotFound
    try:
        with writing() as session:
            branching.choose(session, actor(), ref, request.form.get("branch", ""))
    except Invalid as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Saved."))
    return redirect(url_for("organize.screen", slug=slug, ref=ref))
