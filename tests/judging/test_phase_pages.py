"""The organizer's pages of phases: laid out, changed, decided who goes on, told."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.judging import carrying, laid_out, rubric
from challenge.judging.models import Phase
from challenge.rules.stages import Stage
from tests.factories import UserFactory
from tests.judging.stories import court
from tests.judging.test_phases import in_two, on, over, ranked
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

FORM = {"kind": "final", "blindness": "double", "cut": "none", "name_en": "Pitch day", "name_zh": "路演"}


def rooms(slug: str) -> str:
    return f"/organize/rounds/{slug}/phases"


def test_a_second_phase_is_laid_out_and_gets_tabs(client: Visitor, db: Session) -> None:
    made = court(db, stage=Stage.SUBMISSION, entries=0)
    client.sign_in(made.organizer)
    assert "Phases of judging" not in client.get(f"/organize/rounds/{made.round.slug}/rubric").text
    answer = client.post(f"{rooms(made.round.slug)}/new", data={**FORM, "opens_at": ""})
    assert answer.status_code == 422
    assert "Say when this phase" in answer.text or "These times do not fit" in answer.text
    first = {"kind": "screening", "blindness": "blind", "cut": "top", "cut_value": "12"}
    opens = laid(db, made.round.id)
    closes = opens + dt.timedelta(days=1)
    first |= {"closes_at": f"{closes:%Y-%m-%d %H:%M:%S}"}
    assert client.post(f"{rooms(made.round.slug)}/1", data=first).status_code == 302
    second = {**FORM, "opens_at": f"{closes + dt.timedelta(hours=1):%Y-%m-%d %H:%M:%S}"}
    assert client.post(f"{rooms(made.round.slug)}/new", data=second).status_code == 302
    page = client.get(rooms(made.round.slug)).text
    assert "the best 12 go on" in page
    assert "double-blind" in page
    shown = client.get(f"/organize/rounds/{made.round.slug}/rubric?phase=2").text
    assert "Phases of judging" in shown
    assert f"/organize/rounds/{made.round.slug}/rubric?phase=2" in shown, "its form stays with the phase"
    assert client.get(f"/organize/rounds/{made.round.slug}/rubric?phase=3").status_code == 404


def laid(db: Session, round_id: int) -> dt.datetime:
    """When judging opens, on the round's clock."""
    from zoneinfo import ZoneInfo

    from challenge.rounds.models import Round, RoundWindow

    query = sa.select(RoundWindow.opens_at, Round.zone).join(Round, Round.id == RoundWindow.round_id)
    opens, zone = db.execute(query.where(Round.id == round_id, RoundWindow.stage == "judging")).one()
    return opens.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"cut": "top", "cut_value": ""}, "Fill this in."),
        ({"cut": "top", "cut_value": "2.5"}, "Write a whole number, 1 or more."),
        ({"cut": "threshold", "cut_value": "many"}, "number"),
        ({"kind": "semi"}, "Choose one of the list."),
        ({"closes_at": "2026-13-45 18:00"}, ""),
        ({"panel_public": "y"}, "In a double-blind phase the judges are not shown."),
    ],
)
def test_what_cannot_be_is_told_and_kept(
    client: Visitor, db: Session, given: dict[str, str], says: str
) -> None:
    made = court(db, stage=Stage.SUBMISSION, entries=0)
    answer = client.sign_in(made.organizer).post(f"{rooms(made.round.slug)}/1", data={**FORM, **given})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Pitch day" in answer.text


def test_who_goes_on_is_decided_once_and_then_told(client: Visitor, db: Session) -> None:
    made = in_two(db)
    client.sign_in(made.organizer)
    place = f"{rooms(made.round.slug)}/1/carry-on"
    over(made)
    db.commit()
    assert "Fix the ranking of this phase first" in client.get(place).text
    ranked(made)
    db.commit()
    page = client.get(place).text
    assert page.count('name="on"') == 4
    assert page.count(" checked") == 3
    boxes = {"entry": [entry.ref for entry in made.entries], "on": [made.entries[0].ref]}
    answer = client.post(place, data=boxes)
    assert answer.status_code == 422
    assert "Fill this in." in answer.text
    assert answer.text.count(" checked") == 1, "what was ticked is kept"
    assert client.post(place, data={**boxes, "reason": "The jury's wish."}).status_code == 302
    assert on(made) == {0}
    assert "1 entry went on." in client.get(place).text
    assert client.post(f"{rooms(made.round.slug)}/1/announce", data={}).status_code == 302
    assert "Teams were told" in client.get(place).text


def test_the_rooms_of_phases_are_the_organizers_alone(client: Visitor, db: Session) -> None:
    made = in_two(db)
    for person in (UserFactory(), made.people[0]):
        client.sign_in(person)
        for address in ("", "/new", "/1", "/1/carry-on"):
            assert client.get(rooms(made.round.slug) + address).status_code == 403
        for address in ("/new", "/1", "/1/carry-on", "/1/announce", "/2/remove"):
            assert client.post(rooms(made.round.slug) + address, data=FORM).status_code == 403


def test_a_person_takes_the_last_phase_away(client: Visitor, db: Session) -> None:
    made = in_two(db, scored=False)
    client.sign_in(made.organizer)
    for _ in range(2):
        assert client.post(f"{rooms(made.round.slug)}/2/remove", data={}).status_code == 302
    assert [each.number for each in laid_out.of_round(db, made.round.id)] == [1]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_whatever_it_shows(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    made = in_two(db)
    now = clock.now(db)
    for number in range(3, 2 + count):
        db.execute(sa.update(Phase).where(Phase.number == number - 1).values(closes_at=now + number * HOUR))
        db.add(Phase(round_id=made.round.id, number=number, method={}, opens_at=now + number * HOUR))
    db.commit()
    client.sign_in(made.organizer)
    with statements() as asked:
        assert client.get(rooms(made.round.slug)).status_code == 200
    assert len(asked) <= 5, asked


HOUR = dt.timedelta(hours=1)


def test_the_ranking_room_shows_the_phase_that_is_asked_for(client: Visitor, db: Session) -> None:
    made = in_two(db)
    ranked(made)
    carrying.carry_on(db, made.as_organizer, made.round.id, 1)
    db.commit()
    client.sign_in(made.organizer)
    first = client.get(f"/organize/rounds/{made.round.slug}/ranking?phase=1").text
    assert all(entry.code in first for entry in made.entries)
    here = client.get(f"/organize/rounds/{made.round.slug}/ranking").text
    assert made.entries[0].code not in here
    assert rubric.phase_or_404(db, made.round.id).number == 2
