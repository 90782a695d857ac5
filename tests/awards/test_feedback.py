"""What judges wrote reaches the organizer when locked, and the team once the organizer releases it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.awards import comments, feedback, releasing
from challenge.awards.feedback_models import CommentRuling
from challenge.awards.models import Notice
from challenge.awards.releasing import Choice
from challenge.base import clock
from challenge.judging import remarks
from challenge.judging.models import Assignment, PanelJudge, Phase, Scorecard
from challenge.rules.errors import Invalid, NotAllowed, WrongState
from challenge.submissions.models import Submission, TeamMember
from tests.awards.stories import Judged, happened, judged_round
from tests.factories import AssignmentFactory, PanelJudgeFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

WORDS = "Add a full-coil run."
CANARIES = ("Canaria Judge", "canary-judge", "Canary Institute", "Team Canary", "Canary Title")


def phase_of(db: Session, judged: Judged) -> Phase:
    return db.scalars(sa.select(Phase).where(Phase.round_id == judged.round.id)).one()


def card(
    db: Session,
    judged: Judged,
    words: str = WORDS,
    *,
    entry: int = 0,
    state: str = "locked",
    label: str = "J1",
) -> Assignment:
    """A judge's card on an entry, with words to the team and to the organizer."""
    phase = phase_of(db, judged)
    judge = db.scalar(sa.select(PanelJudge).where(PanelJudge.phase_id == phase.id, PanelJudge.label == label))
    if judge is None:
        person = UserFactory(
            name=f"Canaria Judge {label}", email=f"canary-judge-{label}@x.cn", affiliation="Canary Institute"
        )
        judge = PanelJudgeFactory(phase_id=phase.id, label=label, user=person)
    made: Assignment = AssignmentFactory(
        phase_id=phase.id, judge_id=judge.id, submission_id=judged.entries[entry].id, state="completed"
    )
    now = clock.now(db) - dt.timedelta(hours=1)
    db.add(
        Scorecard(
            assignment_id=made.id,
            state=state,
            comment_solver=words,
            comment_organizer="Check the patents.",
            saved_at=now,
            locked_at=now if state == "locked" else None,
        )
    )
    db.flush()
    return made


def publish(db: Session, judged: Judged) -> None:
    """Results are out."""
    now = clock.now(db)
    day = dt.timedelta(days=1)
    db.add(Notice(round_id=judged.round.id, starts_at=now - 2 * day, ends_at=now - day, published_at=now))
    for entry in judged.entries:
        entry.state = "not_selected"
    db.flush()


def choose(db: Session, judged: Judged, *given: object, **more: object) -> None:
    releasing.choose(db, judged.as_organizer, judged.round.id, None, Choice(*given, **more))  # type: ignore[arg-type]


def release(db: Session, judged: Judged) -> None:
    releasing.release(db, judged.as_organizer, judged.round.id, None)


def owner(db: Session, entry: Submission) -> User:
    return db.get_one(User, entry.owner_id)


def words_of(db: Session, entry: Submission) -> list[str]:
    return [each.text for given in feedback.for_team(db, entry.id) for each in given.comments]


def test_organizer_reads_both_once_the_card_is_locked(db: Session) -> None:
    judged = judged_round(db)
    card(db, judged)
    (remark,) = remarks.of_submission(db, judged.entries[0].id)
    assert (remark.label, remark.to_solver, remark.to_organizer) == ("J1", WORDS, "Check the patents.")


def test_nothing_is_read_before_results_are_out_and_it_is_released(db: Session) -> None:
    judged = judged_round(db)
    card(db, judged)
    card(db, judged, "A draft.", state="draft", label="J2")
    with pytest.raises(WrongState, match="feedback_empty"):
        release(db, judged)
    choose(db, judged, "totals", "none", True)
    with pytest.raises(WrongState, match="results_not_out"):
        release(db, judged)
    publish(db, judged)
    assert feedback.for_team(db, judged.entries[0].id) == []
    release(db, judged)
    (given,) = feedback.for_team(db, judged.entries[0].id)
    assert [each.text for each in given.comments] == [WORDS], "a draft says nothing"
    assert (given.total, given.place, given.band, given.criteria) == ("99.00", None, None, ())


def test_announced_phase_is_as_good_as_published_results(db: Session) -> None:
    judged = judged_round(db)
    card(db, judged)
    choose(db, judged, comments=True)
    phase_of(db, judged).announced_at = clock.now(db)
    db.flush()
    release(db, judged)
    assert words_of(db, judged.entries[0]) == [WORDS]


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


def test_team_reads_what_was_chosen_and_no_more(db: Session, client: Visitor) -> None:
    judged = judged_round(db, places=(1, 2, 2, 4))
    card(db, judged)
    publish(db, judged)
    choose(db, judged, "criteria", "place", comments=True)
    release(db, judged)
    entry = judged.entries[1]
    page = client.sign_in(owner(db, entry)).get(f"/solve/{entry.ref}").text
    assert "98.00" in page
    assert "2=" in page
    assert "place, of 4 ranked entries" in page
    assert "9.8 / 10" in page
    assert WORDS not in page, "that is about another entry"
    own = client.sign_in(owner(db, judged.entries[0])).get(f"/solve/{judged.entries[0].ref}").text
    assert WORDS in own
    assert "Check the patents." not in own
    assert ">J1<" not in own


def test_band_says_no_place(db: Session, client: Visitor) -> None:
    judged = judged_round(db, places=(1, 2, 3, 4, None))
    publish(db, judged)
    choose(db, judged, standing="band")
    release(db, judged)
    bands = [[given.band for given in feedback.for_team(db, entry.id)] for entry in judged.entries]
    assert bands == [[10], [50], [100], [100], []]
    page = client.sign_in(owner(db, judged.entries[1])).get(f"/solve/{judged.entries[1].ref}").text
    assert "in the upper half" in page
    assert "98.00" not in page


@pytest.mark.parametrize("language", ["en_US", "zh_CN"])
def test_no_canary_of_judges_or_other_teams_sings_to_a_solver(
    db: Session, client: Visitor, language: str
) -> None:
    judged = judged_round(db)
    for number, label in enumerate(("J7", "J8", "J9")):
        card(db, judged, f"Word {number}.", label=label)
        card(db, judged, "For the others.", label=label, entry=1)
    rival = judged.entries[1]
    rival.team_name, rival.title = "Team Canary", "Canary Title"
    publish(db, judged)
    choose(db, judged, "criteria", "place", comments=True)
    release(db, judged)
    client.sign_in(owner(db, judged.entries[0]))
    client.set_cookie("locale", language)
    ref = judged.entries[0].ref
    for path in ("", "/readers", "/all.zip", "/review"):
        answer = client.get(f"/solve/{ref}{path}")
        said = answer.data.decode("utf-8", "replace") + str(answer.headers)
        heard = [each for each in (*CANARIES, rival.code, "For the others.", ">J7<") if each in said]
        assert heard == [], path
    assert all(f"Word {number}." in client.get(f"/solve/{ref}").text for number in range(3))


def test_order_of_comments_is_stable_and_differs_by_entry(db: Session) -> None:
    judged = judged_round(db, places=tuple(range(1, 9)))
    for number in range(8):
        for label in ("J1", "J2", "J3"):
            card(db, judged, label, label=label, entry=number)
    publish(db, judged)
    choose(db, judged, comments=True)
    release(db, judged)
    orders = [tuple(words_of(db, entry)) for entry in judged.entries]
    assert orders == [tuple(words_of(db, entry)) for entry in judged.entries]
    assert len(set(orders)) > 1, "nobody is always the first"


def test_names_need_an_open_phase_and_the_organizers_choice(db: Session, client: Visitor) -> None:
    judged = judged_round(db)
    card(db, judged)
    publish(db, judged)
    with pytest.raises(Invalid, match="names_promised_hidden"):
        choose(db, judged, comments=True, names=True)
    phase = phase_of(db, judged)
    phase.blindness = "open"
    db.flush()
    with pytest.raises(Invalid, match="names_need_comments"):
        choose(db, judged, names=True)
    choose(db, judged, comments=True, names=True)
    release(db, judged)
    entry = judged.entries[0]
    assert "Canaria Judge J1" in client.sign_in(owner(db, entry)).get(f"/solve/{entry.ref}").text
    phase.blindness = "blind"
    db.flush()
    assert [each.name for given in feedback.for_team(db, entry.id) for each in given.comments] == [None]


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
        releasing.rule(*act, "redacted", " ")
    for _ in range(2):
        releasing.rule(*act, "redacted", "Ask the organizer.")
    assert happened(db, "feedback.ruled") == 1
    release(db, judged)
    assert sorted(words_of(db, judged.entries[0])) == [WORDS, "Ask the organizer."]
    kept = db.scalars(sa.select(Scorecard.comment_solver).where(Scorecard.assignment_id == named.id)).one()
    assert kept.startswith("Ask canaria"), "what the judge wrote is kept"
    releasing.rule(*act, "hidden")
    assert words_of(db, judged.entries[0]) == [WORDS]


def test_word_on_an_older_text_is_no_word_on_the_new_one(db: Session) -> None:
    judged = judged_round(db)
    made = card(db, judged)
    releasing.rule(db, judged.as_organizer, judged.round.id, None, made.ref, "as_written")
    db.execute(sa.update(Scorecard).values(comment_solver="Changed."))
    publish(db, judged)
    choose(db, judged, comments=True)
    with pytest.raises(WrongState, match="comments_undecided"):
        release(db, judged)
    releasing.rule(db, judged.as_organizer, judged.round.id, None, made.ref, "as_written")
    release(db, judged)
    assert words_of(db, judged.entries[0]) == ["Changed."]
    db.execute(sa.update(Scorecard).values(comment_solver="Changed again."))
    assert words_of(db, judged.entries[0]) == []


def test_what_is_locked_after_the_release_is_not_part_of_it(db: Session) -> None:
    judged = judged_round(db)
    card(db, judged)
    publish(db, judged)
    choose(db, judged, comments=True)
    release(db, judged)
    db.execute(sa.update(Scorecard).values(locked_at=clock.now(db) + dt.timedelta(minutes=1)))
    assert words_of(db, judged.entries[0]) == []


def test_organizer_in_a_team_sees_and_decides_nothing_about_it(db: Session, client: Visitor) -> None:
    judged = judged_round(db)
    made = card(db, judged, "Ask Canaria Judge J1.")
    me = judged.organizer
    db.add(TeamMember(submission_id=judged.entries[0].id, user_id=me.id, email=me.email, name="Me"))
    db.flush()
    with pytest.raises(NotAllowed):
        releasing.rule(db, judged.as_organizer, judged.round.id, None, made.ref, "hidden")
    client.sign_in(judged.organizer)
    url = f"/organize/rounds/{judged.round.slug}/feedback"
    page = client.get(url).text
    assert "Canaria" not in page
    assert "another organizer looks at this one" in page
    assert "1 comment has to be decided about." in page
    assert "No such entry" in client.get(f"{url}/preview?code={judged.entries[0].code}").text


def test_preview_is_what_the_team_will_see(db: Session, client: Visitor) -> None:
    judged = judged_round(db)
    card(db, judged)
    choose(db, judged, "criteria", "band", comments=True)
    client.sign_in(judged.organizer)
    entry = judged.entries[0]
    target = f"/organize/rounds/{judged.round.slug}/feedback/preview?code={entry.code}"
    section = client.get(target).text.split('<section class="sec" aria-labelledby="feedback-1">')[1]
    promised = section.split("</section>")[0]
    assert WORDS in promised
    publish(db, judged)
    release(db, judged)
    assert promised in client.sign_in(owner(db, entry)).get(f"/solve/{entry.ref}").text
    client.sign_in(judged.organizer)
    assert "No such entry" in client.get(target + "x").text


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
    with statements() as read:
        feedback.for_team(db, judged.entries[0].id)
    assert len(read) == 3, read
