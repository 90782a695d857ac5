"""A Challenge.gov-style feed of the public rounds: what `flask import challenges` reads back as it was."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.base.db import fresh_session
from challenge.exchange.challenges import SOURCE
from challenge.exchange.feed import FACTS, PAGES
from challenge.rounds.models import Prize, Programme, Round, RoundPage, RoundWindow
from challenge.rules.money import amount_text, minor_digits
from challenge.rules.stages import Stage

BATCH = 100
OPEN = (Stage.REQUIREMENTS.value, Stage.SUBMISSION.value)
_FACTS = re.compile(r'<table><tbody>((?:<tr><th scope="row">.*?</td></tr>)+)</tbody></table>$', re.DOTALL)
_FACT = re.compile(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td></tr>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_KEYS = {label: key for key, label in FACTS.items()}


def stream(title: str, address: Callable[[str], str]) -> Generator[bytes]:
    """The feed as JSON, a batch of rounds at a time; `address` gives the public page of a round's slug."""
    yield f'{{"title": {json.dumps(title, ensure_ascii=False)}, "_challenge": ['.encode()
    between, after = "\n", 0
    while True:
        with fresh_session() as session:
            rows = _rounds(session, after)
            items = _items(session, rows, address)
        for item in items:
            yield (between + json.dumps(item, ensure_ascii=False)).encode("utf-8", "backslashreplace")
            between = ",\n"
        if len(rows) < BATCH:
            break
        after = rows[-1][0].id
    yield b"\n]}\n"


def _rounds(session: Session, after: int) -> Sequence[Any]:
    query = (
        sa.select(Round, Organization.name, Organization.name_en)
        .join(Programme, Programme.id == Round.programme_id)
        .join(Organization, Organization.id == Programme.host_id)
        .where(Round.public, Round.id > after)
    )
    return session.execute(query.order_by(Round.id).limit(BATCH)).all()


def _items(session: Session, rows: Sequence[Any], address: Callable[[str], str]) -> list[dict[str, str]]:
    """The rounds as items: three statements for any number of them."""
    ids = [round_.id for round_, *_host in rows]
    windows = {
        row.round_id: row
        for row in session.scalars(
            sa.select(RoundWindow).where(
                RoundWindow.round_id.in_(ids), RoundWindow.stage == Stage.SUBMISSION.value
            )
        )
    }
    texts: dict[int, dict[tuple[str, str], str]] = {each: {} for each in ids}
    for page in session.scalars(sa.select(RoundPage).where(RoundPage.round_id.in_(ids))):
        texts[page.round_id][page.kind, page.lang] = page.html
    written = dict(
        session.execute(
            sa.select(Prize.round_id, Prize.text)
            .where(Prize.round_id.in_(ids), Prize.text.is_not(None))
            .order_by(Prize.position.desc())
        ).all()
    )
    return [
        {
            **_item(round_, name_en or name, windows.get(round_.id), written.get(round_.id)),
            **_texts(texts[round_.id], address(round_.slug)),
            "url": address(round_.slug),
        }
        for round_, name, name_en in rows
    ]


def _item(round_: Round, agency: str, window: RoundWindow | None, written: str | None) -> dict[str, str]:
    ours = not (round_.source or "").startswith(SOURCE)
    return {
        "challenge-id": round_.slug if ours else (round_.source or "").removeprefix(SOURCE),
        **_both("challenge-title", round_.title_en, round_.title_zh),
        **_both("tagline", round_.summary_en, round_.summary_zh),
        "agency": agency,
        "challenge_status": "open" if round_.stage in OPEN else "closed",
        "submission-start": _moment(window.opens_at if window else None, round_.zone),
        "submission-end": _moment(window.closes_at if window else None, round_.zone),
        "total-prize-offered-cash": _prize(round_, None if ours else written),
    }


def _both(name: str, english: str | None, chinese: str | None) -> dict[str, str]:
    """A text under its name in English, or in Chinese where there is no other; the Chinese apart."""
    found = {name: english or chinese or ""}
    return {**found, f"{name}-zh": chinese} if chinese else found


def _moment(at: dt.datetime | None, zone: str) -> str:
    """A wall-clock time that names its zone: 2026-11-24 17:00:00 Asia/Shanghai."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S} {zone}" if at else ""


def _prize(round_: Round, written: str | None) -> str:
    """As an import found it, else the sum with its currency."""
    if written is not None or round_.prize_minor is None:
        return written or ""
    digits = minor_digits(round_.currency)
    return f"{round_.currency} {amount_text(round_.prize_minor, digits=digits)}"


def _texts(pages: Mapping[tuple[str, str], str], address: str) -> dict[str, str]:
    """The long texts by their names in the feed, Chinese ones with -zh; facts are fields again."""
    found: dict[str, str] = {}
    for key, kind in PAGES.items():
        english, chinese = pages.get((kind, "en"), ""), pages.get((kind, "zh"), "")
        if kind == "about":
            english, facts = _apart(english)
            found |= facts
        found[key] = english
        if chinese:
            found[f"{key}-zh"] = chinese
    found.setdefault("permalink", address)
    return found


def _apart(about: str) -> tuple[str, dict[str, str]]:
    """The description, and the facts that an import put in a table under it."""
    match = _FACTS.search(about)
    if match is None:
        return about, {}
    rows = {
        html.unescape(label): html.unescape(_TAG.sub("", text)) for label, text in _FACT.findall(match[1])
    }
    if not rows.keys() <= _KEYS.keys():
        return about, {}
    return about[: match.start()], {_KEYS[label]: text for label, text in rows.items()}
