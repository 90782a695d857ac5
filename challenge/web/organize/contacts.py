"""Contact lists of a programme, and who brokers for it."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.distribution import caring, contacts
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, can
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "contacts": {"GET": Action.CONTACTS_EDIT, "POST": Action.CONTACTS_EDIT},
    "remove_contacts": {"POST": Action.CONTACTS_EDIT},
}


class ListForm(FlaskForm):
    """A list, and why its addresses may be written to."""

    name = StringField(_l("Name of the list"), render_kw={"maxlength": contacts.NAME_LENGTH})
    consent = TextAreaField(
        _l("Why they may be written to"),
        description=_l("Where and when they agreed, or what else allows it. It stays with the list."),
        render_kw={"rows": 2, "maxlength": contacts.CONSENT_LENGTH},
    )
    lines = TextAreaField(
        _l("Addresses"),
        description=_l("One a line: name@example.org, or Name <name@example.org>, +86 139 1234 5678, en"),
        render_kw={"rows": 6},
    )


@blueprint.route("/rounds/<slug>/contacts", methods=["GET", "POST"], endpoint="contacts")
def contacts_page(slug: str) -> ResponseReturnValue:
    """The lists; a post makes one, or adds to one of one's own."""
    round_ = enter(slug, Action.CONTACTS_EDIT)
    form = ListForm()
    if form.is_submitted():
        try:
            with writing() as session:
                texts = (form[name].data or "" for name in ("name", "consent", "lines"))
                contacts.create(session, actor(), round_.programme, *texts)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.CONTACTS_EDIT)
        else:
            flash(_("The list is there."))
            return redirect(url_for("organize.contacts", slug=slug))
    page = draw(
        "organize/contacts.html",
        round_,
        here="contacts",
        form=form,
        lists=contacts.lists(db.session, round_.programme_id),
        brokers=caring.brokers(db.session, round_.programme),
        appoints=can(actor(), Action.BROKER_APPOINT, rounds.subject_of(round_, page_now())),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/rounds/<slug>/contacts/<ref>/remove")
def remove_contacts(slug: str, ref: str) -> ResponseReturnValue:
    """Take a list away."""
    round_ = enter(slug, Action.CONTACTS_EDIT)
    with writing() as session:
        contacts.remove(session, actor(), round_.programme, ref)
    flash(_("Removed."))
    return redirect(url_for("organize.contacts", slug=slug))
