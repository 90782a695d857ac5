"""What is due once a day: letters about what is new, to owners of old offers, and of what experts owe soon.

The day's row of work reads a part of the people and puts the next part, so that each part is one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from challenge.accounts import watching
from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.flow import counting, diagnosis_letters, indexing, milestone_letters
from challenge.messages import letters
from challenge.reports import storage_use
from challenge.rules.supply import STALE_DAYS
from challenge.search import reading
from challenge.search.finding import Found
from challenge.search.models import SearchEntry
from challenge.supply import keeping
from challenge.tasks import queue
from challenge.tasks.queue import Leased, Work

BATCH = 100
WHAT = ("news", "stale", "diagnoses", "milestones", "deliveries", "payments")


def due(session: Session) -> list[Work]:
    """The work of this day (UTC), under names that all processes give it.

    And once in the life of an installation: what was there before there was an index, or figures.
    """
    day = f"{clock.now(session):%Y-%m-%d}"
    return [
        *(_work(what, day, 0) for what in WHAT),
        storage_use.daily(day),
        *indexing.everything("first"),
        *counting.everything("first"),
    ]


def _work(what: str, day: str, after: int) -> Work:
    return Work("daily", f"daily/{what}/{day}/{after}", {"what": what, "day": day, "after": after})


def run(task: Leased) -> None:
    """A part of the people: their letters, and the next part, in one transaction."""
    facts = task.payload
    with fresh_session() as session:
        people = PARTS[facts["what"]](session, facts)
        if len(people) == BATCH:
            queue.put(session, _work(facts["what"], facts["day"], people[-1]))
        queue.finish(session, task)


def _news(session: Session, facts: Mapping[str, Any]) -> list[int]:
    people = watching.waiting(session, facts["after"], BATCH)
    for user_id in people:
        news = watching.news_of(session, user_id, reading.asked)
        if news:
            told = {
                "searches": [
                    {"text": reading.asked(each.query).text, "finds": [_told(found) for found in finds]}
                    for each, finds in news.searches
                ],
                "follows": [_told(entry) for entry in news.follows],
            }
            about: dict[str, Any] = {"news": told, "stop_id": user_id}
            cause = f"news/{facts['day']}"
            queue.put(session, letters.mail(cause, "search_news", user_id=user_id, **about))
    return people


def _told(found: Found | SearchEntry) -> dict[str, Any]:
    names = ("kind", "address", "title_zh", "title_en")
    return {name: getattr(found, name) for name in names}


def _stale(session: Session, facts: Mapping[str, Any]) -> list[int]:
    now = clock.now(session)
    found = keeping.owners_of_stale(session, now - dt.timedelta(days=STALE_DAYS), facts["after"], BATCH)
    for owner in found:
        # Again after as many days, if nobody has said anything until then.
        times = (now - owner.since).days // STALE_DAYS
        cause = f"stale/{owner.since.isoformat()}/{times}"
        queue.put(session, letters.mail(cause, "offers_stale", user_id=owner.user_id, count=owner.count))
    return [owner.user_id for owner in found]


PARTS = {
    "news": _news,
    "stale": _stale,
    "diagnoses": diagnosis_letters.remind,
    "milestones": milestone_letters.remind_of_milestones,
    "deliveries": milestone_letters.remind_of_deliveries,
    "payments": milestone_letters.remind_of_payments,
}
