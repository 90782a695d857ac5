"""An invitation that waits, on the pages of those who sent it: mailed once more, or taken back."""

from __future__ import annotations

from flask import flash
from flask_babel import gettext as _

from challenge.accounts import invitations
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Subject


def act(number: int, verb: str, role: str, scope: str, scope_id: int, subject: Subject) -> None:
    """Do it (`again` or `revoke`) and say so; raises NotFound for an invitation to anything else."""
    if number not in {each.id for each in invitations.of_thing(db.session, role, scope, scope_id)}:
        raise NotFound
    change = invitations.send_again if verb == "again" else invitations.revoke
    with writing() as session:
        change(session, actor(), number, subject)
    flash(_("Invitation mailed once more.") if verb == "again" else _("Invitation taken back."))
