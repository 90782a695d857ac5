"""A first round from a ready-made competition: a few answers, and a draft that could be launched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.judging import laid_out, rubric
from challenge.rounds import queries
from challenge.rounds.launching import faults_of_launch
from challenge.rounds.models import Prize, Programme, Round, RoundPage
from challenge.rules.first_rounds import TEMPLATES, windows
from challenge.rules.stages import WINDOWED
from challenge.submissions import forms
from tests.factories import GrantFactory, ProgrammeFactory
from tests.rigs.application import Visitor
from tests.web.organize.stories import me

XIAN = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def programme(organizer: Visitor) -> Programme:
    """A programme without a round; its organizer is signed in."""
    programme = ProgrammeFactory(slug="energy")
    GrantFactory(user_id=me(organizer), role="organizer", scope="programme", scope_id=programme.id)
    return programme


def answers(now: dt.datetime, code: str, **more: str) -> dict[str, str]:
    usual = {f"{stage.value}_days": str(TEMPLATES[code].days[stage]) for stage in WINDOWED}
    first = (now.astimezone(XIAN) + dt.timedelta(days=3)).date().isoformat()
    return (
        {"title_zh": "首届", "title_en": "First edition", "zone": "Asia/Shanghai", "first_day": first}
        | usual
        | more
    )


@pytest.mark.parametrize("code", TEMPLATES)
def test_a_template_becomes_a_draft_that_could_be_launched(
    organizer: Visitor, programme: Programme, db: Session, code: str
) -> None:
    door = f"/organize/programmes/energy/rounds/first/{code}"
    assert 'name="first_day"' in organizer.get(door).text
    data = answers(clock.now(db), code)
    drafted = organizer.post(door, data=data)
    assert organizer.post(door, data=data).location == drafted.location  # sent twice, drafted once
    round_, template = queries.by_slug(db, drafted.location.rsplit("/", 1)[1]), TEMPLATES[code]

    assert db.scalar(sa.select(sa.func.count()).select_from(Round)) == 1
    assert faults_of_launch(round_, clock.now(db)) == []
    phases = laid_out.of_round(db, round_.id)
    assert [(each.kind, each.blindness) for each in phases] == list(template.phases)
    names = [each.name_en for each in rubric.phase_or_404(db, round_.id, 1).criteria]
    assert names == [each.name.en for each in template.criteria]
    assert len(db.scalars(sa.select(Prize).where(Prize.round_id == round_.id)).all()) == len(template.prizes)
    texts = db.scalars(sa.select(RoundPage).where(RoundPage.round_id == round_.id)).all()
    assert {(each.kind, each.lang) for each in texts} == {
        (kind, lang) for kind in template.texts for lang in ("zh", "en")
    }
    asked = [field.key for section in forms.in_force(db, round_).spec.sections for field in section.fields]
    assert ("shown_at" in asked) is template.own_form
    assert "Everything that a launch needs is there" in organizer.get(drafted.location).text


def test_stages_follow_each_other_by_the_wall_clock() -> None:
    days = dict(zip(WINDOWED, (14, 2, 1, 7), strict=True))
    assert windows(days, dt.date(2027, 3, 1)) == {
        "requirements_opens": "2027-03-01 09:00",
        "requirements_closes": "2027-03-14 18:00",
        "submission_opens": "2027-03-15 09:00",
        "submission_closes": "2027-03-16 18:00",
        "judging_opens": "2027-03-17 09:00",
        "judging_closes": "2027-03-17 18:00",
        "award_opens": "2027-03-18 09:00",
        "award_closes": "2027-03-24 18:00",
    }


def test_faults_stand_at_their_fields_and_nothing_is_made(
    organizer: Visitor, programme: Programme, db: Session
) -> None:
    door = "/organize/programmes/energy/rounds/first/prize"
    data = answers(clock.now(db), "prize", first_day="", submission_days="0", title_zh="", title_en="")
    answer = organizer.post(door, data=data)
    assert answer.status_code == 422
    assert 'id="first_day-error"' in answer.text
    assert 'id="submission_days-error"' in answer.text
    assert (
        organizer.post(door, data=answers(clock.now(db), "prize", title_zh="", title_en="")).status_code
        == 422
    )
    assert db.scalar(sa.select(sa.func.count()).select_from(Round)) == 0


def test_a_kind_that_there_is_not_and_a_stranger_are_refused(
    organizer: Visitor, visitor: Callable[..., Visitor], programme: Programme
) -> None:
    assert organizer.get("/organize/programmes/energy/rounds/first/lottery").status_code == 404
    assert visitor().get("/organize/programmes/energy/rounds/first").status_code in (302, 401, 403)
