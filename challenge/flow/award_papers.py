"""Awards' certificates as papers: one that was asked for, or all of a round, many in a child of the engine.

Each part is kept in a transaction of its own, and what is left goes on in another row of work: killed
anywhere, the next try makes those alone that are still lacking.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.awards import certificate_checks, certificate_papers, certificate_reads
from challenge.awards.certificate_models import AwardCertificate
from challenge.base import clock, i18n
from challenge.base.db import fresh_session
from challenge.files.receiving import Kept
from challenge.files.storage import storage
from challenge.flow.paper_words import day, title
from challenge.messages import links
from challenge.rules import certificate_codes
from challenge.rules.errors import NotFound
from challenge.tasks import queue
from challenge.tasks.queue import Leased
from challenge.training.papers import TYPE

Asked = tuple[dict[str, Any], str]
Engine = Callable[[Sequence[Asked]], list[bytes]]
PART = 50  # of one child
SECONDS = 25.0  # of one row of work: less than a lease with its last child


def one(task: Leased, engine: Engine) -> None:
    """Have the engine print one certificate, and keep it under its digest."""
    code, locale = task.payload["code"], task.payload["locale"]
    with fresh_session() as session:
        found = _named(session, code)
        asked = _asked([found], locale) if found is not None else []
    _print(engine, locale, [found.id] if found is not None else [], asked)
    with fresh_session() as session:
        queue.finish(session, task)


def all_of_round(task: Leased, engine: Engine, seconds: float = SECONDS, count: int = PART) -> None:
    """Have all printed that a round lacks in a language, so many at a time; a part at least."""
    began = time.monotonic()
    round_id, locale = task.payload["round_id"], task.payload["locale"]
    more, late = True, False
    while more and not late:
        with fresh_session() as session:
            part = certificate_reads.lacking(session, round_id, locale, count)
            ids, asked = [each.id for each in part], _asked(part, locale)
        _print(engine, locale, ids, asked)
        more, late = len(part) == count, time.monotonic() - began >= seconds
    with fresh_session() as session:
        if queue.finish(session, task) and more:
            queue.put_again(session, certificate_papers.work_of_round(round_id, locale, task.key))


def _print(engine: Engine, locale: str, ids: Sequence[int], asked: Sequence[Asked]) -> None:
    if not ids:
        return
    printed = engine(asked)
    with storage().in_use():
        made = {
            number: Kept(storage().put(data), len(data), TYPE, "")
            for number, data in zip(ids, printed, strict=True)
        }
        with fresh_session() as session:
            certificate_papers.keep(session, locale, made, clock.now(session))


def _named(session: Session, code: str) -> AwardCertificate | None:
    try:
        found = certificate_reads.by_code(session, code)
    except NotFound:
        return None
    return found if found.holder is not None else None


def _asked(found: Sequence[AwardCertificate], locale: str) -> list[Asked]:
    """Values and signed statement of each, in a language."""
    with i18n.reading_as(locale, None):
        said = [words(each) for each in found]
    documents = (certificate_checks.document(each) for each in found)
    texts = [json.dumps(each, ensure_ascii=False, indent=1) for each in documents]
    return list(zip(said, texts, strict=True))


def words(found: AwardCertificate) -> dict[str, Any]:
    """What `templates/print/certificate.typ` names, of a certificate with its holder."""
    said = found.document["statement"]
    zh, at = i18n.reader().zh, found.issued_at
    code = certificate_codes.written(found.code)
    needed, entry = said["requirement"], said["entry"]
    rows = [
        (_("Round"), title(said["round"])),
        (_("Need"), title(needed) if needed else ""),
        (_("Entry"), " ".join(each for each in (entry["code"], entry.get("title")) if each)),
        (_("Issued"), day(at, said["zone"])),
        (_("Certificate code"), code),
    ]
    name = found.holder.name if found.holder is not None else ""
    return {
        "lang": "zh" if zh else "en",
        "region": "CN" if zh else "US",
        "installation": links.home(),
        "issuer": i18n.organization_name(found.round.programme.host),
        "title": _("Certificate of award") if said["of"] == "award" else _("Certificate"),
        "level": _level(said),
        "name": name,
        "lead": _lead(said),
        "date": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "facts": [{"label": label, "value": value} for label, value in rows if value],
        "footer": f"{code} · {found.document['signature']['key']}",
        "verify": {
            "url": links.link("public.award_certificate", code=code),
            "alt": _("QR code of the page that verifies this certificate"),
            "text": _("Whether it is valid stands at this address. The signed statement is attached."),
        },
        "attachment": {
            "name": f"certificate-{code}.json",
            "description": _("The signed statement, for programs"),
        },
    }


def _level(said: dict[str, Any]) -> str:
    if said["of"] == "award":
        return title(said["prize"], "name")
    return _("Finalist") if said["of"] == "finalist" else _("Participant")


def _lead(said: dict[str, Any]) -> str:
    """What it was given for; a member's says that a team was behind the entry."""
    if said["of"] == "award":
        return (
            _("has won this prize with the entry below.")
            if said["holder"] == "team"
            else _("was in the team that won this prize with the entry below.")
        )
    if said["of"] == "finalist":
        return _("reached the final of the round below.")
    return _("took part in the round below with an entry that was judged.")
