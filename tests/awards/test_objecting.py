"""Objections: filed while the notice runs, by anybody with an account, and never by name to the others."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.awards import answering, objecting, objection_reads
from challenge.awards.objection_models import Objection, ObjectionFile
from challenge.rules.errors import InvalidMany, NotAllowed, TooLate, WrongState
from challenge.rules.permissions import ANONYMOUS
from tests.awards.objection_stories import ANSWER, TEXT, on_notice, paper
from tests.awards.stories import happened
from tests.factories import UserFactory, actor_of
from tests.judging.stories import court
from tests.rigs.mail import Mailbox
from tests.submissions.stories import owner_of


def test_an_objection_is_filed_once_with_its_evidence_and_waits_for_an_answer(db: Session) -> None:
    made = on_notice(db)
    claim, files = made.claim("criterion", criterion=made.court.criteria[0].id), [paper(), paper("b.pdf")]
    first = objecting.file(db, made.as_filer, made.round.id, claim, files)
    again = objecting.file(db, made.as_filer, made.round.id, claim, [paper()])
    assert again.id == first.id
    assert (first.state, first.name, first.address) == ("filed", "林真", made.filer.email)
    assert first.due_at - first.filed_at == dt.timedelta(days=made.round.objection_days)
    assert db.scalars(sa.select(ObjectionFile.name).order_by(ObjectionFile.id)).all() == ["log.pdf", "b.pdf"]
    assert objecting.open_count(db, made.round.id) == happened(db, "objection.filed") == 1


def test_sent_again_with_a_file_that_was_forgotten_the_evidence_is_not_lost(db: Session) -> None:
    made = on_notice(db)
    bare = made.filed()
    told = objecting.file(db, made.as_filer, made.round.id, made.claim(), [paper()])
    again = objecting.file(db, made.as_filer, made.round.id, made.claim(), [paper("log-2.pdf")])
    assert [each.name for each in objection_reads.evidence(db, told.id)] == ["log.pdf"]
    assert told.id != bare.id
    assert again.id == told.id


def test_the_record_binds_the_words_and_does_not_say_whose_they_are(db: Session) -> None:
    made = on_notice(db)
    made.filed()
    entry = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "objection.filed")).one()
    assert entry.actor == "anonymous"
    assert str(made.filer.id) not in entry.detail.values()
    assert entry.detail["digest"] == db.scalars(sa.select(Objection.digest)).one()
    assert entry.detail["requirement"] == made.court.requirement.id


def test_it_may_be_about_an_own_entry_that_won_nothing_but_not_about_another_such(db: Session) -> None:
    made = on_notice(db)
    owner = owner_of(made.entries[2])
    codes = [each.code for each in objection_reads.targets(db, actor_of(owner), made.round.id)]
    assert codes[0] == made.entries[2].code
    assert set(codes) == {each.code for each in made.entries}
    objecting.file(db, actor_of(owner), made.round.id, made.claim(about=2))
    with pytest.raises(InvalidMany) as refused:
        made.filed(about=2)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("entry", "not_on_notice")]


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"text": "Too short."}, "text", "objection_short"),
    ({"text": "x" * 3001}, "text", "too_long"),
    ({"name": " "}, "name", "required"),
    ({"name": "n" * 101}, "name", "too_long"),
    ({"side": "friend"}, "side", "not_a_choice"),
    ({"ground": "taste"}, "ground", "not_a_choice"),
    ({"ground": "criterion", "criterion": -1}, "criterion", "not_a_choice"),
    ({"ground": "conflict", "judge": 999_999}, "judge", "not_a_choice"),
    ({"entry": "S-9999"}, "entry", "not_on_notice"),
)


def test_what_is_wrong_with_it_is_named_at_its_field(db: Session) -> None:
    made = on_notice(db)
    for wrong, field, code in WRONG:
        with pytest.raises(InvalidMany) as refused:
            made.filed(**wrong)
        assert [(fault.field, fault.code) for fault in refused.value.faults] == [(field, code)]
    assert happened(db, "objection.filed") == 0


def test_criteria_judges_and_entries_of_another_round_are_none_of_this_one(db: Session) -> None:
    made, other = on_notice(db), court(db, entries=1)
    wrong = made.claim("criterion", criterion=other.criteria[0].id)
    with pytest.raises(InvalidMany):
        objecting.file(db, made.as_filer, made.round.id, wrong)
    with pytest.raises(InvalidMany):
        made.filed("conflict", judge=other.judges[0].id)
    with pytest.raises(WrongState, match="no_notice"):
        objecting.file(db, made.as_filer, other.round.id, made.claim())


def test_six_files_are_one_too_many(db: Session) -> None:
    made = on_notice(db)
    files = [paper(f"{number}.pdf", f"{number}" * 64) for number in range(6)]
    with pytest.raises(InvalidMany) as refused:
        objecting.file(db, made.as_filer, made.round.id, made.claim(), files)
    assert [fault.code for fault in refused.value.faults] == ["too_many_files"]


def test_nobody_objects_after_the_notice_before_it_or_without_an_account(db: Session) -> None:
    made = on_notice(db)
    with pytest.raises(NotAllowed):
        objecting.file(db, ANONYMOUS, made.round.id, made.claim())
    made.round.public = False
    db.flush()
    with pytest.raises(NotAllowed):
        made.filed()
    made.round.public = True
    made.end()
    with pytest.raises(TooLate, match="objections_over"):
        made.filed()


def test_ten_objections_of_one_person_wait_at_most(db: Session) -> None:
    made = on_notice(db)
    for number in range(10):
        made.filed(text=f"{TEXT} {number}")
    with pytest.raises(WrongState, match="objections_enough"):
        made.filed()


def test_it_is_withdrawn_by_whoever_filed_it_and_can_be_filed_again(db: Session) -> None:
    made = on_notice(db)
    ref = made.filed().ref
    with pytest.raises(NotAllowed):
        objecting.withdraw(db, actor_of(UserFactory()), ref)
    with pytest.raises(NotAllowed):
        objecting.withdraw(db, made.as_organizer, ref)
    objecting.withdraw(db, made.as_filer, ref)
    assert objecting.withdraw(db, made.as_filer, ref).state == "withdrawn"
    assert (objecting.open_count(db, made.round.id), happened(db, "objection.withdrawn")) == (0, 1)
    assert made.filed().ref != ref
    with pytest.raises(WrongState, match="objection_settled"):
        answering.dismiss(db, made.as_organizer, ref, ANSWER)


def test_publication_waits_until_every_objection_is_answered(db: Session) -> None:
    made = on_notice(db)
    ref = made.filed().ref
    made.end()
    with pytest.raises(WrongState, match="objections_open") as waits:
        made.publish()
    assert waits.value.params == {"count": 1}
    answering.dismiss(db, made.as_organizer, ref, ANSWER)
    assert made.publish().published_at is not None


def test_everyone_learns_numbers_and_outcomes_without_names(db: Session) -> None:
    made = on_notice(db)
    answering.dismiss(db, made.as_organizer, made.filed().ref, ANSWER)
    made.filed("conflict")
    told = objection_reads.told(db, made.round.id)
    assert (told.filed, told.waiting, len(told.answered)) == (2, 1, 1)
    assert (told.answered[0].state, told.answered[0].public_text) == ("dismissed", ANSWER.public_text)


def test_letters_go_to_filer_team_and_organizers_and_name_the_filer_to_nobody(
    db: Session, mailbox: Mailbox
) -> None:
    made = on_notice(db)
    before = len(mailbox.letters)
    ref = made.filed().ref
    filer, team = made.filer.email, owner_of(made.entries[0]).email
    assert {(each.recipient, each.template) for each in mailbox.letters[before:]} == {
        (filer, "objection_received"),
        (team, "objection_about_us"),
        (made.court.organizer.email, "objection_filed"),
    }
    answering.dismiss(db, made.as_organizer, ref, ANSWER)
    letters = mailbox.letters[before:]
    answered = {each.template: each.body for each in letters}
    assert ANSWER.reasons in answered["objection_answered"]
    assert ANSWER.public_text in answered["objection_decided"]
    told = [f"{each.subject}{each.body}" for each in letters if each.recipient != filer]
    assert not any(word in text for text in told for word in ("林真", filer, TEXT, ANSWER.reasons))


def test_organizers_are_reminded_the_day_before_unless_it_is_answered(db: Session, mailbox: Mailbox) -> None:
    made = on_notice(db)
    made.round.objection_days = 1
    made.filed()
    answering.dismiss(db, made.as_organizer, made.filed("conflict").ref, ANSWER)
    due = [each.recipient for each in mailbox.letters if each.template == "objection_due"]
    assert due == [made.court.organizer.email]


def test_judges_are_named_as_the_public_knows_them(db: Session) -> None:
    made = on_notice(db)
    name = made.court.people[0].name
    assert [label for _, _, label in objection_reads.choices(db, made.round.id).judges] == ["J1", "J2"]
    made.court.phase.panel_public = True
    db.flush()
    assert objection_reads.choices(db, made.round.id).judges[0][2] == f"J1 {name}"
