"""Pools and caps, as an organizer writes them and everyone reads them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.rounds.prize_models import PrizeCap, PrizePool
from challenge.rules.stages import Stage
from tests.rigs.application import Visitor
from tests.web.organize.stories import errors, mine


def test_pools_and_caps_are_written_on_their_page(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION)
    where = f"/organize/rounds/{round_.slug}/prizes/limits"
    row = {
        "pools-0-name_en": "Purse",
        "pools-0-amount": "50",
        "pools-0-unit": "CNY-wan",
        "pools-0-scope": "round",
        "entry_awards": "2",
        "entry_unit": "CNY-yuan",
        "organization_amount": "600000",
        "organization_unit": "CNY-yuan",
    }
    assert organizer.post(where, data=row).status_code == 302
    assert db.query(PrizePool).one().total_minor == 50_000_000
    assert {cap.per: (cap.most_awards, cap.most_minor) for cap in db.query(PrizeCap)} == {
        "entry": (2, None),
        "organization": (None, 60_000_000),
    }
    assert 'value="Purse"' in organizer.get(where).text
    pool = db.query(PrizePool).one()
    prize = {
        "prizes-0-name_en": "Share",
        "prizes-0-slots": "2",
        "prizes-0-scope": "round",
        "prizes-0-kind": "money",
        "prizes-0-pool": str(pool.id),
        "prizes-0-unit": "CNY-wan",
    }
    assert organizer.post(where.removesuffix("/limits"), data=prize).status_code == 302
    public = organizer.get(f"/rounds/{round_.slug}/prizes").text
    assert "“Purse”: at most CNY 500,000 together" in public
    assert "One entry wins 2 awards at most." in public
    assert "One organization wins CNY 600,000 at most." in public
    wrong = organizer.post(where, data={**row, "pools-0-key": str(pool.id), "pools-0-amount": "60 元"})
    assert errors(wrong.text) == ["The unit that is written here differs from the one chosen beside it."]


def test_once_judging_opened_pools_and_caps_are_fixed(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.JUDGING)
    page = organizer.get(f"/organize/rounds/{round_.slug}/prizes/limits").text
    assert "Prizes are fixed once judging has opened." in page
    assert "No pool and no cap." in page
    late = organizer.post(f"/organize/rounds/{round_.slug}/prizes/limits", data={"entry_awards": "1"})
    assert late.status_code == 422
    assert db.query(PrizeCap).count() == 0
