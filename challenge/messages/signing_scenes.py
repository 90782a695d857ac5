"""What letters about agreements speak of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from challenge.agreements.models import Agreement

Scene = dict[str, Any]


def _agreement(session: Session, agreement_id: int) -> Scene:
    return {"agreement": session.get_one(Agreement, agreement_id)}


SIGNING: Mapping[str, Callable[[Session, Any], Scene]] = {"agreement_id": _agreement}
