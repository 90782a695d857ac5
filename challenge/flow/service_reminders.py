"""The day of a service has come: whoever is to do it, and the centre, are told once."""

from __future__ import annotations

import datetime as dt

from challenge.base.db import fresh_session
from challenge.rules.services import GOING
from challenge.services.models import ServiceRequest
from challenge.tasks import queue


def due(task: queue.Leased) -> None:
    """A letter, unless it is done, over, or has another day since."""
    with fresh_session() as session:
        request = session.get(ServiceRequest, task.payload["service_request_id"])
        day = dt.date.fromisoformat(task.payload["on"])
        if request is not None and request.state in GOING and request.due_on == day:
            about = f"service_request:{request.id}"
            queue.announce(session, "service.due", about, mark=day, service_request_id=request.id)
        queue.finish(session, task)
