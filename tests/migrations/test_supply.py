"""What judges said they know about becomes an expert's profile, and is the judges' again on the way down."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from challenge.base.db import db
from challenge.search.index import Entry, put
from challenge.supply import experts
from tests.factories import UserFactory, actor_of
from tests.migrations.moving import down_past, flask


def test_profiles_and_texts_go_down_and_up(installation: Flask) -> None:
    flask(installation, "db", "upgrade")
    with installation.app_context():
        person = UserFactory()
        experts.save(db.session, actor_of(person), "catalysis", ["en"])
        experts.add_document(db.session, actor_of(person), "Perovskites", "An abstract")
        now = person.created_at
        put(db.session, [Entry("expert", person.id, "x", "y", "z", ("text",), now, now)])
        db.session.commit()
        person_id = person.id
    down_past(installation, "1795530000")
    with installation.app_context(), db.engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT user_id, title FROM judge_document")).all()
        assert kept == [(person_id, "Perovskites")]
    flask(installation, "db", "upgrade")
    with installation.app_context():
        mine = experts.of_person(db.session, person_id)
        assert (mine.keywords, mine.languages) == (("catalysis",), ("en",))
        assert [each.title for each in mine.documents] == ["Perovskites"]
        profile = experts.profile_of(db.session, person_id)
        assert profile is not None
        assert (len(profile.ref), profile.listed) == (12, False)
        experts.add_document(db.session, actor_of(UserFactory()), "Another", "after the copy")
        db.session.commit()
