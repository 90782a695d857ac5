"""My messages: what was told to me, how I wish to have it, and the link that ends a kind of letters."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.messages import inbox, wishes
from challenge.messages.rendering import drawn
from challenge.rules.letters import KINDS
from challenge.rules.permissions import Action, require
from challenge.web import forms
from challenge.web import listing as files
from challenge.web.account.room import blueprint
from challenge.web.message_words import KIND_WORDS, WAY_WORDS
from challenge.web.public.lists import number_key

PAGE = 30
COLUMNS = files.columns("ref subject kind created_at read_at", kind="template")
ROUTES: dict[str, dict[str, Action]] = {
    "messages": {"GET": Action.ACCOUNT_USE},
    "message": {"GET": Action.ACCOUNT_USE},
    "open_message": {"POST": Action.ACCOUNT_USE},
    "keep_message_unread": {"POST": Action.ACCOUNT_USE},
    "read_messages": {"POST": Action.ACCOUNT_USE},
    "letter_wishes": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
    "stop_letters": {"GET": Action.LETTERS_STOP, "POST": Action.LETTERS_STOP},
}


def wish_form(known: dict[str, str] | None = None) -> FlaskForm:
    """A choice for each kind."""
    fields = {
        kind: forms.one_of(KIND_WORDS[kind][0], WAY_WORDS, description=KIND_WORDS[kind][1]) for kind in KINDS
    }
    made: FlaskForm = type("WishForm", (FlaskForm,), fields)(data=known)
    return made


@blueprint.get("/messages")
def messages() -> ResponseReturnValue:
    """Newest first; `unread` leaves out what was read."""
    require(actor(), Action.ACCOUNT_USE)
    unread, before = "unread" in request.args, number_key(request.args.get("before"))
    me = actor().user_id or 0
    file = files.taken(
        "messages",
        COLUMNS,
        lambda session, after, limit: inbox.messages(session, me, unread=unread, before=after, limit=limit),
        personal=True,
    )
    if file is not None:
        return file
    rows = inbox.messages(db.session, me, unread=unread, before=before, limit=PAGE + 1)
    flag = "" if unread else None
    return render_template(
        "account/messages.html",
        rows=rows[:PAGE],
        only_unread=unread,
        older=url_for("account.messages", unread=flag, before=rows[PAGE - 1].id) if rows[PAGE:] else None,
        newest=url_for("account.messages", unread=flag) if before is not None else None,
    )


@blueprint.get("/messages/<ref>")
def message(ref: str) -> ResponseReturnValue:
    """One message. Looking at it changes nothing: it is read when its reader says so."""
    require(actor(), Action.ACCOUNT_USE)
    found = inbox.message(db.session, actor().user_id or 0, ref)
    return render_template("account/message.html", message=found, words=drawn(found.content or ""))


@blueprint.post("/messages/<ref>/open")
def open_message(ref: str) -> ResponseReturnValue:
    """Read it: it counts as read, and is shown."""
    with writing() as session:
        inbox.read(session, actor(), ref)
    return redirect(url_for("account.message", ref=ref))


@blueprint.post("/messages/<ref>/unread")
def keep_message_unread(ref: str) -> ResponseReturnValue:
    """Come back to it later."""
    with writing() as session:
        inbox.keep_unread(session, actor(), ref)
    return redirect(url_for("account.messages"))


@blueprint.post("/messages/read")
def read_messages() -> ResponseReturnValue:
    """All that was listed is read."""
    with writing() as session:
        inbox.read_all(session, actor(), number_key(request.form.get("newest")) or 0)
    flash(_("All of them are read."))
    return redirect(url_for("account.messages"))


@blueprint.route("/messages/wishes", methods=["GET", "POST"])
def letter_wishes() -> ResponseReturnValue:
    """Which letters come at once, gathered, or only here."""
    require(actor(), Action.ACCOUNT_USE)
    form = wish_form(wishes.wished(db.session, actor().user_id or 0))
    if form.validate_on_submit():
        with writing() as session:
            wishes.choose(session, actor(), {kind: form[kind].data for kind in KINDS})
        flash(_("Saved."))
        return redirect(url_for("account.letter_wishes"))
    return render_template("account/letter_wishes.html", form=form, kinds=KINDS), 422 if form.errors else 200


@blueprint.route("/messages/stop/<token>", methods=["GET", "POST"])
def stop_letters(token: str) -> ResponseReturnValue:
    """End a kind of letters for whoever the link was written to; looking at it changes nothing."""
    require(actor(), Action.LETTERS_STOP)
    if request.method == "POST":
        with writing() as session:
            wishes.stop(session, actor(), token)
        if request.form.get("List-Unsubscribe") == "One-Click":
            return "", 204
    _person, kind = wishes.read(db.session, token)
    name = KIND_WORDS[kind][0] if kind in KIND_WORDS else _("Gathered messages")
    done = request.method == "POST"
    return render_template("account/stop_letters.html", token=token, name=name, done=done)
