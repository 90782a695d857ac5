"""Who is told of an objection: whoever filed it, the team of the entry without that name, the organizers.

And once more the organizers, a day before its answer is due.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from challenge.awards.objection_models import Objection
from challenge.base.db import fresh_session
from challenge.flow import audiences as who
from challenge.tasks import queue


def filer(facts: who.Facts) -> who.Ids:
    """Whoever filed it."""
    this = Objection.id == facts["objection_id"]
    return sa.select(Objection.author_id).where(this, Objection.author_id.is_not(None))


def taking_part(facts: who.Facts) -> who.Ids:
    """The people behind the entries, and the organizers."""
    sides = (who.entrants(facts), who.organizers(facts))
    return sa.union(*(sa.select(each.subquery().c[0]) for each in sides))


Row = tuple[str, who.Audience, who.Audience | None]
# event -> (template, audience, who gets another one about it); flow.mails takes them up.
ROWS: Mapping[str, tuple[Row, ...]] = {
    "objection.filed": (
        ("objection_received", filer, None),
        ("objection_about_us", who.team, filer),
        ("objection_filed", who.organizers, None),
    ),
    "objection.withdrawn": (("objection_decided", who.team, filer),),
    **dict.fromkeys(
        ("objection.dismissed", "objection.upheld"),
        (("objection_answered", filer, None), ("objection_decided", who.team, filer)),
    ),
    "objection.due": (("objection_due", who.organizers, None),),
    "notice.resumed": (("notice_resumed", taking_part, None),),
}


def due(task: queue.Leased) -> None:
    """The day before its answer is due: a letter, unless it is answered or withdrawn since."""
    with fresh_session() as session:
        objection = session.get(Objection, task.payload["objection_id"])
        if objection is not None and objection.state == "filed":
            queue.announce(
                session,
                "objection.due",
                f"objection:{objection.id}",
                round_id=objection.round_id,
                submission_id=objection.submission_id,
                objection_id=objection.id,
            )
        queue.finish(session, task)
