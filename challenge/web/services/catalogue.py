"""The catalogue as everyone reads it: the list with its kinds, and one service."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from challenge.accounts import organizations
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.permissions import Action, can, require
from challenge.rules.services import KINDS
from challenge.services import facts, reads
from challenge.web import listing as files
from challenge.web import service_words as words
from challenge.web.public.lists import number_key
from challenge.web.services.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "catalogue": {"GET": Action.PAGE_READ},
    "service": {"GET": Action.SERVICE_READ},
}
PAGE = 50


def _query(**values: object) -> str:
    kept = {name: value for name, value in values.items() if value}
    return "?" + urlencode(kept) if kept else ""


COLUMNS = files.columns(
    "ref kind name text fee lasts organization centre rating",
    organization="provider",
)


@blueprint.get("", strict_slashes=False)
def catalogue() -> ResponseReturnValue:
    """What can be asked for: of all centres, or of one with its branches; of all kinds, or of one.

    Whoever comes from a need or an agreement takes it along to the page that asks.
    """
    args = request.args
    about = {name: args.get(name, "") for name in ("of", "need", "agreement")}
    of = about["of"]
    kind = args["kind"] if args.get("kind") in KINDS else ""
    file = files.taken(
        "services", COLUMNS, lambda session, after, limit: reads.offered(session, kind, of, after, limit)
    )
    if file is not None:
        return file
    after = number_key(args.get("after"))
    rows = reads.offered(db.session, kind, of, after, PAGE + 1)
    counts = reads.kinds(db.session, of)
    here = url_for("services.catalogue", agreement=None)
    tabs = [
        (here + _query(**about, kind=each), words.kind_name(each), counts.get(each, 0), each == kind)
        for each in KINDS
        if each in counts or kind == each
    ]
    every = (here + _query(**about), None, sum(counts.values()), not kind)
    return render_template(
        "services/catalogue.html",
        rows=rows[:PAGE],
        tabs=tabs,
        every=every,
        centre=organizations.by_ref(db.session, of) if of else None,
        need=about["need"],
        agreement=about["agreement"],
        words=words,
        older=here + _query(**about, kind=kind, after=rows[PAGE - 1].id) if rows[PAGE:] else None,
        newer=here + _query(**about, kind=kind) if after else None,
    )


@blueprint.get("/<ref>")
def service(ref: str) -> ResponseReturnValue:
    """One service: what it is, who provides it, what it costs, how good others found it."""
    found = facts.service_by_ref(db.session, ref)
    subject = facts.service_subject(found)
    require(actor(), Action.SERVICE_READ, subject)
    return render_template(
        "services/service.html",
        service=found,
        line=reads.line(db.session, found.id),
        need=request.args.get("need", ""),
        edits=can(actor(), Action.SERVICE_EDIT, subject),
        words=words,
    )
