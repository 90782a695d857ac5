"""The organizer's page of the deadline: what the close would do, and more time for one or for all."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rounds.models import Round
from challenge.rules.stages import Stage
from challenge.submissions import at_close, submitting
from challenge.submissions.models import Submission
from tests.factories import UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.submissions.stories import again, close, owner_of, ready, write
from tests.web.organize.stories import DAY, SHANGHAI, errors, mine

WHY = "The line of the campus was down."


def here(organizer: Visitor, db: Session) -> Round:
    """A round that takes solutions, of which the visitor is an organizer."""
    return mine(organizer, db, Stage.SUBMISSION)


def in_round(round_: Round, **facts: object) -> Submission:
    """A complete draft for a requirement of the round."""
    return ready(requirement__round=round_, **facts)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("complete", "complete, but not handed in"),
        ("incomplete", "incomplete"),
        ("opted in", "entered at the close"),
        ("opted in, incomplete", "asked for, but incomplete"),
        ("handed in", "stands as handed in"),
        ("changed", "stands; its draft differs"),
    ],
)
def test_the_dry_run_says_what_becomes_of_each(
    organizer: Visitor, db: Session, kind: str, words: str
) -> None:
    round_ = here(organizer, db)
    submission = in_round(round_, title="Secret title", proposal="Secret sauce.")
    owner = actor_of(owner_of(submission))
    if "opted" in kind:
        at_close.choose(db, owner, submission.ref, wanted=True)
    if kind in ("handed in", "changed"):
        submitting.submit(db, owner, submission.ref)
    if "incomplete" in kind:
        write(submission, summary="")
    if kind == "changed":
        write(submission, summary="Better.")
    page = organizer.get(f"/organize/rounds/{round_.slug}/deadline").text
    assert submission.code in page
    assert words in page
    assert ("Public summary" in page) == ("incomplete" in kind)
    assert "Secret" not in page


def test_the_dry_run_tells_the_zones_and_the_mail(organizer: Visitor, db: Session) -> None:
    round_ = here(organizer, db)
    in_round(round_, owner=UserFactory(zone="America/New_York"))
    page = organizer.get(f"/organize/rounds/{round_.slug}/deadline").text
    assert "1 person" in page
    assert "UTC" in page
    assert "1 letter: " in page


def test_a_solver_and_an_administrator_see_none_of_it(organizer: Visitor, db: Session) -> None:
    round_ = here(organizer, db)
    submission = in_round(round_)
    for person in (owner_of(submission), UserFactory(admin=True)):
        organizer.sign_in(person)
        assert organizer.get(f"/organize/rounds/{round_.slug}/deadline").status_code in (403, 404)
        one = f"/organize/rounds/{round_.slug}/extensions/{submission.code}"
        assert organizer.get(one).status_code in (403, 404)


def test_one_submission_gets_more_time_by_its_code(organizer: Visitor, db: Session) -> None:
    round_ = here(organizer, db)
    submission = in_round(round_, title="Secret title")
    close(submission, clock.now(db) - dt.timedelta(hours=1))
    found = organizer.get(f"/organize/rounds/{round_.slug}/extensions?code={submission.code.lower()}")
    assert found.location == f"/organize/rounds/{round_.slug}/extensions/{submission.code}"
    page = organizer.get(found.location).text
    assert "Secret" not in page
    until = (clock.now(db) + DAY).astimezone(SHANGHAI).replace(second=0, microsecond=0)
    form = {"until": [f"{until:%Y-%m-%d}", f"{until:%H:%M}"], "reason": WHY}
    done = organizer.post(found.location, data=form)
    assert done.location == f"/organize/rounds/{round_.slug}/deadline"
    assert again(submission).extended_to == until
    assert WHY in organizer.get(done.location).text
    solver = organizer.sign_in(owner_of(submission))
    assert WHY in solver.get(f"/solve/{submission.ref}").text


def test_faults_stand_at_their_fields(organizer: Visitor, db: Session) -> None:
    round_ = here(organizer, db)
    submission = in_round(round_)
    where = f"/organize/rounds/{round_.slug}/extensions/{submission.code}"
    past = organizer.post(where, data={"until": ["2020-01-01", "18:00"], "reason": WHY})
    assert past.status_code == 422
    assert len(errors(past.text)) == 1
    late = organizer.post(where, data={"until": ["2099-01-01", "18:00"], "reason": WHY})
    assert "Judging closes" in errors(late.text)[0]
    assert organizer.get(f"/organize/rounds/{round_.slug}/extensions?code=S-9999").location == (
        f"/organize/rounds/{round_.slug}/deadline"
    )


def test_three_days_more_for_everyone_is_shown_before_it_is_done(organizer: Visitor, db: Session) -> None:
    round_ = here(organizer, db)
    in_round(round_)
    before = {row.stage: row.closes_at for row in round_.windows}
    control = organizer.get(f"/organize/rounds/{round_.slug}").text
    link = f"/organize/rounds/{round_.slug}/extend?stage=submission&amp;days=3"
    assert link in control
    page = organizer.get(link.replace("&amp;", "&")).text
    assert page.count('<th scope="row">') == 3
    assert "Extend now" in page
    assert before["submission"] is not None
    wanted = (before["submission"] + 3 * DAY).astimezone(SHANGHAI)
    form = {
        "stage": "submission",
        "closes_at": [f"{wanted:%Y-%m-%d}", f"{wanted:%H:%M:%S}"],
        "move_later": "y",
        "reason": WHY,
        "confirm": "1",
    }
    assert organizer.post(f"/organize/rounds/{round_.slug}/extend", data=form).status_code == 302
    db.refresh(round_, ["windows"])
    moved = {row.stage: row.closes_at for row in round_.windows}
    for stage in ("submission", "judging", "award"):
        now, then = moved[stage], before[stage]
        assert now is not None
        assert then is not None
        assert abs(now - then - 3 * DAY) < dt.timedelta(seconds=1)


@pytest.mark.parametrize(("stage", "open_"), [(Stage.SUBMISSION, True), (Stage.AWARD, False)])
def test_the_page_is_linked_only_while_there_is_a_close_to_foresee(
    organizer: Visitor, db: Session, stage: Stage, open_: bool
) -> None:
    round_ = mine(organizer, db, stage)
    page = organizer.get(f"/organize/rounds/{round_.slug}").text
    address = f"/organize/rounds/{round_.slug}/deadline"
    assert page.count(f'href="{address}"') == (2 if open_ else 0)
    assert (organizer.get(address).status_code == 200) == open_
