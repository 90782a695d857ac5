"""What letters about training speak of: a course with its sessions, a certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from challenge.base import clock
from challenge.training import certificates
from challenge.training.models import Certificate, Course

Scene = dict[str, Any]


def _course(session: Session, course_id: int) -> Scene:
    options = [selectinload(Course.sessions), joinedload(Course.programme)]
    course = session.get_one(Course, course_id, options=options)
    return {"course": course, "zone": course.zone, "written_at": clock.now(session)}


def _certificate(session: Session, certificate_id: int) -> Scene:
    number = session.scalars(sa.select(Certificate.number).where(Certificate.id == certificate_id)).one()
    found = certificates.by_number(session, number)
    return {"certificate": found, "course": found.course, "zone": found.course.zone}


TRAINING: Mapping[str, Callable[[Session, Any], Scene]] = {
    "course_id": _course,
    "certificate_id": _certificate,
}
