"""The seeker's rooms of awards: open questions, entries side by side, and the word on them."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from challenge.awards import deciding, publishing
from challenge.base import clock
from challenge.submissions.models import TeamMember
from tests.awards.stories import Judged, asked, decision_of, happened, judged_round, noticed
from tests.factories import UserFactory
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def url(db: Session, judged: Judged, need: int = 0) -> str:
    return f"/seek/decisions/{decision_of(db, judged, need).ref}"


def seated(client: Visitor, judged: Judged, need: int = 0) -> Visitor:
    """The visitor is the representative of that need's seeker."""
    return client.sign_in(judged.seekers[need])


def test_seeker_finds_the_question_reads_the_entries_and_confirms(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db))
    seated(client, judged)
    assert url(db, judged) in client.get("/seek/decisions").text
    page = client.get(url(db, judged)).text
    for entry in judged.entries:
        assert entry.code in page
    assert "Indicators: 0 of 1 met" in page  # each of them says "partly"
    assert "CNY 800,000" in page
    answer = client.post(url(db, judged), data={"verdict": "confirmed"})
    assert answer.headers["Location"] == url(db, judged)
    assert decision_of(db, judged).verdict == "confirmed"
    assert "Confirmed" in client.get("/seek/decisions").text


@pytest.mark.parametrize("count", [1, 3])
def test_decision_asks_a_fixed_number_of_times(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    judged = asked(db, judged_round(db, places=tuple(range(1, count + 1))))
    seated(client, judged)
    target = url(db, judged)
    with statements() as read:
        assert client.get(target).status_code == 200
    who_and_when, log = 3, 2  # what is read is written down, once an hour
    assert len(read) <= who_and_when + 4 + log, read
    with statements() as again:
        client.get(target)
    assert len(again) == len(read) - 1, again


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_once_whatever_it_shows(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    judged = asked(db, judged_round(db, places=tuple(range(1, count + 1)), needs=count))
    for need in judged.needs:
        need.seeker_id = judged.needs[0].seeker_id
    seated(client, judged)
    with statements() as read:
        page = client.get("/seek/decisions").text
    assert page.count("/seek/decisions/") == count
    assert len(read) <= 3 + 1, read


def test_open_questions_stand_on_my_work(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db))
    seated(client, judged)
    assert url(db, judged) in client.get("/work").text


def test_seeker_differs_with_another_entry_and_its_reason(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db))
    seated(client, judged)
    word = {"verdict": "differs", "chosen": judged.entries[1].ref, "reason": "Runs on our line as it is."}
    for _ in range(2):
        assert client.post(url(db, judged), data=word).status_code == 302
    assert decision_of(db, judged).chosen_id == judged.entries[1].id
    assert happened(db, "decision.made") == 1
    page = client.get(url(db, judged)).text
    assert "Runs on our line as it is." in page
    assert "Another entry chosen" in page


def test_what_is_missing_is_said_at_each_field_and_the_rest_is_kept(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db))
    seated(client, judged)
    answer = client.post(url(db, judged), data={"verdict": "differs", "chosen": "", "reason": ""})
    assert answer.status_code == 422
    assert "chosen-error" in answer.text
    assert "reason-error" in answer.text
    nobody = client.post(url(db, judged), data={"verdict": "nobody", "reason": "x" * 2001})
    assert "2001 characters; at most 2000 fit." in nobody.text
    nothing = client.post(url(db, judged), data={})
    assert nothing.status_code == 422
    assert decision_of(db, judged).verdict == "pending"


def test_a_word_may_be_changed_until_the_notice_and_is_read_only_after_it(
    client: Visitor, db: Session
) -> None:
    judged = asked(db, judged_round(db))
    seated(client, judged)
    client.post(url(db, judged), data={"verdict": "confirmed"})
    client.post(url(db, judged), data={"verdict": "nobody", "reason": "None met 99 %."})
    assert decision_of(db, judged).verdict == "nobody"
    later = clock.now(db) + dt.timedelta(hours=1)
    publishing.start_notice(db, judged.as_organizer, judged.round.id, later)
    page = client.get(url(db, judged)).text
    assert "The public notice has started" in page
    assert 'name="verdict"' not in page
    answer = client.post(url(db, judged), data={"verdict": "confirmed"})
    assert answer.status_code == 409
    assert decision_of(db, judged).verdict == "nobody"


def test_among_those_that_share_the_first_place_no_reason_is_asked(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db, places=(1, 1, 3)))
    seated(client, judged)
    assert "Several entries share the first place" in client.get(url(db, judged)).text
    third = client.post(url(db, judged), data={"verdict": "confirmed", "chosen": judged.entries[2].ref})
    assert "does not share the first place" in third.text
    client.post(url(db, judged), data={"verdict": "confirmed", "chosen": judged.entries[1].ref})
    assert decision_of(db, judged).verdict == "confirmed"


def test_an_entry_that_left_is_marked_and_cannot_be_confirmed(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db))
    judged.entries[0].state, judged.entries[0].state_reason = "ineligible", "Not their own work."
    seated(client, judged)
    assert "left since" in client.get(url(db, judged)).text
    answer = client.post(url(db, judged), data={"verdict": "confirmed"})
    assert answer.status_code == 422
    assert "The organizer has to propose again" in answer.text


def test_with_one_entry_there_is_no_other_to_choose(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db, places=(1,)))
    seated(client, judged)
    page = client.get(url(db, judged)).text
    assert 'value="nobody"' in page
    assert 'value="differs"' not in page
    answer = client.post(url(db, judged), data={"verdict": "differs", "chosen": "", "reason": "Hm."})
    assert answer.status_code == 422


@pytest.mark.parametrize("who", ["stranger", "organizer", "other seeker", "behind an entry"])
def test_nobody_else_reads_or_decides(client: Visitor, db: Session, who: str) -> None:
    judged = asked(db, judged_round(db, places=(1, 2), needs=2))
    person = {
        "stranger": UserFactory,
        "organizer": lambda: judged.organizer,
        "other seeker": lambda: judged.seekers[1],
        "behind an entry": lambda: judged.seekers[0],
    }[who]()
    if who == "behind an entry":
        entry = judged.entries[0]
        db.add(TeamMember(submission_id=entry.id, user_id=person.id, email=person.email, name=person.name))
    client.sign_in(person)
    assert client.get(url(db, judged)).status_code == 403
    assert client.post(url(db, judged), data={"verdict": "confirmed"}).status_code == 403
    assert decision_of(db, judged).verdict == "pending"


def test_a_decision_that_is_none_is_not_found(client: Visitor, db: Session) -> None:
    client.sign_in(UserFactory())
    assert client.get("/seek/decisions/nothing").status_code == 404
    assert client.post("/seek/decisions/nothing", data={"verdict": "confirmed"}).status_code == 404


def test_without_questions_the_list_says_when_they_come(client: Visitor, db: Session) -> None:
    client.sign_in(UserFactory())
    assert "Nothing to decide" in client.get("/seek/decisions").text


def test_after_the_notice_the_list_still_leads_to_what_was_said(client: Visitor, db: Session) -> None:
    judged = noticed(db, judged_round(db))
    seated(client, judged)
    assert "Already said" in client.get("/seek/decisions").text
    assert deciding.VERDICTS[0] == decision_of(db, judged).verdict


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("confirmed", "This entry was ruled out or withdrawn meanwhile."),
        ("differs", "Choose an entry"),
    ],
)
def test_a_withdrawn_entry_is_not_chosen_and_its_field_says_so(
    client: Visitor, db: Session, verdict: str, said: str
) -> None:
    judged = asked(db, judged_round(db))
    for entry in judged.entries[:2]:
        entry.state = "withdrawn"
    seated(client, judged)
    typed = {"verdict": verdict, "chosen": judged.entries[1].ref, "reason": "Cheaper."}
    answer = client.post(url(db, judged), data=typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert decision_of(db, judged).verdict == "pending"
