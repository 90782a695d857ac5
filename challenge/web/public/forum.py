"""The public discussion of a round: its threads, one thread, and what whoever is signed in may add."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.forum import posting, reads
from challenge.forum.posting import BODY, REASON, TITLE
from challenge.rounds import pages
from challenge.rounds.pages import RoundHead
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, can, require
from challenge.web import forms
from challenge.web import listing as files
from challenge.web.public import kept
from challenge.web.public.lists import number_key
from challenge.web.public.room import blueprint
from challenge.web.public.rounds import frame

ROUTES: dict[str, dict[str, Action]] = {
    "forum": {"GET": Action.ROUND_READ},
    "forum_begin": {"POST": Action.FORUM_POST},
    "forum_thread": {"GET": Action.ROUND_READ},
    "forum_answer": {"POST": Action.FORUM_POST},
    "forum_edit": {"GET": Action.ROUND_READ},
    "forum_mend": {"POST": Action.FORUM_EDIT},
    "forum_report": {"GET": Action.ROUND_READ},
    "forum_accuse": {"POST": Action.FORUM_WATCH},
    "forum_follow": {"POST": Action.FORUM_WATCH},
}


NAMED = {"own": _l("your name"), "number": _l("a number, drawn for this round")}


class PostForm(FlaskForm):
    """Something said, and under which name: asked until the first post in the round."""

    body = TextAreaField(_l("Your words"), render_kw={"maxlength": BODY, "rows": 6})
    named = RadioField(
        _l("You are shown here as"),
        choices=forms.in_words(NAMED),
        validate_choice=False,
        description=_l("The same for all you say in this round; it cannot be changed later."),
    )


class ThreadForm(PostForm):
    """A thread with its first post."""

    title = StringField(_l("Subject"), render_kw={"maxlength": TITLE})


class WordsForm(FlaskForm):
    """One's own words, mended."""

    body = TextAreaField(_l("Your words"), render_kw={"maxlength": BODY, "rows": 8})


class ReportForm(FlaskForm):
    """Why a post does not belong there."""

    reason = TextAreaField(_l("What is wrong with it"), render_kw={"maxlength": REASON, "rows": 3})


THREADS = files.columns("ref title posts last_at pinned", pinned=lambda row: int(row.pinned))
POSTS = files.columns("ref name body created_at")


@blueprint.get("/rounds/<slug>/discussion")
def forum(slug: str) -> ResponseReturnValue:
    """The threads, those pinned first."""
    head = _enter(slug)
    round_id = head.mark.round_id
    file = files.taken(
        f"discussion-{slug}",
        THREADS,
        lambda session, after, limit: reads.threads(session, round_id, after or 0, limit),
        after=None,
        zone=head.row.zone,
    )
    if file is not None:
        return file
    return kept.answer(head.mark, lambda: _threads(head, _fresh(head, ThreadForm)), [head.mark.next_moment])


@blueprint.post("/rounds/<slug>/discussion")
def forum_begin(slug: str) -> ResponseReturnValue:
    """Begin a thread."""
    head, form = pages.head(db.session, slug), ThreadForm()

    def begin() -> str:
        own = form.named.data == "own"
        title, body = form.title.data or "", form.body.data or ""
        with writing() as session:
            return posting.begin(session, actor(), head.mark.round_id, title, body, own_name=own).ref

    return _posted(slug, form, begin, lambda: _threads(_enter(slug), form))


@blueprint.get("/rounds/<slug>/discussion/<ref>")
def forum_thread(slug: str, ref: str) -> ResponseReturnValue:
    """One thread with what was said in it."""
    head = _enter(slug)
    if form := files.asked():
        thread, me = reads.thread_of(db.session, head.mark.round_id, ref), actor().user_id

        def batch(session: Session, after: int | None, limit: int) -> Sequence[reads.PostRow]:
            return reads.posts(session, thread, me, after or 0, limit)

        return files.file(form, files.List(f"discussion-{ref}", POSTS, batch, files.by_id, head.row.zone))
    return kept.answer(head.mark, lambda: _thread(head, ref, _fresh(head, PostForm)), [head.mark.next_moment])


@blueprint.post("/rounds/<slug>/discussion/<ref>")
def forum_answer(slug: str, ref: str) -> ResponseReturnValue:
    """Say something in it."""
    form = PostForm()

    def say() -> str:
        with writing() as session:
            posting.answer(session, actor(), ref, form.body.data or "", own_name=form.named.data == "own")
        return ref

    return _posted(slug, form, say, lambda: _thread(_enter(slug), ref, form))


def _posted(
    slug: str, form: FlaskForm, do: Callable[[], str], draw: Callable[[], str]
) -> ResponseReturnValue:
    try:
        ref = do()
    except (Invalid, WrongState) as refusal:
        forms.show(form, refusal)
        return draw(), 422
    flash(_("It is on the page."))
    return redirect(url_for("public.forum_thread", slug=slug, ref=ref))


@blueprint.get("/rounds/<slug>/discussion/posts/<ref>/edit")
def forum_edit(slug: str, ref: str) -> ResponseReturnValue:
    """One's own words, to be mended."""
    head = _enter(slug)
    post, thread = reads.post_of(db.session, head.mark.round_id, ref, actor().user_id)
    if not post.mine:
        raise NotFound
    return _small(head, "edit", thread, WordsForm(formdata=None, data={"body": post.body}), post)


@blueprint.post("/rounds/<slug>/discussion/posts/<ref>/edit")
def forum_mend(slug: str, ref: str) -> ResponseReturnValue:
    """Mend them."""
    form = WordsForm()
    try:
        with writing() as session:
            thread = posting.edit(session, actor(), ref, form.body.data or "").thread.ref
    except (Invalid, WrongState) as refusal:
        forms.show(form, refusal)
        head = _enter(slug)
        post, thread = reads.post_of(db.session, head.mark.round_id, ref, actor().user_id)
        return _small(head, "edit", thread, form, post), 422
    flash(_("Saved."))
    return redirect(url_for("public.forum_thread", slug=slug, ref=thread))


@blueprint.get("/rounds/<slug>/discussion/posts/<ref>/report")
def forum_report(slug: str, ref: str) -> ResponseReturnValue:
    """Ask what is wrong with a post."""
    head = _enter(slug)
    post, thread = reads.post_of(db.session, head.mark.round_id, ref, actor().user_id)
    return _small(head, "report", thread, ReportForm(formdata=None), post)


@blueprint.post("/rounds/<slug>/discussion/posts/<ref>/report")
def forum_accuse(slug: str, ref: str) -> ResponseReturnValue:
    """Tell the organizers."""
    form = ReportForm()
    head = pages.head(db.session, slug)
    post, thread = reads.post_of(db.session, head.mark.round_id, ref, actor().user_id)
    try:
        with writing() as session:
            posting.report(session, actor(), ref, form.reason.data or "")
    except Invalid as refusal:
        forms.show(form, refusal)
        return _small(_enter(slug), "report", thread, form, post), 422
    flash(_("The organizers were told. Thank you."))
    return redirect(url_for("public.forum_thread", slug=slug, ref=thread))


@blueprint.post("/rounds/<slug>/discussion/<ref>/<any(follow, unfollow):verb>")
def forum_follow(slug: str, ref: str, verb: str) -> ResponseReturnValue:
    """Hear of new answers, or no more."""
    with writing() as session:
        posting.follow(session, actor(), ref, on=verb == "follow")
    flash(_("You get a letter for each new answer.") if verb == "follow" else _("No more letters about it."))
    return redirect(url_for("public.forum_thread", slug=slug, ref=ref))


def _enter(slug: str) -> RoundHead:
    head = pages.head(db.session, slug)
    require(actor(), Action.ROUND_READ, head.subject)
    return head


def _fresh(head: RoundHead, kind: type[PostForm]) -> PostForm:
    if actor().user_id is None:
        return kind(formdata=None)
    usual = "number" if reads.blind(db.session, head.mark.round_id) else "own"
    return kind(formdata=None, data={"named": usual})


def _rights(head: RoundHead, form: FlaskForm) -> dict[str, Any]:
    """What the reader may do here; the services ask again."""
    mine = reads.name_of(db.session, head.mark.round_id, actor().user_id) if actor().user_id else None
    moderates = can(actor(), Action.FORUM_MODERATE, head.subject)
    return {"form": form, "signed_in": actor().user_id is not None, "known": mine, "moderates": moderates}


def _threads(head: RoundHead, form: FlaskForm) -> str:
    page = max(1, min(number_key(request.args.get("page")) or 1, 1000))
    rows = reads.threads(db.session, head.mark.round_id, reads.PAGE * (page - 1), reads.PAGE + 1)
    return render_template(
        "public/forum.html",
        **frame(head, "discussion"),
        **_rights(head, form),
        rows=rows[: reads.PAGE],
        page=page,
        more=len(rows) > reads.PAGE,
    )


def _thread(head: RoundHead, ref: str, form: FlaskForm) -> str:
    thread = reads.thread_of(db.session, head.mark.round_id, ref)
    after = number_key(request.args.get("after")) or 0
    rows = reads.posts(db.session, thread, actor().user_id, after)
    return render_template(
        "public/forum_thread.html",
        **frame(head, "discussion"),
        **_rights(head, form),
        thread=thread,
        rows=rows[: reads.PAGE],
        next_after=rows[reads.PAGE - 1].id if rows[reads.PAGE :] else None,
        fixed_before=head.mark.now - posting.EDITABLE,
        followed=actor().user_id is not None and reads.follows(db.session, thread.id, actor().user_id),
    )


def _small(head: RoundHead, what: str, thread: str, form: FlaskForm, post: reads.PostRow) -> str:
    values = {"what": what, "thread_ref": thread, "form": form, "post": post}
    return render_template("public/forum_small.html", **frame(head, "discussion"), **values)
