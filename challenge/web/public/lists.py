"""Lists of the public site: rounds, requirements, finds. Filters and pages stand in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.requirements import public as needs
from challenge.requirements.models import FIELDS, MODES
from challenge.rounds import listing, marks
from challenge.rounds.marks import Mark
from challenge.rounds.models import Theme
from challenge.rules.money import parse_amount
from challenge.rules.permissions import Action
from challenge.web import listing as files
from challenge.web.public import cards, kept, taken
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "rounds": {"GET": Action.PAGE_READ},
    "requirements": {"GET": Action.PAGE_READ},
}
PAGE = 50
LONGEST_WORD = 100
WHICH: Mapping[str, Literal["running", "past", "all"]] = {"open": "running", "closed": "past", "all": "all"}


def time_key(text: str | None) -> tuple[dt.datetime, int] | None:
    """The place in a list that an address names (`<instant>~<id>`); None where it names none."""
    moment, _tilde, number = (text or "").partition("~")
    try:
        at = dt.datetime.fromisoformat(moment)
        return (at, int(number)) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def time_text(key: tuple[dt.datetime, int]) -> str:
    """That place as text for an address."""
    return f"{key[0].astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%f}Z~{key[1]}"


def number_key(text: str | None) -> int | None:
    """The same for lists that run by number."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


@blueprint.get("/rounds")
def rounds() -> ResponseReturnValue:
    """All rounds: those running (the next moment first), those over, or both."""
    if form := files.asked():
        chosen = WHICH.get(request.args.get("show", "open"), "running")
        return files.file(form, taken.of_rounds(listing.RoundFilter(which=chosen)))
    mark = marks.of_site(db.session)
    return kept.answer(mark, lambda: _rounds(mark))


def _rounds(mark: Mark) -> str:
    which = request.args.get("show", "open")
    which = which if which in WHICH else "open"
    after = time_key(request.args.get("after"))
    rows = listing.public_rounds(
        db.session, listing.RoundFilter(which=WHICH[which]), after=after, limit=PAGE + 1
    )
    shown = cards.round_cards(rows[:PAGE], mark.now)
    kept.expect(*(card.closes_at for card in shown), *(card.opens_at for card in shown))
    here = url_for("public.rounds")
    older = (
        f"{here}?{urlencode({'show': which, 'after': time_text(rows[PAGE - 1].key)})}"
        if rows[PAGE:]
        else None
    )
    return render_template(
        "public/rounds.html",
        cards=shown,
        hues=sorted({card.hue for card in shown}),
        which=which,
        older=older,
        newer=f"{here}?{urlencode({'show': which})}" if after else None,
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a list of requirements as the address gives them, and what of it could not be read."""

    filters: needs.Filters
    text: str
    low: str
    high: str
    unread: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many filters are set."""
        chosen = self.filters
        sums = (chosen.budget_from is not None, chosen.budget_to is not None)
        words = (chosen.field, chosen.mode, chosen.text, chosen.theme)
        return sum((*map(bool, words), *sums))

    def query(self, **more: object) -> str:
        """The filters as the query of an address, with what else is to stand there."""
        chosen = self.filters
        values = {
            "q": self.text,
            "track": chosen.theme,
            "field": chosen.field,
            "mode": chosen.mode,
            "from": self.low,
            "to": self.high,
        }
        kept_values = {name: value for name, value in {**values, **more}.items() if value}
        return "?" + urlencode(kept_values) if kept_values else ""


def wanted(round_id: int | None = None, tracks: Sequence[Theme] = ()) -> Wanted:
    """The filters of this request. Budgets are in ten thousands of yuan; `tracks`: those of the round."""
    args = request.args
    field, mode = args.get("field", ""), args.get("mode", "")
    text = args.get("q", "").strip()[:LONGEST_WORD]
    unread, sums = [], {}
    for name in ("from", "to"):
        typed = args.get(name, "").strip()[:30]
        amount = parse_amount(typed, "wan") if typed else None
        if isinstance(amount, str):
            unread.append(typed)
        sums[name] = (typed, amount if isinstance(amount, int) else None)
    filters = needs.Filters(
        round_id=round_id,
        field=field if field in FIELDS else "",
        mode=mode if mode in MODES else "",
        budget_from=sums["from"][1],
        budget_to=sums["to"][1],
        text=text,
        theme=args.get("track", "") if args.get("track") in {each.ref for each in tracks} else "",
    )
    return Wanted(filters, text, sums["from"][0], sums["to"][0], tuple(unread))


def requirement_list(asked: Wanted, now: dt.datetime, here: str) -> dict[str, Any]:
    """What a list of requirements draws: cards, filters with counts, pages. Three statements."""
    after = number_key(request.args.get("after"))
    rows = needs.public_list(db.session, asked.filters, after=after, limit=PAGE + 1)
    counts = {each.field: each for each in needs.field_counts(db.session, asked.filters.round_id)}
    shown = cards.requirement_cards(rows[:PAGE], now)
    kept.expect(*(card.closes_at for card in shown), *(row.opens_at for row in rows))
    return {
        "cards": shown,
        "wanted": asked,
        "whole": after is None and not rows[PAGE:],
        "fields": [(field, cards.field_name(field), counts[field]) for field in FIELDS],
        "modes": [(mode, cards.MODE_NAMES[mode]) for mode in MODES],
        "field_title": cards.field_name(asked.filters.field),
        "here_url": here,
        "older": here + asked.query(after=rows[PAGE - 1].id) if rows[PAGE:] else None,
        "newer": here + asked.query() if after else None,
    }


@blueprint.get("/requirements")
def requirements() -> ResponseReturnValue:
    """All published requirements, newest first."""
    if form := files.asked():
        return files.file(form, taken.of_needs(wanted().filters))
    mark = marks.of_site(db.session)
    return kept.answer(mark, lambda: _requirements(mark))


def _requirements(mark: Mark) -> str:
    values = requirement_list(wanted(), mark.now, url_for("public.requirements"))
    return render_template("public/requirements.html", **values, hues=_hues(values["cards"]))


def _hues(shown: Sequence[cards.RequirementCard]) -> list[int]:
    return sorted({card.hue for card in shown})
