"""Tracks of a round: named by its organizer, held by what belongs to them, shown to everyone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.requirements import placing
from challenge.rounds import prizes, themes
from challenge.rounds.models import Prize, Round, Theme
from challenge.rounds.prizes import PrizeFacts
from challenge.rounds.themes import ThemeFacts
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, NotFound, WrongState
from challenge.rules.stages import Stage
from challenge.submissions import drafting
from challenge.submissions import themes as choosing
from tests.factories import (
    RequirementFactory,
    RoundFactory,
    ThemeFactory,
    UserFactory,
    actor_of,
    organizer_of,
)
from tests.rigs.application import Visitor

LIGHT, WATER = ThemeFacts(name_zh="光学", name_en="Optics"), ThemeFacts(name_en="Water", summary_en="Clean.")


def named(db: Session, round_: Round) -> list[str | None]:
    db.expire_all()
    return [theme.name_en for theme in themes.themes_of(db, round_.id)]


def test_an_organizer_names_tracks_and_sent_twice_they_are_there_once(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.REQUIREMENTS)
    organizer = actor_of(organizer_of(round_.programme))
    for _ in range(2):
        themes.replace(db, organizer, round_.id, [LIGHT, WATER])
    assert named(db, round_) == ["Optics", "Water"]
    told = sa.select(sa.func.count()).where(AuditEntry.action == "round.tracks_edited")
    assert db.scalar(told) == 1


def test_tracks_change_their_order_and_go_when_nothing_is_in_them(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.REQUIREMENTS)
    organizer = actor_of(organizer_of(round_.programme))
    light, water = ThemeFactory(round_id=round_.id), ThemeFactory(round_id=round_.id, position=2)
    themes.replace(
        db,
        organizer,
        round_.id,
        [ThemeFacts(water.id, name_en="Water"), ThemeFacts(light.id, name_en="Light")],
    )
    assert named(db, round_) == ["Water", "Light"]
    themes.replace(db, organizer, round_.id, [ThemeFacts(water.id, name_en="Water")])
    assert named(db, round_) == ["Water"]


@pytest.mark.parametrize("holder", ["requirement", "prize", "draft"])
def test_a_track_that_something_belongs_to_stays(db: Session, holder: str) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    theme = ThemeFactory(round_id=round_.id, name_en="Optics")
    organizer = actor_of(organizer_of(round_.programme))
    if holder == "requirement":
        RequirementFactory(round=round_, theme_id=theme.id)
    elif holder == "prize":
        facts = PrizeFacts(name_en="First", theme_id=theme.id)
        prizes.replace(db, organizer, round_.id, [facts])
    else:
        drafting.start(db, actor_of(UserFactory()), round_slug=round_.slug, theme=theme.ref)
    with pytest.raises(Invalid, match="track_used"):
        themes.replace(db, organizer, round_.id, [])
    assert named(db, round_) == ["Optics"]


def test_tracks_are_fixed_once_judging_opened_and_are_nobody_else_s(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.JUDGING)
    with pytest.raises(WrongState, match="tracks_fixed"):
        themes.replace(db, actor_of(organizer_of(round_.programme)), round_.id, [LIGHT])
    with pytest.raises(NotAllowed):
        themes.replace(db, actor_of(UserFactory(admin=True)), round_.id, [LIGHT])


def test_faults_come_back_at_their_rows(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    wanted = [LIGHT, ThemeFacts(summary_en="x" * 501)]
    with pytest.raises(InvalidMany) as refused:
        themes.replace(db, actor_of(organizer_of(round_.programme)), round_.id, wanted)
    assert [(each.field, each.code) for each in refused.value.faults] == [
        ("themes-1-name_zh", "title_needed"),
        ("themes-1-summary_en", "too_long"),
    ]


def test_a_prize_of_a_track_of_another_round_is_refused(db: Session) -> None:
    round_, other = RoundFactory(stage=Stage.DRAFT), ThemeFactory(round_id=RoundFactory().id)
    organizer = actor_of(organizer_of(round_.programme))
    for facts in (
        PrizeFacts(name_en="First", theme_id=other.id),
        PrizeFacts(name_en="First", scope="requirement", theme_id=ThemeFactory(round_id=round_.id).id),
    ):
        with pytest.raises(InvalidMany) as refused:
            prizes.replace(db, organizer, round_.id, [facts])
        assert refused.value.faults[0].field == "prizes-0-scope"


def test_an_organizer_puts_a_requirement_into_a_track_until_judging(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    need, theme = RequirementFactory(round=round_), ThemeFactory(round_id=round_.id)
    organizer = actor_of(organizer_of(round_.programme))
    for _ in range(2):
        assert placing.place(db, organizer, need.ref, theme.ref).theme_id == theme.id
    moved = sa.select(sa.func.count()).where(AuditEntry.action == "requirement.placed")
    assert db.scalar(moved) == 1
    assert placing.place(db, organizer, need.ref, "").theme_id is None
    with pytest.raises(Invalid, match="not_a_choice"):
        placing.place(db, organizer, need.ref, ThemeFactory(round_id=RoundFactory().id).ref)
    with pytest.raises(NotAllowed):
        placing.place(db, actor_of(UserFactory()), need.ref, theme.ref)


def test_a_draft_of_a_requirement_is_not_the_organizer_s_to_place(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.REQUIREMENTS)
    need, theme = RequirementFactory(round=round_, state="draft"), ThemeFactory(round_id=round_.id)
    with pytest.raises(NotFound):
        placing.place(db, actor_of(organizer_of(round_.programme)), need.ref, theme.ref)


def test_a_draft_without_a_requirement_chooses_its_track_and_changes_it(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    light, water = ThemeFactory(round_id=round_.id), ThemeFactory(round_id=round_.id, position=2)
    solver = actor_of(UserFactory())
    with pytest.raises(Invalid, match="choose_a_track"):
        drafting.start(db, solver, round_slug=round_.slug)
    draft = drafting.start(db, solver, round_slug=round_.slug, theme=light.ref)
    assert draft.theme_id == light.id
    assert choosing.choose(db, solver, draft.ref, water.ref).theme_id == water.id
    with pytest.raises(NotFound):
        choosing.choose(db, actor_of(UserFactory()), draft.ref, light.ref)


def test_a_draft_for_a_requirement_has_no_track_of_its_own(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    theme = ThemeFactory(round_id=round_.id)
    need = RequirementFactory(round=round_, theme_id=theme.id)
    solver = actor_of(UserFactory())
    draft = drafting.start(db, solver, requirement=need.ref)
    assert draft.theme_id is None
    with pytest.raises(WrongState, match="track_by_requirement"):
        choosing.choose(db, solver, draft.ref, theme.ref)


def test_everyone_sees_the_tracks_and_filters_requirements_by_them(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    light = ThemeFactory(round_id=round_.id, name_zh=None, name_en="Optics", summary_en="All about light.")
    RequirementFactory(round=round_, theme_id=light.id, title_en="A brighter lamp")
    RequirementFactory(round=round_, title_en="A cleaner river")
    round_.requirement_count = 2
    page = client.get(f"/rounds/{round_.slug}").text
    assert "Optics" in page
    assert "All about light." in page
    assert "A cleaner river" in page
    filtered = client.get(f"/rounds/{round_.slug}?track={light.ref}").text
    assert "A brighter lamp" in filtered
    assert "A cleaner river" not in filtered
    assert "A cleaner river" in client.get(f"/rounds/{round_.slug}?track=nothing").text


def test_a_seeker_asks_for_a_track_in_the_form(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.REQUIREMENTS)
    theme, foreign = ThemeFactory(round_id=round_.id), ThemeFactory(round_id=RoundFactory().id)
    need = RequirementFactory(round=round_, state="draft")
    client.sign_in(UserFactory(represents=[need.seeker]))
    path = f"/seek/requirements/{need.ref}/edit"
    assert theme.ref not in client.get(path).text  # chosen by number, shown by name
    form = {"title_en": "A lamp", "field": "", "region": "", "industry": ""}
    form |= {"budget_unit": "CNY-wan", "theme": str(theme.id)}
    assert client.post(path, data=form).status_code == 302
    assert db.get_one(type(need), need.id).theme_id == theme.id
    assert client.post(path, data={**form, "theme": str(foreign.id)}).status_code == 422
    assert f'selected value="{theme.id}"' in client.get(path).text


def test_pages_of_tracks_work_for_organizer_and_solver(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    client.sign_in(organizer_of(round_.programme))
    here = f"/organize/rounds/{round_.slug}"
    rows = {"themes-0-name_en": "Optics", "themes-1-name_zh": "水处理"}
    assert client.post(f"{here}/tracks", data=rows).status_code == 302
    light, water = themes.themes_of(db, round_.id)
    assert client.get(f"{here}/tracks").status_code == 200
    prize = {"prizes-0-name_en": "Best optics", "prizes-0-slots": "1", "prizes-0-scope": f"track-{light.id}"}
    prize |= {"prizes-0-amount": "3", "prizes-0-unit": "CNY-wan"}
    assert client.post(f"{here}/prizes", data=prize).status_code == 302
    stored = db.scalars(sa.select(Prize)).one()
    assert (stored.scope, stored.theme_id) == ("round", light.id)
    assert "Optics" in client.get(f"/rounds/{round_.slug}/prizes").text
    need = RequirementFactory(round=round_)
    client.post(f"{here}/requirements/{need.ref}/track", data={"theme": water.ref})
    assert db.get_one(type(need), need.id).theme_id == water.id
    assert "selected" in client.get(f"{here}/requirements/{need.ref}").text

    open_round = RoundFactory(stage=Stage.SUBMISSION)
    theme = ThemeFactory(round_id=open_round.id)
    client.sign_in(UserFactory())
    begin = f"/solve/new-in/{open_round.slug}"
    assert theme.ref in client.get(begin).text
    assert client.post(begin, data={}).status_code == 422
    answer = client.post(begin, data={"theme": theme.ref})
    assert answer.status_code == 302
    ref = answer.location.split("/")[2]
    other = ThemeFactory(round_id=open_round.id, position=2)
    assert client.post(f"/solve/{ref}/track", data={"theme": other.ref}).status_code == 302
    assert other.ref in client.get(f"/solve/{ref}/track").text
    assert db.scalars(sa.select(Theme.id)).all()
