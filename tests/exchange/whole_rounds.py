"""A judged round with everything that has numbers inside its values, and places that it can go to."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards.models import Award
from challenge.files.models import Attachment
from challenge.judging import ranking
from challenge.rounds.models import RoundPage
from tests.exchange.installations import store
from tests.factories import IndicatorFactory, PrizeFactory, RoundFactory
from tests.judging.stories import Court, court, lock_all


def judged(db: Session) -> Court:
    """A round whose panel has locked its cards, with a fixed ranking, an award, files and texts."""
    RoundFactory()  # so that no number of ours is the first
    made = court(db, judges=3, entries=2)
    made.requirement.number = "R-2026-001"
    digest = store(db, b"a proposal")
    asked = IndicatorFactory(requirement_id=made.requirement.id)
    for each in made.entries:
        each.values = {"title": "Wärme", "indicators": {str(asked.id): {"met": "met"}}}
        each.marks = {"title": 1, f"indicators.{asked.id}": 2}
        db.add(Attachment(owner_kind="submission", owner_id=each.id, sha256=digest, name="方案.pdf"))
    db.add(RoundPage(round_id=made.round.id, kind="about", lang="en", source="Hi", html="<p>Hi</p>"))
    lock_all(made, 0, *[[8] * len(made.criteria)] * 3)
    lock_all(made, 1, *[[5] * len(made.criteria)] * 3)
    made.close()
    fixed = ranking.fix(db, made.as_organizer, made.round.id)
    prize = PrizeFactory(round_id=made.round.id)
    db.add(
        Award(
            round_id=made.round.id,
            prize_id=prize.id,
            slot=1,
            submission_id=made.entries[0].id,
            ranking_id=fixed.id,
        )
    )
    chain.record(db, made.as_organizer, "thing.happened", "x", chain=chain.round_chain(made.round.id))
    db.commit()
    return made


def migrated(app: Flask) -> Flask:
    """The same installation with its tables."""
    assert app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    return app


def run(app: Flask, *args: object) -> Result:
    return app.test_cli_runner().invoke(args=[*map(str, args)])


def exported(app: Flask, slug: str, file: Path) -> dict[str, Any]:
    """What an export of the round says, once it is in the file."""
    result = run(app, "export", "round", slug, file)
    assert result.exit_code == 0, (result.output, result.exception)
    return dict(json.loads(result.stdout))


def told(file: Path) -> dict[str, Any]:
    with zipfile.ZipFile(file) as archive:
        return dict(json.loads(archive.read("manifest.json")))


def lived_in(app: Flask) -> None:
    """Somebody was here before: the numbers that a round gets are others."""
    from challenge.base.db import fresh_session

    with app.app_context(), fresh_session() as session:
        from challenge.accounts.models import Organization

        session.add_all([Organization(name=f"here {n}", kind="company") for n in range(7)])


def a_need(session: Session, number: str) -> None:
    """A need of that number in a round of its own, in another installation."""
    from challenge.accounts.models import Organization
    from challenge.base import clock
    from challenge.requirements.models import Requirement
    from challenge.rounds.models import Programme, Round

    host = Organization(name="host", kind="agency")
    session.add(host)
    session.flush()
    programme = Programme(slug="p", host_id=host.id, title_en="P")
    session.add(programme)
    session.flush()
    round_ = Round(slug="r", programme_id=programme.id, title_en="R", sort_at=clock.now(session))
    session.add(round_)
    session.flush()
    session.add(
        Requirement(number=number, round_id=round_.id, seeker_id=host.id, title_en="N", field="materials")
    )
