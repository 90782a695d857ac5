"""schemathesis: 200 requests as each role, no answer that is not described; `make storm` sends 10,000."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.api.probing import described, probe
from tests.api.world import ROLES, world

REQUESTS = 200
SEED = 20261124

# As much work as some hundred tests: on a loaded machine it takes its time.
pytestmark = [pytest.mark.slow, pytest.mark.sqlite, pytest.mark.timeout(900)]


def test_every_answer_to_every_role_is_as_described(app: Flask, db: Session) -> None:
    made, schema = world(db), described(app)
    told = {
        role: probe(schema, made.tokens[role], made.known, REQUESTS, SEED + number)
        for number, role in enumerate(ROLES)
    }
    assert all(sum(statuses.values()) >= REQUESTS for statuses in told.values())
    assert all(statuses[200] for statuses in told.values())
