"""What several public pages show alike: a round in a list, a requirement in a list, words of codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from challenge.base import amounts, i18n
from challenge.requirements.public import IndicatorLine, PublicRow
from challenge.rounds.listing import RoundRow
from challenge.rounds.tracks import Track, track
from challenge.web.context import track_label

FIELD_NAMES = {
    "electronics": _l("Electronics and information"),
    "manufacturing": _l("Advanced manufacturing"),
    "materials": _l("New materials"),
    "energy": _l("New energy and energy saving"),
    "biomedicine": _l("Biology and new medicine"),
    "environment": _l("Resources and environment"),
    "aerospace": _l("Aerospace"),
    "services": _l("High-tech services"),
    "agrifood": _l("Agri-food"),
}
MODE_NAMES = {
    "entrusted": _l("Entrusted R&D"),
    "joint": _l("Joint R&D"),
    "transfer": _l("Technology transfer"),
    "licence": _l("Licence"),
    "equity": _l("Equity"),
    "other": _l("Other"),
}
RUNNING_STAGES = ("requirements", "submission", "judging", "award")
SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "="}


def field_name(field: str | None) -> str:
    """The field in the reader's words; empty for none."""
    return str(FIELD_NAMES[field]) if field else ""


def mode_names(modes: Sequence[str]) -> str:
    """Ways of working together, listed."""
    return i18n.listed(MODE_NAMES[mode] for mode in modes if mode in MODE_NAMES)


def target(line: IndicatorLine) -> str:
    """A target as it is read: '≥ 99.2', 'yes'."""
    if line.comparison == "yes":
        return _("yes")
    return f"{SIGNS[line.comparison]} {line.target or ''}".rstrip()


@dataclass(frozen=True, slots=True)
class RoundCard:
    """A round in a list, in the reader's words."""

    href: str
    title: str
    lang: str | None
    host: str
    hue: int
    track: Track
    label: str
    closes_at: dt.datetime | None
    opens_at: dt.datetime | None
    zone: str
    needs: int
    solutions: int
    money: str
    money_label: str


def round_cards(rows: Sequence[RoundRow], now: dt.datetime) -> list[RoundCard]:
    """Rounds as a list draws them."""
    prefix = url_for("public.rounds")
    budget, prize = _("budget"), _("prizes")
    return [_round_card(row, now, prefix, budget, prize) for row in rows]


def _round_card(row: RoundRow, now: dt.datetime, prefix: str, budget: str, prize: str) -> RoundCard:
    view = track(row, now)
    open_now, upcoming = view.now, view.upcoming
    alive = view.stage not in ("closed", "cancelled")
    by_budget = bool(row.budget_minor)
    return RoundCard(
        f"{prefix}/{row.slug}",
        i18n.t(row, "title"),
        i18n.t_lang(row, "title"),
        host_name(row),
        row.hue,
        view,
        track_label(view),
        open_now.closes_at if open_now and alive else None,
        upcoming.opens_at if upcoming and alive and not open_now else None,
        row.zone,
        row.requirement_count,
        row.submission_count,
        short_money(row.budget_minor if by_budget else row.prize_minor, row.currency),
        budget if by_budget else prize,
    )


def host_name(row: RoundRow) -> str:
    """The host in the reader's language."""
    return row.host_name if i18n.reader().zh else (row.host_name_en or row.host_name)


def short_money(minor: int | None, currency: str) -> str:
    """A sum for a narrow column: '4,120 万元', 'CNY 41.2 m'; a dash for none."""
    if not minor:
        return "–"
    major = minor // 100
    if amounts.in_wan(currency) or (i18n.reader().zh and currency == "CNY"):
        return amounts.money(minor, currency)
    if major >= 1_000_000:
        return f"{currency} {major / 1_000_000:,.1f} m".replace(".0 m", " m")
    return amounts.money(minor - minor % 100, currency)


@dataclass(frozen=True, slots=True)
class RequirementCard:
    """A requirement in a list, in the reader's words."""

    href: str
    state: str
    opens_later: bool
    closes_at: dt.datetime | None
    soon: bool
    zone: str
    hue: int
    seeker: str
    title: str
    lang: str | None
    other: tuple[str, str] | None
    key: str
    money: str
    mode: str
    counts: str
    round_title: str
    round_href: str
    track: str
    track_lang: str | None


SOON = dt.timedelta(days=3)


def requirement_cards(rows: Sequence[PublicRow], now: dt.datetime) -> list[RequirementCard]:
    """Requirements as a list draws them."""
    prefix, rounds = url_for("public.requirements"), url_for("public.rounds")
    nobody = _("Anonymous seeker")
    return [_requirement_card(row, now, prefix, rounds, nobody) for row in rows]


def _requirement_card(
    row: PublicRow, now: dt.datetime, prefix: str, rounds: str, nobody: str
) -> RequirementCard:
    zh = i18n.reader().zh
    seeker = row.seeker_zh if zh else row.seeker_en
    closes_at = row.closes_at
    return RequirementCard(
        f"{prefix}/{row.ref}",
        open_state(row, now),
        bool(row.opens_at and row.opens_at > now),
        closes_at,
        bool(closes_at and now < closes_at <= now + SOON),
        row.zone,
        row.hue,
        seeker or nobody,
        i18n.t(row, "title"),
        i18n.t_lang(row, "title"),
        i18n.other(row, "title"),
        key_line(row),
        amounts.money_range(row.budget_min_minor, row.budget_max_minor, row.currency),
        mode_names(row.modes),
        ngettext(
            "%(num)d solution · %(questions)s Q&A",
            "%(num)d solutions · %(questions)s Q&A",
            row.submission_count,
            questions=row.question_count,
        ),
        (row.round_zh if zh else row.round_en) or row.round_zh or row.round_en or "",
        f"{rounds}/{row.round_slug}",
        i18n.t(row, "theme"),
        i18n.t_lang(row, "theme"),
    )


def open_state(row: PublicRow, now: dt.datetime) -> str:
    """How a published requirement stands at this time: open, waiting (not yet open), closed, or decided."""
    if row.state != "published":
        return row.state
    if row.round_closes_at is None or row.closes_at is None or row.closes_at <= now:
        return "closed"
    return "waiting" if row.opens_at is None or row.opens_at > now else "open"


def key_line(row: PublicRow) -> str:
    """The first indicators in one line: 'Detection rate ≥ 99.2 %, Illuminance ≤ 15 lx, 6 more'."""
    comma = "，" if i18n.reader().zh else ", "
    parts = [f"{i18n.t(line, 'name')} {target(line)} {line.unit}".strip() for line in row.indicators]
    more = row.indicator_count - len(row.indicators)
    if more > 0:
        parts.append(_("%(count)s more", count=more))
    return comma.join(parts)


def propose_url(ref: str) -> str | None:
    """Where a solution is begun; None while the installation has no such room."""
    for endpoint in ("solve.new", "solve.propose"):
        if endpoint in current_app.view_functions:
            return url_for(endpoint, ref=ref)
    return None


def ask_url(stage: str, **what: Any) -> str | None:
    """Where a question on a round (slug) or a requirement (ref) is asked; None when nobody may."""
    endpoint = "public.ask_round" if "slug" in what else "public.ask_requirement"
    if stage not in RUNNING_STAGES or endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, **what)
