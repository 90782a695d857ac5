"""What the stories of the organizer's rooms share."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base.db import db as database
from challenge.rounds.models import Round
from challenge.rules.stages import WINDOWED, Stage
from tests.factories import (
    GrantFactory,
    RoundFactory,
)
from tests.rigs.application import Visitor

SHANGHAI = ZoneInfo("Asia/Shanghai")


DAY = dt.timedelta(days=1)


def typed_windows(first: dt.datetime, days: int = 10) -> dict[str, list[str]]:
    """Four windows as the form sends them: a date and a time under one name."""
    at, typed = first.astimezone(SHANGHAI), {}
    for stage in WINDOWED:
        typed[f"{stage}_opens"] = [f"{at:%Y-%m-%d}", "09:00"]
        at += days * DAY
        typed[f"{stage}_closes"] = [f"{at:%Y-%m-%d}", "08:00"]
    return typed


def round_form(first: dt.datetime, **changes: Any) -> dict[str, Any]:
    return {
        "title_zh": "2027 赛季",
        "title_en": "2027",
        "zone": "Asia/Shanghai",
        "notice_days": "5",
        "objection_days": "5",
        "max_files": "10",
        "max_file_mb": "50",
        "max_total_mb": "500",
        "budget_ceiling": "10000",
        "budget_unit": "CNY-wan",
        **typed_windows(first),
        **changes,
    }


def errors(page: str) -> list[str]:
    """The errors at the fields, in order."""
    found = re.findall(r'class="err"[^>]*>.*?<span>(.*?)</span>', page, re.DOTALL)
    return [text.strip() for text in found]


def me(visitor: Visitor) -> int:
    with visitor.session_transaction() as session:
        return int(database.session.query(User).filter_by(fs_uniquifier=session["_user_id"]).one().id)


def mine(visitor: Visitor, db: Session, stage: Stage, **facts: Any) -> Round:
    """A round of which the visitor is an organizer."""
    round_: Round = RoundFactory(stage=stage, **facts)
    GrantFactory(user_id=me(visitor), role="organizer", scope="programme", scope_id=round_.programme_id)
    db.flush()
    return round_
