"""The page of a difference: which two versions were asked for, and what changed between them."""

from __future__ import annotations

from typing import Any

from flask import request

from challenge.base.db import db
from challenge.rules.errors import NotFound
from challenge.submissions import differing
from challenge.submissions.models import Submission


def asked(submission: Submission) -> dict[str, Any]:
    """What the template draws: by default the last two versions. Raises NotFound without a version."""
    numbers = differing.numbers(db.session, submission.id)
    if not numbers:
        raise NotFound
    after = request.args.get("after", numbers[0], type=int)
    before = request.args.get("before", numbers[1] if len(numbers) > 1 else numbers[0], type=int)
    if after not in numbers or before not in numbers:
        raise NotFound
    return {"numbers": numbers, "difference": differing.between(db.session, submission, before, after)}
