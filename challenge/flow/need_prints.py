"""The paper form of a requirement as plain values in the reader's language, filled or blank."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.base import amounts, clock, i18n
from challenge.base.db import fresh_session
from challenge.files.storage import storage
from challenge.messages import links
from challenge.requirements import need_prints, queries
from challenge.requirements.content import Closed
from challenge.requirements.models import Requirement
from challenge.requirements.need_prints import Wanted
from challenge.rules import industries, need_words, regions
from challenge.rules.errors import NotFound
from challenge.tasks import queue
from challenge.tasks.queue import Leased

Said = Mapping[str, Any]
Engine = Callable[[Said], bytes]
KINDS = {
    "company": ("企业", "Company"),
    "university": ("高校", "University"),
    "institute": ("科研院所", "Research institute"),
    "agency": ("服务机构", "Agency"),
    "public": ("公共机构", "Public body"),
    "other": ("其他", "Other"),
}
BLANK_ROWS = 6


def make(task: Leased, engine: Engine) -> None:
    """Have the engine print what the row of work names, and keep it under its digest."""
    wanted = Wanted(**task.payload)
    with fresh_session() as session, i18n.reading_as(wanted.locale, None):
        try:
            said = _said(session, wanted)
        except NotFound:
            return  # gone meanwhile: nobody waits
    if said is None:
        return  # saved anew meanwhile: the page asks for the newer one
    printed = engine(said)
    with storage().in_use():
        sha256 = storage().put(printed)
        with fresh_session() as session:
            need_prints.keep(session, wanted, sha256, len(printed), clock.now(session))
            queue.finish(session, task)


def _said(session: Session, wanted: Wanted) -> Said | None:
    if not wanted.ref:
        return words(None, Closed(), clock.now(session))
    requirement = queries.by_ref(session, wanted.ref)
    if requirement.updated_at.isoformat() != wanted.saved:
        return None
    return words(requirement, queries.closed_part(session, requirement.id), requirement.updated_at)


def words(requirement: Requirement | None, closed: Closed, at: dt.datetime) -> dict[str, Any]:
    """What `templates/print/need.typ` names; without a requirement every box is empty."""
    zh = i18n.reader().zh
    zone = ZoneInfo(requirement.round.zone) if requirement else dt.UTC
    saved = f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if requirement else ""
    number = (requirement.number or requirement.ref) if requirement else ""
    return {
        "lang": "zh" if zh else "en",
        "region": "CN" if zh else "US",
        "installation": links.home(),
        "above": i18n.t(requirement.round, "title") if requirement else "",
        "title": _("Technical requirement"),
        "subtitle": i18n.t(requirement, "title") if requirement else "",
        "date": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "footer": " · ".join(filter(None, [number, saved])),
        "parts": [
            {"title": _("Organization"), "rows": _firm(requirement, closed)},
            {"title": _("The need"), "rows": _need(requirement)},
            {"title": _("Field and terms"), "rows": _terms(requirement)},
        ],
        "indicators": _indicators(requirement),
        "closed": _closed(requirement, closed),
        "boxes": _boxes(),
    }


def _row(label: str, value: str | None, *, wide: bool = False, lines: int = 1) -> dict[str, Any]:
    plain = (value or "").replace("\r\n", "\n").replace("\t", " ").strip()
    return {"label": label, "value": plain, "wide": wide, "lines": lines}


def _firm(requirement: Requirement | None, closed: Closed) -> list[dict[str, Any]]:
    seeker = requirement.seeker if requirement else None
    return [
        _row(_("Name of the organization"), i18n.organization_name(seeker) if seeker else "", wide=True),
        _row(_("Type"), _one(KINDS.get(seeker.kind)) if seeker else ""),
        _row(_("Region"), _one(regions.names_of(seeker.region)) if seeker else ""),
        _row(_("Registration code"), seeker.registration_code if seeker else ""),
        _row(_("Legal representative"), seeker.legal_representative if seeker else ""),
        _row(_("Contact"), closed.contact_name),
        _row(_("Telephone"), closed.contact_phone),
        _row(_("Mail address"), closed.contact_email, wide=True),
        _row(_("What it does"), seeker.profile if seeker else "", wide=True, lines=4),
    ]


def _need(requirement: Requirement | None) -> list[dict[str, Any]]:
    def both(name: str) -> str:
        texts = (getattr(requirement, f"{name}_{language}", None) for language in ("zh", "en"))
        return "\n".join(filter(None, texts))

    return [
        _row(_("Title"), both("title"), wide=True),
        _row(_("In one sentence"), both("summary"), wide=True, lines=2),
        _row(_("The problem"), both("problem"), wide=True, lines=9),
        _row(_("Goals"), requirement.goals if requirement else "", wide=True, lines=4),
    ]


def _terms(requirement: Requirement | None) -> list[dict[str, Any]]:
    if requirement is None:
        values = [""] * 9
    else:
        low, high = requirement.budget_min_minor, requirement.budget_max_minor
        code = requirement.industry or ""
        values = [
            _one(need_words.FIELDS.get(requirement.field or "")),
            f"{code} {_one(industries.names_of(code))}".strip(),
            _one(regions.names_of(requirement.region)) or requirement.region or "",
            i18n.listed(requirement.keywords),
            amounts.money_range(low, high, requirement.currency),
            " – ".join(str(day) for day in (requirement.starts_on, requirement.ends_on) if day),
            i18n.listed(_one(need_words.MODES.get(mode)) for mode in requirement.modes),
            requirement.partners,
            requirement.ip_wish,
        ]
    return [
        _row(_("Field"), values[0]),
        _row(_("Industry"), values[1]),
        _row(_("Region"), values[2]),
        _row(_("Keywords"), values[3]),
        _row(_("Budget"), values[4] or ("" if requirement else _("from ____ to ____ 万元 (CNY 10,000)"))),
        _row(_("Time frame"), values[5]),
        _row(_("Cooperation"), values[6] or _ticks(requirement), wide=True),
        _row(_("Wished partners"), values[7], wide=True),
        _row(_("Intellectual property"), values[8], wide=True),
    ]


def _ticks(requirement: Requirement | None) -> str:
    """On a blank form the ways of cooperation stand there to be ticked."""
    return "" if requirement else "   ".join(f"□ {_one(names)}" for names in need_words.MODES.values())


def _indicators(requirement: Requirement | None) -> dict[str, Any]:
    head = ["#", _("Indicator"), _("Comparison"), _("Target"), _("Unit"), _("Level")]
    rows = [
        [
            i18n.t(each, "name"),
            _one(need_words.COMPARISONS[each.comparison]),
            each.target or "",
            each.unit,
            _one(need_words.LEVELS[each.level]),
        ]
        for each in (requirement.indicators if requirement else ())
    ]
    blank = [["", "", "", "", ""]] * BLANK_ROWS if requirement is None else []
    return {"title": _("How solutions are measured"), "head": head, "rows": rows or blank}


def _closed(requirement: Requirement | None, closed: Closed) -> dict[str, Any]:
    rows = [_row(_("Confidential part"), closed.confidential_part, lines=6)]
    shown = requirement is None or bool(closed.confidential_part)
    note = _(
        "The seeker and the organizers who screen it read this part; solvers only if they are let in and have"
        " accepted an agreement not to disclose."
    )
    return {"title": _("Confidential"), "note": note, "rows": rows if shown else []}


def _boxes() -> Sequence[dict[str, Any]]:
    lines = [_("Legal representative (signature)"), _("Date")]
    return [
        {
            "title": _("The organization that has the need"),
            "text": _("What stands here is true, and the organization wants it to be published as marked."),
            "lines": lines,
            "seal": _("Seal of the organization"),
        },
        {
            "title": _("The body that recommends it"),
            "text": _("Formally checked and recommended."),
            "lines": [_("Responsible person (signature)"), _("Date")],
            "seal": _("Seal"),
        },
    ]


def _one(names: tuple[str, str] | None) -> str:
    return "" if names is None else names[0 if i18n.reader().zh else 1]
