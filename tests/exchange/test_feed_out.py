"""The feed of public rounds: whoever imports it has what we show, and unchanged it answers 304."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.exchange import feed_out
from challenge.rounds.models import Prize, Round, RoundPage, RoundWindow
from tests.factories import RoundFactory
from tests.rigs.application import Terminal, Visitor

FEED = Path(__file__).resolve().parent.parent / "data" / "challenge-gov" / "feed.json"
TABLES = {
    Round: (
        *("title_en", "title_zh", "summary_en", "summary_zh", "zone", "stage", "prize_minor", "currency"),
        *("public", "source"),
    ),
    RoundWindow: ("stage", "opens_at", "closes_at", "ends_at"),
    Prize: ("name_en", "kind", "amount_minor", "currency", "text"),
    RoundPage: ("kind", "lang", "html"),
}


def shown(db: Session) -> dict[str, list[tuple[Any, ...]]]:
    """What is kept of the rounds, apart from numbers and from when they came."""
    return {
        model.__tablename__: [
            tuple(getattr(row, name) for name in names)
            for row in db.scalars(sa.select(model).order_by(model.id))
        ]
        for model, names in TABLES.items()
    }


def test_what_was_imported_is_read_back_equal(
    client: Visitor, command: Terminal, db: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_out, "BATCH", 7)  # several batches, no round twice
    command.invoke(args=["import", "challenges", str(FEED)])
    before = shown(db)
    file = tmp_path / "ours.json"
    file.write_bytes(client.get("/challenges.json").data)
    for model in (RoundPage, Prize, RoundWindow, Round):
        db.execute(sa.delete(model))
    result = command.invoke(args=["import", "challenges", str(file), "--zone", "UTC"])
    assert result.exit_code == 0, result.output
    assert "no_zone" not in result.stdout  # our times name their zone
    assert shown(db) == before
    assert len(before["round"]) == len(json.loads(FEED.read_text(encoding="utf-8"))["_challenge"])


def test_our_own_round_goes_out_in_both_languages_and_a_private_one_stays(
    client: Visitor, db: Session
) -> None:
    RoundFactory(slug="ours", title_en="Clean water", title_zh="净水", prize_minor=12_345_600, public=True)
    RoundFactory(slug="private", title_en="CANARY", public=False)
    answer = client.get("/challenges.json")
    (item,) = answer.get_json()["_challenge"]
    assert (item["challenge-title"], item["challenge-title-zh"]) == ("Clean water", "净水")
    assert item["total-prize-offered-cash"] == "CNY 123456"
    assert item["submission-end"].endswith("Asia/Shanghai")
    assert item["permalink"] == item["url"]
    assert item["url"].endswith("/rounds/ours")
    assert "CANARY" not in answer.text


def test_unchanged_it_is_not_sent_again(client: Visitor, db: Session) -> None:
    RoundFactory(public=True)
    tag = client.get("/challenges.json").headers["ETag"]
    assert client.get("/challenges.json", headers={"If-None-Match": tag}).status_code == 304
