"""What is attached to a letter: the signed statements that it speaks of, as files.

Nothing under a seal is: the letter would lie in its table, and in mail boxes, beside it. A letter after the
release carries the receipts of all that it opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app

from challenge.base import i18n
from challenge.messages import calendars, links
from challenge.submissions.models import Submission, Version

Scene = Mapping[str, Any]
Enclosure = dict[str, str]


def of(template: str, scene: Scene) -> list[Enclosure]:
    """The files that go with this letter: {name, media_type, text} each."""
    make = TABLE.get(template)
    return make(scene) if make else []


def _receipt(scene: Scene) -> list[Enclosure]:
    version = scene["version"]
    return [] if version.sealed or not version.receipt else [_signed(scene["submission"], version)]


def _receipts(scene: Scene) -> list[Enclosure]:
    """After the release: also of what could not be opened, whose receipt is all that speaks for it."""
    return [_signed(submission, version) for submission, version in scene["receipts"] if version.receipt]


def _refusal(scene: Scene) -> list[Enclosure]:
    submission, late = scene["submission"], scene["late"]
    if submission.sealed:  # what was not entered is never opened
        return []
    return [_document(late.refusal, f"refusal-{submission.code}-{late.id}.json")]


def _calendar(scene: Scene) -> list[Enclosure]:
    docking = scene["docking"]
    title = f"{i18n.t(scene['need'], 'title')} ({docking.number})"
    sender = current_app.config["SETTINGS"].mail_sender
    text = calendars.invitation(docking, title, sender, scene["to"], links.host(), scene["written_at"])
    method = "CANCEL" if docking.state == "cancelled" else "REQUEST"
    return [{"name": "invite.ics", "media_type": "text/calendar", "text": text, "method": method}]


def _course(scene: Scene) -> list[Enclosure]:
    """Its sessions; whoever waits gets them when there is a place for them."""
    course = scene["course"]
    title = i18n.t(course, "title")
    text = calendars.course(course, title, links.host(), scene["written_at"], place=True)
    return [{"name": "course.ics", "media_type": "text/calendar", "text": text, "method": "PUBLISH"}]


def _signed(submission: Submission, version: Version) -> Enclosure:
    return _document(version.receipt, f"receipt-{submission.code}-{version.number}.json")


def _document(signed: Mapping[str, Any], name: str) -> Enclosure:
    text = json.dumps(signed, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return {"name": name, "media_type": "application/json", "text": text}


TABLE: Mapping[str, Callable[[Scene], list[Enclosure]]] = {
    "submission_submitted": _receipt,
    "receipts_released": _receipts,
    "submission_refused_late": _refusal,
    "docking_planned": _calendar,
    "docking_moved": _calendar,
    "docking_cancelled": _calendar,
    "course_enrolled": _course,
    "course_moved_up": _course,
}
