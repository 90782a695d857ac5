"""The page behind the link in a letter: it shows by GET, and answers by POST, without an account."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.distribution import answering, tokens
from challenge.distribution.models import Dispatch, Posting
from challenge.requirements import public
from challenge.rules.errors import Invalid, Refused
from challenge.rules.permissions import Action, require
from challenge.web import forms, outreach_words, words
from challenge.web.context import page_now
from challenge.web.public.cards import target
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "answers": {"GET": Action.DISPATCH_ANSWER},
    "answers_opened": {"POST": Action.DISPATCH_ANSWER},
    "answer_interest": {"POST": Action.DISPATCH_ANSWER},
    "answer_decline": {"POST": Action.DISPATCH_ANSWER},
    "forward": {"POST": Action.DISPATCH_ANSWER},
}


class AnswerForm(FlaskForm):
    """The three answers share one form; each button posts to a door of its own."""

    note = TextAreaField(
        _l("A few words, if you like"), render_kw={"rows": 3, "maxlength": answering.REASON_LENGTH}
    )
    reason = RadioField(_l("Why not"), validate_choice=False)
    words = StringField(_l("In your words"), render_kw={"maxlength": answering.REASON_LENGTH})
    to = StringField(_l("Mail address of whoever may solve it"), render_kw={"autocomplete": "off"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = forms.in_words(outreach_words.REASONS)()


@blueprint.get("/answers/<token>")
def answers(token: str) -> ResponseReturnValue:
    """What was sent, and how each need stands with this reader; shown by a browser, it counts as opened."""
    require(actor(), Action.DISPATCH_ANSWER)
    posting = _posting(token)
    if _looked_at() and answering.unopened(db.session, posting.id):
        with writing() as session:
            answering.opened(session, actor(), _posting(token))
        posting = _posting(token)
    return show(posting, token)


def _looked_at() -> bool:
    """Whether a browser went here to show the page: it says so of itself, with or without scripts.

    Programs that follow every link in a mail do not say so, and browsers that fetch ahead say that they do.
    """
    said = request.headers
    ahead = f"{said.get('Sec-Purpose', '')} {said.get('Purpose', '')}"
    going = (said.get("Sec-Fetch-Mode"), said.get("Sec-Fetch-Dest")) == ("navigate", "document")
    return request.method == "GET" and going and "prefetch" not in ahead


@blueprint.post("/answers/<token>/opened")
def answers_opened(token: str) -> ResponseReturnValue:
    """A script of the page says that somebody sees it: for browsers that do not say so in their request."""
    with writing() as session:
        answering.opened(session, actor(), _posting(token))
    return "", 204


@blueprint.post("/answers/<token>/<ref>/interested")
def answer_interest(token: str, ref: str) -> ResponseReturnValue:
    """Yes."""
    return _answer(token, ref, "interest")


@blueprint.post("/answers/<token>/<ref>/declined")
def answer_decline(token: str, ref: str) -> ResponseReturnValue:
    """No, because."""
    return _answer(token, ref, "decline")


@blueprint.post("/answers/<token>/<ref>/forward")
def forward(token: str, ref: str) -> ResponseReturnValue:
    """Somebody else may."""
    return _answer(token, ref, "forward")


def _answer(token: str, ref: str, verb: str) -> ResponseReturnValue:
    form = AnswerForm(prefix=ref)
    try:
        with writing() as session:
            said = _say(session, _posting(token), ref, verb, form)
    except Invalid as refusal:
        forms.show(form, refusal)
        return show(_posting(token), token, ref, form, verb)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        flash(words.say(refusal), "error")
    else:
        flash(said)
    return redirect(url_for("public.answers", token=token))


def _say(session: Any, posting: Posting, ref: str, verb: str, form: AnswerForm) -> str:
    if verb == "interest":
        answering.interest(session, actor(), posting, ref, form.note.data or "")
        return _("Thank you. Whoever looks after this need is told and writes to you.")
    if verb == "decline":
        reason = form.reason.data or ""
        answering.decline(session, actor(), posting, ref, reason, form.words.data or "")
        return _("Thank you for saying so. You will not be asked about this need again.")
    answering.forward(session, actor(), posting, ref, form.to.data or "")
    return _("Passed on. If that address takes such letters, one is on its way.")


def _posting(token: str) -> Posting:
    return answering.posting_of(db.session, tokens.read(tokens.ANSWER, token))


def show(
    posting: Posting, token: str, ref: str = "", refused: AnswerForm | None = None, verb: str = ""
) -> ResponseReturnValue:
    """The page of a message: public faces, each with its answer or the ways to give one."""
    found = answering.dispatches_of(db.session, posting.id)
    rows = {row.id: row for row in public.public_list_of(db.session, [each.requirement_id for each in found])}
    cards = [_card(each, rows.get(each.requirement_id), ref, refused) for each in found]
    page = render_template(
        "public/answers.html",
        posting=posting,
        token=token,
        cards=cards,
        refused_verb=verb,
        leave=tokens.write(tokens.LEAVE, posting.recipient.ref),
        target=target,
    )
    return page, 422 if refused is not None else 200


def _card(
    dispatch: Dispatch, row: public.PublicRow | None, ref: str, refused: AnswerForm | None
) -> dict[str, object]:
    """`state`: beside the dispatch's own, `gone` where the need is not public (any more)."""
    state = dispatch.state
    if row is None:
        state = "gone"
    elif state in ("queued", "sent", "opened", "bounced"):
        state = "expired" if dispatch.expires_at <= page_now() else "open"
    form = refused if refused is not None and ref == dispatch.ref else AnswerForm(None, prefix=dispatch.ref)
    return {"dispatch": dispatch, "row": row, "state": state, "form": form}
