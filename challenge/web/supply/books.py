"""Achievements as workbooks: take a template out, bring a filled one back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, SelectField

from challenge.accounts import queries as people
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.supply import books, reads
from challenge.supply.achievements import Owner
from challenge.supply.books import Wishes
from challenge.web import forms, uploads, words
from challenge.web.supply.mine import MYSELF
from challenge.web.supply.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "books": {"GET": Action.ACCOUNT_USE},
    "ask_book": {"POST": Action.ACHIEVEMENT_CREATE},
    "take_book": {"POST": Action.ACHIEVEMENT_CREATE},
    "book_file": {"GET": Action.ACCOUNT_USE},
}


class OwnerForm(FlaskForm):
    """Whose achievements the workbook is about."""

    owner = SelectField(_l("Whose achievements?"), validate_choice=False)


class BookForm(OwnerForm):
    """A filled workbook, and what to do beside the rule."""

    file = FileField(_l("Filled workbook (XLSX)"))
    publish = BooleanField(_l("Publish the new ones at once"))
    update_known = BooleanField(
        _l("Change those that exist already"),
        description=_l("Without it they stay as they are, and the list below says where it differs."),
    )
    only_valid = BooleanField(
        _l("Take the right rows although others are wrong"),
        description=_l("Without it nothing is taken until every row is right."),
    )


@blueprint.get("/books", endpoint="books")
def mine() -> ResponseReturnValue:
    """My workbooks, and the way in and out."""
    require(actor(), Action.ACCOUNT_USE)
    return _page()


@blueprint.post("/books/template")
def ask_book() -> ResponseReturnValue:
    """Have a template made with what is there."""
    owner = _owner()
    with writing() as session:
        books.ask(session, actor(), owner, str(i18n.current_locale()))
    return redirect(url_for("supply.books"))


@blueprint.post("/books")
def take_book() -> ResponseReturnValue:
    """Take a filled workbook in; `flask work` reads it."""
    form, owner = BookForm(), _owner()
    wishes = Wishes(bool(form.only_valid.data), bool(form.update_known.data), bool(form.publish.data))
    try:
        sent = uploads.workbook(request.files.get("file"), books.MOST_BYTES, books.TYPE)
        with sent as kept, writing() as session:
            books.take(session, actor(), owner, kept, str(i18n.current_locale()), wishes)
    except Invalid as refusal:
        forms.show(form, refusal)
        return _page(form)
    flash(_("Taken in. What came of it stands below in a moment."))
    return redirect(url_for("supply.books"))


@blueprint.get("/books/<ref>")
def book_file(ref: str) -> ResponseReturnValue:
    """A template that was made."""
    require(actor(), Action.ACCOUNT_USE)
    book = books.find(db.session, actor(), ref)
    sha256, size = book.sha256 or "", book.size
    db.session.close()  # no connection is held while the bytes go out
    return send(sha256, size, books.TYPE, "achievements.xlsx")


def _owner() -> Owner:
    """The owner that was chosen: an organization that I speak for, or else I myself."""
    require(actor(), Action.ACHIEVEMENT_CREATE, reads.owner_subject(None, actor().user_id))
    seats = people.seats_of(db.session, actor().user_id or 0)
    chosen = request.form.get("owner")
    found = next(
        (s.organization_id for s in seats if s.representative and s.organization.ref == chosen), None
    )
    return Owner(found, None if found else actor().user_id)


def _page(form: BookForm | None = None) -> ResponseReturnValue:
    form = form or BookForm(formdata=None)
    asked = OwnerForm(formdata=None)
    seats = [s.organization for s in people.seats_of(db.session, actor().user_id or 0) if s.representative]
    named = [(each.ref, i18n.organization_name(each)) for each in seats]
    for each in (form, asked):
        each.owner.choices = [*named, (MYSELF, _("Mine, as a person"))]
    shown = books.newest(db.session, actor())
    page = render_template(
        "supply/books.html",
        form=form,
        asked=asked,
        books=shown,
        coming=any(book.state == "coming" for book in shown),
        say=words.say_code,
    )
    return page, 422 if form.errors else 200
