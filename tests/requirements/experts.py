"""A requirement that waits, and an expert who is asked about it, for tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.requirements import diagnosing, identity, opining, services
from challenge.requirements.content import read
from challenge.requirements.diagnosing import Wish
from challenge.requirements.diagnosis_models import Diagnosis
from challenge.requirements.models import Requirement
from challenge.requirements.opining import Opinion
from challenge.requirements.queries import closed_part
from challenge.requirements.rewording import wording_of
from challenge.rules.permissions import Actor
from tests.factories import UserFactory, actor_of
from tests.requirements.needs import Call, need, open_call

QUESTION = "Is 99.2 % within reach?"
SAID = {"feasible": "hard", "clear": "partly", "novel": "adapted", "budget": "low", "verdict": "rework"}
ADVICE = "Say at which speed of the strip."
DAY = dt.timedelta(days=1)


@dataclass
class Table:
    """A call, a requirement that waits, an expert."""

    db: Session
    call: Call
    need: Requirement
    expert: User

    @property
    def as_expert(self) -> Actor:
        return actor_of(self.expert)

    def wish(self, **changes: Any) -> Wish:
        due = clock.now(self.db).replace(microsecond=0) + 7 * DAY
        return Wish(**{"expert_id": self.expert.id, "question": QUESTION, "due_at": due, **changes})

    def asked(self, **changes: Any) -> Diagnosis:
        return diagnosing.ask(self.db, self.call.as_organizer, self.need.ref, self.wish(**changes))

    def accepted(self, **changes: Any) -> Diagnosis:
        return opining.accept(self.db, self.as_expert, self.asked(**changes).ref)

    def opinion(self, **worded: Any) -> Opinion:
        """An opinion with every field of the wording as the form sends it, but for these."""
        content = read(self.need, closed_part(self.db, self.need.id))
        own = wording_of(identity.veiled(self.db, self.need, content))
        return Opinion(**SAID, advice=ADVICE, wording={**own, **worded})

    def handed_in(self, worded: dict[str, Any] | None = None, **changes: Any) -> Diagnosis:
        found = self.accepted(**changes)
        return opining.hand_in(self.db, self.as_expert, found.ref, self.opinion(**(worded or {})))

    def returned(self, *given: Diagnosis) -> None:
        organizer = self.call.as_organizer
        diagnosing.give(self.db, organizer, self.need.ref, [each.ref for each in given])
        services.give_back(self.db, organizer, self.need.ref, "See what the expert says.")


def table(db: Session, **changes: Any) -> Table:
    """It; the need as a seeker would write it, but for these changes."""
    call = open_call()
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id, need(**changes))
    waiting = services.submit(db, call.as_seeker, draft.ref)
    return Table(db, call, waiting, UserFactory(name="Prof. Qin"))
