"""Windows are extended and closed early, rounds cancelled: looked over first, with a reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rounds.models import Override, Round
from challenge.rules.stages import Stage
from tests.factories import (
    RequirementFactory,
    UserFactory,
)
from tests.rigs.application import Visitor
from tests.web.organize.stories import DAY, SHANGHAI, errors, mine


def test_an_extension_is_looked_over_and_then_granted(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION)
    RequirementFactory(round=round_, author_id=UserFactory().id)
    before = round_.windows[1].closes_at
    assert before is not None
    wanted = (before + 7 * DAY).astimezone(SHANGHAI)
    form = {
        "stage": "submission",
        "closes_at": [f"{wanted:%Y-%m-%d}", "18:00"],
        "move_later": "y",
        "reason": "The tunnel was closed.",
    }
    where = f"/organize/rounds/{round_.slug}/extend"
    assert f"{before.astimezone(SHANGHAI):%Y-%m-%d}" in organizer.get(where).text

    look = organizer.post(where, data=form)
    assert look.status_code == 200
    assert "2 letters: people who take part" in look.text
    assert look.text.count('<th scope="row">') == 3
    assert db.query(Override).count() == 0

    done = organizer.post(where, data={**form, "confirm": "1"})
    assert done.location == f"/organize/rounds/{round_.slug}"
    assert "extended by" in organizer.get(done.location).text
    assert db.query(Override).one().reason == "The tunnel was closed."
    assert organizer.post(where, data={**form, "confirm": "1"}).location == done.location
    assert db.query(Override).count() == 1


def test_an_extension_that_does_not_fit_says_so_at_the_moment(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION)
    wanted = clock.now(db) + 20 * DAY
    answer = organizer.post(
        f"/organize/rounds/{round_.slug}/extend",
        data={"stage": "submission", "closes_at": f"{wanted:%Y-%m-%d} 18:00", "reason": "Flood."},
    )
    assert answer.status_code == 422
    assert errors(answer.text) == [
        "The next stage opens before that. Move the later stages along, or choose earlier."
    ]


def test_a_window_is_closed_early_with_a_reason(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION)
    where = f"/organize/rounds/{round_.slug}/close-early"
    assert organizer.get(where).status_code == 200
    assert organizer.post(where, data={"stage": "submission", "reason": ""}).status_code == 422
    done = organizer.post(where, data={"stage": "submission", "reason": "The sponsor withdrew."})
    assert done.status_code == 302
    assert db.query(Override).one().kind == "close_early"


def test_a_round_is_cancelled_only_with_its_address_typed(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION)
    where = f"/organize/rounds/{round_.slug}/cancel"
    wrong = organizer.post(where, data={"reason": "No host.", "typed": "another"})
    assert wrong.status_code == 422
    done = organizer.post(where, data={"reason": "No host.", "typed": round_.slug})
    assert done.status_code == 302
    assert db.get_one(Round, round_.id).stage == "cancelled"
    assert "This round was cancelled." in organizer.get(done.location).text


def test_everyone_reads_why_a_date_moved(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION)
    data = {"stage": "submission", "reason": "The sponsor withdrew."}
    organizer.post(f"/organize/rounds/{round_.slug}/close-early", data=data)
    page = organizer.sign_out().get(f"/rounds/{round_.slug}/announcements").text
    assert "Changed dates" in page
    assert "The sponsor withdrew." in page
    assert "closed early" in page
