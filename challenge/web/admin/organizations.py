"""Organizations, and who organizes competitions for them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from challenge.accounts import branches, invitations, organizations, people, queries
from challenge.accounts.models import Organization
from challenge.accounts.queries import OrganizationRow
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, can, require
from challenge.web import forms, invited, listing, words
from challenge.web.account.forms import AddressForm, OrganizationForm
from challenge.web.account.organizations import said
from challenge.web.admin.room import blueprint
from challenge.web.context import page_now
from challenge.web.listing import Column, List

ROUTES: dict[str, dict[str, Action]] = {
    "organizations": {"GET": Action.USER_MANAGE},
    "new_organization": {"GET": Action.USER_MANAGE, "POST": Action.USER_MANAGE},
    "organization": {"GET": Action.ORGANIZER_APPOINT, "POST": Action.ORGANIZER_APPOINT},
    "place_organization": {"POST": Action.ORGANIZATION_PLACE},
    "dismiss": {"POST": Action.ORGANIZER_APPOINT},
    "organizer_invitation": {"POST": Action.ORGANIZER_APPOINT},
}
PAGE = 50
ROLE, SCOPE = "organizer", "organization"


@blueprint.get("/organizations", endpoint="organizations")
def list_organizations() -> ResponseReturnValue:
    """Every organization, newest first."""
    require(actor(), Action.USER_MANAGE)
    text = request.args.get("q", "").strip()
    if form := listing.asked():
        return listing.file(form, _list(text))
    after = request.args.get("after", type=int)
    rows = queries.organizations(db.session, text, after, PAGE + 1)
    older = rows[PAGE - 1].id if len(rows) > PAGE else None
    return render_template(
        "admin/organizations.html", organizations=rows[:PAGE], older=older, text=text, after=after
    )


COLUMNS: tuple[Column[OrganizationRow], ...] = (
    Column("ref", _l("Reference"), lambda row: row.ref),
    Column("name", _l("Name"), lambda row: row.name),
    Column("name_en", _l("Name in English"), lambda row: row.name_en),
    Column("kind", _l("Kind"), lambda row: row.kind),
    Column("region", _l("Region"), lambda row: row.region),
    Column("registration_code", _l("Registration code"), lambda row: row.registration_code),
    Column("members", _l("Members"), lambda row: row.members),
)


def _list(text: str) -> List[OrganizationRow]:
    """Every organization that the page would show, page after page."""
    return List(
        name="organizations",
        columns=COLUMNS,
        batch=lambda session, after, limit: queries.organizations(session, text, after, limit),
        after=lambda row: row.id,
    )


@blueprint.route("/organizations/new", methods=["GET", "POST"])
def new_organization() -> ResponseReturnValue:
    """Register an organization that is to host competitions."""
    require(actor(), Action.USER_MANAGE)
    form = OrganizationForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                made = organizations.create(session, actor(), said(form), speaks=False)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Organization registered."))
            return redirect(url_for("admin.organization", ref=made.ref))
    page = render_template("admin/new_organization.html", form=form)
    return page, 422 if form.errors else 200


@blueprint.route("/organizations/<ref>", methods=["GET", "POST"])
def organization(ref: str) -> ResponseReturnValue:
    """One organization: its organizers and representatives; a post appoints an organizer."""
    found = _enter(ref)
    form = AddressForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                person = people.appoint_organizer(
                    session,
                    actor(),
                    email=form.email.data or "",
                    scope=SCOPE,
                    scope_id=found.id,
                    subject=organizations.subject_of(found),
                )
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            address = form.email.data
            flash(
                _("%(address)s is an organizer now.", address=address)
                if person
                else _("Invitation sent to %(address)s.", address=address)
            )
            return redirect(url_for("admin.organization", ref=ref))
    page = render_template(
        "admin/organization.html",
        organization=found,
        **_place_of(found),
        form=form,
        organizers=queries.organizers_of(db.session, SCOPE, found.id),
        members=queries.members_of(db.session, found.id),
        waiting=invitations.of_thing(db.session, ROLE, SCOPE, found.id),
        at=page_now(),
    )
    return page, 422 if form.errors else 200


def _place_of(found: Organization) -> dict[str, object]:
    """What it is a branch of, its own branches, and whether the reader may say so or name its managers."""
    subject = organizations.subject_of(found)
    above = organizations.by_id(db.session, found.parent_id) if found.parent_id is not None else None
    return {
        "above": above,
        "branches": branches.branches_of(db.session, found.id),
        "places": can(actor(), Action.ORGANIZATION_PLACE, subject),
        "appoints_managers": can(actor(), Action.MANAGER_APPOINT, subject),
    }


@blueprint.post("/organizations/<ref>/place")
def place_organization(ref: str) -> ResponseReturnValue:
    """Make it a branch of the organization that is named, or of none."""
    found = organizations.by_ref(db.session, ref)
    named = request.form.get("parent", "").strip()
    try:
        with writing() as session:
            parent_id = queries.organization_named(session, named) if named else None
            if named and parent_id is None:
                raise Invalid("parent", "organization_unknown")
            parent = organizations.by_id(session, parent_id) if parent_id is not None else None
            branches.place(session, actor(), found, parent)
    except Invalid as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Saved."))
    return redirect(url_for("admin.organization", ref=ref))


@blueprint.post("/organizations/<ref>/organizers/<int:number>/dismiss")
def dismiss(ref: str, number: int) -> ResponseReturnValue:
    """Take the role of an organizer away."""
    found = _enter(ref)
    with writing() as session:
        people.dismiss_organizer(
            session,
            actor(),
            user_id=number,
            scope=SCOPE,
            scope_id=found.id,
            subject=organizations.subject_of(found),
        )
    flash(_("Removed."))
    return redirect(url_for("admin.organization", ref=ref))


@blueprint.post("/organizations/<ref>/invitations/<int:number>/<any(again, revoke):verb>")
def organizer_invitation(ref: str, number: int, verb: str) -> ResponseReturnValue:
    """Mail an invitation once more, or take it back."""
    found = _enter(ref)
    invited.act(number, verb, ROLE, SCOPE, found.id, organizations.subject_of(found))
    return redirect(url_for("admin.organization", ref=ref))


def _enter(ref: str) -> Organization:
    found = organizations.by_ref(db.session, ref)
    require(actor(), Action.ORGANIZER_APPOINT, organizations.subject_of(found))
    return found
