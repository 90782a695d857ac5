"""A round is created as a draft and edited until it is over; what has opened stays as it was announced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.rounds import gate
from challenge.rounds.addresses import free_slug
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rounds.programmes import SUMMARY, length_faults, title_faults
from challenge.rounds.queries import subject_of
from challenge.rounds.tracks import next_moment
from challenge.rounds.windows import Settled, Typed, grace_of, lay_out, settle
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.objections import MOST_DAYS, USUAL_DAYS
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.rules.stages import Stage, Window
from challenge.tasks import queue

CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "SGD")
MOST_FILES, MOST_FILE_MB, MOST_TOTAL_MB, MOST_NOTICE_DAYS = 50, 2048, 20_480, 60
MOST_GRACE_SECONDS = 3600
# Once a round is public, its address, zone and currency stay: links, shown times and sums depend on them.
# So does what solvers rely on: whether it is sealed, and (below) the grace.
FIXED = ("slug", "zone", "currency", "sealed")


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What is written about a round; an empty slug asks for one made from the titles."""

    title_zh: str = ""
    title_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    slug: str = ""
    zone: str = "Asia/Shanghai"
    rolling: bool = False
    notice_days: int = 5
    objection_days: int = USUAL_DAYS
    max_files: int = 10
    max_file_mb: int = 50
    max_total_mb: int = 4096
    currency: str = "CNY"
    budget_ceiling_minor: int = 10_000_000_000
    grace_seconds: int = 0
    sealed: bool = False


def create(session: Session, actor: Actor, programme_id: int, facts: RoundFacts, typed: Typed) -> Round:
    """Add a draft round to a programme; sent twice, it is added once. Windows may still be missing.

    Raises `InvalidMany` with every fault at its field.
    """
    begin_write(session)
    programme = session.get_one(Programme, programme_id, with_for_update=True, populate_existing=True)
    draft = Subject(
        kind="round", stage=Stage.DRAFT, programme_id=programme.id, host_id=programme.host_id, state="draft"
    )
    require(actor, Action.ROUND_EDIT, draft)
    known = _same_draft(session, programme_id, facts)
    if known is not None:
        return known
    now = clock.now(session)
    settled = _settled((), typed, now, facts, launched=False)
    _refuse(_faults(facts) + settled.faults)
    slug = free_slug(session, Round, facts.slug, f"{programme.title_en or ''} {facts.title_en}")
    moment = next_moment(list(settled.windows.values()), now, now)
    round_ = Round(programme_id=programme_id, slug=slug, sort_at=moment, **_columns(facts))
    round_.windows = []
    session.add(round_)
    session.flush()
    lay_out(session, round_, settled.windows, launched=False)
    subject, where = f"round:{round_.id}", chain.round_chain(round_.id)
    chain.record(session, actor, "round.created", subject, chain=where, at=now, programme_id=programme_id)
    return round_


def edit(session: Session, actor: Actor, round_id: int, facts: RoundFacts, typed: Typed) -> Round:
    """Change a round that is not over, under the exclusive lock; raises `InvalidMany` with every fault.

    After the launch, windows that have opened, the address, the zone and the currency stay as they are.
    """
    held = gate.hold(session, round_id, exclusive=True)
    round_, launched = held.round, held.round.launched_at is not None
    require(actor, Action.ROUND_EDIT, subject_of(round_, held.now))
    facts = _with_fixed(round_, facts) if launched else facts
    settled = _settled(round_.windows, typed, held.now, facts, launched=launched)
    _refuse(_faults(facts) + settled.faults)
    if not launched and facts.slug:
        round_.slug = free_slug(session, Round, facts.slug, None, own_id=round_.id)
    changed = [name for name, value in _columns(facts).items() if getattr(round_, name) != value]
    for name in changed:
        setattr(round_, name, _columns(facts)[name])
    moved = lay_out(session, round_, settled.windows, launched=launched)
    if not changed and not moved:
        return round_
    touch(round_, settled.windows, held.now)
    session.flush()
    if round_.public:
        subject = f"round:{round_id}"
        queue.announce(session, "round.changed", subject, mark=round_.version, at=held.now, round_id=round_id)
    where = chain.round_chain(round_id)
    detail = {"fields": changed, "windows": moved_detail(settled.windows, moved)}
    chain.record(session, actor, "round.edited", f"round:{round_id}", chain=where, at=held.now, **detail)
    return round_


def touch(round_: Round, windows: Mapping[Stage, Window], now: dt.datetime) -> None:
    """Something visible changed: the pages' version and the round's place in lists."""
    round_.version += 1
    round_.sort_at = next_moment(list(windows.values()), now, round_.sort_at)


def moved_detail(windows: Mapping[Stage, Window], moved: list[str]) -> dict[str, list[str | None]]:
    """The new ends of windows, as the record keeps them."""
    return {
        name: [
            chain.instant_text(at) if at else None
            for at in (windows[stage].opens_at, windows[stage].closes_at)
        ]
        for name in moved
        for stage in (Stage(name),)
    }


def _columns(facts: RoundFacts) -> dict[str, object]:
    texts = ("title_zh", "title_en", "summary_zh", "summary_en")
    plain = (
        "zone",
        "rolling",
        "notice_days",
        "objection_days",
        "max_files",
        "max_file_mb",
        "sealed",
        "max_total_mb",
        "currency",
        "budget_ceiling_minor",
    )
    return {
        **{name: getattr(facts, name).strip() or None for name in texts},
        **{name: getattr(facts, name) for name in plain},
    }


def _with_fixed(round_: Round, facts: RoundFacts) -> RoundFacts:
    wanted = {name: getattr(facts, name) for name in RoundFacts.__dataclass_fields__}
    fixed = {name: getattr(round_, name) for name in FIXED}
    changed = [name for name in FIXED if wanted[name] not in ("", fixed[name])]
    if facts.grace_seconds != grace_of(round_):
        changed.append("grace_minutes")
    _refuse([Invalid(name, "fixed_after_launch") for name in changed])
    return RoundFacts(**{**wanted, **fixed})


def _faults(facts: RoundFacts) -> list[Invalid]:
    faults = title_faults(facts.title_zh, facts.title_en)
    faults += length_faults(facts, {"summary_zh": SUMMARY, "summary_en": SUMMARY})
    limits = {
        "notice_days": (0, MOST_NOTICE_DAYS),
        "objection_days": (1, MOST_DAYS),
        "max_files": (1, MOST_FILES),
        "max_file_mb": (1, MOST_FILE_MB),
        "max_total_mb": (facts.max_file_mb, MOST_TOTAL_MB),
    }
    faults += [
        Invalid(name, "out_of_range", minimum=low, maximum=high)
        for name, (low, high) in limits.items()
        if not low <= getattr(facts, name) <= high
    ]
    if not 0 <= facts.grace_seconds <= MOST_GRACE_SECONDS:
        faults.append(Invalid("grace_minutes", "out_of_range", minimum=0, maximum=MOST_GRACE_SECONDS // 60))
    if facts.currency not in CURRENCIES:
        faults.append(Invalid("currency", "not_a_choice"))
    if facts.budget_ceiling_minor <= 0:
        faults.append(Invalid("budget_ceiling", "not_positive"))
    return faults


def _settled(
    existing: Iterable[RoundWindow], typed: Typed, now: dt.datetime, facts: RoundFacts, *, launched: bool
) -> Settled:
    rolling, zone, grace_seconds = facts.rolling, facts.zone, facts.grace_seconds
    return settle(
        existing, typed, now, rolling=rolling, launched=launched, zone=zone, grace_seconds=grace_seconds
    )


def _refuse(faults: list[Invalid]) -> None:
    if faults:
        raise InvalidMany(faults)


def _same_draft(session: Session, programme_id: int, facts: RoundFacts) -> Round | None:
    columns = _columns(facts)
    query = sa.select(Round).where(
        Round.programme_id == programme_id,
        Round.launched_at.is_(None),
        Round.cancelled_at.is_(None),
        Round.title_zh.is_not_distinct_from(columns["title_zh"]),
        Round.title_en.is_not_distinct_from(columns["title_en"]),
    )
    return session.scalars(query.order_by(Round.id).limit(1)).first()
