"""Searches that I keep and things that I follow; and the link of a letter that ends such letters."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import watching
from challenge.base.db import db, writing
from challenge.base.paths import relative
from challenge.base.session import actor
from challenge.requirements.models import FIELDS
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.search import reading
from challenge.web import words
from challenge.web.account.room import blueprint
from challenge.web.public.search import KIND_NAMES, described, href_of

ROUTES: dict[str, dict[str, Action]] = {
    "searches": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
    "search_letters": {"POST": Action.ACCOUNT_USE},
    "look_at_search": {"POST": Action.ACCOUNT_USE},
    "look_at_follows": {"POST": Action.ACCOUNT_USE},
    "forget_search": {"POST": Action.ACCOUNT_USE},
    "follow": {"POST": Action.ACCOUNT_USE},
    "unfollow": {"POST": Action.ACCOUNT_USE},
    "stop_searches": {"GET": Action.SEARCH_STOP, "POST": Action.SEARCH_STOP},
}


@blueprint.route("/profile/searches", methods=["GET", "POST"])
def searches() -> ResponseReturnValue:
    """What I keep and follow; sent, a search is kept."""
    require(actor(), Action.ACCOUNT_USE)
    if request.method == "POST":
        want = reading.wanted(request.form, FIELDS)
        try:
            with writing() as session:
                watching.save(session, actor(), want.query())
        except Invalid as refusal:
            flash(words.say(refusal), "error")
        else:
            flash(_("Kept. You get a letter, at most one a day, when there is something new."))
        return redirect(url_for("account.searches"))
    me = actor().user_id or 0
    return render_template(
        "account/searches.html",
        kept=[(each, described(reading.asked(each.query))) for each in watching.saved(db.session, me)],
        followed=[
            (each, KIND_NAMES[each.kind], href_of(each.kind, each.address), fresh)
            for each, fresh in watching.followed(db.session, me)
        ],
    )


@blueprint.post("/profile/searches/<ref>/letters")
def search_letters(ref: str) -> ResponseReturnValue:
    """Letters about this search, or none."""
    with writing() as session:
        watching.set_letters(session, actor(), ref, letters=request.form.get("letters") == "yes")
    return redirect(url_for("account.searches"))


@blueprint.post("/profile/searches/<ref>/look")
def look_at_search(ref: str) -> ResponseReturnValue:
    """To what it finds; from then on only what comes later is new."""
    with writing() as session:
        query = watching.look(session, actor(), ref)
    return redirect(f"{url_for('public.search')}?{query}")


@blueprint.post("/profile/searches/follows/looked")
def look_at_follows() -> ResponseReturnValue:
    """What I follow has changed, and I know."""
    with writing() as session:
        watching.look_at_follows(session, actor())
    return redirect(url_for("account.searches"))


@blueprint.post("/profile/searches/<ref>/remove")
def forget_search(ref: str) -> ResponseReturnValue:
    """Keep it no more."""
    with writing() as session:
        watching.forget(session, actor(), ref)
    flash(_("Removed."))
    return redirect(url_for("account.searches"))


@blueprint.post("/follow/<kind>/<address>")
def follow(kind: str, address: str) -> ResponseReturnValue:
    """Hear when this changes."""
    try:
        with writing() as session:
            watching.follow(session, actor(), kind, address)
    except Invalid as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("You get a letter, at most one a day, when it changes."))
    return redirect(relative(request.form.get("next")))


@blueprint.post("/unfollow/<kind>/<address>")
def unfollow(kind: str, address: str) -> ResponseReturnValue:
    """Hear of it no more."""
    with writing() as session:
        watching.unfollow(session, actor(), kind, address)
    flash(_("You follow it no more."))
    return redirect(relative(request.form.get("next")))


@blueprint.route("/searches/stop/<token>", methods=["GET", "POST"])
def stop_searches(token: str) -> ResponseReturnValue:
    """End the letters of whoever the link was written to; looking at it changes nothing."""
    require(actor(), Action.SEARCH_STOP)
    if request.method == "POST":
        with writing() as session:
            watching.stop(session, actor(), token)
    else:
        watching.stopped_by(db.session, token)
    return render_template("account/stop_searches.html", token=token, done=request.method == "POST")


def follows(kind: str, thing_id: int) -> bool:
    """For templates: whether the reader follows this (one statement; none for a visitor)."""
    me = actor().user_id
    return me is not None and watching.follows(db.session, me, kind, thing_id)


blueprint.add_app_template_global(follows)
