"""Before submitting: where the team's names stand in what blind judges read."""

from __future__ import annotations

from collections.abc import Iterator

from challenge.base.db import db
from challenge.judging.blindness import is_blind
from challenge.rules import naming
from challenge.submissions.content import Frozen
from challenge.submissions.queries import Shown
from challenge.web.solve.words import parts_of


def named_in(shown: Shown, frozen: Frozen) -> list[tuple[str, str, str]]:
    """The field's key, its label and the name that was found in it; nothing where the judging is open."""
    if not is_blind(db.session, shown.round.id):
        return []
    texts = {key: "\n".join(naming.words_in(value)) for key, value in frozen.content["values"].items()}
    for field in shown.form.spec.of_kind("indicators"):
        if not field.hidden:
            texts[field.key] = "\n".join(row["evidence"] for row in frozen.content["answers"])
    labels = parts_of(shown.form.spec)
    return [(key, labels[key], name) for key, name in naming.found(_names(shown), texts)]


def _names(shown: Shown) -> Iterator[str]:
    submission = shown.submission
    yield submission.team_name
    for member in shown.material.members:
        yield from (member.name, member.affiliation, member.email)
    if submission.organization is not None:
        yield submission.organization.name
        yield submission.organization.name_en or ""
