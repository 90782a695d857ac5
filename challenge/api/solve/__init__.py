"""Entries of a team: begun, written, submitted, taken back; their receipts."""

from __future__ import annotations

from challenge.api.doors import room
from challenge.rules.permissions import Action

ROOMS = (
    room(
        __name__,
        "entries",
        ("GET", "/entries", Action.ACCOUNT_USE, "entries:entries"),
        ("POST", "/entries", Action.SUBMISSION_CREATE, "entries:begin"),
        ("GET", "/entries/<ref>", Action.SUBMISSION_READ, "entries:entry"),
        ("PATCH*", "/entries/<ref>", Action.SUBMISSION_EDIT, "entries:edit"),
        ("GET", "/entries/<ref>/form", Action.SUBMISSION_READ, "entries:form"),
        ("GET", "/entries/<ref>/team", Action.SUBMISSION_READ, "team:team"),
        ("POST", "/entries/<ref>/team", Action.TEAM_MANAGE, "team:invite"),
        ("DELETE", "/entries/<ref>/team/<int:member_id>", Action.TEAM_MANAGE, "team:remove"),
        ("GET", "/entries/<ref>/files", Action.SUBMISSION_READ, "files:files"),
        ("POST>", "/entries/<ref>/files", Action.SUBMISSION_EDIT, "files:upload"),
        ("GET", "/entries/<ref>/files/<file_ref>", Action.SUBMISSION_READ, "files:download"),
        ("DELETE", "/entries/<ref>/files/<file_ref>", Action.SUBMISSION_EDIT, "files:remove"),
        ("POST", "/entries/<ref>/submit", Action.SUBMISSION_SUBMIT, "handing_in:submit"),
        ("POST", "/entries/<ref>/withdraw", Action.SUBMISSION_WITHDRAW, "handing_in:withdraw"),
        ("GET", "/entries/<ref>/versions", Action.SUBMISSION_READ, "handing_in:versions"),
        ("GET", "/entries/<ref>/receipts/<int:number>", Action.SUBMISSION_READ, "handing_in:receipt"),
    ),
)
