"""Requests of all shapes from the description, as one role: nothing breaks, and every answer is described."""

from __future__ import annotations

import contextvars
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import hypothesis
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OFTEN = 0.8  # how often an address names something that is there


def described(app: Flask) -> Any:
    """The description as schemathesis reads it, from the running application."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


def probe(
    schema: Any,
    secret: str | None,
    known: Mapping[str, tuple[str, ...]],
    requests: int,
    seed: int,
    failures: list[str] | None = None,
) -> Counter[int]:
    """So many requests as whoever has this token: statuses and their counts.

    The first answer that is not as described is raised, or all of them are put into `failures`.
    """
    chance, statuses = random.Random(seed), Counter[int]()
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    operations = [found.ok() for found in schema.get_all_operations()]

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=requests,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=st.sampled_from(operations).flatmap(lambda each: each.as_strategy()))
    def one(case: Any) -> None:
        _settle(case, known, chance)
        # A context of its own, as in a server.
        answer = contextvars.Context().run(lambda: case.call(headers=headers))
        statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as found:
            if failures is None:
                raise
            failures.append(str(found))

    one()
    return statuses


def _settle(case: Any, known: Mapping[str, tuple[str, ...]], chance: random.Random) -> None:
    for name in case.path_parameters or {}:
        if name in known and chance.random() < OFTEN:
            case.path_parameters[name] = chance.choice(known[name])
