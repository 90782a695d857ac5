"""The public tab of judges: every phase as published, by label or by names."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.judging import public
from challenge.judging.models import PanelJudgeTheme
from challenge.rounds.models import Round
from challenge.rules.stages import Stage
from tests.factories import PanelJudgeFactory, PhaseFactory, RoundFactory, ThemeFactory
from tests.rigs.application import Visitor


def two_phases(db: Session, **of_first: object) -> Round:
    round_: Round = RoundFactory(stage=Stage.JUDGING)
    now = clock.now(db)
    window = {"opens_at": now - dt.timedelta(hours=1), "closes_at": now + dt.timedelta(days=1)}
    said = {"kind": "screening", "cut": "top", "cut_value": Decimal(10), **window, **of_first}
    first = PhaseFactory(round_id=round_.id, number=1, **said)
    last = PhaseFactory(round_id=round_.id, number=2, kind="final", blindness="open")
    judge = {"user__name": "Canary Judge", "user__affiliation": "Canary Institute"}
    PanelJudgeFactory(phase_id=first.id, label="J1", **judge)
    PanelJudgeFactory(phase_id=last.id, label="J2", user__name="Hidden Judge")
    db.flush()
    return round_


def test_every_phase_stands_with_window_blindness_and_cut(db: Session, client: Visitor) -> None:
    round_ = two_phases(db)
    page = client.get(f"/rounds/{round_.slug}/judges").text
    for words in (
        "1 · Screening",
        "2 · Final",
        "the best 10 go on",
        "open: judges see who submitted",
        "J1",
        "J2",
    ):
        assert words in page
    assert "Canary" not in page
    assert page.count("Rubric</h3>") == 2


def test_a_published_panel_shows_names_and_affiliations(db: Session, client: Visitor) -> None:
    round_ = two_phases(db, panel_public=True)
    page = client.get(f"/rounds/{round_.slug}/judges").text
    assert "Canary Judge" in page
    assert "Canary Institute" in page
    assert "Hidden Judge" not in page


def test_where_nobody_sees_anybody_no_name_is_read(db: Session) -> None:
    round_ = two_phases(db, panel_public=True, blindness="double")
    assert [judge.name for each in public.panels(db, round_.id) for judge in each.judges] == ["", ""]


@pytest.mark.parametrize("named", [True, False])
def test_the_panel_stands_by_tracks_where_there_are_tracks(db: Session, client: Visitor, named: bool) -> None:
    round_ = two_phases(db, panel_public=named)
    theme = ThemeFactory(round_id=round_.id, name_en="New materials")
    first = public.panels(db, round_.id)[0]
    seat = PanelJudgeFactory(phase_id=first.phase_id, label="J7")
    db.add(PanelJudgeTheme(judge_id=seat.id, theme_id=theme.id))
    db.flush()
    assert "New materials" in client.get(f"/rounds/{round_.slug}/judges").text
