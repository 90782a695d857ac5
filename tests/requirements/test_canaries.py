"""An anonymous seeker and a confidential part leave no trace where they may not be known."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.flow import indexing
from challenge.requirements import diagnosing, enacting, proposing, services
from challenge.requirements.enacting import Decision
from challenge.requirements.models import Requirement
from challenge.requirements.proposing import Written
from challenge.rules.stages import Stage
from tests.factories import OrganizationFactory, UserFactory, organizer_of
from tests.requirements.needs import Call, need, open_call
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox

CANARY = "kestrel"


@pytest.fixture
def call(db: Session) -> Call:
    """A call whose seeker has a canary in every field that names it."""
    opened = open_call()
    opened.seeker = OrganizationFactory(
        name=f"{CANARY}机构",
        name_en=f"{CANARY} Ltd",
        profile=CANARY,
        registration_code=CANARY,
        legal_representative=CANARY,
    )
    opened.representative = UserFactory(
        represents=[opened.seeker], name=CANARY, email=f"{CANARY}@example.org", affiliation=CANARY
    )
    return opened


@pytest.fixture
def hidden(db: Session, call: Call, client: Visitor) -> Requirement:
    """A published requirement of that anonymous seeker, with a secret part, a secret file and an answer."""
    seeker = call.as_seeker
    person = {
        "contact_name": CANARY,
        "contact_phone": "0931-7654321",
        "contact_email": f"{CANARY}@example.org",
    }
    content = need(anonymous=True, confidential_part=CANARY, **person)
    draft = services.create(db, seeker, call.round.id, call.seeker.id, content)
    client.sign_in(call.representative)
    data = {"confidential": "yes", "files": (io.BytesIO(b"plan"), f"{CANARY}.txt")}
    client.post(f"/seek/requirements/{draft.ref}/files", data=data, content_type="multipart/form-data")
    client.sign_out()
    services.submit(db, seeker, draft.ref)
    _diagnosed(db, call, draft)
    services.publish(db, call.as_organizer, draft.ref)
    for goals, secret in (("Fewer coils.", f"{CANARY} hall"), ("No coils.", f"{CANARY} gate")):
        said = replace(content, goals=goals, confidential_part=secret)
        proposing.save(db, seeker, draft.ref, Written(said, "A new line."))
        change = proposing.hand_in(db, seeker, draft.ref)
        if goals == "Fewer coils.":  # the other one waits
            enacting.publish(db, call.as_organizer, change.ref, Decision("keep", reason="Time is left."))
    return draft


def _diagnosed(db: Session, call: Call, waiting: Requirement) -> None:
    """An expert has said something of it, for those who screen it alone."""
    wish = diagnosing.Wish(UserFactory().id, CANARY, clock.now(db) + dt.timedelta(days=3), with_closed=True)
    found = diagnosing.ask(db, call.as_organizer, waiting.ref, wish)
    found.advice, found.wording = CANARY, {"title_en": CANARY, "goals": CANARY}
    found.question = "Can it be done?"
    db.flush()


def test_readers_solvers_and_other_organizers_learn_nothing(
    call: Call, hidden: Requirement, visitor: Any, db: Session
) -> None:
    curious = {
        "anyone": visitor(),
        "user": visitor(UserFactory()),
        "other seeker": visitor(UserFactory(represents=[OrganizationFactory()])),
        "other organizer": visitor(organizer_of(open_call().round.programme)),
    }
    asker = visitor(UserFactory())
    asker.post(f"/requirements/{hidden.ref}/ask", data={"body": "How many?"})
    db.commit()
    indexing.rebuild()
    curious["asker"] = asker
    slug = call.round.slug
    paths = [
        *("/", "/rounds", "/requirements"),
        *(f"/rounds/{slug}", f"/rounds/{slug}/requirements", f"/rounds/{slug}/questions"),
        *(f"/requirements/{hidden.ref}", f"/requirements/{hidden.ref}/ask", f"/rounds/{slug}/ask"),
        *("/seek", f"/seek/requirements/{hidden.ref}", f"/organize/rounds/{slug}/requirements/{hidden.ref}"),
        *("/results", "/work", f"/seek/requirements/{hidden.ref}/change"),
        *(f"/requirements/{hidden.ref}/versions{end}" for end in ("", "/1", "/2", ".atom")),
        *(f"/seek/requirements/{hidden.ref}/{page}" for page in ("change/review", "versions")),
        *("/results", "/work", "/requirements.atom", "/requirements.rss", "/search.rss?q=vision"),
    ]
    leaks = [
        (name, path)
        for name, reader in curious.items()
        for path in paths
        if CANARY in (answer := reader.get(path)).text + str(answer.headers)
    ]
    assert leaks == []


def test_nobody_finds_it_by_its_seeker(call: Call, hidden: Requirement, visitor: Any, db: Session) -> None:
    db.commit()
    indexing.rebuild()
    for path in ("/requirements", "/search"):
        assert hidden.ref not in visitor().get(f"{path}?q={CANARY}").text
        assert hidden.ref in visitor().get(f"{path}?q=Low-light").text


def test_an_administrator_is_not_told_either(
    call: Call, hidden: Requirement, visitor: Any, db: Session
) -> None:
    admin = visitor(UserFactory(admin=True))
    rooms = f"/organize/rounds/{call.round.slug}/requirements"
    for path in (rooms + "?state=published", f"{rooms}/{hidden.ref}"):
        answer = admin.get(path)
        assert answer.status_code == 200
        assert CANARY not in answer.text


def test_who_may_know_does(call: Call, hidden: Requirement, visitor: Any, db: Session) -> None:
    seeker = visitor(call.representative).get(f"/seek/requirements/{hidden.ref}").text
    organizer = visitor(call.organizer).get(
        f"/organize/rounds/{call.round.slug}/requirements/{hidden.ref}"
    ).text  # fmt: skip
    for page in (seeker, organizer):
        assert page.count(CANARY) >= 3  # the name, the secret part, the secret file


def test_letters_to_others_name_nobody(
    call: Call, hidden: Requirement, visitor: Any, db: Session, mailbox: Mailbox
) -> None:
    person = UserFactory()
    visitor(person).post(f"/requirements/{hidden.ref}/ask", data={"body": "How many?"})
    question = services.ask_on_requirement(db, call.as_organizer, hidden.ref, "And when?")
    services.answer(db, call.as_seeker, question.ref, "In May.", public=True)
    services.withdraw(db, call.as_seeker, hidden.ref, "Solved.")
    letters = [letter for letter in mailbox.letters if CANARY not in letter.recipient]
    told = [letter.subject for letter in letters if letter.recipient != call.organizer.email]
    leaks = [
        letter.subject
        for letter in letters
        if letter.recipient != call.organizer.email and CANARY in letter.subject + letter.body
    ]
    assert leaks == [], told


def test_the_record_holds_ids_and_no_names(call: Call, hidden: Requirement, db: Session) -> None:
    from challenge.audit.models import AuditEntry

    entries = [f"{each.actor} {each.subject} {each.detail}" for each in db.query(AuditEntry)]
    assert entries
    assert not [entry for entry in entries if CANARY in entry]


def test_rounds_before_their_call_show_no_requirement(db: Session, visitor: Any) -> None:
    call = open_call(Stage.DRAFT)
    draft = call.requirement(state="published", title_en=CANARY)
    for path in ("/", "/requirements", f"/requirements/{draft.ref}"):
        assert CANARY not in visitor().get(path).text
