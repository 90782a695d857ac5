"""What the tests of rounds share: a round with its organizer, and the windows of a new one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rounds.models import Round
from challenge.rules.permissions import Actor
from challenge.rules.stages import WINDOWED, Stage, Window
from tests.factories import RoundFactory, actor_of, organizer_of

DAY = dt.timedelta(days=1)


@pytest.fixture
def now(db: Session) -> dt.datetime:
    """The database's time as the test starts."""
    return clock.now(db)


@pytest.fixture
def run(db: Session) -> Callable[..., tuple[Round, Actor]]:
    """Makes a round at a stage, and an organizer of it."""

    def make(stage: Stage = Stage.SUBMISSION, **facts: Any) -> tuple[Round, Actor]:
        round_: Round = RoundFactory(stage=stage, **facts)
        return round_, actor_of(organizer_of(round_.programme))

    return make


def four_windows(first: dt.datetime, length: dt.timedelta = 10 * DAY) -> dict[Stage, Window]:
    """Four windows one after the other, from `first` on."""
    return {
        stage: Window(stage, first + place * length, first + (place + 1) * length)
        for place, stage in enumerate(WINDOWED)
    }
