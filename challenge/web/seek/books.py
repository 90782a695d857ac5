"""Requirements as workbooks: templates made and handed out, filled ones taken in, faults by cell.

A seeker's are one organization's; an organizer's and a broker's name the seeker of each (`whose` is "all").
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField

from challenge.accounts import organizations
from challenge.accounts.models import Organization
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.requirements import book_faults, need_books
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action
from challenge.web import forms, uploads, words
from challenge.web.context import page_now
from challenge.web.seek.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "books": {"GET": Action.REQUIREMENT_BRING, "POST": Action.REQUIREMENT_BRING},
    "ask_book": {"POST": Action.REQUIREMENT_BRING},
    "take_good": {"POST": Action.REQUIREMENT_BRING},
    "book_file": {"GET": Action.REQUIREMENT_BRING},
}
ALL = "all"


class BookForm(FlaskForm):
    """A filled workbook."""

    file = FileField(_("Filled workbook"), description=_("XLSX, up to 4 MB and 200 requirements."))
    hand_in = BooleanField(
        _("Hand them in at once"), description=_("Otherwise they become drafts, to be looked through first.")
    )


@blueprint.route("/rounds/<slug>/workbooks/<whose>", methods=["GET", "POST"])
def books(slug: str, whose: str) -> ResponseReturnValue:
    """Templates, what was brought and what came of it; a post takes a filled workbook in."""
    round_, seeker = _enter(slug, whose)
    form = BookForm()
    if form.is_submitted():
        try:
            sent = uploads.workbook(request.files.get("file"), need_books.MOST_BYTES, need_books.TYPE)
            with sent as kept, writing() as session:
                need_books.take(
                    session,
                    actor(),
                    round_.id,
                    seeker.id if seeker else None,
                    kept,
                    str(i18n.current_locale()),
                    hand_in=bool(form.hand_in.data),
                )
        except Invalid as refusal:
            forms.show(form, refusal)
            round_, seeker = _enter(slug, whose)
        else:
            return redirect(url_for("seek.books", slug=slug, whose=whose, _anchor="books"))
    page = render_template(
        "seek/books.html",
        round=round_,
        seeker=seeker,
        whose=whose,
        form=form,
        books=need_books.newest(db.session, actor(), round_.id, seeker.id if seeker else None),
        say=lambda fault: words.say_code(fault["code"], **book_faults.shown(fault)),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/rounds/<slug>/workbooks/<whose>/<any(template, form):kind>")
def ask_book(slug: str, whose: str, kind: str) -> ResponseReturnValue:
    """Have a template made."""
    round_, seeker = _enter(slug, whose)
    with writing() as session:
        locale = str(i18n.current_locale())
        need_books.ask(session, actor(), round_.id, seeker.id if seeker else None, kind, locale)
    return redirect(url_for("seek.books", slug=slug, whose=whose, _anchor="books"))


@blueprint.post("/rounds/<slug>/workbooks/<whose>/<ref>/good")
def take_good(slug: str, whose: str, ref: str) -> ResponseReturnValue:
    """Take the right rows although others are wrong."""
    _enter(slug, whose)
    with writing() as session:
        need_books.take_good(session, actor(), ref)
    return redirect(url_for("seek.books", slug=slug, whose=whose, _anchor="books"))


@blueprint.get("/rounds/<slug>/workbooks/<whose>/<ref>")
def book_file(slug: str, whose: str, ref: str) -> ResponseReturnValue:
    """A template that was made, or what was brought."""
    _enter(slug, whose)
    book = need_books.find(db.session, actor(), ref)
    if book.sha256 is None:
        raise NotFound
    sha256, size, name = book.sha256, book.size, f"requirements-{slug}-{book.kind}.xlsx"
    db.session.close()  # no connection is held while the bytes go out
    return send(sha256, size, need_books.TYPE, name)


def _enter(slug: str, whose: str) -> tuple[Round, Organization | None]:
    """The round and whose requirements these are, once the reader may post them now."""
    round_ = rounds.by_slug(db.session, slug)
    seeker = None if whose == ALL else organizations.by_ref(db.session, whose)
    subject = rounds.subject_of(round_, page_now(), seeker_id=seeker.id if seeker else None)
    need_books.ask_for(actor(), subject)
    return round_, seeker
