"""What is typed and sent in the editor."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements.models import Indicator
from challenge.submissions.models import Submission
from tests.files import specimens
from tests.files.forms import form
from tests.rigs.application import Visitor


def typed(submission: Submission, db: Session, **changes: Any) -> dict[str, Any]:
    """What the editor's form holds for a complete proposal."""
    asked = list(
        db.scalars(sa.select(Indicator.id).where(Indicator.requirement_id == submission.requirement_id))
    )
    answers = {
        f"indicators-{key}-{name}": value
        for key in asked
        for name, value in (("met", "met"), ("evidence", "Measured."))
    }
    return {
        "draft_version": str(submission.draft_version),
        "title": "Polarised vision",
        "summary": "Four directions.",
        "proposal": "We replace the camera.",
        "trl_now": "5",
        "trl_delivery": "8",
        "quote": "60",
        "quote_unit": "wan",
        "schedule": "Six months.",
        "team_name": "Light",
        "organization_id": "",
        "original": "1",
        **answers,
        **changes,
    }


def upload(name: str = "报告.pdf", data: bytes = specimens.PDF) -> tuple[str, bytes]:
    return name, data


def save(client: Visitor, db: Session, submission: Submission, **changes: Any) -> Any:
    return client.post(f"/solve/{submission.ref}/edit", **form(typed(submission, db, **changes)))
