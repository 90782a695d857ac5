"""The inbox: technical needs that were sent to me here, and those on which my opinion was asked."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.distribution import queries, tokens
from challenge.requirements import diagnosis_reads
from challenge.rules.permissions import Action, require
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {"inbox": {"GET": Action.ACCOUNT_USE}}


@blueprint.get("/inbox")
def inbox() -> ResponseReturnValue:
    """What lies there, newest first; each line leads to the page where it is answered."""
    require(actor(), Action.ACCOUNT_USE)
    rows = queries.inbox(db.session, actor().user_id or 0)
    mine = queries.recipient_ref(db.session, actor().user_id or 0)
    return render_template(
        "account/inbox.html",
        lines=[(row, url_for("public.answers", token=tokens.write(tokens.ANSWER, row.ref))) for row in rows],
        diagnoses=diagnosis_reads.asked_of(db.session, actor().user_id or 0),
        wishes=url_for("public.unsubscribe", token=tokens.write(tokens.LEAVE, mine)) if mine else None,
    )
