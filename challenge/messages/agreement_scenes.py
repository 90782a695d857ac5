"""What a letter about an agreement may speak of (see scenes)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session, joinedload

from challenge.agreements.models import Agreement


def of_agreement(session: Session, agreement_id: int) -> dict[str, Any]:
    """An agreement with its need; of its terms only the title."""
    whole = (joinedload(Agreement.requirement, innerjoin=True),)
    return {"agreement": session.get_one(Agreement, agreement_id, options=whole)}
