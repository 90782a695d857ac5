"""Lives the demo's plans through: every step by its own person, through the service that pages call."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_security.utils import hash_password
from sqlalchemy.orm import Session

from challenge.accounts import grants
from challenge.accounts.models import Membership, Organization, RoleGrant, User
from challenge.base.db import fresh_session
from challenge.base.ids import new_token
from challenge.cli.demo import people
from challenge.cli.demo.travel import Travel
from challenge.flow import announcing, closing, errands
from challenge.rounds import programmes
from challenge.rounds.programmes import ProgrammeFacts
from challenge.rules.permissions import Actor
from challenge.supply import experts

FOLDER = Path(__file__).resolve().parent
Step = Callable[[], None]
Steps = Iterator[tuple[float, Step]]  # each at its day, counted from now
# What the demo decides by lot (scores, who misses what) comes out the same every time.
SEED = 2026
# What is compared is compared once, with all there is: the past of it is nowhere seen.
LAST = ("recommend",)


@dataclass
class World:
    """What has been made so far, by the names of the plans."""

    travel: Travel
    bodies: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    programmes: dict[str, int] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)
    needs: dict[str, str] = field(default_factory=dict)
    diagnoses: dict[str, str] = field(default_factory=dict)  # of a need
    entries: dict[tuple[str, str], str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    asked: dict[tuple[str, str], str] = field(default_factory=dict)
    agreements: dict[str, str] = field(default_factory=dict)
    lot: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311  # nosec B311

    @contextmanager
    def acting(self, person: str) -> Iterator[tuple[Session, Actor]]:
        """A transaction of one person."""
        with fresh_session() as session:
            yield session, grants.actor_of(session, session.get_one(User, self.users[person]))


def read(name: str) -> list[dict[str, Any]]:
    """A data file of this folder."""
    rows: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return rows


def populate(world: World) -> None:
    """People and organizations, with the roles that only an operator gives."""
    password = hash_password(people.PASSWORD)
    with fresh_session() as session:
        for key, body in people.BODIES.items():
            organization = Organization(
                name=body.name, name_en=body.name_en, kind=body.kind, region=body.region or None
            )
            session.add(organization)
            session.flush()
            world.bodies[key] = organization.id
        for key, person in people.PEOPLE.items():
            world.users[key] = _person(session, world, key, person, password)


def _person(session: Session, world: World, key: str, person: people.Person, password: str) -> int:
    body = people.BODIES[person.body] if person.body else None
    user = User(
        email=people.address(key),
        name=person.name,
        affiliation=(body.name if person.locale == "zh_CN" else body.name_en) if body else "",
        password=password,
        fs_uniquifier=new_token(),
        confirmed_at=dt.datetime.now(dt.UTC),
        locale=person.locale,
        admin=person.role == "administrator",
    )
    session.add(user)
    session.flush()
    if person.body:
        body_id = world.bodies[person.body]
        session.add(Membership(user_id=user.id, organization_id=body_id, representative=person.speaks))
        if person.role == "organizer":
            grant = RoleGrant(user_id=user.id, role="organizer", scope="organization", scope_id=body_id)
            session.add(grant)
    return user.id


def found_programmes(world: World, plans: dict[str, Any]) -> None:
    """Every programme, by its organizer."""
    for key, plan in plans.items():
        facts = ProgrammeFacts(
            plan.title_zh, plan.title_en, plan.summary_zh, plan.summary_en, hue=plan.hue, slug=key
        )
        with world.acting(plan.organizer) as (session, actor):
            programme = programmes.create(session, actor, world.bodies[plan.host], facts)
            world.programmes[key] = programme.id


def know(world: World) -> None:
    """Every judge says what they know about."""
    for judge, keywords in people.EXPERTISE.items():
        with world.acting(judge) as (session, actor):
            experts.save(session, actor, keywords, ("zh", "en"))


def live(world: World, steps: list[tuple[float, Step]]) -> None:
    """Do every step whose day is past, in order; before each the scheduler closes what was due by then."""
    for day, step in sorted(steps, key=lambda each: each[0]):
        if day > 0:
            break
        world.travel.to(days=day)
        _close()
        step()
        errands.drain(but=LAST)
    world.travel.to()
    _close()
    errands.drain()


def _close() -> None:
    """Record what was due by now, of rounds and their judging phases, and let results out."""
    closing.close_due()
    closing.close_phases()
    announcing.release_due()


def user_id(session: Session, email: str) -> int:
    """The account behind an address."""
    return session.scalars(sa.select(User.id).where(User.email == email)).one()
