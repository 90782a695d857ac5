"""Prizes keep their worth when an installation moves up: what they are is told by what they had."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from challenge.base.db import db
from challenge.rounds.models import Prize
from challenge.rounds.prize_models import PrizePool
from tests.factories import PrizeFactory, RoundFactory
from tests.migrations.moving import down_past, flask


def test_prizes_get_their_kind_and_lose_their_pool_on_the_way_down(installation: Flask) -> None:
    flask(installation, "db", "upgrade")
    with installation.app_context():
        round_ = RoundFactory()
        pool = PrizePool(round_id=round_.id, position=1, name_en="Purse", total_minor=5)
        db.session.add(pool)
        db.session.flush()
        PrizeFactory(round_id=round_.id, name_en="money", pool_id=pool.id)
        PrizeFactory(round_id=round_.id, name_en="both", text="A trophy")
        PrizeFactory(round_id=round_.id, name_en="in_kind", amount_minor=None, text="A trip")
        PrizeFactory(round_id=round_.id, name_en="money", amount_minor=7, text="")
        db.session.commit()
    down_past(installation, "1795560000")
    with installation.app_context():
        assert "prize_pool" not in sa.inspect(db.engine).get_table_names()
        db.engine.dispose()
    flask(installation, "db", "upgrade")
    with installation.app_context():
        prizes = db.session.scalars(sa.select(Prize)).all()
        assert [prize.kind for prize in prizes] == [prize.name_en for prize in prizes]
        assert {prize.pool_id for prize in prizes} == {None}
