"""Comments on single criteria reach a team one by one, and a tie band says places and nobody's name."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards import comments, feedback, ruling
from challenge.awards.feedback_models import CriterionRuling
from challenge.base import clock
from challenge.judging.models import Assignment, Criterion, Ranking, Score, Scorecard
from challenge.judging.ranking_models import Calibration, Estimate
from challenge.rules.errors import Invalid, NotAllowed, NotFound, WrongState
from challenge.submissions.models import Submission, TeamMember
from tests.awards.feedback_stories import CANARIES, card, choose, owner, phase_of, publish, release
from tests.awards.stories import Judged, happened, judged_round
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

THIN = "Thin on heat."


def criteria_of(db: Session, judged: Judged) -> list[Criterion]:
    query = sa.select(Criterion).where(Criterion.phase_id == phase_of(db, judged).id)
    return list(db.scalars(query.order_by(Criterion.position)))


def said(
    db: Session, judged: Judged, words: str = THIN, *, entry: int = 0, label: str = "J1", on: int = 0
) -> Assignment:
    """A judge's locked card with words on one criterion and none on the whole."""
    made = card(db, judged, "", entry=entry, label=label)
    number = db.scalars(sa.select(Scorecard.id).where(Scorecard.assignment_id == made.id)).one()
    criterion = criteria_of(db, judged)[on].id
    db.add(Score(scorecard_id=number, criterion_id=criterion, value=Decimal(7), comment=words))
    db.flush()
    return made


def decide(db: Session, judged: Judged, made: Assignment, verdict: str, text: str = "", on: int = 0) -> None:
    criterion = criteria_of(db, judged)[on].id
    ruling.rule(db, judged.as_organizer, judged.round.id, None, made.ref, verdict, text, criterion)


def read(db: Session, entry: Submission) -> list[list[str]]:
    """What the team reads on each criterion."""
    given = feedback.for_team(db, entry.id)
    return [[each.text for each in on.comments] for one in given for on in one.criteria]


def banded(db: Session, judged: Judged, *bands: int) -> None:
    """A calibration beside the ranking, each entry at its place and in this band."""
    ranking = db.scalars(sa.select(Ranking).where(Ranking.phase_id == phase_of(db, judged).id)).one()
    beside = Calibration(
        phase_id=ranking.phase_id,
        ranking_id=ranking.id,
        state="done",
        model="severity",
        input_digest="0" * 64,
        seed=1,
        sweeps=500,
        top=3,
        engine="",
        judges=[],
        detail={},
        created_at=clock.now(db),
    )
    db.add(beside)
    db.flush()
    figures = {"value": Decimal(7), "low": Decimal(6), "high": Decimal(8), "top": Decimal("0.5")}
    for place, (entry, band) in enumerate(zip(judged.entries, bands, strict=True), start=1):
        mine = {"calibration_id": beside.id, "submission_id": entry.id, "band": band, "place": place}
        db.add(Estimate(**mine, **figures, first_place=1, last_place=4))
    db.flush()


def test_each_comment_on_a_criterion_is_released_by_a_word_of_its_own(db: Session, client: Visitor) -> None:
    judged = judged_round(db)
    told, kept, other = (said(db, judged, text, label=label) for text, label in
                         ((THIN, "J1"), ("Not for the team.", "J2"), ("Ask J9.", "J3")))  # fmt: skip
    publish(db, judged)
    choose(db, judged, on_criteria=True)
    decide(db, judged, told, "as_written")
    with pytest.raises(Invalid, match="required"):
        decide(db, judged, other, "redacted", " ")
    for _ in range(2):
        decide(db, judged, other, "redacted", "Ask us.")
    assert happened(db, "feedback.ruled") == 2
    release(db, judged)
    assert [sorted(each) for each in read(db, judged.entries[0])] == [["Ask us.", THIN]]
    assert read(db, judged.entries[1]) == []
    page = client.sign_in(owner(db, judged.entries[0])).get(f"/solve/{judged.entries[0].ref}").text
    assert THIN in page
    assert "Not for the team." not in page
    assert [each for each in (*CANARIES[:3], ">J1<", "7 / 10") if each in page] == []
    decide(db, judged, kept, "as_written")
    decide(db, judged, told, "hidden")
    assert [sorted(each) for each in read(db, judged.entries[0])] == [["Ask us.", "Not for the team."]]


def test_words_stand_beside_the_score_of_their_criterion(db: Session, client: Visitor) -> None:
    judged = judged_round(db)
    second = said(db, judged, "Cheap to make.", on=1)
    publish(db, judged)
    choose(db, judged, "criteria", on_criteria=True)
    decide(db, judged, second, "as_written", on=1)
    release(db, judged)
    (given,) = feedback.for_team(db, judged.entries[0].id)
    found = [(each.score, [said.text for said in each.comments]) for each in given.criteria]
    assert found == [("9.9", []), ("9.9", ["Cheap to make."])]
    page = client.sign_in(owner(db, judged.entries[0])).get(f"/solve/{judged.entries[0].ref}").text
    assert page.index("Cheap to make.") > page.index("9.9 / 10")


def test_a_word_on_an_older_text_or_an_open_card_tells_nothing(db: Session) -> None:
    judged = judged_round(db)
    made = said(db, judged)
    publish(db, judged)
    choose(db, judged, on_criteria=True)
    decide(db, judged, made, "as_written")
    release(db, judged)
    assert read(db, judged.entries[0]) == [[THIN]]
    mine = Scorecard.assignment_id == made.id
    db.execute(sa.update(Scorecard).where(mine).values(state="draft", locked_at=None))
    assert read(db, judged.entries[0]) == []
    with pytest.raises(NotFound):
        decide(db, judged, made, "hidden")
    later = clock.now(db) + dt.timedelta(minutes=1)
    db.execute(sa.update(Scorecard).where(mine).values(state="locked", locked_at=later))
    assert read(db, judged.entries[0]) == [], "what was locked after the release is not part of it"
    db.execute(sa.update(Scorecard).where(mine).values(locked_at=later - dt.timedelta(hours=1)))
    db.execute(sa.update(Score).values(comment="Changed."))
    assert read(db, judged.entries[0]) == []


def test_names_stand_beside_them_in_an_open_phase_alone(db: Session) -> None:
    judged = judged_round(db)
    made = said(db, judged)
    publish(db, judged)
    with pytest.raises(Invalid, match="names_promised_hidden"):
        choose(db, judged, on_criteria=True, names=True)
    phase_of(db, judged).blindness = "open"
    db.flush()
    choose(db, judged, on_criteria=True, names=True)
    decide(db, judged, made, "as_written")
    release(db, judged)
    (given,) = feedback.for_team(db, judged.entries[0].id)
    assert [each.name for each in given.criteria[0].comments] == ["Canaria Judge J1"]


def test_organizer_sees_what_waits_first_and_nothing_of_a_team_of_the_own(
    db: Session, client: Visitor
) -> None:
    judged = judged_round(db)
    first = said(db, judged, "Ask Canaria Judge J1.")
    said(db, judged, "Of my own.", entry=1)
    me = judged.organizer
    db.add(TeamMember(submission_id=judged.entries[1].id, user_id=me.id, email=me.email, name="Me"))
    db.flush()
    choose(db, judged, on_criteria=True)
    client.sign_in(me)
    url = f"/organize/rounds/{judged.round.slug}/feedback"
    page = client.get(url).text
    assert "2 have no word yet." in page
    assert "Names: Canaria Judge J1" in page
    assert "Of my own." not in page
    file = client.get(f"{url}?as=json").get_json()
    assert [row["text"] for row in file] == ["Ask Canaria Judge J1.", None]
    assert "You are behind this entry: another organizer looks at this one." in page
    criterion = str(criteria_of(db, judged)[0].id)
    send = {"verdict": "redacted", "text": "", "criterion": criterion}
    assert client.post(f"{url}/comments/{first.ref}", data=send).status_code == 422
    answer = client.post(f"{url}/comments/{first.ref}", data={**send, "text": "Ask the organizer."})
    assert answer.location == f"{url}#on-criteria"
    assert db.scalars(sa.select(CriterionRuling.text)).one() == "Ask the organizer."
    assert "1 has no word yet." in client.get(url).text
    listed = comments.on_criteria(db, phase_of(db, judged), {judged.entries[1].id})
    assert [(each.own, each.verdict) for each in listed.rows] == [(True, None), (False, "redacted")]
    own = db.scalars(sa.select(Assignment.ref).where(Assignment.submission_id == judged.entries[1].id)).one()
    with pytest.raises(NotAllowed):
        ruling.rule(db, judged.as_organizer, judged.round.id, None, own, "hidden", "", int(criterion))


def test_a_tie_band_says_from_where_to_where_and_nobody_else(db: Session, client: Visitor) -> None:
    judged = judged_round(db, places=(1, 2, 3, 4))
    publish(db, judged)
    choose(db, judged, standing="tie")
    with pytest.raises(WrongState, match="no_tie_bands"):
        release(db, judged)
    client.sign_in(judged.organizer)
    assert "No tie bands stand beside" in client.get(f"/organize/rounds/{judged.round.slug}/feedback").text
    banded(db, judged, 1, 2, 2, 2)
    release(db, judged)
    found = [feedback.for_team(db, entry.id)[0].tie for entry in judged.entries]
    assert found == [(1, 1), (2, 4), (2, 4), (2, 4)]
    page = client.sign_in(owner(db, judged.entries[2])).get(f"/solve/{judged.entries[2].ref}").text
    assert "2–4" in page
    assert "places that the judges’ scores do not tell apart, of 4 ranked entries" in page
    others = [each.code for each in judged.entries if each is not judged.entries[2]]
    assert [code for code in others if code in page] == []


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_same_whatever_they_show(
    db: Session, client: Visitor, statements: Counting, count: int
) -> None:
    judged = judged_round(db, places=tuple(range(1, count + 1)))
    made = [said(db, judged, entry=number) for number in range(count)]
    publish(db, judged)
    choose(db, judged, "criteria", "tie", comments=True, on_criteria=True)
    banded(db, judged, *range(1, count + 1))
    for each in made:
        decide(db, judged, each, "as_written")
    client.sign_in(judged.organizer)
    with statements() as asked:
        assert client.get(f"/organize/rounds/{judged.round.slug}/feedback").status_code == 200
    assert len(asked) <= 14, asked
    release(db, judged)
    number = judged.entries[0].id
    with statements() as mine:
        feedback.for_team(db, number)
    assert len(mine) == 4, mine
