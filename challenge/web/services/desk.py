"""A centre's desk: what was asked of it and of the branches below, and the figures."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from challenge.accounts import organizations
from challenge.accounts.models import Organization
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.permissions import Action, Subject, require
from challenge.services import figures as sums
from challenge.services import reads, requests
from challenge.web import listing as files
from challenge.web import service_words
from challenge.web.context import page_now
from challenge.web.public.lists import number_key
from challenge.web.services.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "desks": {"GET": Action.ACCOUNT_USE},
    "desk": {"GET": Action.SERVICE_DESK},
    "offers": {"GET": Action.SERVICE_DESK},
    "figures": {"GET": Action.SERVICE_DESK},
}
PAGE = 50


def enter(ref: str) -> Organization:
    """An organization, to whoever runs its services."""
    found = organizations.by_ref(db.session, ref)
    require(actor(), Action.SERVICE_DESK, Subject(kind="service", host_id=found.id))
    return found


@blueprint.get("/of")
def desks() -> ResponseReturnValue:
    """The organizations whose services I run; with one alone, its desk."""
    require(actor(), Action.ACCOUNT_USE)
    found = requests.organizations_run_by(db.session, actor())
    if len(found) == 1:
        return redirect(url_for("services.desk", ref=found[0].ref))
    return render_template("services/desks.html", rows=found)


COLUMNS = files.columns("ref kind service asker centre person state due_on at rating", at="asked_at")


@blueprint.get("/of/<ref>")
def desk(ref: str) -> ResponseReturnValue:
    """What was asked, by how it stands; what lies still has a tab of its own."""
    found, now = enter(ref), page_now()
    ids = requests.reach(db.session, actor(), found.id)
    tab = request.args.get("tab", "waiting")
    tab = tab if tab in requests.TABS else "waiting"
    me = actor()
    file = files.taken(
        f"services-{ref}-{tab}",
        COLUMNS,
        lambda session, after, limit: requests.desk(session, me, ids, tab, now, after=after, limit=limit),
        personal=True,
    )
    if file is not None:
        return file
    after = number_key(request.args.get("after"))
    rows = requests.desk(db.session, actor(), ids, tab, now, after=after, limit=PAGE + 1)
    return render_template(
        "services/desk.html",
        organization=found,
        tab=tab,
        counts=requests.counts(db.session, actor(), ids, now),
        rows=rows[:PAGE],
        words=service_words,
        older=url_for("services.desk", ref=ref, tab=tab, after=rows[PAGE - 1].id) if rows[PAGE:] else None,
        newer=url_for("services.desk", ref=ref, tab=tab) if after else None,
    )


@blueprint.get("/of/<ref>/offers")
def offers(ref: str) -> ResponseReturnValue:
    """The catalogue as its centre keeps it, drafts and retired ones too."""
    found = enter(ref)
    rows = reads.of_centres(db.session, requests.reach(db.session, actor(), found.id))
    return render_template("services/offers.html", organization=found, rows=rows, words=service_words)


@blueprint.get("/of/<ref>/figures")
def figures(ref: str) -> ResponseReturnValue:
    """By provider and kind: asked, running, done, how long, how good."""
    found = enter(ref)
    rows = sums.of_organizations(db.session, requests.reach(db.session, actor(), found.id))
    return render_template("services/figures.html", organization=found, rows=rows, words=service_words)
