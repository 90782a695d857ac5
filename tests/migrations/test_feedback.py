"""What teams could read before there was a release stays readable when an installation moves up."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import Flask

from challenge.awards import feedback
from challenge.awards.feedback_models import PhaseFeedback
from challenge.base import clock
from challenge.base.db import db
from tests.awards.feedback_stories import WORDS, card, phase_of, publish
from tests.awards.stories import judged_round
from tests.migrations.moving import down_past, flask


def tables(app: Flask) -> list[str]:
    with app.app_context():
        return sa.inspect(db.engine).get_table_names()


def test_comments_of_published_rounds_are_released_and_others_are_not(installation: Flask) -> None:
    flask(installation, "db", "upgrade")
    with installation.app_context():
        out, running = judged_round(db.session), judged_round(db.session)
        card(db.session, out)
        card(db.session, running, label="J2")
        publish(db.session, out)
        entry = out.entries[0].id
        db.session.commit()
    down_past(installation, "1795495000")
    assert "phase_feedback" not in tables(installation)
    flask(installation, "db", "upgrade")
    with installation.app_context():
        (row,) = db.session.scalars(sa.select(PhaseFeedback)).all()
        assert (row.scores, row.standing, row.comments, row.names) == ("none", "none", True, False)
        assert row.released_at is not None
        assert row.released_at <= clock.now(db.session) + dt.timedelta(seconds=1)
        assert [each.text for given in feedback.for_team(db.session, entry) for each in given.comments] == [
            WORDS
        ]


def test_what_an_older_version_cannot_say_is_left_out_on_the_way_down(installation: Flask) -> None:
    flask(installation, "db", "upgrade")
    with installation.app_context():
        judged = judged_round(db.session)
        number = phase_of(db.session, judged).id
        chosen = {"standing": "tie", "on_criteria": True, "comments": False, "names": True}
        db.session.add(PhaseFeedback(phase_id=number, **chosen))
        db.session.commit()
    down_past(installation, "1795510000")
    assert "criterion_ruling" not in tables(installation)
    with installation.app_context():
        told = db.session.execute(sa.text("SELECT standing, names, comments FROM phase_feedback")).one()
        assert (told.standing, bool(told.names), bool(told.comments)) == ("none", False, False)
    flask(installation, "db", "upgrade")
    with installation.app_context():
        (row,) = db.session.scalars(sa.select(PhaseFeedback)).all()
        assert (row.standing, row.on_criteria) == ("none", False)
        assert phase_of(db.session, judged).flag_percent == 25
