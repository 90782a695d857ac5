"""A handover record as a paper: what was handed over, in the reader's language, as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.agreements import facts, handing_over
from challenge.agreements.milestone_models import Handover
from challenge.agreements.models import Agreement
from challenge.base import clock, i18n
from challenge.base.db import fresh_session
from challenge.files.storage import storage
from challenge.messages import links
from challenge.rules import need_words
from challenge.rules.errors import NotFound
from challenge.tasks import queue
from challenge.tasks.queue import Leased

Said = Mapping[str, Any]
Engine = Callable[[Said], bytes]


def make(task: Leased, engine: Engine) -> None:
    """Have the engine print what the row of work names, and keep it under its digest."""
    ref, number, locale = (task.payload[name] for name in ("ref", "number", "locale"))
    with fresh_session() as session, i18n.reading_as(locale, None):
        try:
            agreement = facts.by_ref(session, ref)
            said = words(agreement, handing_over.at(session, agreement, number))
        except NotFound:
            return  # gone meanwhile: nobody waits
    printed = engine(said)
    with storage().in_use():
        sha256 = storage().put(printed)
        with fresh_session() as session:
            _keep(session, ref, number, locale, (sha256, len(printed)))
            queue.finish(session, task)


def _keep(session: Session, ref: str, number: int, locale: str, kept: tuple[str, int]) -> None:
    found = handing_over.at(session, facts.by_ref(session, ref), number)
    handing_over.keep(session, found, locale, *kept, clock.now(session))


def words(agreement: Agreement, found: Handover) -> dict[str, Any]:
    """What `templates/print/handover.typ` names, of a record with its signatories."""
    document, zone = found.document, ZoneInfo(agreement.requirement.round.zone)
    zh, at = i18n.reader().zh, found.created_at
    name = f"{document['agreement']['number'] or document['agreement']['ref']} · {found.number}"
    return {
        "lang": "zh" if zh else "en",
        "region": "CN" if zh else "US",
        "installation": links.home(),
        "above": document["agreement"]["number"],
        "title": _("Handover record"),
        "subtitle": document["agreement"]["title"],
        "date": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "footer": f"{name} · SHA-256 {found.digest}",
        "rows": [{"label": label, "value": value} for label, value in _rows(document, found, zone) if value],
        "criteria": {
            "title": _("Acceptance criteria"),
            "head": ["#", _("Acceptance criterion"), _("Target"), _("Measured"), _("Said"), _("Finding")],
            "rows": [_criterion(each) for each in document["criteria"]],
        },
        "files": {
            "title": _("Files"),
            "head": ["#", _("Name and SHA-256"), _("Size")],
            "rows": [
                [each["name"], i18n.filesize(each["size"]), each["sha256"]] for each in document["files"]
            ],
        },
        "boxes": [
            _box(_("Handed over by"), document["parties"].get("solver", ""), found.delivery.deliverer),
            _box(_("Taken over by"), document["parties"].get("seeker", ""), found.delivery.ruler),
        ],
    }


def _rows(document: Said, found: Handover, zone: ZoneInfo) -> list[tuple[str, str]]:
    milestone, delivery = document["milestone"], document["delivery"]
    return [
        (_("The agreement"), f"{document['agreement']['number']} {document['agreement']['title']}".strip()),
        (_("Record number"), str(found.number)),
        (_("Milestone"), f"{milestone['position']}. {milestone['title']}"),
        (_("What was agreed on"), milestone["deliverables"]),
        (_("Handed over"), delivery["note"]),
        (_("Quantity"), delivery["quantity"]),
        (_("Where"), delivery["place"]),
        (_("Delivered on"), _day(delivery["delivered_at"], zone)),
        (_("Accepted on"), _day(delivery["accepted_at"], zone)),
        (_("Remark on the acceptance"), delivery["reason"]),
    ]


ANSWERS = {"met": ("满足", "met"), "partly": ("部分满足", "partly met"), "not_met": ("未满足", "not met")}
RULINGS = {"passed": ("通过", "passed"), "failed": ("未通过", "not passed")}


def _criterion(each: Said) -> list[str]:
    at = 0 if i18n.reader().zh else 1
    target = " ".join(
        filter(None, [need_words.COMPARISONS[each["comparison"]][at], each["target"], each["unit"]])
    )
    answer, ruling = ANSWERS[each["answer"]][at], RULINGS[each["ruling"]][at]
    return [each["name"], target, each["value"] or "–", answer, ruling]


def _box(title: str, party: str, person: User | None) -> dict[str, Any]:
    signed = person.name or person.email if person is not None else ""
    return {
        "title": title,
        "text": party,
        "seal": _("Seal"),
        "lines": [
            _("Signed in as: %(name)s", name=signed) if signed else _("Responsible person"),
            _("Date"),
        ],
    }


def _day(at: str, zone: ZoneInfo) -> str:
    """A day with its year: a paper is read years later."""
    local = dt.datetime.fromisoformat(at).astimezone(zone)
    if i18n.reader().zh:
        return f"{local.year}年{local.month}月{local.day}日"
    return f"{local.day} {local:%B %Y}"
