"""Signing by all sides: once each, by those who speak for them, on the very terms that they read."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.identity import Confirmed, Proof, confirmed
from challenge.accounts.models import User
from challenge.agreements import ending, signatures, signing
from challenge.agreements.signing import Wanted
from challenge.agreements.signing_models import AgreementRecord, AgreementSignature, SigningFile
from challenge.audit import chain, statements
from challenge.audit.keys import keyring
from challenge.audit.models import AuditEntry
from challenge.requirements.models import Requirement
from challenge.rules.errors import Invalid, NotAllowed, Refused, WrongState
from challenge.rules.permissions import Subject
from challenge.rules.signing import SIGNATURE
from challenge.tasks.models import Task
from challenge.ties.models import Tie
from tests.agreements.signers import both_sign, digest_of, picture, sign, signed, upload
from tests.agreements.stories import Deal, drafted, proposed
from tests.factories import PASSWORD, MembershipFactory, UserFactory, actor_of
from tests.files.papers import pdf
from tests.rigs.mail import Mailbox


def test_both_sides_sign_and_it_is_in_force(db: Session, mailbox: Mailbox) -> None:
    made = proposed(db)
    first = sign(made, made.speaker, "seeker")
    assert (made.agreement.state, made.agreement.signed_at) == ("in_signature", None)
    last = sign(made, made.solver, "solver")
    agreement = made.agreement
    assert (agreement.state, agreement.signed_at) == ("signed", last.signed_at)
    assert db.get_one(Requirement, made.need.id).state == "agreed"
    [tie] = db.scalars(sa.select(Tie).where(Tie.kind == "agreement"))
    assert {tie.organization_id, tie.other_organization_id} == {made.seeker.id, made.firm.id}
    assert (tie.until, tie.source) == (dt.date(2027, 12, 31), "product")
    said = statements.examine(keyring(), statements.canonical(first.document), (SIGNATURE,))
    assert said.verdict is statements.Verdict.VALID
    assert said.statement is not None
    assert (
        said.statement["terms_sha256"] == digest_of(made) == db.get_one(AgreementRecord, agreement.id).digest
    )
    assert (said.statement["side"], said.statement["name"], said.statement["identity"]) == (
        "seeker",
        "Sun Li",
        "password",
    )
    actions = db.scalars(
        sa.select(AuditEntry.action).where(AuditEntry.subject == f"agreement:{agreement.id}")
    )
    assert list(actions)[-3:] == ["agreement.side_signed", "agreement.side_signed", "agreement.signed"]
    event = db.scalars(sa.select(Task).where(Task.key.like("event/agreement.signed/%"))).one()
    assert event.payload["contract"] is True
    for person in (made.speaker, made.solver):
        assert any("Signed by all" in each.subject for each in mailbox.to(person.email))
    assert chain.verify(db)[1] == []


def test_the_same_signed_twice_is_one_signature(db: Session) -> None:
    made = proposed(db)
    first = sign(made, made.speaker, "seeker")
    assert sign(made, made.speaker, "seeker").id == first.id
    sign(made, made.solver, "solver")
    assert sign(made, made.speaker, "seeker").id == first.id  # also once it is signed by all
    assert db.scalar(sa.select(sa.func.count()).select_from(AgreementSignature)) == 2


def test_an_intent_is_signed_and_settles_no_need(db: Session) -> None:
    made = signed(db, kind="intent")
    assert made.agreement.state == "signed"
    assert db.get_one(Requirement, made.need.id).state == "selected"


def test_a_need_withdrawn_meanwhile_stays_so(db: Session) -> None:
    made = proposed(db)
    db.execute(sa.update(Requirement).where(Requirement.id == made.need.id).values(state="withdrawn"))
    both_sign(made)
    assert db.get_one(Requirement, made.need.id).state == "withdrawn"


def refused(made: Deal, person: User, side: str, **changes: str) -> Refused:
    """Why they cannot sign."""
    with pytest.raises(Refused) as refusal:
        sign(made, person, side, **changes)
    return refusal.value


def test_who_does_not_speak_for_a_side_does_not_sign_for_it(db: Session) -> None:
    made = proposed(db)
    both = UserFactory(name="Both", represents=[made.seeker, made.firm])
    member = UserFactory()
    MembershipFactory(user_id=member.id, organization_id=made.firm.id, representative=False)
    db.commit()
    assert refused(made, made.speaker, "solver").code == "side_not_yours"
    assert refused(made, made.speaker, "agency").code == "side_not_yours"
    for stranger in (member, made.organizer, UserFactory()):
        assert isinstance(refused(made, stranger, "solver"), NotAllowed)
    wanted = Wanted(digest_of(made), "seeker", "Sun Li")
    with pytest.raises(NotAllowed):  # somebody else's password proves nothing
        signing.sign(db, made.as_seeker, made.ref, wanted, Confirmed(made.solver.id))
    sign(made, both, "seeker")
    db.commit()
    assert refused(made, both, "solver").code == "one_person_one_side"
    assert refused(made, made.speaker, "seeker").code == "side_signed"
    assert refused(made, made.solver, "solver", name=" ").code == "required"
    assert refused(made, made.solver, "solver", method="stamp").code == "not_a_choice"


def test_terms_that_change_after_one_has_signed_take_the_signature_with_them(
    db: Session, mailbox: Mailbox
) -> None:
    made = proposed(db)
    old = digest_of(made)
    sign(made, made.speaker, "seeker")
    db.commit()
    made.reopen(made.as_solver)
    db.commit()
    assert refused(made, made.solver, "solver", digest=old).code == "terms_changed"
    made.write(made.as_solver, scope="Another scope altogether.")
    made.propose(made.as_solver)
    db.commit()
    assert refused(made, made.solver, "solver", digest=old).code == "terms_changed"
    for person in (made.speaker, made.solver):
        told = [each.subject for each in mailbox.to(person.email)]
        assert sum("signatures fell" in each for each in told) == 1, told
    [fallen] = db.scalars(sa.select(AgreementSignature))
    assert fallen.fallen_at is not None
    again = sign(made, made.speaker, "seeker")
    sign(made, made.solver, "solver")
    assert (made.agreement.state, again.version, fallen.version) == ("signed", 2, 1)
    block = signatures.block(db, made.agreement, made.as_seeker, Subject())
    assert [each.signature is not None for each in block.places] == [True, True]
    assert len(block.fallen) == 1


def test_what_was_reopened_without_a_change_is_signed_anew_under_the_same_number(
    db: Session, mailbox: Mailbox
) -> None:
    made = proposed(db)
    for times in (1, 2):
        sign(made, made.speaker, "seeker")
        made.reopen()
        made.propose()
        db.commit()
        told = [each.subject for each in mailbox.to(made.solver.email)]
        assert sum("signatures fell" in each for each in told) == times, told
    assert refused(made, UserFactory(), "seeker").code == "not_allowed"
    db.expire_all()
    assert signatures.standing(db, made.agreement) == []


def test_nobody_signs_what_was_terminated_or_is_no_proposal_yet(db: Session) -> None:
    made = drafted(db)
    db.commit()
    assert refused(made, made.speaker, "seeker", digest="0" * 64).code == "terms_changed"
    made.propose()
    sign(made, made.speaker, "seeker")
    ending.terminate(db, made.as_seeker, made.ref, "The line was sold.")
    db.commit()
    assert refused(made, made.solver, "solver").code == "agreement_terminated"
    assert refused(made, made.speaker, "seeker").code == "agreement_terminated"


def test_three_parties_sign_and_each_pair_is_tied(db: Session) -> None:
    made = proposed(db, agency=True)
    helper = UserFactory(name="Tang", represents=[made.round.programme.host])
    both_sign(made)
    assert made.agreement.state == "in_signature"
    sign(made, helper, "agency")
    assert made.agreement.state == "signed"
    assert db.scalar(sa.select(sa.func.count()).select_from(Tie).where(Tie.kind == "agreement")) == 3


def test_the_password_is_asked_for_anew(db: Session) -> None:
    person = UserFactory()
    assert confirmed(db, actor_of(person), Proof(PASSWORD)) == Confirmed(person.id, "password")
    for wrong in ("", "wrong", PASSWORD * 100):
        with pytest.raises(Invalid) as refusal:
            confirmed(db, actor_of(person), Proof(wrong))
        assert refusal.value.field == "password"


def test_a_picture_signs_once_it_was_drawn_anew(db: Session, mailbox: Mailbox) -> None:
    made = proposed(db)
    file = upload(made, made.speaker, "picture", picture(), "image/png")
    assert upload(made, made.speaker, "picture", picture(), "image/png").id == file.id
    db.commit()
    early = refused(made, made.speaker, "seeker", method="picture", file=file.ref)
    assert early.code == "file_not_ready"
    assert mailbox.letters is not None  # what is due is done
    theirs = refused(made, made.solver, "solver", method="picture", file=file.ref)
    assert theirs.code == "file_gone"  # nobody signs with another one's hand
    found = sign(made, made.speaker, "seeker", method="picture", file=file.ref)
    assert found.sha256 not in (None, file.sha256)
    broken = upload(made, made.solver, "picture", picture()[:80], "image/png")
    db.commit()
    assert mailbox.letters is not None
    unfit = refused(made, made.solver, "solver", method="picture", file=broken.ref)
    assert (unfit.code, getattr(unfit, "field", "")) == ("picture_unfit", "file")
    with pytest.raises(Invalid) as paper:
        upload(made, made.solver, "picture", pdf("Signature"), "application/pdf")
    assert paper.value.code == "not_a_picture"


def test_the_scan_of_the_stamped_paper_counts_once_each_side_has_confirmed_it(
    db: Session, mailbox: Mailbox
) -> None:
    made = proposed(db)
    empty = upload(made, made.organizer, "scan", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    scan = upload(made, made.organizer, "scan", pdf("Signed and stamped"), "application/pdf")
    other = upload(made, made.solver, "scan", pdf("Another one"), "application/pdf")
    assert sum("scan to confirm" in each.subject for each in mailbox.to(made.solver.email)) == 3
    assert refused(made, made.speaker, "seeker", method="scan", file=empty.ref).code == "scan_unfit"
    sign(made, made.speaker, "seeker", method="scan", file=scan.ref)
    db.commit()
    assert refused(made, made.solver, "solver", method="scan", file=other.ref).code == "scan_confirmed"
    with pytest.raises(WrongState) as late:
        upload(made, made.solver, "scan", pdf("A third"), "application/pdf")
    assert late.value.code == "scan_confirmed"
    found = sign(made, made.solver, "solver", method="scan", file=scan.ref)
    assert (made.agreement.state, found.sha256, found.document["statement"]["method"]) == (
        "signed",
        scan.sha256,
        "scan",
    )
    with pytest.raises(NotAllowed):
        upload(made, UserFactory(), "scan", pdf("A stranger's"), "application/pdf")
    assert db.scalar(sa.select(sa.func.count()).select_from(SigningFile)) == 3
