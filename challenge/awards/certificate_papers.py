"""Awards' certificates on paper: asked for one by one or all of a round, made by `flask work`, kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards import certificate_reads
from challenge.awards.certificate_models import (
    AwardCertificate,
    AwardCertificateHolder,
    AwardCertificatePrint,
)
from challenge.base import i18n
from challenge.base.db import insert_into
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue
from challenge.tasks.models import Task
from challenge.tasks.queue import Work
from challenge.training.papers import Standing


def work_of_one(code: str, locale: str) -> Work:
    """The row of work that makes one."""
    return Work("award_certificate", f"award-certificate/{code}/{locale}", {"code": code, "locale": locale})


def work_of_round(round_id: int, locale: str, before: str = "") -> Work:
    """The row of work that makes all of a round that lack it; after `before` the one that goes on."""
    key = f"award-certificates/{round_id}/{locale}"
    key = key if before != key else f"{key}+"
    return Work("award_certificates", key, {"round_id": round_id, "locale": locale})


def standing(session: Session, found: AwardCertificate, locale: str) -> Standing:
    """How one stands, in one statement or two."""
    row = session.execute(_find(found.id, locale)).one_or_none()
    if row is not None:
        return Standing("there", *row)
    state = queue.state_of(session, work_of_one(found.code, locale).key)
    return Standing({None: "absent", "done": "absent", "failed": "failed"}.get(state, "coming"))


def ask(session: Session, actor: Actor, code: str, locale: str) -> None:
    """Have one made, also where that failed before. Asked twice it is made once."""
    held = gate.hold(session, certificate_reads.round_of(session, code))
    found = certificate_reads.by_code(session, code)
    require(actor, Action.AWARD_CERTIFICATE_READ, certificate_reads.subject_of(session, found, held.now))
    if found.holder is None:
        raise NotFound
    if session.execute(_find(found.id, locale)).one_or_none() is None:
        queue.put_again(session, work_of_one(code, locale))


def ask_all(session: Session, actor: Actor, round_id: int, locale: str) -> None:
    """Have all of a round made that are lacking in a language. Asked twice they are made once."""
    held = gate.hold(session, round_id)
    require(actor, Action.AWARD_CERTIFY, rounds.subject_of(held.round, held.now))
    if locale not in i18n.LOCALES:
        raise Invalid("locale", "not_a_choice")
    if certificate_reads.made(session, round_id, [locale])[locale].lacking:
        queue.put_again(session, work_of_round(round_id, locale))


def coming(session: Session, round_id: int, locales: Collection[str]) -> dict[str, str]:
    """`coming` or `failed` for languages in which they are being made or could not be (one statement)."""
    keys: dict[str, str] = {}
    for locale in locales:
        first = work_of_round(round_id, locale).key
        keys |= {first: locale, work_of_round(round_id, locale, first).key: locale}
    query = sa.select(Task.key, Task.state).where(Task.key.in_(keys), Task.state != "done")
    found: dict[str, str] = {}
    for key, state in session.execute(query):
        if found.get(keys[key]) != "coming":
            found[keys[key]] = "failed" if state == "failed" else "coming"
    return found


def keep(session: Session, locale: str, made: Mapping[int, Kept], at: dt.datetime) -> None:
    """Name stored bytes as papers: certificate -> file; none whose name was taken off meanwhile."""
    ids = list(made)
    held = sa.select(AwardCertificateHolder.certificate_id).where(
        AwardCertificateHolder.certificate_id.in_(ids)
    )
    still = session.scalars(held.with_for_update()).all()
    if not still:
        return
    files.store(session, [made[each] for each in still], at)
    rows = [
        {
            "certificate_id": each,
            "locale": locale,
            "sha256": made[each].sha256,
            "size": made[each].size,
            "created_at": at,
        }
        for each in still
    ]
    session.execute(insert_into(session, AwardCertificatePrint).values(rows).on_conflict_do_nothing())


def _find(certificate_id: int, locale: str) -> sa.Select[str, int]:
    mine = (AwardCertificatePrint.certificate_id == certificate_id, AwardCertificatePrint.locale == locale)
    return sa.select(AwardCertificatePrint.sha256, AwardCertificatePrint.size).where(*mine)
