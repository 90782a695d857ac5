"""The resources of a round: what there is, the terms before some of it, and the way in."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.rounds import pages, queries, resources, terms
from challenge.rounds.pages import RoundHead
from challenge.rules.errors import NotAllowed, WrongState
from challenge.rules.permissions import Action, require
from challenge.web.context import page_now
from challenge.web.public import kept
from challenge.web.public.room import blueprint
from challenge.web.public.rounds import frame

ROUTES: dict[str, dict[str, Action]] = {
    "round_resources": {"GET": Action.ROUND_READ},
    "accept_terms": {"POST": Action.TERMS_ACCEPT},
    "resource": {"GET": Action.RESOURCE_OPEN},
}


@blueprint.get("/rounds/<slug>/resources")
def round_resources(slug: str) -> ResponseReturnValue:
    """What the organizer gives to solvers."""
    head = pages.head(db.session, slug)
    require(actor(), Action.ROUND_READ, head.subject)
    return kept.answer(head.mark, lambda: _draw(head), [head.mark.next_moment])


def _draw(head: RoundHead) -> str:
    rows = resources.listed(db.session, head.row.id)
    gated = any(each.gated for each in rows)
    return render_template(
        "public/round_resources.html",
        **frame(head, "resources"),
        rows=rows,
        terms=terms.in_force(db.session, head.row.id) if gated else None,
        accepted=terms.accepted(db.session, actor(), head.row.id) if gated else None,
    )


@blueprint.post("/rounds/<slug>/resources/terms")
def accept_terms(slug: str) -> ResponseReturnValue:
    """Accept the version of the terms that the page showed."""
    round_ = queries.by_slug(db.session, slug)
    require(actor(), Action.TERMS_ACCEPT, queries.subject_of(round_, page_now()))
    version = request.form.get("version", 0, type=int)
    try:
        with writing() as session:
            terms.accept(session, actor(), round_.id, version)
    except WrongState:
        flash(_("The terms have changed meanwhile. Read the new version."), "error")
    else:
        flash(_("Accepted. The resources are open to you."))
    return redirect(url_for("public.round_resources", slug=slug))


@blueprint.get("/rounds/<slug>/resources/files/<ref>")
def resource(slug: str, ref: str) -> ResponseReturnValue:
    """Open one: the link, or the file. It is logged first; the rest of a file that broke off is not."""
    round_ = queries.by_slug(db.session, slug)
    subject = queries.subject_of(round_, page_now())
    try:
        number, found = resources.find(db.session, actor(), round_, ref, subject)
    except WrongState:
        if actor().user_id is None:
            raise NotAllowed from None  # the door asks to sign in, and comes back here
        return redirect(url_for("public.round_resources", slug=slug, _anchor="terms"))
    if request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        with writing() as session:
            resources.log(session, actor(), number)
    db.session.close()  # no connection is held while the bytes go out
    if found.sha256 is None:
        return redirect(found.url or "/")
    return send(found.sha256, found.size, found.media_type, found.file_name)
