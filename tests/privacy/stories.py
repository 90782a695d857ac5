"""A person whose name, address and words stand everywhere, and how they are erased."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from challenge.accounts import identity
from challenge.accounts.models import Invitation, User
from challenge.base import clock
from challenge.distribution.models import Recipient
from challenge.docking.models import Docking, DockingPair
from challenge.messages.models import Letter
from challenge.privacy import erasing
from challenge.privacy.models import Erasure
from challenge.requirements.models import Question
from challenge.search.models import SavedSearch, SearchEntry
from challenge.submissions import submitting
from challenge.submissions.board_models import TeammatePost
from challenge.submissions.models import Submission
from challenge.supply.models import Expert
from challenge.tasks.models import Task
from challenge.ties.models import Tie
from tests.factories import (
    RequirementFactory,
    UserFactory,
    actor_of,
)
from tests.submissions.stories import ready, round_of, with_file

NAME, ADDRESS, WORDS = "Canary Vogel", "canary@birds.example", "canary-words"
FILE = b"%PDF-1.7 canary-words in a file"
DAY = dt.timedelta(days=1)


def asked(db: Session, person: User) -> Erasure:
    """The person asks, and the delay is over."""
    made = erasing.ask(db, actor_of(person), identity.Confirmed(person.id))
    made.due_at = clock.now(db) - DAY
    db.commit()
    return made


def done(db: Session, person: User) -> Erasure:
    """Erased."""
    made = asked(db, person)
    assert erasing.run(made.id)
    db.expire_all()
    return made


def over(entry: Submission) -> None:
    """Its round is closed and the results are out."""
    round_of(entry).stage = "closed"
    entry.state = "not_selected"


def everywhere(db: Session) -> tuple[User, Submission]:
    """A person whose name, address or words stand in as many tables as a story can reach."""
    person = UserFactory(name=NAME, email=ADDRESS, affiliation=f"{WORDS} institute")
    entry = ready(owner=person, title=f"{WORDS} vision", team_name=f"Team {NAME}")
    with_file(entry, f"{NAME}.pdf", FILE)
    db.commit()
    submitting.submit(db, actor_of(person), entry.ref)
    over(entry)
    other = UserFactory()
    need = RequirementFactory(contact_name=NAME, contact_phone=WORDS, contact_email="Canary@Birds.example")
    now = clock.now(db)
    db.add_all(
        [
            Letter(message_id="<1@x>", recipient=ADDRESS, template="t", subject=WORDS, body=f"Dear {NAME}"),
            Letter(
                message_id="<2@x>", recipient=other.email, template="t", subject=f"{NAME} wrote", body=ADDRESS
            ),
            Invitation(
                token_digest="d", email=ADDRESS, role="judge", scope="phase", scope_id=1,
                created_at=now, expires_at=now, facts={"name": NAME},
            ),
            Recipient(address=ADDRESS, name=NAME, user_id=person.id, elsewhere={"sms": WORDS}),
            Tie(kind="family", person_id=person.id, other_name=WORDS, note=NAME),
            Tie(kind="family", person_id=other.id, other_name=NAME, other_email=ADDRESS, note=""),
            Question(round_id=need.round_id, requirement_id=need.id, asker_id=person.id, body="Why?"),
            TeammatePost(
                round_id=need.round_id, author_id=person.id, brings=WORDS, seeks=NAME, skills=[], lang="en",
                updated_at=now,
            ),
            SavedSearch(user_id=person.id, query=WORDS),
            Expert(user_id=person.id, keywords=[WORDS], languages=[], about_en=NAME, updated_at=now),
            SearchEntry(
                kind="expert", thing_id=person.id, address="x", title_en=NAME, text=WORDS, at=now,
                changed_at=now, title_words="canary", body_words=WORDS,
            ),
            Task(
                key=f"mail/x/{ADDRESS}", kind="mail", payload={"address": ADDRESS}, state="done",
                run_at=now, attempts=1, created_at=now,
            ),
        ]
    )  # fmt: skip
    pair = DockingPair(requirement_id=need.id, user_id=person.id)
    db.add(pair)
    db.flush()
    people = [{"side": "candidate", "name": NAME, "address": ADDRESS}]
    held = {"channel": "video", "starts_at": now, "ends_at": now + DAY, "people": people}
    db.add(Docking(pair_id=pair.id, number=1, notes=f"{NAME} came", **held))
    db.commit()
    return person, entry
