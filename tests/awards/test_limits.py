"""Pools that prizes share and caps of what one may win: what exceeds them is never given."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenge.awards import by_hand, deciding, limits, proposing, publishing, queries, splitting
from challenge.awards.board import awards_of
from challenge.awards.models import Award, Notice
from challenge.awards.plans import Slot
from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.rounds.models import Prize
from challenge.rounds.prize_models import PrizeCap, PrizePool
from challenge.rules.errors import Invalid, NotFound, WrongState
from tests.awards.stories import Judged, asked, decision_of, happened, judged_round, settled, url
from tests.factories import OrganizationFactory, PrizeFactory
from tests.judging.test_at_once import together
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

HOUR = dt.timedelta(hours=1)
YUAN = 100


def pooled(db: Session, judged: Judged, scope: str = "round", total: int = 1000) -> PrizePool:
    """The prizes of `scope` share a pool, and none has a sum of its own."""
    pool = PrizePool(round_id=judged.round.id, position=1, name_en="Purse", scope=scope, total_minor=total)
    db.add(pool)
    db.flush()
    prize = judged.places if scope == "round" else judged.winner
    prize.pool_id, prize.amount_minor = pool.id, None
    db.flush()
    return pool


def capped(db: Session, judged: Judged, per: str = "entry", **most: int) -> PrizeCap:
    cap = PrizeCap(round_id=judged.round.id, per=per, **most)
    db.add(cap)
    db.flush()
    return cap


def noticed(db: Session, judged: Judged) -> None:
    publishing.start_notice(db, judged.as_organizer, judged.round.id, clock.now(db) + HOUR)


def shares(db: Session, judged: Judged, prize: Prize) -> dict[str, str]:
    """The awards of a prize: entry's code -> the award's ref."""
    return {
        each.submission.code: each.ref for each in awards_of(db, judged.round.id) if each.prize_id == prize.id
    }


def test_a_pool_is_split_among_its_winners_and_never_beyond_its_total(db: Session) -> None:
    judged = judged_round(db, slots=2)
    pool = pooled(db, judged)
    settled(db, judged)
    first, second = shares(db, judged, judged.places).values()
    with pytest.raises(WrongState, match="pool_unsplit"):
        noticed(db, judged)
    act = (db, judged.as_organizer, judged.round.id, pool.id)
    with pytest.raises(Invalid, match="pool_exceeded"):
        splitting.split(*act, {first: 700, second: 301})
    db.rollback()


def test_the_public_reads_the_share_of_each(db: Session) -> None:
    judged = judged_round(db, slots=2)
    pool = pooled(db, judged)
    settled(db, judged)
    first, second = shares(db, judged, judged.places).values()
    for _ in range(2):
        splitting.split(db, judged.as_organizer, judged.round.id, pool.id, {first: 700, second: 300})
    assert happened(db, "award.share_set") == 2
    noticed(db, judged)
    shown = [each.amount_minor for each in queries.winners(db, round_id=judged.round.id)]
    assert shown[:2] == [700, 300]
    with pytest.raises(WrongState, match="notice_started"):
        splitting.split(db, judged.as_organizer, judged.round.id, pool.id, {first: 1})


def test_a_pool_of_each_requirement_is_there_for_each(db: Session) -> None:
    judged = judged_round(db, needs=2)
    pool = pooled(db, judged, "requirement")
    settled(db, judged)
    given = shares(db, judged, judged.winner)
    splitting.split(db, judged.as_organizer, judged.round.id, pool.id, dict.fromkeys(given.values(), 1000))
    with pytest.raises(NotFound):
        splitting.split(db, judged.as_organizer, judged.round.id, pool.id + 1, {given.popitem()[1]: 1})
    noticed(db, judged)


def test_whoever_stays_keeps_the_share_when_a_seeker_speaks_again(db: Session) -> None:
    judged = judged_round(db)
    pool = pooled(db, judged, "requirement")
    settled(db, judged)
    (ref,) = shares(db, judged, judged.winner).values()
    splitting.split(db, judged.as_organizer, judged.round.id, pool.id, {ref: 600})
    word = decision_of(db, judged).ref
    deciding.decide(db, judged.as_seeker(), word, "differs", judged.entries[1].ref, "Cheaper.")
    db.expire_all()
    given = [limits.worth(each) for each in awards_of(db, judged.round.id) if each.requirement_id]
    assert given == [None]
    (ref,) = shares(db, judged, judged.winner).values()
    splitting.split(db, judged.as_organizer, judged.round.id, pool.id, {ref: 500})
    deciding.decide(db, judged.as_seeker(), word, "differs", judged.entries[1].ref, "Much cheaper.")
    given = [limits.worth(each) for each in awards_of(db, judged.round.id) if each.requirement_id]
    assert given == [500]


@pytest.mark.parametrize("most", [{"most_awards": 1}, {"most_minor": 19_999_999}])
def test_a_cap_of_one_entry_holds_the_notice_until_it_is_kept(db: Session, most: dict[str, int]) -> None:
    judged = judged_round(db)
    judged.winner.amount_minor = judged.places.amount_minor  # the best entry wins both, 10,000,000 each
    capped(db, judged, **most)
    settled(db, judged)
    with pytest.raises(WrongState, match="cap_exceeded"):
        noticed(db, judged)
    act = (db, judged.as_organizer, judged.round.id)
    by_hand.give_slot(*act, judged.places.id, 1, judged.entries[1].ref)
    noticed(db, judged)
    winners = {(each.submission_id, each.prize_id) for each in awards_of(db, judged.round.id)}
    assert winners == {
        (judged.entries[1].id, judged.places.id),
        (judged.entries[0].id, judged.winner.id),
    }


def test_a_place_by_hand_keeps_to_the_cap(db: Session) -> None:
    judged = judged_round(db, places=(1, 1, 3), slots=1)
    capped(db, judged, most_awards=1)
    asked(db, judged)
    deciding.decide(db, judged.as_seeker(), decision_of(db, judged).ref, "confirmed", judged.entries[0].ref)
    act = (db, judged.as_organizer, judged.round.id, judged.places.id, 1)
    with pytest.raises(Invalid, match="over_cap") as refused:
        by_hand.give_slot(*act, judged.entries[0].ref)
    assert refused.value.field == "submission"
    db.rollback()


def test_a_prize_is_withheld_from_an_organization_that_has_enough(client: Visitor, db: Session) -> None:
    judged = judged_round(db, needs=2, slots=1)
    body = OrganizationFactory()
    for entry in judged.entries:
        entry.organization_id = body.id
    cap = capped(db, judged, "organization", most_awards=2)
    settled(db, judged)
    client.sign_in(judged.organizer)
    page = client.get(url(judged)).text
    assert "More than a cap allows:" in page
    target = re.findall(r'action="([^"]+/withheld)"', page)[0]
    for _ in range(2):
        assert client.post(target).status_code == 302
    assert happened(db, "award.withheld") == 1
    page = client.get(url(judged)).text
    assert "Withheld: a cap" in page
    assert "More than a cap allows:" not in page
    other = next(each for each in awards_of(db, judged.round.id) if each.requirement_id)
    with pytest.raises(WrongState, match="nothing_to_withhold"):
        by_hand.withhold(db, judged.as_organizer, judged.round.id, other.ref)
    assert cap.most_awards == len(awards_of(db, judged.round.id))
    noticed(db, judged)


def test_a_pool_is_split_on_its_page(client: Visitor, db: Session) -> None:
    judged = judged_round(db, slots=2)
    pool = pooled(db, judged, total=1_000 * YUAN)
    settled(db, judged)
    client.sign_in(judged.organizer)
    board = client.get(url(judged)).text
    assert "2 awards have no share yet" in board
    page = url(judged, f"/pools/{pool.id}")
    assert "at most CNY 1,000 together" in client.get(page).text
    refs = list(shares(db, judged, judged.places).values())

    def typed(*sums: str) -> dict[str, str]:
        rows = enumerate(zip(refs, sums, strict=True))
        return {
            name: value
            for n, (ref, amount) in rows
            for name, value in (
                (f"shares-{n}-key", ref),
                (f"shares-{n}-amount", amount),
                (f"shares-{n}-unit", "CNY-yuan"),
            )
        }

    beyond = client.post(page, data=typed("600", "600"))
    assert beyond.status_code == 422
    assert "The shares come to CNY 1,200; the pool has CNY 1,000." in beyond.text
    unread = client.post(page, data=typed("600", "much"))
    assert "Write a sum in figures" in unread.text
    assert client.post(page, data=typed("600", "400")).headers["Location"] == url(judged)
    assert "CNY 1,000 of CNY 1,000 given." in client.get(url(judged)).text
    assert client.get(url(judged, "/pools/999")).status_code == 404


def test_what_an_upheld_objection_proposes_anew_gets_its_share_on_the_same_page(
    client: Visitor, db: Session
) -> None:
    judged = judged_round(db, slots=2)
    pool = pooled(db, judged, total=1_000 * YUAN)
    settled(db, judged)
    first, second = shares(db, judged, judged.places).values()
    by, number = judged.as_organizer, judged.round.id
    splitting.split(db, by, number, pool.id, {first: 600 * YUAN, second: 400 * YUAN})
    noticed(db, judged)
    client.sign_in(judged.organizer)
    page = url(judged, f"/pools/{pool.id}")
    assert client.get(page).status_code == 302
    again = db.scalars(sa.select(Award).where(Award.ref == second)).one()
    again.state, again.amount_minor = "proposed", None
    db.execute(sa.update(Notice).values(reopened_at=clock.now(db)))
    db.flush()
    read = client.get(page).text
    assert second in read
    assert first not in read
    typed = {"shares-0-key": second, "shares-0-amount": "400", "shares-0-unit": "CNY-yuan"}
    assert client.post(page, data=typed).status_code == 302
    assert "CNY 1,000 of CNY 1,000 given." in client.get(url(judged)).text


def test_the_split_page_asks_as_much_of_one_award_as_of_three(
    client: Visitor, db: Session, statements: Counting
) -> None:
    counts = []
    for slots in (1, 3):
        judged = judged_round(db, slots=slots)
        pool = pooled(db, judged)
        settled(db, judged)
        client.sign_in(judged.organizer)
        client.get(url(judged, f"/pools/{pool.id}"))
        with statements() as counted:
            assert client.get(url(judged, f"/pools/{pool.id}")).status_code == 200
        counts.append(len(counted))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("scope", ["round", "requirement"])
def test_of_many_who_give_a_prize_at_once_one_succeeds(app: Flask, db: Session, scope: str) -> None:
    """Past every lock: the constraint alone leaves one winner of a slot."""
    judged = judged_round(db, places=(1, 2, 3))
    prize = judged.places if scope == "round" else judged.winner
    need = 0 if scope == "round" else judged.needs[0].id
    slot, number = Slot(prize.id, need, 1), judged.round.id
    entries = [entry.id for entry in judged.entries]
    db.commit()

    def give(session: Session, entry: int) -> str:
        session.add(proposing.award_for(number, slot, entry, None))
        try:
            session.flush()
        except IntegrityError:
            session.rollback()
            return "refused"
        return "given"

    came = together(app, [lambda s, e=entry: give(s, e) for entry in entries])
    assert sorted(map(str, came)) == ["given", "refused", "refused"]
    with fresh_session() as session:
        held = session.scalars(sa.select(Award).where(Award.prize_id == prize.id)).all()
        assert len(held) == 1


def test_one_entry_never_wins_the_same_prize_in_two_requirements(db: Session) -> None:
    judged = judged_round(db, needs=2)
    for need in judged.needs:
        slot = Slot(judged.winner.id, need.id, 1)
        db.add(proposing.award_for(judged.round.id, slot, judged.entries[0].id, None))
    with pytest.raises(IntegrityError):
        db.flush()
    db.rollback()


def test_a_prize_in_kind_is_shown_with_its_words(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    PrizeFactory(round_id=judged.round.id, kind="in_kind", amount_minor=None, text="A year in the lab")
    judged.places.kind, judged.places.text = "both", "A trophy"
    settled(db, judged)
    noticed(db, judged)
    assert "A trophy" in client.get(f"/rounds/{judged.round.slug}/results").text
    prizes = client.get(f"/rounds/{judged.round.slug}/prizes").text
    assert "A year in the lab" in prizes
