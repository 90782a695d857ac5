"""The catalogue written: a new service, changes, offered and retired."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.accounts import organizations
from challenge.accounts import queries as people
from challenge.accounts.models import Organization
from challenge.base.db import db, writing
from challenge.base.ids import new_ref
from challenge.base.session import actor
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Subject, can, require
from challenge.rules.services import QUIET_DAYS
from challenge.services import catalogue, facts
from challenge.services.models import Service
from challenge.web import forms
from challenge.web.services.forms import TEXTS, ServiceForm
from challenge.web.services.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "new": {"GET": Action.SERVICE_CREATE, "POST": Action.SERVICE_CREATE},
    "edit": {"GET": Action.SERVICE_EDIT, "POST": Action.SERVICE_EDIT},
    "offer": {"POST": Action.SERVICE_EDIT},
    "retire": {"POST": Action.SERVICE_EDIT},
}


@blueprint.route("/of/<ref>/new", methods=["GET", "POST"])
def new(ref: str) -> ResponseReturnValue:
    """A new service of an organization."""
    centre = organizations.by_ref(db.session, ref)
    require(actor(), Action.SERVICE_CREATE, Subject(kind="service", host_id=centre.id))
    form = ServiceForm()
    if request.method == "GET":
        form.ref.data, form.quiet_days.data = new_ref(), QUIET_DAYS
        return _page(form, centre)
    try:
        with writing() as session:
            provider = _provider(session, form, centre)
            made = catalogue.create(
                session, actor(), centre.id, form.written(), provider, ref=form.ref.data or None
            )
            if request.form.get("next") == "offer":
                catalogue.offer(session, actor(), made.ref)
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return _page(form, organizations.by_ref(db.session, ref))
    flash(_("Saved."))
    return redirect(url_for("services.service", ref=made.ref))


@blueprint.route("/<ref>/edit", methods=["GET", "POST"])
def edit(ref: str) -> ResponseReturnValue:
    """Change what is written about a service."""
    service = facts.service_by_ref(db.session, ref)
    require(actor(), Action.SERVICE_EDIT, facts.service_subject(service))
    if request.method == "GET":
        return _page(_filled(service), service.centre, service)
    form = ServiceForm()
    try:
        with writing() as session:
            provider = _provider(session, form, service.centre) if "provider" in request.form else None
            catalogue.edit(session, actor(), ref, form.written(), provider, forms.seen(form))
    except (Invalid, InvalidMany, WrongState) as refusal:
        forms.show(form, refusal)
        service = facts.service_by_ref(db.session, ref)
        return _page(form, service.centre, service)
    flash(_("Saved."))
    return redirect(url_for("services.service", ref=ref))


@blueprint.post("/<ref>/offer")
def offer(ref: str) -> ResponseReturnValue:
    """Put it into the catalogue."""
    with writing() as session:
        catalogue.offer(session, actor(), ref)
    flash(_("It is in the catalogue now."))
    return redirect(url_for("services.service", ref=ref))


@blueprint.post("/<ref>/retire")
def retire(ref: str) -> ResponseReturnValue:
    """Take it out of the catalogue."""
    with writing() as session:
        catalogue.retire(session, actor(), ref)
    flash(_("Taken out of the catalogue. What was asked for goes on."))
    return redirect(url_for("services.service", ref=ref))


def _filled(service: Service) -> ServiceForm:
    written = catalogue.read(service)
    same = service.provider_id == service.centre_id
    values = {
        **{name: getattr(written, name) for name in (*TEXTS, "kind", "quiet_days")},
        "provider": "" if same else service.provider.name,
        "seen": service.updated_at.isoformat(),
    }
    return ServiceForm(formdata=None, data=values)


def _provider(session: Session, form: ServiceForm, centre: Organization) -> int:
    """Who was named; the centre itself where nobody was."""
    name = (form.provider.data or "").strip()
    if not name:
        return centre.id
    found = people.organization_named(session, name)
    if found is None:
        raise Invalid("provider", "no_organizations", names=name)
    return found


def _page(form: ServiceForm, centre: Organization, service: Service | None = None) -> ResponseReturnValue:
    names_provider = can(actor(), Action.SERVICE_CREATE, Subject(kind="service", host_id=centre.id))
    page = render_template(
        "services/edit.html", form=form, centre=centre, service=service, names_provider=names_provider
    )
    return page, 422 if form.errors or form.form_errors else 200
