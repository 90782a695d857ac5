"""The board of teammates: who looks for whom, one's own post, a message, an invitation. Signed in only."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import pages, queries
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action, can, require
from challenge.submissions import board, board_pages
from challenge.submissions.board import PostFacts
from challenge.web import forms
from challenge.web import listing as files
from challenge.web.context import page_now
from challenge.web.list_columns import POSTS
from challenge.web.public.lists import number_key
from challenge.web.public.room import blueprint
from challenge.web.public.rounds import frame

ROUTES: dict[str, dict[str, Action]] = {
    "teammates": {"GET": Action.TEAMMATES_READ},
    "teammates_mine": {"GET": Action.TEAMMATES_WRITE, "POST": Action.TEAMMATES_WRITE},
    "teammates_close": {"POST": Action.TEAMMATES_EDIT},
    "teammates_one": {"GET": Action.TEAMMATES_WRITE, "POST": Action.TEAMMATES_WRITE},
    "teammates_invite": {"POST": Action.TEAM_MANAGE},
}
PAGE = 50
LANG_WORDS = {"zh": _l("Chinese"), "en": _l("English"), "both": _l("Chinese and English")}


class PostForm(FlaskForm):
    """One's post."""

    brings = TextAreaField(_l("What I bring"), render_kw={"rows": 3, "maxlength": board.TEXT})
    seeks = TextAreaField(_l("Whom I look for"), render_kw={"rows": 3, "maxlength": board.TEXT})
    skills = StringField(_l("Skills as keywords"), render_kw={"maxlength": 300})
    lang = RadioField(_l("I work in"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lang.choices = [(code, str(word)) for code, word in LANG_WORDS.items()]

    def facts(self) -> PostFacts:
        """What was typed."""
        skills = board.skills_of(self.skills.data or "")
        return PostFacts(self.brings.data or "", self.seeks.data or "", skills, self.lang.data or "")


class MessageForm(FlaskForm):
    """A message to the author of a post."""

    body = TextAreaField(_l("Your message"), render_kw={"rows": 5, "maxlength": board.BODY})
    consent = BooleanField(_l("Send my name and my mail address along, so that I can be answered"))


@blueprint.get("/rounds/<slug>/teammates")
def teammates(slug: str) -> ResponseReturnValue:
    """Open posts, newest first, and one's own in whatever state."""
    round_ = _enter(slug, Action.TEAMMATES_READ)
    round_id = round_.id
    file = files.taken(
        f"teammates-{slug}",
        POSTS,
        lambda session, after, limit: board_pages.posts(session, round_id, after=after, limit=limit),
        personal=True,
        round_=round_,
    )
    if file is not None:
        return file
    after = number_key(request.args.get("after"))
    rows = board_pages.posts(db.session, round_.id, after=after, limit=PAGE + 1)
    here = url_for("public.teammates", slug=slug)
    return _draw(
        "public/teammates.html",
        slug,
        rows=rows[:PAGE],
        mine=board_pages.mine(db.session, round_.id, actor().user_id),
        writes=can(actor(), Action.TEAMMATES_WRITE, queries.subject_of(round_, page_now())),
        older=f"{here}?after={rows[PAGE - 1].id}" if rows[PAGE:] else None,
        newer=here if after else None,
    )


@blueprint.route("/rounds/<slug>/teammates/mine", methods=["GET", "POST"])
def teammates_mine(slug: str) -> ResponseReturnValue:
    """Write one's post, or change it."""
    round_ = _enter(slug, Action.TEAMMATES_WRITE)
    known = board_pages.mine(db.session, round_.id, actor().user_id)
    if known is not None and known.state == "hidden":
        return redirect(url_for("public.teammates", slug=slug))
    data = {}
    if known is not None:
        data = {
            "brings": known.brings,
            "seeks": known.seeks,
            "lang": known.lang,
            "skills": ", ".join(known.skills),
        }
    form = PostForm(data=data)
    if form.validate_on_submit():
        try:
            with writing() as session:
                board.write(session, actor(), round_.id, form.facts())
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Your post is on the board."))
            return redirect(url_for("public.teammates", slug=slug))
    return _draw("public/teammates_mine.html", slug, form=form, known=known), 422 if form.errors else 200


@blueprint.post("/rounds/<slug>/teammates/<ref>/close")
def teammates_close(slug: str, ref: str) -> ResponseReturnValue:
    """Take one's post off the board."""
    with writing() as session:
        board.close(session, actor(), ref)
    flash(_("Your post is off the board."))
    return redirect(url_for("public.teammates", slug=slug))


@blueprint.route("/rounds/<slug>/teammates/<ref>", methods=["GET", "POST"])
def teammates_one(slug: str, ref: str) -> ResponseReturnValue:
    """One post: write to its author, or invite them to one's team."""
    round_ = _enter(slug, Action.TEAMMATES_WRITE)
    post = board_pages.one(db.session, round_.id, ref)
    form = MessageForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                board.send(session, actor(), ref, form.body.data or "", consent=bool(form.consent.data))
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Sent. %(name)s can answer you by mail.", name=post.name))
            return redirect(url_for("public.teammates", slug=slug))
    page = _draw(
        "public/teammates_one.html",
        slug,
        form=form,
        post=post,
        teams=board_pages.teams_of(db.session, round_.id, actor().user_id),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/rounds/<slug>/teammates/<ref>/invite")
def teammates_invite(slug: str, ref: str) -> ResponseReturnValue:
    """Invite the author of a post to one's own team."""
    with writing() as session:
        board.invite(session, actor(), ref, request.form.get("submission", ""))
    flash(_("Invited. They get a mail with a link to your team."))
    return redirect(url_for("public.teammates", slug=slug))


def _enter(slug: str, action: Action) -> Round:
    """The round of the page, once the actor may do this; a board that is off is not there."""
    require(actor(), Action.ACCOUNT_USE)
    round_ = queries.by_slug(db.session, slug)
    require(actor(), action, queries.subject_of(round_, page_now()))
    if not round_.teammates:
        raise NotFound
    return round_


def _draw(template: str, slug: str, **values: Any) -> str:
    head = pages.head(db.session, slug)
    return render_template(template, **frame(head, "teammates"), lang_words=LANG_WORDS, **values)
