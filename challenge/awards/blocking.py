"""What stands against publishing a round's results: asked before they go out, by whoever wants to send them.

Whatever else must be settled first adds its question to `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from challenge.awards import objecting
from challenge.rules.errors import WrongState

# A question about the round: the refusal that publication would meet, or None.
Check = Callable[[Session, int], WrongState | None]
CHECKS: tuple[Check, ...] = (objecting.against,)


def reasons(session: Session, round_id: int) -> Sequence[WrongState]:
    """Why the results of the round cannot go out now, each as the refusal it would be; none: nothing does."""
    found = (check(session, round_id) for check in CHECKS)
    return [refusal for refusal in found if refusal is not None]
