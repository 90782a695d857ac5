"""The panel of agreements: those that are not over, of my organizations, mine, or in my hands."""

from __future__ import annotations

import datetime as dt

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.agreements import listing
from challenge.rules.permissions import Actor
from challenge.web import agreement_words
from challenge.web.account.panel_parts import MOST, Line, Panel


def panel(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """The newest first."""
    lines = [
        Line(
            url_for("agree.agreement", ref=row.ref),
            row.title or _("Without a title"),
            "agreement",
            row.state,
            str(agreement_words.KINDS[row.kind]),
        )
        for row in listing.mine(session, actor, open_only=True, limit=MOST)
    ]
    return Panel(_("Agreements"), lines, "", url_for("agree.mine"), _("All agreements")) if lines else None
