"""What judges wrote reaches the organizer when locked, and the team once the organizer releases it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards import feedback
from challenge.base import clock
from challenge.judging import remarks
from challenge.judging.models import Scorecard
from challenge.rules.errors import Invalid, WrongState
from tests.awards.feedback_stories import (
    CANARIES,
    WORDS,
    card,
    choose,
    owner,
    phase_of,
    publish,
    release,
    words_of,
)
from tests.awards.stories import judged_round
from tests.rigs.application import Visitor


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


def test_what_is_locked_after_the_release_is_not_part_of_it(db: Session) -> None:
    judged = judged_round(db)
    card(db, judged)
    publish(db, judged)
    choose(db, judged, comments=True)
    release(db, judged)
    db.execute(sa.update(Scorecard).values(locked_at=clock.now(db) + dt.timedelta(minutes=1)))
    assert words_of(db, judged.entries[0]) == []


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
