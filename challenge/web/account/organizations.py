"""The organizations I belong to, and the people who may speak for them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import invitations, organizations, people, queries
from challenge.accounts.models import Organization
from challenge.accounts.organizations import Facts
from challenge.base.db import db, writing
from challenge.base.session import actor, forget_actor
from challenge.judging import blindness
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, require
from challenge.web import forms, invited
from challenge.web.account.forms import AddressForm, AliasesForm, OrganizationForm
from challenge.web.account.room import blueprint
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {
    "organizations": {"GET": Action.ACCOUNT_USE},
    "new_organization": {"GET": Action.ORGANIZATION_CREATE, "POST": Action.ORGANIZATION_CREATE},
    "organization": {"GET": Action.ORGANIZATION_EDIT, "POST": Action.ORGANIZATION_EDIT},
    "organization_aliases": {"POST": Action.ORGANIZATION_EDIT},
    "invite_representative": {"POST": Action.ORGANIZATION_EDIT},
    "remove_member": {"POST": Action.ORGANIZATION_EDIT},
    "representative_invitation": {"POST": Action.ORGANIZATION_EDIT},
}


@blueprint.get("/organizations", endpoint="organizations")
def list_mine() -> ResponseReturnValue:
    """My organizations."""
    require(actor(), Action.ACCOUNT_USE)
    seats = queries.seats_of(db.session, actor().user_id or 0)
    return render_template("account/organizations.html", seats=seats)


@blueprint.route("/organizations/new", methods=["GET", "POST"])
def new_organization() -> ResponseReturnValue:
    """Register an organization and speak for it."""
    require(actor(), Action.ORGANIZATION_CREATE)
    form = OrganizationForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                made = organizations.create(session, actor(), said(form))
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            forget_actor()
            flash(_("Organization registered. You may speak for it."))
            return redirect(url_for("account.organization", ref=made.ref))
    page = render_template("account/new_organization.html", form=form)
    return page, 422 if form.errors else 200


@blueprint.route("/organizations/<ref>", methods=["GET", "POST"])
def organization(ref: str) -> ResponseReturnValue:
    """One organization: what is written about it, and who may speak for it."""
    found = _mine(ref)
    form = OrganizationForm(obj=found)
    if form.validate_on_submit():
        try:
            with writing() as session:
                organizations.edit(session, actor(), found, said(form))
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Saved."))
            return redirect(url_for("account.organization", ref=ref))
    return _page(ref, form, AddressForm(formdata=None))


@blueprint.post("/organizations/<ref>/aliases")
def organization_aliases(ref: str) -> ResponseReturnValue:
    """Other names of the organization."""
    found = _mine(ref)
    form = AliasesForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                names = (form.aliases.data or "").splitlines()
                blind = blindness.judges_blind(session, actor().user_id)
                organizations.set_aliases(session, actor(), found, names, judges_blind=blind)
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Saved."))
            return redirect(url_for("account.organization", ref=ref))
    return _page(ref, OrganizationForm(formdata=None, obj=found), AddressForm(formdata=None), form)


@blueprint.post("/organizations/<ref>/representatives")
def invite_representative(ref: str) -> ResponseReturnValue:
    """Invite somebody to speak for the organization."""
    found = _mine(ref)
    form = AddressForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                invitations.create(
                    session,
                    actor(),
                    email=form.email.data or "",
                    role="representative",
                    scope="organization",
                    scope_id=found.id,
                    subject=organizations.subject_of(found),
                )
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Invitation sent to %(address)s.", address=form.email.data))
            return redirect(url_for("account.organization", ref=ref))
    return _page(ref, OrganizationForm(formdata=None, obj=found), form)


@blueprint.post("/organizations/<ref>/invitations/<int:number>/<any(again, revoke):verb>")
def representative_invitation(ref: str, number: int, verb: str) -> ResponseReturnValue:
    """Mail an invitation once more, or take it back."""
    found = _mine(ref)
    subject = organizations.subject_of(found)
    invited.act(number, verb, "representative", "organization", found.id, subject)
    return redirect(url_for("account.organization", ref=ref))


@blueprint.post("/organizations/<ref>/members/<person>/remove")
def remove_member(ref: str, person: str) -> ResponseReturnValue:
    """End a membership."""
    found = _mine(ref)
    member = people.by_ref(db.session, person)
    with writing() as session:
        organizations.remove_member(session, actor(), found, member.id)
    if member.id == actor().user_id:
        forget_actor()
        return redirect(url_for("account.organizations"))
    flash(_("Removed."))
    return redirect(url_for("account.organization", ref=ref))


def _mine(ref: str) -> Organization:
    found = organizations.by_ref(db.session, ref)
    require(actor(), Action.ORGANIZATION_EDIT, organizations.subject_of(found))
    return found


def said(form: OrganizationForm) -> Facts:
    """What the form says about an organization."""
    return Facts(
        name=form.name.data or "",
        name_en=form.name_en.data,
        kind=form.kind.data,
        region=form.region.data,
        registration_code=form.registration_code.data,
        profile=form.profile.data or "",
        legal_representative=form.legal_representative.data or "",
    )


def _page(
    ref: str, form: OrganizationForm, invite: AddressForm, aliases: AliasesForm | None = None
) -> ResponseReturnValue:
    found = organizations.by_ref(db.session, ref)
    if aliases is None:
        aliases = AliasesForm(formdata=None)
        known = organizations.aliases_of(db.session, found.id)
        aliases.aliases.data = "\n".join(each.name for each in known)
    page = render_template(
        "account/organization.html",
        organization=found,
        form=form,
        invite=invite,
        aliases=aliases,
        members=queries.members_of(db.session, found.id),
        waiting=invitations.of_thing(db.session, "representative", "organization", found.id),
        at=page_now(),
    )
    return page, 422 if form.errors or invite.errors or aliases.errors else 200
