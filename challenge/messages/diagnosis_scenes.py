"""What letters about an expert's diagnosis may speak of (see scenes)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sqlalchemy.orm import Session, joinedload

from challenge.requirements.diagnosis_models import Diagnosis


def load(session: Session, diagnosis_id: int) -> dict[str, Any]:
    """The diagnosis, and the need by its titles as the expert was shown them: nobody anonymous is in them."""
    whole = [joinedload(Diagnosis.expert), joinedload(Diagnosis.requirement)]
    diagnosis = session.get_one(Diagnosis, diagnosis_id, options=whole)
    seen = SimpleNamespace(title_zh=diagnosis.seen.get("title_zh"), title_en=diagnosis.seen.get("title_en"))
    return {"diagnosis": diagnosis, "seen": seen, "need_ref": diagnosis.requirement.ref}
