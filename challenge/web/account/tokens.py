"""Tokens of programs: my own, and those of an organization that I speak for. A new one is shown once."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.accounts import api_tokens, organizations
from challenge.accounts.api_tokens import DAYS, LONGEST_NAME, Wanted
from challenge.accounts.models import Organization
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.rules.scopes import FOR_ORGANIZATIONS, scopes
from challenge.web import forms
from challenge.web.account.room import blueprint
from challenge.web.api_words import AREAS, DAY_WORDS, SCOPE_WORDS
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {
    "tokens": {"GET": Action.TOKEN_MAKE, "POST": Action.TOKEN_MAKE},
    "organization_tokens": {"GET": Action.TOKEN_MAKE, "POST": Action.TOKEN_MAKE},
    "revoke_token": {"POST": Action.TOKEN_REVOKE},
}
SHOWN_ONCE = "token_made"


class TokenForm(FlaskForm):
    """A new token."""

    name = StringField(
        _l("What the token is for"), render_kw={"maxlength": LONGEST_NAME, "autocomplete": "off"}
    )
    scopes = SelectMultipleField(
        _l("What it may do"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    days = SelectField(_l("Valid for"), default="90", validate_choice=False)

    def __init__(self, known: list[str], **more: Any) -> None:
        super().__init__(**more)
        self.scopes.choices = [(each, scope_words(each)) for each in known]
        self.days.choices = [(str(days), str(DAY_WORDS[days])) for days in DAYS]

    def wanted(self) -> Wanted:
        """What was asked for."""
        days = str(self.days.data or "")
        return Wanted(self.name.data or "", self.scopes.data or (), int(days[:6]) if days.isdecimal() else 0)


def scope_words(scope: str) -> str:
    """A scope in words: the area, and whether it is read or written."""
    area, _colon, verb = scope.partition(":")
    return f"{AREAS[area]}: {SCOPE_WORDS[verb]}"


@blueprint.route("/profile/tokens", methods=["GET", "POST"])
def tokens() -> ResponseReturnValue:
    """My own tokens."""
    require(actor(), Action.ACCOUNT_USE)
    require(actor(), Action.TOKEN_MAKE, api_tokens.subject_of(actor().user_id, None))
    return _page(None)


@blueprint.route("/organizations/<ref>/tokens", methods=["GET", "POST"])
def organization_tokens(ref: str) -> ResponseReturnValue:
    """Tokens of an organization: what they do is done as one of its representatives."""
    require(actor(), Action.ACCOUNT_USE)
    found = organizations.by_ref(db.session, ref)
    require(actor(), Action.TOKEN_MAKE, api_tokens.subject_of(None, found.id))
    return _page(found)


@blueprint.post("/profile/tokens/<ref>/revoke")
def revoke_token(ref: str) -> ResponseReturnValue:
    """Take a token back."""
    with writing() as transaction:
        token = api_tokens.revoke(transaction, actor(), ref)
    flash(_("Taken back. It opens nothing any more."))
    if token.organization_id is None:
        return redirect(url_for("account.tokens"))
    theirs = organizations.by_id(db.session, token.organization_id)
    return redirect(url_for("account.organization_tokens", ref=theirs.ref))


def _page(organization: Organization | None) -> ResponseReturnValue:
    known = scopes(FOR_ORGANIZATIONS) if organization else scopes()
    of = organization.id if organization else None
    here = (
        url_for("account.organization_tokens", ref=organization.ref)
        if organization
        else url_for("account.tokens")
    )
    form = TokenForm(known)
    if form.validate_on_submit():
        try:
            with writing() as transaction:
                made = api_tokens.make(transaction, actor(), form.wanted(), known, of)
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            session[SHOWN_ONCE] = {"here": here, "secret": made.secret}
            return redirect(here)
    shown = session.pop(SHOWN_ONCE, None)
    page = render_template(
        "account/tokens.html",
        form=form,
        organization=organization,
        tokens=api_tokens.of(db.session, actor().user_id, of),
        made=shown["secret"] if shown and shown.get("here") == here else None,
        at=page_now(),
        scope_words=scope_words,
    )
    return page, 422 if form.errors else 200
