"""Webhooks: the list with a form, one with its log, one delivery with its tries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.accounts import organizations
from challenge.accounts.models import Organization
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.messages import webhook_reads, webhooks
from challenge.messages.webhook_models import Webhook
from challenge.messages.webhooks import Place, Wish
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action
from challenge.rules.webhooks import EVENTS, NAME_LENGTH, URL_LENGTH
from challenge.web import forms, hook_words
from challenge.web import listing as files
from challenge.web.hooks.room import blueprint
from challenge.web.public.lists import number_key

ROUTES: dict[str, dict[str, Action]] = {
    "listed": {"GET": Action.WEBHOOK_EDIT, "POST": Action.WEBHOOK_EDIT},
    "one": {"GET": Action.WEBHOOK_EDIT, "POST": Action.WEBHOOK_EDIT},
    "act": {"POST": Action.WEBHOOK_EDIT},
    "delivery": {"GET": Action.WEBHOOK_EDIT},
    "again": {"POST": Action.WEBHOOK_EDIT},
}
PLACE = "/<any(programme, organization):kind>/<address>"
PAGE = 50
COLUMNS = files.columns("ref event state created_at ended_at tries", tries=lambda row: len(row.tries))
_SHOWN_ONCE = "webhook_secret"  # nosec B105 - the name of a mark, in the reader's own cookie


class WebhookForm(FlaskForm):
    """Where to, and about what."""

    name = StringField(_l("Name of the webhook"), render_kw={"maxlength": NAME_LENGTH})
    url = StringField(_l("Address"), render_kw={"maxlength": URL_LENGTH, "inputmode": "url"})
    events = SelectMultipleField(
        _l("Events"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def __init__(self, place: Place, **given: Any) -> None:
        super().__init__(**given)
        self.events.choices = [(each, str(hook_words.EVENTS[each])) for each in EVENTS[place.kind]]

    def wish(self) -> Wish:
        """What was typed."""
        return Wish(self.name.data or "", self.url.data or "", self.events.data or [])


@blueprint.route(PLACE, methods=["GET", "POST"])
def listed(kind: str, address: str) -> ResponseReturnValue:
    """All webhooks of a place; a post adds one."""
    owner, place = _enter(kind, address)
    form = WebhookForm(place)
    if form.validate_on_submit():
        try:
            with writing() as session:
                ref = webhooks.create(session, actor(), place, form.wish()).ref
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            owner, place = _enter(kind, address)
        else:
            cookie[_SHOWN_ONCE] = ref
            flash(_("The webhook is there. Copy its secret now: it is shown once."))
            return redirect(url_for("hooks.one", kind=kind, address=address, ref=ref))
    rows = webhook_reads.of_place(db.session, place)
    page = _draw("hooks/list.html", kind, address, owner, rows=rows, form=form)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.route(PLACE + "/<ref>", methods=["GET", "POST"])
def one(kind: str, address: str, ref: str) -> ResponseReturnValue:
    """One webhook: what it is, and its log; a post changes what it is."""
    owner, place = _enter(kind, address)
    hook = webhooks.by_ref(db.session, place, ref)
    file = files.taken(
        f"deliveries-{ref}",
        COLUMNS,
        lambda session, after, limit: webhook_reads.deliveries(session, hook, after, limit),
    )
    if file is not None:
        return file
    form = WebhookForm(place, obj=hook)
    if form.validate_on_submit():
        try:
            with writing() as session:
                webhooks.edit(session, actor(), place, ref, form.wish())
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            owner, place = _enter(kind, address)
            hook = webhooks.by_ref(db.session, place, ref)
        else:
            flash(_("Saved."))
            return _back(kind, address, ref)
    before = number_key(request.args.get("before"))
    found = webhook_reads.deliveries(db.session, hook, before, PAGE + 1)
    page = _draw(
        "hooks/one.html",
        kind,
        address,
        owner,
        hook=hook,
        form=form,
        deliveries=found[:PAGE],
        older=found[PAGE - 1].id if found[PAGE:] else None,
        secret=_once(hook),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _once(hook: Webhook) -> str | None:
    """The secret, where this reader has just made it: the mark is in their own cookie, and goes."""
    if cookie.get(_SHOWN_ONCE) != hook.ref:
        return None
    del cookie[_SHOWN_ONCE]
    return webhooks.secrets_of(hook, [hook.salt])[0]


def _pinged(session: Session, place: Place, ref: str) -> None:
    webhooks.ping(session, actor(), place, ref)


def _rotated(session: Session, place: Place, ref: str) -> None:
    webhooks.rotate(session, actor(), place, ref)


def _paused(session: Session, place: Place, ref: str) -> None:
    webhooks.switch(session, actor(), place, ref, on=False)


def _resumed(session: Session, place: Place, ref: str) -> None:
    webhooks.switch(session, actor(), place, ref, on=True)


def _removed(session: Session, place: Place, ref: str) -> None:
    webhooks.remove(session, actor(), place, ref)


VERBS: Mapping[str, tuple[Callable[[Session, Place, str], None], Any]] = {
    "ping": (_pinged, _l("A trial is on its way. Reload this page in a moment to see what came back.")),
    "rotate": (
        _rotated,
        _l("Copy the new secret now: it is shown once. The old one still signs for 24 hours."),
    ),
    "pause": (_paused, _l("Paused: what happens from now on is not sent.")),
    "resume": (_resumed, _l("Switched on.")),
    "remove": (_removed, _l("Removed.")),
}


@blueprint.post(PLACE + "/<ref>/<any(ping, rotate, pause, resume, remove):verb>")
def act(kind: str, address: str, ref: str, verb: str) -> ResponseReturnValue:
    """Try it out, change its secret, pause it, switch it on, or take it away."""
    _owner, place = _enter(kind, address)
    do, said = VERBS[verb]
    with writing() as session:
        do(session, place, ref)
    flash(str(said))
    if verb == "remove":
        return redirect(url_for("hooks.listed", kind=kind, address=address))
    if verb == "rotate":
        cookie[_SHOWN_ONCE] = ref
    return _back(kind, address, ref)


@blueprint.get(PLACE + "/<ref>/deliveries/<name>")
def delivery(kind: str, address: str, ref: str, name: str) -> ResponseReturnValue:
    """One delivery: what was sent, and what came back at each try."""
    owner, place = _enter(kind, address)
    hook = webhooks.by_ref(db.session, place, ref)
    found = webhooks.delivery_of(db.session, hook, name)
    return _draw("hooks/delivery.html", kind, address, owner, hook=hook, delivery=found)


@blueprint.post(PLACE + "/<ref>/deliveries/<name>/again")
def again(kind: str, address: str, ref: str, name: str) -> ResponseReturnValue:
    """Send it once more."""
    _owner, place = _enter(kind, address)
    with writing() as session:
        webhooks.send_again(session, actor(), place, ref, name)
    flash(_("It is on its way once more."))
    return redirect(url_for("hooks.delivery", kind=kind, address=address, ref=ref, name=name))


def _enter(kind: str, address: str) -> tuple[Programme | Organization, Place]:
    owner: Programme | Organization
    if kind == "programme":
        owner = programmes.by_slug(db.session, address)
        place = webhooks.of_programme(owner)
    else:
        owner = organizations.by_ref(db.session, address)
        place = webhooks.of_organization(owner)
    webhooks.permit(actor(), place)
    return owner, place


def _back(kind: str, address: str, ref: str) -> ResponseReturnValue:
    return redirect(url_for("hooks.one", kind=kind, address=address, ref=ref))


def _draw(template: str, kind: str, address: str, owner: Programme | Organization, **values: Any) -> str:
    title: str
    hue: int | None
    if isinstance(owner, Programme):
        home, title, hue = url_for("organize.programme", slug=owner.slug), i18n.t(owner, "title"), owner.hue
    else:
        home, title, hue = url_for("account.organization", ref=owner.ref), i18n.organization_name(owner), None
    where = {"kind": kind, "address": address}
    frame = {"where": where, "home": home, "owner_title": title, "hue": hue, "words": hook_words}
    return render_template(template, **frame, **values)
