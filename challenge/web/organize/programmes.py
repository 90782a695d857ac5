"""Programmes: started for an organization, and what is written about them."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import programmes
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed
from challenge.rules.permissions import Action, Subject, require
from challenge.web import forms
from challenge.web.organize.forms import ProgrammeForm, programme_data
from challenge.web.organize.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "programme_new": {"GET": Action.PROGRAMME_CREATE, "POST": Action.PROGRAMME_CREATE},
    "programme": {"GET": Action.PROGRAMME_EDIT, "POST": Action.PROGRAMME_EDIT},
}


@blueprint.route("/programmes/new", methods=["GET", "POST"])
def programme_new() -> ResponseReturnValue:
    """Start a programme for an organization of which I am an organizer."""
    hosts = programmes.possible_hosts(db.session, actor())
    if not hosts:
        actor().asked.add(Action.PROGRAMME_CREATE)
        raise NotAllowed(action=Action.PROGRAMME_CREATE.value)
    require(actor(), Action.PROGRAMME_CREATE, Subject(kind="organization", host_id=hosts[0].id))
    form = ProgrammeForm(hosts=[(host.ref, i18n.organization_name(host)) for host in hosts])
    if form.validate_on_submit():
        host = next((each for each in hosts if each.ref == form.host.data), None) or abort(404)
        try:
            with writing() as session:
                programme = programmes.create(session, actor(), host.id, form.facts())
                slug = programme.slug
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("The programme is there. Add its first round."))
            return redirect(url_for("organize.first_round", slug=slug))
    page = render_template("organize/programme.html", form=form, programme=None)
    return page, 422 if form.errors else 200


@blueprint.route("/programmes/<slug>", methods=["GET", "POST"])
def programme(slug: str) -> ResponseReturnValue:
    """Change what is written about a programme."""
    programme = programmes.by_slug(db.session, slug)
    require(actor(), Action.PROGRAMME_EDIT, programmes.subject_of(programme))
    form = ProgrammeForm(data=programme_data(programme), obj=programme)
    if form.validate_on_submit():
        try:
            with writing() as session:
                programmes.edit(session, actor(), programme, form.facts())
                slug = programme.slug
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            programme = programmes.by_slug(db.session, slug)
        else:
            flash(_("Saved."))
            return redirect(url_for("organize.programme", slug=slug))
    page = render_template("organize/programme.html", form=form, programme=programme)
    return page, 422 if form.errors else 200
