"""What a letter about a round's discussion may name: the thread, never who wrote in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from challenge.forum.models import ForumThread


def of_thread(session: Session, thread_id: int) -> dict[str, Any]:
    """The thread."""
    return {"thread": session.get_one(ForumThread, thread_id)}
