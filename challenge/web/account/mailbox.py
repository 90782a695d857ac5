"""The mail of a demo or a first installation: letters that no server sent, to be read here."""

from __future__ import annotations

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.files.download import HEADERS, disposition
from challenge.messages import queries
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Subject, require
from challenge.web import listing as files
from challenge.web.account.room import blueprint
from config import Settings

ROUTES: dict[str, dict[str, Action]] = {
    "mailbox": {"GET": Action.MAILBOX_READ},
    "letter": {"GET": Action.MAILBOX_READ},
    "letter_html": {"GET": Action.MAILBOX_READ},
    "letter_file": {"GET": Action.MAILBOX_READ},
    "check_mail": {"GET": Action.ACCOUNT_ENTER},
}

PAGE = 50
COLUMNS = files.columns("ref recipient subject created_at sent_at")
# A letter brings its own style and nothing else.
LETTER_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


@blueprint.app_template_global("mailbox_open")
def is_open() -> bool:
    """Whether this installation shows its mail to everyone: no mail server, a demo or development."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.smtp_host is None and settings.mode in ("demo", "dev")


@blueprint.get("/mailbox")
def mailbox() -> ResponseReturnValue:
    """Letters, newest first; `to` narrows them to one address."""
    _enter()
    to = request.args.get("to", "").strip()
    file = files.taken(
        "mailbox",
        COLUMNS,
        lambda session, after, limit: queries.letters(session, to, after, limit),
        personal=True,
    )
    if file is not None:
        return file
    before = request.args.get("before", type=int)
    rows = queries.letters(db.session, to, before, PAGE + 1)
    older = rows[PAGE - 1].id if len(rows) > PAGE else None
    return render_template("account/mailbox.html", letters=rows[:PAGE], older=older, to=to, before=before)


@blueprint.get("/mailbox/<ref>")
def letter(ref: str) -> ResponseReturnValue:
    """One letter."""
    _enter()
    return render_template("account/letter.html", letter=queries.letter(db.session, ref))


@blueprint.get("/mailbox/<ref>/html")
def letter_html(ref: str) -> ResponseReturnValue:
    """One letter as a mail program shows it."""
    _enter()
    response = Response(queries.letter(db.session, ref).html or "", mimetype="text/html")
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response


@blueprint.get("/mailbox/<ref>/files/<int:place>")
def letter_file(ref: str, place: int) -> ResponseReturnValue:
    """What is attached to a letter."""
    _enter()
    attached = queries.letter(db.session, ref).attachments
    if not 1 <= place <= len(attached):
        raise NotFound
    file = attached[place - 1]
    response = Response(file["text"], content_type=file["media_type"], headers=HEADERS)
    response.headers["Content-Disposition"] = disposition(file["name"])
    return response


@blueprint.get("/check-mail")
def check_mail() -> ResponseReturnValue:
    """After registering: the letter comes next."""
    require(actor(), Action.ACCOUNT_ENTER)
    return render_template("account/check_mail.html")


def _enter() -> None:
    require(actor(), Action.MAILBOX_READ, Subject(kind="mailbox", mailbox_open=is_open()))
