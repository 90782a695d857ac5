"""A certificate as a paper: what was signed, in the reader's language, as plain values."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.base import clock, i18n
from challenge.base.db import fresh_session
from challenge.files.storage import storage
from challenge.flow.paper_words import day, title
from challenge.messages import links
from challenge.rules.errors import NotFound
from challenge.tasks import queue
from challenge.tasks.queue import Leased
from challenge.training import certificates, papers, verifying
from challenge.training.models import Certificate

Said = Mapping[str, Any]
Engine = Callable[[Said, str], bytes]


def make(task: Leased, engine: Engine) -> None:
    """Have the engine print what the row of work names, and keep it under its digest."""
    number, locale = task.payload["number"], task.payload["locale"]
    with fresh_session() as session:
        found = _named(session, number)
        if found is None:
            return  # the name was taken off meanwhile: nobody waits
        with i18n.reading_as(locale, None):
            said = words(found)
        statement = json.dumps(verifying.document(found), ensure_ascii=False, indent=1)
    printed = engine(said, statement)
    with storage().in_use():
        sha256 = storage().put(printed)
        with fresh_session() as session:
            if (found := _named(session, number)) is not None:
                papers.keep(session, found, locale, sha256, len(printed), clock.now(session))
            queue.finish(session, task)


def words(found: Certificate) -> dict[str, Any]:
    """What `templates/print/certificate.typ` names, of a certificate with its holder."""
    said = found.document["statement"]
    zh, zone = i18n.reader().zh, said["zone"]
    at = found.issued_at
    until = found.valid_until
    # The end is the first moment after it: the last day is the one before.
    last = day(until - dt.timedelta(seconds=1), zone) if until is not None else _("for good")
    address = links.link("training.certificate", number=found.number)
    rows = [
        (_("Course"), title(said["course"])),
        (_("Hours"), said["hours"]),
        (_("Issued"), day(at, zone)),
        (_("Valid up to and including"), last),
        (_("Number"), found.number),
    ]
    return {
        "lang": "zh" if zh else "en",
        "region": "CN" if zh else "US",
        "installation": links.home(),
        "issuer": i18n.organization_name(found.course.programme.host),
        "title": _("Certificate"),
        "level": LEVEL_TITLES[said["level"]][0 if zh else 1],
        "name": found.holder.name if found.holder is not None else "",
        "lead": _("has completed the training below and met what it asks for."),
        "date": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "facts": [{"label": label, "value": value} for label, value in rows],
        "footer": f"{found.number} · {found.document['signature']['key']}",
        "verify": {
            "url": address,
            "alt": _("QR code of the page that verifies this certificate"),
            "text": _("Whether it is valid stands at this address. The signed statement is attached."),
        },
        "attachment": {
            "name": f"certificate-{found.number}.json",
            "description": _("The signed statement, for programs"),
        },
    }


LEVEL_TITLES = {
    "primary": ("初级技术经理人", "Technology Broker, Primary Level"),
    "intermediate": ("中级技术经理人", "Technology Broker, Intermediate Level"),
    "senior": ("高级技术经理人", "Technology Broker, Senior Level"),
}


def _named(session: Session, number: str) -> Certificate | None:
    try:
        found = certificates.by_number(session, number)
    except NotFound:
        return None
    return found if found.holder is not None else None
