"""What a letter about a service may speak of (see scenes)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session, joinedload

from challenge.rules.services import day_at
from challenge.services.models import Service, ServiceRequest


def of_request(session: Session, request_id: int) -> dict[str, Any]:
    """A request with its service, who asks and who does it; of a day, the instant by which it is written."""
    service = joinedload(ServiceRequest.service)
    whole = (
        service.joinedload(Service.centre),
        service.joinedload(Service.provider),
        joinedload(ServiceRequest.asker),
        joinedload(ServiceRequest.assigned),
    )
    request = session.get_one(ServiceRequest, request_id, options=whole)
    due = None if request.due_on is None else day_at(request.due_on)
    return {"asked": request, "service": request.service, "due": due}
