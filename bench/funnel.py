"""The funnel over 100,000 requirements against the floor's page of the same kept sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.jobs import ORGANIZER, READ, Apps
from bench.measure import Job, ratio
from bench.rows import Row
from challenge.base.db import db
from challenge.figures import keeping
from challenge.requirements.models import FIELDS, Requirement
from challenge.rules import figures
from challenge.rules.figures import Fact
from challenge.rules.funnel import Deal, Meeting, Record, Solution, fact_of

MOST = 3.0
EDITIONS, FIRST_YEAR, YEARS = 200, 2015, 10
JOB = "the funnel over {size:,} requirements"


def against_floor(apps: Apps) -> list[Row]:
    """The ratio to the floor's CPU per page and the statements: of the site, with filters, of a programme."""
    with apps.product.app_context():
        fill(db.session)
    size = apps.world.size
    rows = []
    for name, query in (("", ""), (", a field and a year chosen", "?field=energy&year=2020")):
        page = f"/figures/site/all{query}"
        theirs = Job(apps.floor, page, person=ORGANIZER, marker="Needs collected")
        ours = Job(apps.product, page, person=ORGANIZER, marker="Needs collected")
        found, _floor = ratio(theirs, ours)
        job = JOB.format(size=size) + name
        rows.append(Row(f"{job}: ratio to floor", round(found, 2), "x", MOST))
        rows.append(Row(f"{job}: statements", ours.statements(), "SQL", READ))
    return rows


def fill(session: Session) -> None:
    """Keep the figures of the world's needs, as if they had come in 200 editions of its programmes."""
    ids = session.scalars(sa.select(Requirement.id).order_by(Requirement.id)).all()
    facts = list(_facts(ids))
    keeping.lock(session)
    keeping.write(session, facts)
    keeping.settle(session, figures.tally(facts))
    session.commit()


def _facts(ids: sa.ScalarResult[int] | list[int]) -> Iterator[Fact]:
    for i in ids:
        year = FIRST_YEAR + i % YEARS
        at = dt.datetime(year, 6, 1, tzinfo=dt.UTC)
        edition, host = i % EDITIONS + 1, i % EDITIONS % 20 + 2
        team = f"u{i % 30_000}"
        found = fact_of(
            Record(
                "need",
                i,
                programme_id=edition % 20 + 1,
                round_id=edition,
                zone="Asia/Shanghai",
                path=(host,),
                field=FIELDS[i % len(FIELDS)],
                root_id=i,
                seeker_id=i % 20_000,
                collected_at=at,
                published_at=at if i % 5 < 3 else None,
                solutions=(Solution(at, team),) if i % 2 else (),
                meetings=(Meeting(at, team),) if i % 3 == 0 else (),
                deals=(Deal("development", at, team, total_minor=100_000_000),) if i % 5 == 0 else (),
            )
        )
        if found is not None:
            yield found
