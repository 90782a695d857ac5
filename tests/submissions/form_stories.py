"""What the stories of forms share: fields, steps, and how a form gets into force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules import formedit
from challenge.rules.errors import InvalidMany
from challenge.rules.formspec import Field, Option, Spec, Words
from challenge.rules.permissions import Actor
from challenge.submissions import forms, formversions
from challenge.submissions.formversions import KEEP, Decision
from challenge.submissions.models import SubmissionForm
from challenge.tasks.models import Task
from tests.factories import actor_of, organizer_of

Step = Callable[[Spec], Spec]
HOW = Field(
    "how",
    "choice",
    Words("方式", "How"),
    required=True,
    options=(Option("own", Words(en="Our own")), Option("bought", Words(en="Bought"))),
)
TOLD = Decision("We ask how you come by it.", KEEP)


def organizing(round_: Round) -> Actor:
    return actor_of(organizer_of(round_.programme))


def add(field: Field, section: str = "proposal") -> Step:
    """The field as a new one at the end of that section."""

    def step(spec: Spec) -> Spec:
        grown, key = formedit.add_field(spec, section, field.kind)
        return formedit.set_field(grown, key, field)

    return step


def change(key: str, **parts: Any) -> Step:
    def step(spec: Spec) -> Spec:
        field = spec.get(key)
        assert field is not None
        return formedit.set_field(spec, key, replace(field, **parts))

    return step


def lay(db: Session, actor: Actor, round_: Round, *steps: Step) -> None:
    """Take steps on the bench, each from a fresh page."""
    for step in steps:
        mark = forms.bench(db, rounds.by_id(db, round_.id), clock.now(db)).mark
        forms.edit(db, actor, round_.id, mark, step)


def enact(db: Session, actor: Actor, round_: Round, *steps: Step, said: Decision = TOLD) -> SubmissionForm:
    """Take the steps and put the form in force."""
    lay(db, actor, round_, *steps)
    digest = formversions.plan(db, rounds.by_id(db, round_.id), clock.now(db)).digest
    version = formversions.put_in_force(db, actor, round_.id, digest, said)
    assert version is not None
    return version


def codes(refused: pytest.ExceptionInfo[InvalidMany]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def events(db: Session, name: str) -> list[Task]:
    query = sa.select(Task).where(Task.kind == "event", Task.payload["event"].as_string() == name)
    return list(db.scalars(query))
