"""Organizers and solvers at the same moment: one step wins, one version is made, nobody enters a mixture."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rounds import queries as rounds
from challenge.rules import formedit
from challenge.rules.errors import InvalidMany, WrongState
from challenge.rules.formspec import Words
from challenge.rules.stages import Stage
from challenge.submissions import asking, forms, formversions, submitting
from challenge.submissions.models import SubmissionForm, Version
from tests.factories import RoundFactory, actor_of
from tests.rounds.test_at_once import SENDERS, at_once
from tests.submissions.form_stories import HOW, TOLD, add, lay, organizing
from tests.submissions.stories import owner_of, ready, round_of


def test_of_many_steps_from_the_same_page_one_is_taken(app: Flask, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor, round_id = organizing(round_), round_.id
    names = iter(range(SENDERS))

    def act(session: Session) -> int:
        mine = Words(en=f"Section {next(names)}")
        try:
            return forms.edit(session, actor, round_id, 0, lambda spec: formedit.add_section(spec, mine)).mark
        except WrongState:
            session.rollback()
            return 0

    assert at_once(app, db, act) == {0, 1}
    bench = forms.bench(db, rounds.by_id(db, round_id), clock.now(db))
    assert (bench.mark, len(bench.spec.sections)) == (1, len(bench.form.spec.sections) + 1)


def test_a_form_published_many_times_at_once_is_one_version(app: Flask, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor, round_id = organizing(round_), round_.id
    lay(db, actor, round_, add(HOW))
    digest = formversions.plan(db, rounds.by_id(db, round_id), clock.now(db)).digest

    def act(session: Session) -> int:
        version = formversions.put_in_force(session, actor, round_id, digest, TOLD)
        return version.version if version else 0

    assert at_once(app, db, act) == {1}
    assert db.query(SubmissionForm).count() == 1


def test_who_submits_while_the_form_changes_enters_under_one_form(app: Flask, db: Session) -> None:
    entry = ready()
    solver, ref = actor_of(owner_of(entry)), entry.ref
    actor, round_id = organizing(round_of(entry)), entry.round_id
    lay(db, actor, round_of(entry), add(HOW))
    digest = formversions.plan(db, rounds.by_id(db, round_id), clock.now(db)).digest
    turns = iter(range(SENDERS))

    def act(session: Session) -> int:
        if next(turns) % 2:
            version = formversions.put_in_force(session, actor, round_id, digest, TOLD)
            return -(version.version if version else 0)
        try:
            return int(submitting.submit(session, solver, ref).content["form"]["version"])
        except InvalidMany as refused:  # the new form asks for what is not there
            session.rollback()
            return 1 if [fault.field for fault in refused.faults] == ["how"] else 9

    assert at_once(app, db, act) <= {-1, 0, 1}
    assert asking.of_round(db, round_id, True).version == 1
    assert {version.content["form"]["version"] for version in db.query(Version)} <= {0}
