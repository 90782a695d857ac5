"""A Challenge.gov-style feed, read item by item: values, with a line for each guess and each loss."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from challenge.base import texts
from challenge.exchange import spellings
from challenge.exchange.reports import Faulty, Line, Report
from challenge.rounds.models import RoundPage
from challenge.rules import localtime
from challenge.rules.errors import Invalid

NEEDED = ("challenge-id", "challenge-title", "submission-start", "submission-end")
PAGES = {
    "description": "about",
    "rules": "rules",
    "prizes": "prizes",
    "judging": "judging",
    "how-to-enter": "entry",
}
# Short facts that have no column of their own stand in a table under the description.
FACTS = {
    "external-url": "Website",
    "legal-authority": "Legal authority",
    "fiscal-year": "Fiscal year",
    "type-of-challenge": "Type",
    "partner-agencies-federal": "Federal partners",
    "partners-non-federal": "Other partners",
    "permalink": "Source",
}
# Our own feed has texts in Chinese beside the others, and the address where it shows each round.
CHINESE = {f"{key}-zh": kind for key, kind in PAGES.items()}
TAKEN = {
    *(*NEEDED, *PAGES, *FACTS, *CHINESE, "challenge-title-zh", "tagline-zh", "url"),
    *("tagline", "agency", "total-prize-offered-cash", "challenge_status"),
}
_TAG = re.compile(r"<\s*([a-zA-Z][a-zA-Z0-9]*)")


def read_feed(path: Path) -> list[Mapping[str, Any]]:
    """The feed's items; raises `Faulty` naming the place for broken encoding, JSON or shape."""
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Faulty.one(path.name, f"byte {error.start}", "not_utf8") from None
    except json.JSONDecodeError as error:
        raise Faulty.one(path.name, f"line {error.lineno}", "not_json", error.msg) from None
    items = data.get("_challenge") if isinstance(data, dict) else data
    if not isinstance(items, list):
        raise Faulty.one(path.name, "_challenge", "not_a_feed")
    faults: list[Line] = []
    seen: set[str] = set()
    for number, item in enumerate(items, start=1):
        faults += _item_faults(f"item {number}", item, seen)
    if faults:
        raise Faulty(faults)
    return items


def _item_faults(name: str, item: object, seen: set[str]) -> list[Line]:
    if not isinstance(item, dict):
        return Faulty.one(name, "", "not_an_object").lines
    faults = [line for key in NEEDED if key not in item for line in Faulty.one(name, key, "missing").lines]
    number = text_of(item.get("challenge-id"))
    if not number or not text_of(item.get("challenge-title")):
        faults += Faulty.one(name, "challenge-id, challenge-title", "empty").lines
    if number in seen:
        faults += Faulty.one(name, "challenge-id", "duplicate", number).lines
    seen.add(number)
    return faults


def text_of(value: object) -> str:
    """A field as text; a list as its items with commas, nothing as nothing."""
    if isinstance(value, list):
        return ", ".join(text_of(each) for each in value if each)
    return "" if value is None else str(value).strip()


@dataclass
class Reading:
    """One item being read: values, with every guess and loss in the report."""

    item: Mapping[str, Any]
    report: Report
    zone: str
    day_first: bool | None

    @property
    def number(self) -> str:
        """The item's own number."""
        return text_of(self.item["challenge-id"])

    def dates(self) -> tuple[str, dt.datetime | None, dt.datetime | None]:
        """The zone, and the submission window as instants."""
        end = spellings.read_moment(text_of(self.item["submission-end"]), end=True, day_first=self.day_first)
        year = end.value.year if end.value else None
        start = spellings.read_moment(
            text_of(self.item["submission-start"]), year=year, day_first=self.day_first
        )
        zone = start.zone or end.zone or self.zone
        opens_at = self._instant("submission-start", start, zone)
        closes_at = self._instant("submission-end", end, zone)
        if opens_at and closes_at and closes_at <= opens_at:
            written = f"{text_of(self.item['submission-start'])} – {text_of(self.item['submission-end'])}"
            self.report.loss(self.number, "submission-end", "ends_before_start", written)
            opens_at = None
        return zone, opens_at, closes_at

    def _instant(self, name: str, moment: spellings.Moment, zone: str) -> dt.datetime | None:
        for guess in moment.guesses:
            self.report.guess(
                self.number, name, guess.code, guess.text or (zone if guess.code == "no_zone" else "")
            )
        for loss in moment.losses:
            self.report.loss(self.number, name, loss.code, loss.text)
        if moment.value is None:
            return None
        place = ZoneInfo(moment.zone or zone)
        try:
            return localtime.to_instant(name, moment.value, place)
        except Invalid as fault:
            self.report.guess(self.number, name, fault.code, moment.value.isoformat(" "))
            return moment.value.replace(tzinfo=place).astimezone(dt.UTC)

    def both(self, name: str) -> tuple[str | None, str | None]:
        """A short text in English and in Chinese; one that stands for both is Chinese."""
        plain, chinese = text_of(self.item.get(name)), text_of(self.item.get(f"{name}-zh"))
        return (None if plain == chinese else plain) or None, chinese or None

    def prize(self) -> tuple[int | None, str, str]:
        """The total in minor units, its currency, and the words as written."""
        written = text_of(self.item.get("total-prize-offered-cash"))
        amount = spellings.read_amount(written)
        for guess in amount.guesses:
            self.report.guess(self.number, "total-prize-offered-cash", guess.code, guess.text)
        for loss in amount.losses:
            if loss.code != "empty":
                self.report.loss(self.number, "total-prize-offered-cash", loss.code, loss.text)
        return amount.minor, amount.currency or "USD", written

    def pages(self) -> list[RoundPage]:
        """The long texts, sanitised; what sanitising removed is a loss."""
        pages = []
        for key, kind in (*PAGES.items(), *CHINESE.items()):
            source = text_of(self.item.get(key))
            body = texts.clean_html(source).strip()
            removed = sorted(
                {tag.lower() for tag in _TAG.findall(source)} - texts.TAGS - {"h1", "h2", "div", "span"}
            )
            if removed:
                self.report.loss(self.number, key, "html_removed", " ".join(removed))
            if key == "description":
                body += self._facts()
            if body:
                lang = "zh" if key in CHINESE else "en"
                pages.append(RoundPage(kind=kind, lang=lang, source=source, html=body))
        return pages

    def _facts(self) -> str:
        rows = [(label, text_of(self.item.get(key))) for key, label in FACTS.items()]
        cells = "".join(
            f'<tr><th scope="row">{html.escape(label)}</th><td>{_linked(value)}</td></tr>'
            for label, value in rows
            if value
        )
        return f"<table><tbody>{cells}</tbody></table>" if cells else ""

    def unkept(self) -> None:
        """Fields that nothing here keeps (pictures on other people's servers) are losses, each a line."""
        for key, value in self.item.items():
            if key not in TAKEN and text_of(value):
                self.report.loss(self.number, str(key), "not_kept", text_of(value)[:200])


def _linked(value: str) -> str:
    shown = html.escape(value)
    if value.startswith(("https://", "http://")) and " " not in value:
        return texts.clean_html(f'<a href="{shown}">{shown}</a>')
    return shown
