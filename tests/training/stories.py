"""A course of a programme, its organizer, and people who take it; time goes by moving its sessions back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.rounds.models import Programme
from challenge.rules.permissions import Actor
from challenge.training import attending, certificates, courses, enrolling, facts, sessions
from challenge.training.courses import CourseFacts
from challenge.training.models import Course, CourseSession, Enrolment
from challenge.training.sessions import Part
from tests.factories import ProgrammeFactory, UserFactory, actor_of, organizer_of

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass
class School:
    """A published course that begins in three days, with a session a day."""

    db: Session
    programme: Programme
    organizer: User
    ref: str
    people: list[User] = field(default_factory=list)

    @property
    def course(self) -> Course:
        """Read anew, with its sessions."""
        return facts.by_ref(self.db, self.ref)

    @property
    def by(self) -> Actor:
        """Its organizer."""
        return actor_of(self.organizer)

    def joins(self, name: str = "Wang Fang", person: User | None = None) -> User:
        """Somebody enrols."""
        person = person or UserFactory(name=name)
        enrolling.enrol(self.db, actor_of(person), self.ref, name)
        self.people.append(person)
        return person

    def place(self, person: User) -> Enrolment:
        """Their enrolment, read anew."""
        query = sa.select(Enrolment).where(
            Enrolment.user_id == person.id, Enrolment.course_id == self.course.id
        )
        return self.db.scalars(query.execution_options(populate_existing=True)).one()

    def back(self, by: dt.timedelta) -> None:
        """Time goes by: all sessions move back, the first one first so that no two meet."""
        for each in self.course.sessions:
            at = {"starts_at": each.starts_at - by, "ends_at": each.ends_at - by}
            self.db.execute(sa.update(CourseSession).where(CourseSession.id == each.id).values(**at))
        self.db.expire_all()

    def running(self, number: int = 0) -> CourseSession:
        """One session has begun half an hour ago."""
        part = self.course.sessions[number]
        self.back(part.starts_at - clock.now(self.db) + HOUR / 2)
        return self.course.sessions[number]

    def over(self) -> None:
        """All sessions have ended."""
        self.back(self.course.sessions[-1].ends_at - clock.now(self.db) + HOUR)

    def attend(self, *people: User, sessions: int | None = None) -> None:
        """They were in the first so many sessions, or in all."""
        refs = [self.place(each).ref for each in people]
        for part in self.course.sessions[:sessions]:
            attending.mark(self.db, self.by, part.ref, refs)

    def passed(self, *people: User) -> list[str]:
        """The course is over and they have passed: the numbers of their certificates."""
        self.over()
        self.attend(*people)
        return certificates.issue(self.db, self.by, self.ref)


def school(db: Session, *, parts: int = 2, programme: Programme | None = None, **given: Any) -> School:
    """The course, with places for two unless said otherwise."""
    programme = programme or ProgrammeFactory()
    organizer = organizer_of(programme)
    usual = {
        "level": "primary",
        "title_zh": "初级技术经理人培训",
        "title_en": "Brokers' first course",
        "hours": Decimal(12),
        "seats": 2,
        "zone": "Asia/Shanghai",
        "share": 50,
        "place": "Room kestrel 4",
        "online": "https://meet.example.org/kestrel",
    }
    actor = actor_of(organizer)
    course = courses.create(db, actor, programme, CourseFacts(**(usual | given)))
    start = clock.now(db).replace(minute=0, second=0, microsecond=0) + 3 * DAY
    for number in range(parts):
        begins = start + number * DAY
        sessions.add(db, actor, course.ref, Part(begins, begins + 2 * HOUR, f"Part {number + 1}"))
    courses.publish(db, actor, course.ref)
    return School(db, programme, organizer, course.ref)
