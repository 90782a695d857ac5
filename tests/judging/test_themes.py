"""Judges of tracks: they are given entries of theirs alone, and judges without tracks are given any."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import assigning, ranking, standings, themes
from challenge.judging.models import Assignment
from challenge.rounds.models import Theme
from challenge.rules.errors import Invalid, NotAllowed, NotFound
from tests.factories import RequirementFactory, ThemeFactory, UserFactory, actor_of
from tests.judging.stories import Court, court, entry, lock_all, searched
from tests.rigs.application import Visitor


def divided(db: Session, per_entry: int = 1) -> tuple[Court, Theme, Theme]:
    """Three judges: J1 reads A, J2 reads B, J3 reads all. Entries: one in A, one in B, one in none."""
    made = court(db, judges=3, entries=1, assigned=False, per_entry=per_entry)
    a, b = ThemeFactory(round_id=made.round.id), ThemeFactory(round_id=made.round.id, position=2)
    made.requirement.theme_id = a.id
    made.entries.append(entry(db, RequirementFactory(round=made.round, theme_id=b.id)))
    made.entries.append(entry(db, RequirementFactory(round=made.round)))
    for judge, theme in zip(made.judges, (a, b), strict=False):
        themes.give(db, made.as_organizer, made.round.id, judge.id, [theme.ref])
    return made, a, b


def test_the_proposal_keeps_to_the_tracks(db: Session) -> None:
    made, _a, _b = divided(db, per_entry=2)
    found = searched(made).result
    j1, j2, j3 = (judge.id for judge in made.judges)
    in_a, in_b, in_none = (each.id for each in made.entries)
    assert set(map(tuple, found["add"])) == {(j1, in_a), (j3, in_a), (j2, in_b), (j3, in_b), (j3, in_none)}
    (short,) = found["short"]
    assert (short["entry"], short["lacking"], short["reasons"]) == (in_none, 1, {"track": 2})


def test_by_hand_a_judge_of_another_track_is_refused(db: Session) -> None:
    made, _a, _b = divided(db)
    organizer = made.as_organizer
    with pytest.raises(Invalid, match="judge_other_track"):
        assigning.assign(db, organizer, made.round.id, made.judges[0].id, made.entries[1].ref)
    assigning.assign(db, organizer, made.round.id, made.judges[2].id, made.entries[1].ref)
    assert len(db.scalars(sa.select(Assignment)).all()) == 1


def test_what_was_assigned_before_the_tracks_stays_assigned(db: Session) -> None:
    made, a, b = divided(db)
    assigning.assign(db, made.as_organizer, made.round.id, made.judges[0].id, made.entries[0].ref)
    themes.give(db, made.as_organizer, made.round.id, made.judges[0].id, [b.ref])
    assert db.scalars(sa.select(Assignment.state)).all() == ["invited"]
    assert themes.of_panel(db, made.phase.id)[made.judges[0].id] == {b.id}
    assert a.id not in themes.of_panel(db, made.phase.id)[made.judges[0].id]


def test_a_judge_may_read_several_tracks_or_all_again(db: Session) -> None:
    made, a, b = divided(db)
    themes.give(db, made.as_organizer, made.round.id, made.judges[0].id, [a.ref, b.ref])
    assert themes.of_panel(db, made.phase.id)[made.judges[0].id] == {a.id, b.id}
    themes.give(db, made.as_organizer, made.round.id, made.judges[0].id, [])
    assert made.judges[0].id not in themes.of_panel(db, made.phase.id)


def test_tracks_of_a_judge_are_the_organizer_s_word_and_of_this_round(db: Session) -> None:
    made, a, _b = divided(db)
    with pytest.raises(NotAllowed):
        themes.give(db, actor_of(UserFactory()), made.round.id, made.judges[0].id, [a.ref])
    with pytest.raises(Invalid, match="not_a_choice"):
        themes.give(db, made.as_organizer, made.round.id, made.judges[0].id, ["elsewhere"])
    other = court(db)
    with pytest.raises(NotFound):
        themes.give(db, made.as_organizer, made.round.id, other.judges[0].id, [a.ref])


def test_the_panel_page_sets_tracks_and_the_matrix_shows_them(client: Visitor, db: Session) -> None:
    made, a, b = divided(db)
    client.sign_in(made.organizer)
    here = f"/organize/rounds/{made.round.slug}"
    page = client.get(f"{here}/panel").text
    assert f"Tracks of {made.judges[0].label}" in page
    data = {"themes": [a.ref, b.ref]}
    assert client.post(f"{here}/panel/{made.judges[2].id}/tracks", data=data).status_code == 302
    assert themes.of_panel(db, made.phase.id)[made.judges[2].id] == {a.id, b.id}
    matrix = client.get(f"{here}/assignments").text
    assert "of another track" in matrix


def test_the_ranking_is_read_by_track_with_places_in_it(client: Visitor, db: Session) -> None:
    # totals by hand, weights 3 and 2: A 9,9 -> 45; B 8,8 -> 40; A 7,7 -> 35; B 8,8 -> 40
    made = court(db, judges=2, entries=4, per_entry=2)
    a, b = ThemeFactory(round_id=made.round.id), ThemeFactory(round_id=made.round.id, position=2)
    needs = [RequirementFactory(round=made.round, theme_id=theme.id) for theme in (a, b)]
    for number, (points, place) in enumerate(((9, 0), (8, 1), (7, 0), (8, 1))):
        made.entries[number].requirement_id = needs[place].id
        lock_all(made, number, *[(points, points)] * 2)
    db.flush()
    codes = [entry.code for entry in made.entries]

    def places(page: standings.RankPage) -> list[tuple[str, int | None, int | None]]:
        return [(line.code, line.place, line.in_track) for line in page.lines]

    live = places(standings.live(db, made.phase.id, theme_id=b.id))
    assert {(code, place) for code, place, _ in live} == {(codes[1], 1), (codes[3], 1)}
    assert [code for code, _, _ in places(standings.live(db, made.phase.id, theme_id=a.id))] == [
        codes[0],
        codes[2],
    ]
    made.close()
    organizer = made.organizer
    official = ranking.fix(db, made.as_organizer, made.round.id)
    in_a = places(standings.fixed(db, official, theme_id=a.id))
    assert in_a == [(codes[0], 1, 1), (codes[2], 4, 2)]
    assert {(place, within) for _, place, within in places(standings.fixed(db, official, theme_id=b.id))} == {
        (2, 1)
    }
    client.sign_in(organizer)
    page = client.get(f"/organize/rounds/{made.round.slug}/ranking?track={a.ref}").text
    assert codes[0] in page
    assert codes[1] not in page
