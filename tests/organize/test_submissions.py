"""What an organizer reads of submissions: what was entered, never the draft; and how one is ruled out."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.submissions import submitting
from challenge.submissions.models import Submission, Version
from challenge.web.organize import submissions as page
from tests.factories import RequirementFactory, UserFactory, actor_of, organizer_of
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.submissions.stories import again, owner_of, ready, round_of, with_file, write


def handed_in(db: Session, **facts: object) -> Submission:
    submission = ready(**facts)
    submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    return submission


def test_an_organizer_reads_what_was_entered_and_not_the_draft(client: Visitor, db: Session) -> None:
    entry = handed_in(db, title="As submitted", team_name="Light")
    write(entry, title="CANARY draft")
    draft = ready(requirement=entry.requirement, title="CANARY never submitted")
    slug = round_of(entry).slug
    client.sign_in(organizer_of(round_of(entry).programme))
    listing = client.get(f"/organize/rounds/{slug}/submissions").text
    detail = client.get(f"/organize/submissions/{entry.ref}").text
    for text in (listing, detail):
        assert "As submitted" in text
        assert "Light" in text
        assert "CANARY" not in text
    assert client.get(f"/organize/submissions/{draft.ref}").status_code == 403
    assert client.get(f"/solve/{entry.ref}").status_code == 404


def test_files_come_as_they_were_entered(client: Visitor, db: Session) -> None:
    entry = ready()
    with_file(entry, "report.pdf", b"%PDF-1.7 exactly these bytes")
    submitting.submit(db, actor_of(owner_of(entry)), entry.ref)
    client.sign_in(organizer_of(round_of(entry).programme))
    answer = client.get(f"/organize/submissions/{entry.ref}/files/1")
    assert answer.data == b"%PDF-1.7 exactly these bytes"
    for place in (0, 2):
        assert client.get(f"/organize/submissions/{entry.ref}/files/{place}").status_code == 404


def test_without_a_right_of_reply_ruling_out_needs_a_reason_and_happens_once(
    client: Visitor, db: Session
) -> None:
    entry = handed_in(db, requirement__round__reply_days=0)
    client.sign_in(organizer_of(round_of(entry).programme))
    url = f"/organize/submissions/{entry.ref}/rule-out"
    assert client.post(url, data={"reason": " "}).status_code == 422
    for _ in range(2):
        assert client.post(url, data={"reason": "No licence to offer it."}).status_code == 302
    assert again(entry).state == "ineligible"
    slug = round_of(entry).slug
    assert entry.code in client.get(f"/organize/rounds/{slug}/submissions?state=ineligible").text
    client.sign_in(owner_of(entry))
    assert "No licence to offer it." in client.get(f"/solve/{entry.ref}").text
    assert client.post(f"/solve/{entry.ref}/submit").status_code == 403


def test_a_list_is_read_fifty_at_a_time_with_the_same_statements(
    client: Visitor, db: Session, statements: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page.queries, "PAGE", 2)
    requirement = RequirementFactory()
    programme, slug = requirement.round.programme, requirement.round.slug
    entries = [handed_in(db, requirement=requirement) for _ in range(5)]
    codes = [entry.code for entry in entries]
    client.sign_in(organizer_of(programme))
    url: str | None = f"/organize/rounds/{slug}/submissions"
    seen: list[str] = []
    costs: set[int] = set()
    while url:
        with statements() as asked:
            text = client.get(url).text
        costs.add(len(asked))
        seen += [code for code in codes if f">{code}<" in text]
        following = text.partition('rel="next" href="')[2].partition('"')[0]
        url = following.replace("&amp;", "&") or None
    assert seen == codes
    assert len(costs) == 1


@pytest.mark.parametrize("who", ["stranger", "other organizer", "administrator", "visitor", "solver"])
def test_nobody_else_reads_them(client: Visitor, db: Session, who: str) -> None:
    entry = handed_in(db, title="CANARY")
    with_file(entry)
    other = RequirementFactory().round.programme
    people = {
        "stranger": UserFactory,
        "other organizer": lambda: organizer_of(other),
        "administrator": lambda: UserFactory(admin=True),
        "solver": lambda: owner_of(ready(requirement=entry.requirement)),
    }
    slug = round_of(entry).slug
    db.commit()
    if who in people:
        client.sign_in(people[who]())
    for path in (
        f"rounds/{slug}/submissions",
        f"submissions/{entry.ref}",
        f"submissions/{entry.ref}/files/1",
    ):
        answer = client.get(f"/organize/{path}")
        assert answer.status_code in (302, 403, 404), path
        assert "CANARY" not in answer.text
    answer = client.post(f"/organize/submissions/{entry.ref}/rule-out", data={"reason": "x"})
    assert answer.status_code in (302, 403, 404)
    assert again(entry).state == "submitted"
    assert db.scalar(sa.select(sa.func.count(Version.id))) == 1


def test_an_organizer_in_the_team_reads_it_as_a_member_only(client: Visitor, db: Session) -> None:
    requirement = RequirementFactory()
    organizer = organizer_of(requirement.round.programme)
    entry = handed_in(db, requirement=requirement, team=[organizer])
    client.sign_in(organizer)
    assert client.get(f"/organize/submissions/{entry.ref}").status_code == 404
    assert client.get(f"/solve/{entry.ref}").status_code == 200
