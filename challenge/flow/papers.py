"""A receipt or refusal as a paper: the signed statement in the reader's language, as plain values."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import User
from challenge.audit.statements import RECEIPT
from challenge.base import clock, i18n
from challenge.base.db import fresh_session
from challenge.files.storage import storage
from challenge.messages import links
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.submissions import papers
from challenge.submissions.models import LateArrival, Submission, Version
from challenge.submissions.papers import Wanted
from challenge.tasks import queue
from challenge.tasks.queue import Leased, Work

Said = Mapping[str, Any]
Engine = Callable[[Said, str], bytes]


def of_version(session: Session, facts: Mapping[str, Any]) -> list[Work]:
    """The receipt as a paper, for whoever handed it in; in a sealed round not before the release."""
    query = (
        sa.select(Version.id, User.locale, User.zone)
        .join(User, User.id == Version.submitted_by)
        .where(Version.submission_id == facts["submission_id"], Version.number == facts["version"])
        .where(Version.sealed.is_(False))
    )
    return [Wanted("version", key, locale, zone or "").work for key, locale, zone in session.execute(query)]


def of_refusal(session: Session, facts: Mapping[str, Any]) -> list[Work]:
    """The same for the refusal of what came too late."""
    query = (
        sa.select(LateArrival.id, User.locale, User.zone)
        .join(User, User.id == LateArrival.user_id)
        .join(Submission, Submission.id == LateArrival.submission_id)
        .where(LateArrival.id == facts["late_id"], Submission.sealed.is_(False))
    )
    return [Wanted("late", key, locale, zone or "").work for key, locale, zone in session.execute(query)]


def make(task: Leased, engine: Engine) -> None:
    """Have the engine print what the row of work names, and keep it under its digest."""
    wanted = Wanted(**task.payload)
    with fresh_session() as session:
        found = papers.statement(session, wanted)
        said = _said(session, found[0], found[1], wanted) if found else None
    if found is None or said is None:
        return  # gone, or sealed again: nobody waits
    printed = engine(said, json.dumps(found[0], ensure_ascii=False, indent=1))
    with storage().in_use():
        sha256 = storage().put(printed)
        with fresh_session() as session:
            papers.keep(session, wanted, sha256, len(printed), clock.now(session))
            queue.finish(session, task)


def _said(session: Session, document: Said, submission_id: int, wanted: Wanted) -> dict[str, Any]:
    submission = session.get_one(Submission, submission_id, options=[joinedload(Submission.requirement)])
    round_ = session.get_one(Round, submission.round_id)
    with i18n.reading_as(wanted.locale, wanted.zone or None):
        return _words(document, submission, round_, wanted.zone)


def _words(document: Said, submission: Submission, round_: Round, zone: str) -> dict[str, Any]:
    said = document["statement"]
    valid, code = said["kind"] == RECEIPT, said["submission"]
    at = dt.datetime.fromisoformat(said["submitted_at" if valid else "arrived_at"])
    number = said.get("version")
    return {
        "lang": "zh" if i18n.reader().zh else "en",
        "region": "CN" if i18n.reader().zh else "US",
        "valid": valid,
        "installation": links.home(),
        "kind": _("Receipt of a submission") if valid else _("Refusal of a late submission"),
        "title": _("Receipt %(code)s", code=code) if valid else _("Refusal %(code)s", code=code),
        "lead": _("Version %(number)s was handed in and taken in.", number=number)
        if valid
        else _("It arrived after the close and was not entered. The draft was kept."),
        "note": _("Signed by this installation. It proves which bytes arrived and when, without this site."),
        "date": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "footer": " · ".join(filter(None, [code, f"V{number}" if number else "", said["round"]])),
        "facts": _facts(document, submission, round_, zone),
        "files": _files(said["manifest"]),
        "verify": _verifying(links.link("public.verify"), document["signature"]["key"]),
        "attachment": {
            "name": f"{'receipt' if valid else 'refusal'}-{code}.json",
            "description": _("The signed statement, for programs"),
        },
    }


def _facts(document: Said, submission: Submission, round_: Round, zone: str) -> list[dict[str, Any]]:
    said, signature = document["statement"], document["signature"]
    asked = submission.requirement
    rows: list[tuple[str, str | None, bool]] = [
        (_("Round"), i18n.t(round_, "title"), False),
        (_("Requirement"), _titled(said["requirement"], asked) if asked else None, False),
        (_("Submission"), said["submission"], False),
        (_("Version"), str(said["version"]) if "version" in said else None, False),
        *_times(said, round_.zone, zone),
        (_("Content SHA-256"), said["content_sha256"], True),
        (_("Audit trail"), f"{said['audit']['chain']}, {said['audit']['seq']}", False),
        (_("Audit entry"), said["audit"]["hash"], True),
        (_("Signed with key"), signature["key"], True),
        (_("Ed25519 signature"), signature["value"], True),
    ]
    return [{"label": label, "value": value, "code": code} for label, value, code in rows if value]


def _times(said: Said, round_zone: str, zone: str) -> list[tuple[str, str | None, bool]]:
    """Every instant in the round's zone, in the reader's own, and as the database had it."""
    rows: list[tuple[str, str | None, bool]] = []
    words = {"submitted_at": _("Submitted"), "arrived_at": _("Arrived"), "closed_at": _("Deadline")}
    for name, label in words.items():
        if name in said:
            at = dt.datetime.fromisoformat(said[name])
            own = _moment(at, zone) if zone and zone != round_zone else None
            rows += [
                (label, _moment(at, round_zone), False),
                (_("%(what)s, your time", what=label), own, False),
                (_("%(what)s, database’s time, UTC", what=label), said[name], False),
            ]
    by = {
        "grace": _("the grace after the deadline"),
        "extension": _("an extension of this submission"),
        "opt_in": _("the choice to submit the last complete draft at the close"),
    }
    if "admitted" in said:
        rows += [
            (_("In time by"), by.get(said["admitted"]["by"], said["admitted"]["by"]), False),
            (_("Announced deadline, UTC"), said["admitted"]["closes_at"], False),
        ]
    return rows


def _titled(number: str | None, requirement: Requirement) -> str:
    return f"{number or ''} {i18n.t(requirement, 'title')}".strip()


def _files(manifest: list[Said]) -> dict[str, Any]:
    return {
        "title": _("Files (%(count)s)", count=len(manifest)),
        "none": _("No files."),
        "head": ["", _("Name, and SHA-256 of its bytes"), _("Size")],
        "rows": [
            {"name": file["name"], "sha256": file["sha256"], "size": i18n.filesize(file["size"])}
            for file in manifest
        ],
    }


def _verifying(address: str, key: str) -> dict[str, Any]:
    return {
        "title": _("How to verify"),
        "url": address,
        "alt": _("QR code of the page that verifies receipts"),
        "steps": [
            _("On the page below, hand in this PDF or the statement attached to it; nothing is stored."),
            _("Without this site: python3 verify_receipt.py THIS.pdf YOUR-FILES --keys keys.json"),
            _("The script and the keys are on the page below. Key of this receipt: %(key)s.", key=key),
        ],
    }


def _moment(at: dt.datetime, zone: str) -> str:
    """An instant with its year and seconds: a paper is read years later."""
    local, name = at.astimezone(ZoneInfo(zone)), i18n.zone_name(at, zone)
    if i18n.reader().zh:
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}，{name}"
    return f"{local.day} {local:%b %Y, %H:%M:%S} {name}"
