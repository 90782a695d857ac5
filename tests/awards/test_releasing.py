"""The organizer looks comments through and releases feedback, once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.awards import comments, feedback, releasing, ruling
from challenge.awards.feedback_models import CommentRuling
from challenge.judging.models import PanelJudge, Scorecard
from challenge.rules.errors import Invalid, NotAllowed, WrongState
from challenge.submissions.models import TeamMember
from tests.awards.feedback_stories import (
    WORDS,
    card,
    choose,
    owner,
    phase_of,
    publish,
    release,
    words_of,
)
from tests.awards.stories import happened, judged_round
from tests.factories import UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting


def test_release_is_one_act_on_record_and_one_letter_for_each_of_the_team(
    db: Session, client: Visitor, mailbox: Mailbox
) -> None:
    judged = judged_round(db)
    card(db, judged)
    publish(db, judged)
    people = [owner(db, entry) for entry in judged.entries]
    choose(db, judged, "totals", "place")
    client.sign_in(judged.organizer)
    url = f"/organize/rounds/{judged.round.slug}/feedback"
    page = client.get(url).text
    assert "3 entries get feedback." in page
    assert "3 letters" in page
    for _ in range(2):
        assert client.post(f"{url}/release").status_code == 302
    assert happened(db, "feedback.released") == 1
    letters = [each for each in mailbox.letters if "Feedback on your entry" in each.subject]
    assert sorted(each.recipient for each in letters) == sorted(person.email for person in people)
    with pytest.raises(WrongState, match="feedback_released"):
        choose(db, judged, "criteria")
    assert "Released" in client.get(url).text


def test_comment_that_names_a_judge_holds_the_release_until_it_is_decided(db: Session) -> None:
    judged = judged_round(db)
    named = card(db, judged, "Ask canaria  judge J1, or CANARY-JUDGE-J1@x.cn.")
    card(db, judged, label="J2")
    publish(db, judged)
    choose(db, judged, comments=True)
    phase = phase_of(db, judged)
    (first, second) = comments.of_phase(db, phase)
    assert (first.undecided, first.names) == (True, ("Canaria Judge J1", "canary-judge-J1@x.cn"))
    assert not second.undecided
    with pytest.raises(WrongState, match="comments_undecided"):
        release(db, judged)
    act = (db, judged.as_organizer, judged.round.id, None, named.ref)
    with pytest.raises(Invalid, match="required"):
        ruling.rule(*act, "redacted", " ")
    for _ in range(2):
        ruling.rule(*act, "redacted", "Ask the organizer.")
    assert happened(db, "feedback.ruled") == 1
    release(db, judged)
    assert sorted(words_of(db, judged.entries[0])) == [WORDS, "Ask the organizer."]
    kept = db.scalars(sa.select(Scorecard.comment_solver).where(Scorecard.assignment_id == named.id)).one()
    assert kept.startswith("Ask canaria"), "what the judge wrote is kept"
    ruling.rule(*act, "hidden")
    assert words_of(db, judged.entries[0]) == [WORDS]


def test_word_on_an_older_text_is_no_word_on_the_new_one(db: Session) -> None:
    judged = judged_round(db)
    made = card(db, judged)
    ruling.rule(db, judged.as_organizer, judged.round.id, None, made.ref, "as_written")
    db.execute(sa.update(Scorecard).values(comment_solver="Changed."))
    publish(db, judged)
    choose(db, judged, comments=True)
    with pytest.raises(WrongState, match="comments_undecided"):
        release(db, judged)
    ruling.rule(db, judged.as_organizer, judged.round.id, None, made.ref, "as_written")
    release(db, judged)
    assert words_of(db, judged.entries[0]) == ["Changed."]
    db.execute(sa.update(Scorecard).values(comment_solver="Changed again."))
    assert words_of(db, judged.entries[0]) == []


def test_organizer_in_a_team_sees_and_decides_nothing_about_it(db: Session, client: Visitor) -> None:
    judged = judged_round(db)
    made = card(db, judged, "Ask Canaria Judge J1.")
    me = judged.organizer
    db.add(TeamMember(submission_id=judged.entries[0].id, user_id=me.id, email=me.email, name="Me"))
    db.flush()
    with pytest.raises(NotAllowed):
        ruling.rule(db, judged.as_organizer, judged.round.id, None, made.ref, "hidden")
    client.sign_in(judged.organizer)
    url = f"/organize/rounds/{judged.round.slug}/feedback"
    page = client.get(url).text
    assert "Canaria" not in page
    assert "another organizer looks at this one" in page
    assert "1 comment has to be decided about." in page
    assert "No such entry" in client.get(f"{url}/preview?code={judged.entries[0].code}").text


def test_pages_by_form(db: Session, client: Visitor) -> None:
    judged = judged_round(db)
    made = card(db, judged, "Ask Canaria Judge J1.")
    client.sign_in(judged.organizer)
    url = f"/organize/rounds/{judged.round.slug}/feedback"
    assert "Save first what each team reads." in client.get(url).text
    assert client.post(url, data={"scores": "all", "standing": "none"}).status_code == 422
    refused = client.post(url, data={"scores": "none", "standing": "none", "comments": "y", "names": "y"})
    assert refused.status_code == 422
    assert "not promised to be named" in refused.text
    saved = client.post(url, data={"scores": "totals", "standing": "none", "comments": "y"})
    assert saved.location == url
    publish(db, judged)
    client.post(f"{url}/release")
    assert happened(db, "feedback.released") == 0
    assert "seem to name a judge: 1" in client.get(url).text
    empty = client.post(f"{url}/comments/{made.ref}", data={"verdict": "redacted", "text": ""})
    assert empty.status_code == 422
    assert client.post(f"{url}/comments/nothing", data={"verdict": "hidden"}).status_code == 404
    assert client.post(f"{url}/comments/{made.ref}", data={"verdict": "hidden"}).status_code == 302
    assert db.scalars(sa.select(CommentRuling.verdict)).one() == "hidden"
    client.post(f"{url}/release")
    assert happened(db, "feedback.released") == 1


def test_rooms_open_to_the_rounds_organizers_only(db: Session, client: Visitor) -> None:
    judged = judged_round(db)
    made = card(db, judged)
    url = f"/organize/rounds/{judged.round.slug}/feedback"
    doors = [("GET", url), ("POST", url), ("GET", f"{url}/preview"), ("POST", f"{url}/release")]
    doors.append(("POST", f"{url}/comments/{made.ref}"))
    judge = db.scalars(sa.select(User).join(PanelJudge, PanelJudge.user_id == User.id)).one()
    for person in (judge, owner(db, judged.entries[0]), UserFactory(), UserFactory(admin=True)):
        client.sign_in(person)
        assert {client.open(path, method=method).status_code for method, path in doors} == {403}
    with pytest.raises(NotAllowed):
        releasing.release(db, actor_of(judge), judged.round.id, None)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_same_whatever_they_show(
    db: Session, client: Visitor, statements: Counting, count: int
) -> None:
    judged = judged_round(db, places=tuple(range(1, count + 1)))
    for number in range(count):
        for label in ("J1", "J2", "J3")[:count]:
            card(db, judged, label=label, entry=number)
    publish(db, judged)
    choose(db, judged, "criteria", "place", comments=True)
    client.sign_in(judged.organizer)
    with statements() as asked:
        assert client.get(f"/organize/rounds/{judged.round.slug}/feedback").status_code == 200
    assert len(asked) <= 10, asked
    release(db, judged)
    number = judged.entries[0].id
    with statements() as read:
        feedback.for_team(db, number)
    assert len(read) == 3, read
