"""Import of a Challenge.gov-style feed: each item becomes a round with its dates, prizes, rules and texts.

The feed has submission dates only and names no zone: other windows stay empty, the zone is a reported
guess. Past rounds arrive closed, without effects: no events, no mail. A second run changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.audit import chain
from challenge.base import clock
from challenge.exchange import spellings
from challenge.exchange.feed import Reading, text_of
from challenge.exchange.reports import Report
from challenge.exchange.slugs import slug_of
from challenge.rounds.models import Prize, Programme, Round, RoundWindow
from challenge.rules.permissions import SYSTEM
from challenge.rules.stages import WINDOWED, Stage

SOURCE = "challenge.gov:"


def import_challenges(session: Session, items: Sequence[Mapping[str, Any]], *, zone: str) -> Report:
    """Bring in every item that is not here yet; the report has a line for each guess and each loss.

    `zone` is where the feed's wall-clock times are read when they name none.
    """
    report = Report()
    known = set(session.scalars(sa.select(Round.source).where(Round.source.like(f"{SOURCE}%"))))
    moments = [text_of(item[key]) for item in items for key in ("submission-start", "submission-end")]
    day_first = spellings.order_of(moments)
    hosts = _Hosts(session)
    now = clock.now(session)
    created: list[Round] = []
    for item in items:
        source = f"{SOURCE}{text_of(item['challenge-id'])}"
        if source in known:
            report.unchanged += 1
            continue
        reading = Reading(item, report, zone, day_first=day_first)
        created.append(_create(session, reading, hosts, source, now))
        report.created += 1
    session.flush()
    entries = [
        chain.Entry(
            chain.round_chain(each.id), SYSTEM, "round.imported", f"round:{each.id}", {"source": each.source}
        )
        for each in created
    ]
    if entries:
        chain.record_many(session, entries, at=now)
    return report


class _Hosts:
    """Agencies and their programmes, made once each."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.programmes: dict[str, Programme] = {}

    def programme(self, agency: str) -> Programme:
        """The programme of an agency; an item without one stands under a programme that says so."""
        name = agency or "Unnamed agency"
        if name not in self.programmes:
            slug = slug_of(name)
            found = self.session.scalar(sa.select(Programme).where(Programme.slug == slug))
            self.programmes[name] = found or self._make(name, slug)
        return self.programmes[name]

    def _make(self, name: str, slug: str) -> Programme:
        host = Organization(name=name, name_en=name, kind="public")
        programme = Programme(slug=slug, host=host, title_en=f"{name}: prize challenges", hue=_hue(name))
        self.session.add_all((host, programme))
        self.session.flush()
        return programme


def _hue(name: str) -> int:
    return sum(name.encode()) * 37 % 360


def _create(session: Session, reading: Reading, hosts: _Hosts, source: str, now: dt.datetime) -> Round:
    item = reading.item
    zone, opens_at, closes_at = reading.dates()
    minor, currency, written = reading.prize()
    title_en, title_zh = reading.both("challenge-title")
    summary_en, summary_zh = reading.both("tagline")
    over = closes_at <= now if closes_at else text_of(item.get("challenge_status")).lower() == "closed"
    if closes_at is None:
        reading.report.guess(
            reading.number, "challenge_status", "stage_from_status", "closed" if over else "open"
        )
    round_ = Round(
        slug=slug_of(title_en or title_zh or "", reading.number),
        programme=hosts.programme(text_of(item.get("agency"))),
        title_en=title_en,
        title_zh=title_zh,
        summary_en=summary_en,
        summary_zh=summary_zh,
        zone=zone,
        stage=Stage.CLOSED.value if over else Stage.SUBMISSION.value,
        public=True,
        launched_at=min(opens_at or now, now),
        sort_at=closes_at or opens_at or now,
        prize_minor=minor,
        currency=currency,
        notice_days=0,
        source=source,
    )
    session.add(round_)
    session.flush()
    session.add_all(_windows(round_.id, opens_at, closes_at, now))
    _add_texts(session, reading, round_, minor, currency, written)
    reading.unkept()
    return round_


def _windows(
    round_id: int, opens_at: dt.datetime | None, closes_at: dt.datetime | None, now: dt.datetime
) -> list[RoundWindow]:
    """Four rows; what is past is recorded as done, so that no scheduler gives it effects."""
    rows = [
        RoundWindow(round_id=round_id, stage=stage.value, position=i) for i, stage in enumerate(WINDOWED, 1)
    ]
    row = rows[WINDOWED.index(Stage.SUBMISSION)]
    row.opens_at, row.closes_at, row.first_closes_at = opens_at, closes_at, closes_at
    # Without a known opening the window counts as opened with the import, so that its end can be recorded.
    row.opened_at = (opens_at if opens_at <= now else None) if opens_at else (now if closes_at else None)
    row.closed_at = closes_at if closes_at and closes_at <= now else None
    if row.closed_at and row.opened_at is None:
        row.opened_at = row.closed_at
    return rows


def _add_texts(
    session: Session, reading: Reading, round_: Round, minor: int | None, currency: str, written: str
) -> None:
    """The long texts, and the prize as its words and its sum."""
    for page in reading.pages():
        page.round_id = round_.id
        session.add(page)
    if written:
        prize = Prize(
            round_id=round_.id,
            position=1,
            name_en="Total prize",
            amount_minor=minor,
            currency=currency,
            kind="in_kind" if minor is None else "both",
            text=written,
        )
        session.add(prize)
