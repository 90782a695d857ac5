"""Prizes of tracks: each goes down the one ranking among its own entries. Winners are worked out by hand."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from challenge.awards import board, by_hand, proposing
from challenge.rules.errors import Invalid
from tests.awards.stories import Judged, judged_round, slots
from tests.factories import PrizeFactory, ThemeFactory


def themed(db: Session, places: tuple[int | None, ...], in_track: str) -> Judged:
    """Entry i is in track A or B as `in_track[i]` says ('-' in none); two prizes in each track.

    Every entry answers a need of its own, and the need is in the track.
    """
    judged = judged_round(db, places, needs=len(places))
    tracks = {
        name: ThemeFactory(round_id=judged.round.id, name_en=f"Track {name}", position=n)
        for n, name in enumerate("AB", start=1)
    }
    for need, name in zip(judged.needs, in_track, strict=True):
        need.theme_id = tracks[name].id if name in tracks else None
    for position, name in enumerate("AB", start=3):
        PrizeFactory(
            round_id=judged.round.id,
            theme_id=tracks[name].id,
            slots=2,
            position=position,
            name_en=f"Prize {name}",
        )
    db.flush()
    return judged


def won(db: Session, judged: Judged, prize: str) -> list[str]:
    """Codes of the entries that would get the places of a prize, in their order."""
    found = slots(db, judged)
    return [found[prize, slot] for slot in (1, 2, 3) if (prize, slot) in found]


def test_each_track_is_won_by_its_own_best(db: Session) -> None:
    # places 1 2 3 4 5 in B A B A A: A to the 2nd and 4th, B to the 1st and 3rd, the round to the 1st
    judged = themed(db, (1, 2, 3, 4, 5), "BABAA")
    proposing.propose(db, judged.as_organizer, judged.round.id)
    codes = [entry.code for entry in judged.entries]
    assert won(db, judged, "Prize A") == [codes[1], codes[3]]
    assert won(db, judged, "Prize B") == [codes[0], codes[2]]
    assert won(db, judged, "First prize") == [codes[0]]


def test_a_track_with_fewer_entries_than_places_leaves_the_rest_open(db: Session) -> None:
    judged = themed(db, (1, 2, 3), "A--")
    proposing.propose(db, judged.as_organizer, judged.round.id)
    assert won(db, judged, "Prize A") == [judged.entries[0].code]
    assert won(db, judged, "Prize B") == []


def test_a_tie_across_tracks_is_no_tie_within_them(db: Session) -> None:
    # 1st shared by an A and a B: each is alone at the top of its track, while the round's one place is open
    judged = themed(db, (1, 1, 3), "ABA")
    proposal = proposing.propose(db, judged.as_organizer, judged.round.id)
    assert proposal.tied == ((judged.places.id, 1),)
    assert won(db, judged, "Prize A") == [judged.entries[0].code, judged.entries[2].code]
    assert won(db, judged, "Prize B") == [judged.entries[1].code]


def test_a_tie_within_a_track_is_settled_among_its_entries(db: Session) -> None:
    # three of A share the 2nd place for its two slots; the 1st of all is in B
    judged = themed(db, (1, 2, 2, 2), "BAAA")
    proposal = proposing.propose(db, judged.as_organizer, judged.round.id)
    prize = next(
        place.prize for place in board.board(db, judged.round.id).places if "A" in (place.prize.name_en or "")
    )
    assert proposal.tied == ((prize.id, 1), (prize.id, 2))
    place = next(
        each
        for each in board.board(db, judged.round.id).places
        if (each.prize.id, each.slot) == (prize.id, 1)
    )
    rivals = {each.id for each in board.rivals(board.board(db, judged.round.id), place)}
    assert rivals == {entry.id for entry in judged.entries[1:]}
    organizer, number = judged.as_organizer, judged.round.id
    with pytest.raises(Invalid, match="not_of_track"):
        by_hand.give_slot(db, organizer, number, prize.id, 1, judged.entries[0].ref)
    by_hand.give_slot(db, organizer, number, prize.id, 1, judged.entries[2].ref)
    with pytest.raises(Invalid, match="won_already"):
        by_hand.give_slot(db, organizer, number, prize.id, 2, judged.entries[2].ref)
    by_hand.give_slot(db, organizer, number, prize.id, 2, judged.entries[3].ref)
    proposing.propose(db, organizer, number)  # what people settled stands
    assert won(db, judged, "Prize A") == [judged.entries[2].code, judged.entries[3].code]


def test_the_winner_of_the_round_may_win_its_track_by_hand_too(db: Session) -> None:
    judged = themed(db, (1, 1, 3), "AAB")
    proposing.propose(db, judged.as_organizer, judged.round.id)
    by_hand.give_slot(db, judged.as_organizer, judged.round.id, judged.places.id, 1, judged.entries[1].ref)
    assert won(db, judged, "First prize") == [judged.entries[1].code]
    assert won(db, judged, "Prize A") == [judged.entries[0].code, judged.entries[1].code]


def test_a_need_that_moves_takes_its_entry_along(db: Session) -> None:
    judged = themed(db, (1, 2), "AB")
    judged.needs[0].theme_id = judged.needs[1].theme_id
    db.flush()
    proposing.propose(db, judged.as_organizer, judged.round.id)
    assert won(db, judged, "Prize A") == []
    assert won(db, judged, "Prize B") == [judged.entries[0].code, judged.entries[1].code]
