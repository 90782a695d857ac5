"""What was published before there were versions stands as its first one; entries and questions name it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from challenge.base.db import db
from challenge.requirements import queries, versions
from challenge.requirements.content import read
from challenge.requirements.models import Question, Requirement
from challenge.submissions.models import Submission
from tests.factories import RequirementFactory, SubmissionFactory
from tests.migrations.moving import down_past, flask


def test_published_needs_become_versions_and_drafts_do_not(installation: Flask) -> None:
    flask(installation, "db", "upgrade")
    with installation.app_context():
        wanted = RequirementFactory(confidential_part="North hall.", summary_zh=None)
        RequirementFactory(round=wanted.round, state="draft")
        SubmissionFactory(requirement=wanted)
        db.session.add(Question(round_id=wanted.round_id, requirement_id=wanted.id, body="How many?"))
        db.session.commit()
        ref = wanted.ref
    down_past(installation, "1795552000")
    flask(installation, "db", "upgrade")
    with installation.app_context():
        assert len(db.session.scalars(sa.select(Requirement.id)).all()) == 2
        need = queries.by_ref(db.session, ref)
        [kept] = versions.with_secrets(db.session, need.id)
        content = read(need, queries.closed_part(db.session, need.id))
        assert (kept.number, kept.content) == (1, versions.written(content))
        assert (kept.confidential, kept.confidential_digest) == (
            "North hall.",
            versions.digest(ref, "North hall."),
        )
        assert db.session.scalars(sa.select(Submission.requirement_version)).one() == 1
        assert db.session.scalars(sa.select(Question.asked_version)).one() == 1
        assert db.session.scalar(sa.text("SELECT count(*) FROM requirement_version")) == 1
