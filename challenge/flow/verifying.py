"""Every chain walked for whoever asked on a page, telling how far it is now and then."""

from __future__ import annotations

from challenge.audit import chain
from challenge.base.db import fresh_session, one_view
from challenge.reports import checks
from challenge.tasks import queue
from challenge.tasks.queue import Leased

STEP = 5000


def run(task: Leased) -> None:
    """Walk all chains in one view of the database; killed anywhere, the next try begins anew."""
    check_id = int(task.payload["id"])

    def tell(count: int) -> None:
        with fresh_session() as session:
            checks.progressed(session, check_id, count)
            queue.hold_on(session, task)

    with fresh_session() as session:
        one_view(session)
        check = checks.waiting(session, check_id)
        if check is None:
            found = None
        else:
            count, faults = chain.verify(session, tell, STEP)
            named, differ = checks.compared(session, check)
            found = (count, named, [*faults, *differ])
        session.rollback()
    with fresh_session() as session:
        if found is not None:
            checks.done(session, check_id, *found)
        queue.finish(session, task)
