"""Who may read a confidential part: asked for, decided, accepted, taken back; everything is logged."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.requirements import faces, opening
from challenge.requirements.face_models import Access, NdaAcceptance
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, NotFound, WrongState
from tests.exchange.test_personal import lines, opened
from tests.factories import UserFactory, actor_of
from tests.requirements.face_stories import SECRET, accepted, closed_need, let_in, log_of
from tests.requirements.needs import codes, open_call
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox


def test_the_seeker_lets_somebody_in_who_then_accepts_and_reads(db: Session, mailbox: Mailbox) -> None:
    closed = closed_need(db)
    assert closed.nda is not None
    solver, ref = actor_of(closed.solver), closed.need.ref
    asked = faces.ask(db, solver, ref, " We build cameras. ")
    assert faces.ask(db, solver, ref, "Twice") is asked
    with pytest.raises(WrongState) as early:
        faces.accept(db, solver, ref, closed.nda.ref, "Sun Wei", "Vision Lab")
    assert early.value.code == "face_waits"
    for _ in range(2):
        faces.decide(db, closed.call.as_seeker, ref, asked.ref, "grant")
    with pytest.raises(NotAllowed):
        opening.read(db, solver, ref)
    faces.accept(db, solver, ref, closed.nda.ref, "Sun Wei", "Vision Lab")
    found = opening.read(db, solver, ref)
    assert (found.text, [each.name for each in found.files]) == (SECRET, ["plan.txt"])
    opening.find_file(db, solver, ref, found.files[0].ref)
    db.commit()
    assert log_of(db) == [(closed.solver.id, None), (closed.solver.id, "plan.txt")]
    assert [each.template for each in mailbox.to(closed.solver.email)] == ["face_granted"]
    for person in (closed.call.representative, closed.call.organizer):
        assert [each.template for each in mailbox.to(person.email)].count("face_asked") == 1
    done = sa.select(AuditEntry.action).where(AuditEntry.action.startswith("face."))
    assert list(db.scalars(done.order_by(AuditEntry.seq))) == ["face.set", "face.asked", "face.granted"]


def test_where_everyone_may_who_accepts_nobody_has_to_be_asked(db: Session) -> None:
    closed = closed_need(db, "accept")
    assert closed.nda is not None
    solver = actor_of(closed.solver)
    with pytest.raises(NotAllowed):
        opening.read(db, solver, closed.need.ref)
    with pytest.raises(InvalidMany) as refused:
        faces.accept(db, solver, closed.need.ref, closed.nda.ref, " ", "x" * 201)
    assert codes(refused.value) == {"name": "required", "organization": "too_long"}
    for _ in range(2):
        faces.accept(db, solver, closed.need.ref, closed.nda.ref, "Sun Wei", "Vision Lab")
    assert opening.read(db, solver, closed.need.ref).text == SECRET
    assert db.scalars(sa.select(NdaAcceptance.name)).all() == ["Sun Wei"]
    assert db.scalars(sa.select(Access.origin)).all() == ["accepted"]


def test_the_stamped_scan_is_for_no_solver(db: Session) -> None:
    closed = closed_need(db)
    accepted(db, closed)
    known = opening.attachments.listed(db, closed.need.id)
    scan = next(each for each in known if each.field == "scan")
    with pytest.raises(NotFound):
        opening.find_file(db, actor_of(closed.solver), closed.need.ref, scan.ref)


def test_a_no_needs_a_reason_and_can_become_a_yes(db: Session, mailbox: Mailbox) -> None:
    closed = closed_need(db)
    ref, organizer = closed.need.ref, closed.call.as_organizer
    asked = faces.ask(db, actor_of(closed.solver), ref, "We build cameras.")
    with pytest.raises(Invalid):
        faces.decide(db, organizer, ref, asked.ref, "refuse", " ")
    faces.decide(db, organizer, ref, asked.ref, "refuse", "You compete with us.")
    with pytest.raises(WrongState) as again:
        faces.ask(db, actor_of(closed.solver), ref, "Please")
    assert again.value.code == "face_refused"
    letter = mailbox.to(closed.solver.email)[-1]
    assert letter.template == "face_refused"
    assert "You compete with us." in letter.body
    faces.decide(db, organizer, ref, asked.ref, "grant")
    assert mailbox.to(closed.solver.email)[-1].template == "face_granted"


def test_what_was_opened_can_be_closed_again_to_one_or_to_all(db: Session, mailbox: Mailbox) -> None:
    closed = closed_need(db)
    accepted(db, closed)
    other = UserFactory()
    accepted(db, closed, other)
    known = db.scalars(sa.select(Access).where(Access.user_id == closed.solver.id)).one()
    faces.decide(db, closed.call.as_seeker, closed.need.ref, known.ref, "revoke", "It is done.")
    with pytest.raises(NotAllowed):
        opening.read(db, actor_of(closed.solver), closed.need.ref)
    assert mailbox.to(closed.solver.email)[-1].template == "face_revoked"
    assert opening.read(db, actor_of(other), closed.need.ref).text == SECRET
    faces.set_face(db, closed.call.as_seeker, closed.need.ref, "closed", [])
    with pytest.raises(NotAllowed):
        opening.read(db, actor_of(other), closed.need.ref)
    with pytest.raises(WrongState) as shut:
        faces.ask(db, actor_of(UserFactory()), closed.need.ref, "We build cameras.")
    assert shut.value.code == "face_closed"


def test_a_requirement_that_is_not_public_any_more_is_closed_to_all(db: Session) -> None:
    closed = closed_need(db)
    accepted(db, closed)
    closed.need.state = "withdrawn"
    db.commit()
    with pytest.raises(NotAllowed):
        opening.read(db, actor_of(closed.solver), closed.need.ref)


def test_only_its_own_people_decide_and_none_of_them_for_another_requirement(db: Session) -> None:
    closed, other = closed_need(db), closed_need(db)
    asked = faces.ask(db, actor_of(closed.solver), closed.need.ref, "We build cameras.")
    db.commit()
    for person in (closed.solver, UserFactory(), UserFactory(admin=True), other.call.organizer):
        with pytest.raises(NotAllowed):
            faces.decide(db, actor_of(person), closed.need.ref, asked.ref, "grant")
    with pytest.raises(NotFound):
        faces.decide(db, other.call.as_seeker, other.need.ref, asked.ref, "grant")
    for person in (closed.call.organizer, UserFactory()):
        with pytest.raises(NotAllowed):  # who may ask at all is the seeker's word
            faces.set_face(db, actor_of(person), closed.need.ref, "accept", [])


def test_what_is_not_there_or_has_no_agreement_is_not_asked_for(db: Session) -> None:
    call = open_call()
    bare = call.requirement(state="published")
    with pytest.raises(WrongState) as empty:
        faces.ask(db, actor_of(UserFactory()), bare.ref, "Anything?")
    assert empty.value.code == "face_empty"
    closed = closed_need(db, nda=False)
    let_in(db, closed)
    with pytest.raises(WrongState):
        faces.accept(db, actor_of(closed.solver), closed.need.ref, "", "Sun Wei", "Lab")
    with pytest.raises(Invalid):
        faces.ask(db, actor_of(UserFactory()), closed.need.ref, "x" * 501)


def test_marks_are_kept_as_words_and_bounded(db: Session) -> None:
    closed = closed_need(db)
    face = faces.set_face(
        db, closed.call.as_seeker, closed.need.ref, "decide", [" LY-9 ", "", "LY-9", "Bright"]
    )
    assert face.marks == ["LY-9", "Bright"]
    with pytest.raises(InvalidMany) as refused:
        faces.set_face(db, closed.call.as_seeker, closed.need.ref, "anyhow", ["x" * 51])
    assert codes(refused.value) == {"opening": "not_a_choice", "marks": "mark_long"}


def test_what_was_opened_to_somebody_is_in_their_zip_alone(client: Visitor, db: Session) -> None:
    closed, other = closed_need(db), closed_need(db)
    accepted(db, closed)
    accepted(db, other)
    client.sign_in(closed.solver)
    client.get(closed.page)
    archive = opened(client)
    assert [row["state"] for row in lines(archive, "rows/face_access.jsonl")] == ["granted"]
    assert [row["organization"] for row in lines(archive, "rows/nda_acceptance.jsonl")] == ["Vision Lab"]
    assert [row["file_name"] for row in lines(archive, "rows/face_opening.jsonl")] == [None]
    assert SECRET.encode() not in b"".join(archive.read(name) for name in archive.namelist())
