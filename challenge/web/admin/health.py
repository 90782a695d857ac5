"""How the work is going: who ticks, what waits by kind, what closes late, what failed and why."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.accounts import acting
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.flow import tending
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.tasks import faults
from challenge.tasks import health as tasks
from challenge.web import words
from challenge.web.admin.room import blueprint
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {
    "health": {"GET": Action.USER_MANAGE},
    "retry": {"POST": Action.USER_MANAGE},
    "retry_kind": {"POST": Action.USER_MANAGE},
    "drop": {"POST": Action.USER_MANAGE},
}
# A process ticks every ten seconds; after three missed beats it is taken for gone.
SILENT_SECONDS = 30
LATE_MOST = 50


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """Processes, tasks by state and kind, rounds that wait for their tick, and what was given up."""
    require(actor(), Action.USER_MANAGE)
    now = page_now()
    state = tasks.health(db.session, now)
    alive = [(now - at).total_seconds() <= SILENT_SECONDS for _name, at in state.workers]
    return render_template(
        "admin/health.html",
        state=state,
        workers=list(zip(state.workers, alive, strict=True)),
        ticking=any(alive),
        kinds=tasks.by_kind(db.session, now),
        late=len(rounds.due(db.session, LATE_MOST)),
        late_most=LATE_MOST,
        failed=tasks.failed(db.session),
        said=faults.scrubbed,
        longest=acting.REASON,
    )


@blueprint.post("/health/tasks/<int:number>/retry")
def retry(number: int) -> ResponseReturnValue:
    """Put a failed task back in the queue."""
    with writing() as session:
        again = tending.retry(session, actor(), number)
    flash(_("Back in the queue.") if again else _("It is not failed any more."))
    return redirect(url_for("admin.health"))


@blueprint.post("/health/kinds/<kind>/retry")
def retry_kind(kind: str) -> ResponseReturnValue:
    """Put all failed tasks of a kind back in the queue."""
    with writing() as session:
        count = tending.retry_kind(session, actor(), kind)
    flash(ngettext("%(num)s task is back in the queue.", "%(num)s tasks are back in the queue.", count))
    return redirect(url_for("admin.health"))


@blueprint.post("/health/tasks/<int:number>/drop")
def drop(number: int) -> ResponseReturnValue:
    """Leave a failed task undone."""
    try:
        with writing() as session:
            gone = tending.drop(session, actor(), number, request.form.get("reason", ""))
    except Invalid as refusal:
        flash(_("Reason: %(what)s", what=words.say(refusal)), "error")
    else:
        flash(_("Dropped.") if gone else _("It is not failed any more."))
    return redirect(url_for("admin.health"))
