"""The life of a round's form: built, put in force, changed under those who have begun, carried as a file."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.rules import formedit, formspec
from challenge.rules.errors import InvalidMany, NotAllowed, WrongState
from challenge.rules.formspec import Words
from challenge.rules.stages import Stage
from challenge.rules.usual_form import FOR_A_REQUIREMENT
from challenge.submissions import asking, formfiles, forms, formversions, submitting
from challenge.submissions.formversions import Decision
from challenge.submissions.models import FormDraft, Submission
from tests.factories import RequirementFactory, RoundFactory, UserFactory, actor_of, organizer_of
from tests.submissions.form_stories import (
    HOW,
    TOLD,
    add,
    change,
    codes,
    enact,
    events,
    lay,
    organizing,
)
from tests.submissions.stories import owner_of, ready, round_of


def test_a_form_is_built_before_the_call_and_put_in_force(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor = organizing(round_)
    assert forms.in_force(db, round_).version == 0
    lay(db, actor, round_, add(HOW))
    assert forms.in_force(db, round_).version == 0, "a bench is no form yet"
    enact(db, actor, round_, said=Decision())
    form = forms.in_force(db, round_)
    assert (form.version, form.spec.get("how")) == (1, HOW)
    assert db.scalar(sa.select(sa.func.count()).select_from(FormDraft)) == 0
    entry = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "form.changed")).one()
    assert (entry.detail["version"], entry.detail["digest"]) == (1, form.digest)
    assert events(db, "form.changed") == [], "nobody has begun, nobody is told"


def test_every_version_stays_as_it_was(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.REQUIREMENTS)
    actor = organizing(round_)
    enact(db, actor, round_, add(HOW))
    enact(db, actor, round_, lambda spec: formedit.remove(spec, "how"))
    assert asking.of_round(db, round_.id, True, 1).spec.get("how") == HOW
    assert forms.in_force(db, round_).spec == FOR_A_REQUIREMENT
    new, changes = formversions.change_of(db, round_.id, 2)
    assert [(each.code, each.key) for each in changes] == [("removed", "how")]
    assert formversions.change_of(db, round_.id, 1)[1][0].code == "added"
    assert new.version == 2


def test_a_step_from_a_stale_page_is_refused_and_the_same_step_twice_is_one(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor = organizing(round_)
    first = forms.edit(db, actor, round_.id, 0, change("title", help=Words(en="In ten words.")))
    assert first.mark == 1
    same = forms.edit(db, actor, round_.id, 0, change("title", help=Words(en="In ten words.")))
    assert same.mark == 1
    with pytest.raises(WrongState, match="form_moved_on"):
        forms.edit(db, actor, round_.id, 0, add(HOW))
    forms.discard(db, actor, round_.id)
    forms.discard(db, actor, round_.id)
    assert not forms.bench(db, round_, clock.now(db)).changed


def test_sent_twice_it_is_one_version_and_what_moved_on_is_looked_over_again(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor = organizing(round_)
    lay(db, actor, round_, add(HOW))
    digest = formversions.plan(db, round_, clock.now(db)).digest
    lay(db, actor, round_, change("how", help=Words(en="Be frank.")))
    with pytest.raises(WrongState, match="form_moved_on"):
        formversions.put_in_force(db, actor, round_.id, digest, TOLD)
    digest = formversions.plan(db, round_, clock.now(db)).digest
    first = formversions.put_in_force(db, actor, round_.id, digest, TOLD)
    assert formversions.put_in_force(db, actor, round_.id, digest, TOLD) == first
    assert formversions.put_in_force(db, actor, round_.id, "another", TOLD) is None, "nothing new lies there"


def test_a_form_with_a_fault_stays_on_the_bench(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor = organizing(round_)
    lay(db, actor, round_, lambda spec: formedit.remove(spec, "title"), change("quote", label=Words()))
    with pytest.raises(InvalidMany) as refused:
        enact(db, actor, round_)
    assert set(codes(refused)) == {"form_needs_title", "one_language"}
    assert forms.in_force(db, round_).version == 0


@pytest.mark.parametrize("stage", [Stage.JUDGING, Stage.AWARD, Stage.CLOSED, Stage.CANCELLED])
def test_after_the_window_there_is_nothing_to_build(db: Session, stage: Stage) -> None:
    round_ = RoundFactory(stage=stage)
    actor = organizing(round_)
    with pytest.raises(NotAllowed):
        forms.edit(db, actor, round_.id, 0, add(HOW))
    with pytest.raises(NotAllowed):
        formversions.put_in_force(db, actor, round_.id, "", TOLD)


def test_between_the_close_and_judging_the_form_stands(db: Session) -> None:
    now = clock.now(db)
    window = (now - dt.timedelta(days=9), now - dt.timedelta(minutes=1))
    round_ = RoundFactory(stage=Stage.SUBMISSION, windows={Stage.SUBMISSION: window})
    with pytest.raises(NotAllowed):
        forms.edit(db, organizing(round_), round_.id, 0, add(HOW))


def test_strangers_and_administrators_build_nothing(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    for person in (UserFactory(), UserFactory(admin=True), organizer_of(RoundFactory().programme)):
        with pytest.raises(NotAllowed):
            forms.edit(db, actor_of(person), round_.id, 0, add(HOW))
        with pytest.raises(NotAllowed):
            forms.discard(db, actor_of(person), round_.id)
        with pytest.raises(NotAllowed):
            formversions.put_in_force(db, actor_of(person), round_.id, "", TOLD)


def test_a_form_goes_out_as_a_file_and_comes_in_elsewhere_as_the_same(db: Session) -> None:
    round_, other = RoundFactory(stage=Stage.DRAFT), RoundFactory(stage=Stage.DRAFT)
    here, there = organizing(round_), organizing(other)
    enact(db, here, round_, add(HOW), change("original", terms=Words(en="Ours."), terms_version=7))
    file = formfiles.export(forms.in_force(db, round_).spec)
    brought = formfiles.read(file)
    version = enact(db, there, other, lambda _spec: brought)
    assert formfiles.export(formspec.read(version.spec)) == file
    assert version.digest == forms.in_force(db, round_).digest


def test_another_round_lends_its_form_to_its_organizers_alone(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor = organizing(round_)
    enact(db, actor, round_, add(HOW))
    sister = RoundFactory(stage=Stage.DRAFT, programme=round_.programme)
    lent = forms.of_another(db, actor, round_.slug).spec
    lay(db, actor, sister, lambda _spec: lent)
    assert forms.bench(db, sister, clock.now(db)).spec.get("how") == HOW
    with pytest.raises(NotAllowed):
        forms.of_another(db, organizing(RoundFactory()), round_.slug)


def test_a_submission_of_a_round_with_its_own_form_is_of_that_round_alone(db: Session) -> None:
    requirement = RequirementFactory()
    entry: Submission = ready(requirement=requirement)
    other: Submission = ready()
    enact(db, organizing(round_of(entry)), round_of(entry), add(HOW))
    with pytest.raises(InvalidMany):
        submitting.submit(db, actor_of(owner_of(entry)), entry.ref)
    assert submitting.submit(db, actor_of(owner_of(other)), other.ref).content["form"]["version"] == 0
