"""Agreements not to disclose: versions that stay, a requirement's own, who is asked again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.requirements import faces, ndas, opening
from challenge.requirements.face_models import NdaAcceptance
from challenge.requirements.opening import Opened
from challenge.rules.errors import InvalidMany, NotAllowed, WrongState
from challenge.rules.stages import Stage
from tests.factories import GrantFactory, UserFactory, actor_of
from tests.requirements.face_stories import AGREED, SECRET, Closed, accepted, closed_need, log_of, put_file
from tests.requirements.needs import codes, open_call
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox


def reads(db: Session, closed: Closed) -> Opened:
    found = opening.read(db, actor_of(closed.solver), closed.need.ref)
    db.commit()
    return found


def rewrite(db: Session, closed: Closed, text: str, *, again: bool = False) -> None:
    ndas.write(db, closed.call.as_organizer, closed.call.round.id, "", text, again=again)
    db.commit()


def test_other_words_are_a_new_version_and_the_old_one_stays(db: Session, client: Visitor) -> None:
    closed = closed_need(db)
    assert closed.nda is not None
    rewrite(db, closed, "Another text.")
    rewrite(db, closed, "Another text.")  # the same words once more are no version
    known = ndas.versions(db, closed.call.round.id)
    assert [each.number for each in known] == [2, 1]
    assert known[0].sha256 == ndas.digest_of(None, "Another text.")
    page = client.get(f"/requirements/{closed.need.ref}/agreements/{closed.nda.ref}").text
    assert AGREED in page
    assert "Another version is in force now." in page
    assert closed.nda.sha256 in page
    written = sa.select(AuditEntry.detail).where(AuditEntry.action == "nda.written")
    written = written.order_by(AuditEntry.id)
    assert [each["digest"] for each in db.scalars(written)] == [each.sha256 for each in reversed(known)]


def test_what_cannot_be_an_agreement_is_refused(db: Session) -> None:
    closed = closed_need(db, nda=False)
    with pytest.raises(InvalidMany) as nothing:
        rewrite(db, closed, " ")
    assert codes(nothing.value) == {"text_zh": "nda_needed"}
    with pytest.raises(InvalidMany) as long:
        rewrite(db, closed, "x" * 20_001)
    assert codes(long.value) == {"text_en": "too_long"}


def test_only_organizers_write_it_and_not_once_the_round_is_over(db: Session) -> None:
    closed = closed_need(db, nda=False)
    for person in (closed.call.representative, UserFactory(), UserFactory(admin=True)):
        with pytest.raises(NotAllowed):
            ndas.write(db, actor_of(person), closed.call.round.id, "", AGREED)
        with pytest.raises(NotAllowed):
            ndas.write_own(db, actor_of(person), closed.need.ref, "", AGREED)


def test_a_requirement_has_its_own_and_gives_it_up_again(db: Session) -> None:
    closed = closed_need(db)
    other = closed.call.requirement(state="published")
    assert ndas.write_own(db, closed.call.as_organizer, closed.need.ref, "", "") is None
    own = ndas.write_own(db, closed.call.as_organizer, closed.need.ref, "", "Ours alone.")
    assert own is not None
    assert ndas.in_force(db, closed.need) == own
    assert ndas.in_force(db, other) == closed.nda
    ndas.write_own(db, closed.call.as_organizer, closed.need.ref, "", "")
    assert ndas.in_force(db, closed.need) == closed.nda
    assert [each.number for each in ndas.versions(db, closed.call.round.id, closed.need.id)] == [2, 1]


def test_a_word_is_kept_with_the_name_the_time_and_the_digest(db: Session) -> None:
    closed = closed_need(db)
    for _ in range(2):
        accepted(db, closed)
    word = db.scalars(sa.select(NdaAcceptance)).one()
    assert closed.nda is not None
    assert (word.name, word.organization, word.sha256) == ("Sun Wei", "Vision Lab", closed.nda.sha256)
    told = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "nda.accepted")).one()
    assert told.detail == {"version": "1", "digest": closed.nda.sha256}
    assert told.at == word.accepted_at


def test_another_version_than_the_one_that_was_read_is_not_accepted(db: Session) -> None:
    closed = closed_need(db, "accept")
    assert closed.nda is not None
    rewrite(db, closed, "Another text.")
    with pytest.raises(WrongState) as refused:
        faces.accept(db, actor_of(closed.solver), closed.need.ref, closed.nda.ref, "Sun Wei", "Lab")
    assert refused.value.code == "nda_changed"


def test_after_a_change_the_old_stays_open_and_the_new_waits_for_another_word(db: Session) -> None:
    closed = closed_need(db)
    accepted(db, closed)
    rewrite(db, closed, "A stricter text.")
    put_file(db, closed.need, "later.txt", b"what came later")
    found = reads(db, closed)
    assert (found.text, [each.name for each in found.files], found.held_back) == (SECRET, ["plan.txt"], 1)
    late = next(each for each in opening.shown(db, closed.need.id) if each.name == "later.txt")
    with pytest.raises(WrongState):
        opening.find_file(db, actor_of(closed.solver), closed.need.ref, late.ref)
    closed.need.confidential_part = "The line is number 5."
    db.commit()
    assert (reads(db, closed).text, reads(db, closed).held_back) == (None, 2)
    accepted(db, closed)
    found = reads(db, closed)
    assert (found.text, len(found.files), found.held_back) == ("The line is number 5.", 2, 0)
    assert len(log_of(db)) == 2


def test_everyone_can_be_asked_again_before_anything_opens(db: Session) -> None:
    closed = closed_need(db)
    accepted(db, closed)
    rewrite(db, closed, "Read this first.", again=True)
    rewrite(db, closed, "Read this first, please.")  # the one between asked everyone
    with pytest.raises(NotAllowed):
        reads(db, closed)
    accepted(db, closed)
    assert reads(db, closed).text == SECRET


def test_whoever_accepted_an_older_one_is_told_and_others_are_not(
    db: Session, mailbox: Mailbox, client: Visitor
) -> None:
    closed = closed_need(db)
    let = UserFactory()
    accepted(db, closed)
    other = closed_need(db)
    accepted(db, other)
    rewrite(db, closed, "A stricter text.")
    assert [letter.template for letter in mailbox.to(closed.solver.email)][-1] == "nda_changed"
    assert "nda_changed" not in [each.template for each in mailbox.to(other.solver.email)]
    assert mailbox.to(let.email) == []
    client.sign_in(closed.solver)
    page = client.get(closed.page).text
    assert "The agreement has changed." in page
    assert "What was there stays open to you." in page
    assert SECRET in page
    mine = client.get("/profile/opened").text
    assert "Flaws" in mine
    assert "You accepted version 1" in mine


def test_the_organizer_writes_it_by_page_and_reads_every_version(db: Session, client: Visitor) -> None:
    closed = closed_need(db, nda=False)
    client.sign_in(closed.call.organizer)
    room = f"/organize/rounds/{closed.call.round.slug}"
    for path in (f"{room}/agreement", f"{room}/requirements/{closed.need.ref}/agreement"):
        assert client.post(path, data={"text_en": "# First\n\n<b>one</b>"}).status_code == 302
        assert client.post(path, data={"text_en": "Second", "again": "y"}).status_code == 302
        page = client.get(path).text
        assert "Version 2" in page
        assert "&lt;b&gt;one&lt;/b&gt;" in page
        assert "asked everyone again" in page
    assert client.post(f"{room}/agreement", data={"text_en": ""}).status_code == 422
    client.sign_in(closed.call.representative)
    assert client.get(f"{room}/agreement").status_code == 403
    assert client.post(f"{room}/agreement", data={"text_en": "Mine"}).status_code == 403


def test_a_round_that_is_over_keeps_its_agreement_as_it_is(db: Session) -> None:
    over = open_call(Stage.CLOSED)
    with pytest.raises(NotAllowed):
        ndas.write(db, over.as_organizer, over.round.id, "", "Too late.")


def test_an_agreement_is_read_and_written_under_its_own_round_and_requirement(
    db: Session, client: Visitor
) -> None:
    closed, other = closed_need(db), closed_need(db)
    assert other.nda is not None
    both = UserFactory()
    for each in (closed, other):
        office = {"scope": "programme", "scope_id": each.call.round.programme_id}
        GrantFactory(user_id=both.id, role="organizer", **office)
    own = ndas.write_own(db, closed.call.as_organizer, closed.need.ref, "", "Ours alone.")
    assert own is not None
    sibling = closed.call.requirement(state="published")
    client.sign_in(both)
    elsewhere = f"/organize/rounds/{other.call.round.slug}/requirements/{closed.need.ref}/agreement"
    assert client.get(elsewhere).status_code == 404
    assert client.post(elsewhere, data={"text_en": "Wrong round."}).status_code == 404
    for need, ref in ((sibling, own.ref), (closed.need, other.nda.ref), (closed.need, "nothing")):
        assert client.get(f"/requirements/{need.ref}/agreements/{ref}").status_code == 404
