"""How the work is going: who ticks, what waits, what failed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.permissions import Action, require
from challenge.tasks import health as tasks
from challenge.web.admin.room import blueprint
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {
    "health": {"GET": Action.USER_MANAGE},
    "retry": {"POST": Action.USER_MANAGE},
}
# A process ticks every ten seconds; after three missed beats it is taken for gone.
SILENT_SECONDS = 30


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """Processes, tasks by state, and those that were given up."""
    require(actor(), Action.USER_MANAGE)
    now = page_now()
    state = tasks.health(db.session, now)
    alive = [(now - at).total_seconds() <= SILENT_SECONDS for _name, at in state.workers]
    return render_template(
        "admin/health.html",
        state=state,
        workers=list(zip(state.workers, alive, strict=True)),
        ticking=any(alive),
        failed=tasks.failed(db.session),
    )


@blueprint.post("/health/tasks/<int:number>/retry")
def retry(number: int) -> ResponseReturnValue:
    """Put a failed task back in the queue."""
    require(actor(), Action.USER_MANAGE)
    with writing() as session:
        again = tasks.retry(session, number)
    flash(_("Back in the queue.") if again else _("It is not failed any more."))
    return redirect(url_for("admin.health"))
