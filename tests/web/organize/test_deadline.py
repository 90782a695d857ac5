"""The organizer's page of the deadline: what the close would do, and more time for one or for all."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from challenge.base import clock, i18n
from challenge.rounds.models import Round
from challenge.rules.stages import Stage
from challenge.submissions import at_close, submitting
from challenge.submissions.models import Submission
from tests.factories import UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
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


@pytest.mark.parametrize(
    ("stage", "links"), [(Stage.SUBMISSION, 2), (Stage.JUDGING, 1), (Stage.AWARD, 0), (Stage.DRAFT, 0)]
)
def test_the_page_is_linked_only_while_it_has_something_to_say(
    organizer: Visitor, db: Session, stage: Stage, links: int
) -> None:
    round_ = mine(organizer, db, stage)
    page = organizer.get(f"/organize/rounds/{round_.slug}").text
    address = f"/organize/rounds/{round_.slug}/deadline"
    assert page.count(f'href="{address}"') == links
    assert (organizer.get(address).status_code == 200) == bool(links)


def test_the_dry_run_names_the_rule_that_keeps_one_out_and_nobody(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION, max_per_solver=1)
    solver = UserFactory(name="Zhao Lei")
    stands, barred = in_round(round_, owner=solver), in_round(round_, team=[solver])
    for each in (stands, barred):
        at_close.choose(db, actor_of(owner_of(each)), each.ref, wanted=True)
    submitting.submit(db, actor_of(solver), stands.ref)
    write(stands, summary="")
    page = organizer.get(f"/organize/rounds/{round_.slug}/deadline").text
    for words in (
        "asked for, but against the rules of entry",
        "a member has more entries than the round takes of one person: 1",
        "stands as handed in; its draft cannot be entered",
        "what kept it out, to the teams of 2 submissions",
        barred.code,
    ):
        assert words in page
    assert "Zhao Lei" not in page


def test_in_judging_one_is_found_gets_more_time_and_is_listed(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.JUDGING)
    submission = in_round(round_, title="Secret title")
    page = f"/organize/rounds/{round_.slug}/deadline"
    before = organizer.get(page).text
    assert "If it closed now" not in before
    assert "Nobody came too late" in before
    found = organizer.get(f"/organize/rounds/{round_.slug}/extensions?code={submission.code}")
    done = organizer.post(found.location, data=more_time(db, DAY))
    assert done.location == page
    after = organizer.get(page)
    assert after.status_code == 200
    assert WHY in after.text
    assert submission.code in after.text
    assert "Secret" not in after.text


def more_time(db: Session, by: dt.timedelta, why: str = WHY) -> dict[str, object]:
    """The form, filled in."""
    until = (clock.now(db) + by).astimezone(SHANGHAI)
    return {"until": [f"{until:%Y-%m-%d}", f"{until:%H:%M}"], "reason": why}


def test_a_later_extension_leaves_the_reason_of_the_first_on_every_page(
    organizer: Visitor, db: Session, statements: Counting
) -> None:
    round_ = mine(organizer, db, Stage.JUDGING)
    submission = in_round(round_)
    one = f"/organize/rounds/{round_.slug}/extensions/{submission.code}"
    organizer.post(one, data=more_time(db, DAY))
    with statements() as asked_once:
        organizer.get(f"/organize/rounds/{round_.slug}/audit")
    organizer.post(one, data=more_time(db, 2 * DAY, "A storm, too."))
    page = organizer.get(one).text
    assert page.count(WHY) == 1
    assert "A storm, too." in page
    with statements() as asked_twice:
        trail = organizer.get(f"/organize/rounds/{round_.slug}/audit").text
    assert len(asked_once) == len(asked_twice)
    until = i18n.when(again(submission).extended_to, round_.zone)  # type: ignore[arg-type]
    for words in (f"A submission got more time: {submission.code}, until ", until, WHY, "A storm, too."):
        assert words in trail
    solver = organizer.sign_in(owner_of(submission))
    own = solver.get(f"/solve/{submission.ref}").text
    assert WHY in own
    assert "A storm, too." in own


def test_of_a_sealed_round_the_letter_after_the_release_is_foretold(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION, sealed=True)
    address = f"/organize/rounds/{round_.slug}/deadline"
    assert "people who handed in, with their signed receipts" in organizer.get(address).text
