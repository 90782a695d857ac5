"""A seeker reads solutions once the window has closed, all at once, and nobody else's."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.submissions import submitting
from challenge.submissions.models import Submission
from tests.factories import OrganizationFactory, RequirementFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.submissions.stories import close, owner_of, ready, with_file


def entry_for(db: Session, seeker: object, **facts: object) -> Submission:
    submission = ready(requirement=RequirementFactory(seeker=seeker), title="CANARY", **facts)
    with_file(submission, "plan.pdf", b"%PDF-1.7 plan")
    submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    return submission


def representative(seeker: object) -> User:
    person: User = UserFactory(represents=[seeker])
    return person


def paths(entry: Submission) -> list[str]:
    base = f"/seek/submissions/{entry.ref}"
    return [base, f"{base}/files/1"]


def test_before_the_close_nothing_is_told(client: Visitor, db: Session) -> None:
    seeker = OrganizationFactory()
    entry = entry_for(db, seeker)
    client.sign_in(representative(seeker))
    page = client.get(f"/seek/requirements/{entry.requirement.ref}/submissions")
    assert page.status_code == 200
    assert "Not to be read yet" in page.text
    assert "CANARY" not in page.text
    assert entry.code not in page.text
    for path in paths(entry):
        assert client.get(path).status_code == 404


def test_after_the_close_all_of_it_is_read(client: Visitor, db: Session) -> None:
    seeker = OrganizationFactory()
    entry = entry_for(db, seeker)
    ruled_out = ready(requirement=entry.requirement, title="RULED OUT")
    submitting.submit(db, actor_of(owner_of(ruled_out)), ruled_out.ref)
    ruled_out.state, ruled_out.state_reason = "ineligible", "No licence."
    draft = ready(requirement=entry.requirement, title="ONLY A DRAFT")
    close(entry, clock.now(db) - dt.timedelta(seconds=1))
    client.sign_in(representative(seeker))
    page = client.get(f"/seek/requirements/{entry.requirement.ref}/submissions").text
    assert "CANARY" in page
    assert "RULED OUT" not in page
    assert "ONLY A DRAFT" not in page
    detail, file = (client.get(path) for path in paths(entry))
    assert "CANARY" in detail.text
    assert file.data == b"%PDF-1.7 plan"
    for other in (ruled_out, draft):
        assert client.get(f"/seek/submissions/{other.ref}").status_code == 404


def test_another_seeker_and_a_seeker_in_the_team_read_nothing(client: Visitor, db: Session) -> None:
    seeker = OrganizationFactory()
    insider = representative(seeker)
    entry = entry_for(db, seeker, team=[insider])
    close(entry, clock.now(db) - dt.timedelta(seconds=1))
    client.sign_in(representative(OrganizationFactory()))
    assert client.get(f"/seek/requirements/{entry.requirement.ref}/submissions").status_code == 404
    for person in (representative(OrganizationFactory()), insider, UserFactory()):
        client.sign_in(person)
        for path in paths(entry):
            answer = client.get(path)
            assert answer.status_code == 404
            assert "CANARY" not in answer.text
