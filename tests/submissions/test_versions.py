"""Versions beside each other; withdrawn and put back; a draft for another requirement from this one."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.base import clock
from challenge.files.models import Attachment
from challenge.rules.errors import NotAllowed, NotFound, TooLate, WrongState
from challenge.submissions import differing, submitting, withdrawing
from challenge.submissions.models import Submission, Version
from tests.factories import UserFactory, actor_of, organizer_of
from tests.judging.test_at_once import together
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.submissions.stories import again, close, owner_of, ready, round_of, versions, with_file, write


def submit(db: Session, submission: Submission) -> Version:
    version = submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    db.commit()
    return version


def in_two_versions(db: Session) -> Submission:
    entry = ready(
        title="Polarised vision", proposal="We measured 1,200 m of strip. It held.", team_name="Light"
    )
    with_file(entry, "report.pdf", b"%PDF-1.7 first")
    submit(db, entry)
    asked = next(iter(entry.values["indicators"]))
    write(
        entry,
        proposal="We measured 1,500 m of strip. It held well.",
        quote=90_000_000,
        trl_now=7,
        indicators={asked: {"met": "partly", "evidence": "In dry air."}},
    )
    entry.team_name = "Light and shade"
    db.execute(sa.update(Attachment).values(removed_at=clock.now(db)))
    with_file(entry, "report.pdf", b"%PDF-1.7 second")
    with_file(entry, "annex.pdf", b"%PDF-1.7 annex")
    submit(db, entry)
    return entry


def test_two_versions_are_compared_field_by_field(db: Session, statements: Counting) -> None:
    entry = in_two_versions(db)
    db.expire_all()
    entry = db.get_one(Submission, entry.id)
    with statements() as asked:
        found = differing.between(db, entry, 1, 2)
    assert len(asked) <= 4, asked
    changes = {field.key: change for field, change in found.fields}
    assert changes.keys() == {"proposal", "trl_now", "quote"}
    assert [piece.text for piece in changes["proposal"].pieces if piece.kind != "same"] == [
        "1,200",
        "1,500",
        " well",
    ]
    assert (changes["quote"].before, changes["quote"].after) == (80_000_000, 90_000_000)
    assert [(each.before, each.after) for each in found.indicators] == [("met", "partly")]
    assert [(each.key, each.after) for each in found.team] == [("name", "Light and shade")]
    assert [(each.kind, each.file["name"]) for each in found.files] == [
        ("replaced", "report.pdf"),
        ("added", "annex.pdf"),
    ]
    assert not differing.between(db, entry, 2, 2)
    with pytest.raises(NotFound):
        differing.between(db, entry, 1, 3)


def test_the_team_and_its_organizer_read_the_difference_and_nobody_else(client: Visitor, db: Session) -> None:
    entry = in_two_versions(db)
    organizer = organizer_of(round_of(entry).programme)
    for person, url in (
        (owner_of(entry), f"/solve/{entry.ref}/differences"),
        (organizer, f"/organize/submissions/{entry.ref}/differences"),
    ):
        client.sign_in(person)
        page = client.get(url).text
        for words in ("<del>", "<ins>", "1,500", "CNY", "annex.pdf", "Light and shade", "other bytes"):
            assert words in page, words
        assert client.get(f"{url}?before=1&after=9").status_code == 404
        assert "Nothing differs" in client.get(f"{url}?before=2&after=2").text
    assert "What changed since version 1" in client.get(f"/organize/submissions/{entry.ref}").text
    stranger, seeker = (
        UserFactory(),
        UserFactory(represents=[db.get_one(Organization, entry.requirement.seeker_id)]),
    )
    for who in (stranger, seeker):
        client.sign_in(who)
        assert client.get(f"/solve/{entry.ref}/differences").status_code == 404
        assert client.get(f"/organize/submissions/{entry.ref}/differences").status_code in (403, 404)


def test_a_draft_without_a_version_has_nothing_to_compare(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    assert client.get(f"/solve/{draft.ref}/differences").status_code == 404


def test_versions_that_nobody_can_read_yet_say_so(client: Visitor, db: Session) -> None:
    entry = in_two_versions(db)
    for version in versions(entry):
        version.content, version.team, version.hidden, version.manifest = {}, {}, {}, []
    client.sign_in(owner_of(entry))
    assert "sealed" in client.get(f"/solve/{entry.ref}/differences").text


def test_put_back_the_last_version_stands_as_it_was_without_a_new_one(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    entry = ready(title="As it was")
    version = submit(db, entry)
    receipt, at = dict(version.receipt), version.submitted_at
    client.sign_in(owner_of(entry))
    for _ in range(2):
        assert client.post(f"/solve/{entry.ref}/withdraw").status_code == 302
    write(again(entry), title="Written since")
    page = client.get(f"/solve/{entry.ref}/reinstate").text
    assert "The draft differs from that version" in page
    for _ in range(2):
        assert client.post(f"/solve/{entry.ref}/reinstate").status_code == 302
    standing = versions(entry)
    assert [(each.number, each.current, each.receipt, each.submitted_at) for each in standing] == [
        (1, True, receipt, at)
    ]
    assert (again(entry).state, entry.title, entry.heading) == ("submitted", "As it was", "Written since")
    assert entry.requirement_id is not None
    assert round_of(entry).submission_count == 1
    assert "The draft differs from what you submitted" in client.get(f"/solve/{entry.ref}").text
    subjects = [letter.subject for letter in mailbox.to(owner_of(entry).email)]
    assert sum("In the round again" in each for each in subjects) == 1
    # Withdrawn a second time it is an event of its own.
    assert client.post(f"/solve/{entry.ref}/withdraw").status_code == 302
    subjects = [letter.subject for letter in mailbox.to(owner_of(entry).email)]
    assert sum("Withdrawn" in each for each in subjects) == 2


def test_twenty_who_put_back_at_once_put_back_once(app: Flask, db: Session) -> None:
    entry = ready()
    submit(db, entry)
    actor = actor_of(owner_of(entry))
    withdrawing.withdraw(db, actor, entry.ref)
    db.commit()
    came = together(app, [lambda s: withdrawing.reinstate(s, actor, entry.ref).state for _ in range(20)])
    assert came == ["submitted"] * 20
    assert round_of(again(entry)).submission_count == 1
    said = db.execute(sa.text("SELECT count(*) FROM audit_entry WHERE action = 'submission.reinstated'"))
    assert said.scalar_one() == 1


def test_after_the_close_by_others_and_for_a_requirement_that_is_gone_nothing_is_put_back(
    db: Session,
) -> None:
    member = UserFactory()
    entry = ready(team=[member])
    draft = ready(requirement=entry.requirement)
    submit(db, entry)
    owner = actor_of(owner_of(entry))
    withdrawing.withdraw(db, owner, entry.ref)
    db.commit()
    with pytest.raises(NotAllowed):
        withdrawing.reinstate(db, actor_of(member), entry.ref)
    db.rollback()
    with pytest.raises(NotAllowed):
        withdrawing.reinstate(db, actor_of(owner_of(draft)), draft.ref)
    db.rollback()
    entry.requirement.state = "withdrawn"
    db.commit()
    with pytest.raises(WrongState):
        withdrawing.reinstate(db, owner, entry.ref)
    db.rollback()
    again(entry)
    db.execute(sa.text("UPDATE requirement SET state = 'published'"))
    close(entry, clock.now(db) - dt.timedelta(seconds=1))
    db.commit()
    with pytest.raises(TooLate):
        withdrawing.reinstate(db, owner, entry.ref)
    db.rollback()
    assert again(entry).state == "withdrawn"
    assert len(versions(entry)) == 1


def test_two_people_who_submit_one_draft_twenty_times_at_once_get_one_receipt(
    app: Flask, db: Session
) -> None:
    member = UserFactory()
    draft = ready(team=[member])
    actors = [actor_of(owner_of(draft)), actor_of(member)]
    db.commit()
    came = together(
        app,
        [lambda s, who=actors[n % 2]: str(submitting.submit(s, who, draft.ref).receipt) for n in range(20)],
    )
    assert len(set(came)) == 1
    assert len(versions(draft)) == 1


def test_what_a_teammate_wrote_after_the_review_is_not_handed_in_unread(client: Visitor, db: Session) -> None:
    member = UserFactory()
    draft = ready(team=[member], title="As reviewed")
    client.sign_in(member)
    shown = re.search(r'name="seen" value="([0-9a-f]{64})"', client.get(f"/solve/{draft.ref}/review").text)
    assert shown
    write(again(draft), title="Written meanwhile")
    answer = client.post(f"/solve/{draft.ref}/submit", data={"seen": shown.group(1)})
    assert answer.headers["Location"].endswith("/review")
    page = client.get(answer.headers["Location"]).text
    assert "changed the draft after you opened this page" in page
    assert "Written meanwhile" in page
    assert versions(draft) == []
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert seen
    for _ in range(2):
        answer = client.post(f"/solve/{draft.ref}/submit", data={"seen": seen.group(1)})
        assert "/receipts/1" in answer.headers["Location"]
    assert [each.content["title"] for each in versions(draft)] == ["Written meanwhile"]
