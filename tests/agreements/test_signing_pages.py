"""The pages of signing: with a password that is asked for anew, what everyone may ask, and the registry."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from challenge.agreements import ending, registering
from challenge.agreements.signing_models import AgreementSignature, SigningFile
from challenge.audit.models import AuditEntry
from challenge.messages.models import Letter
from challenge.tasks.models import Task
from tests.agreements.signers import both_sign, digest_of, picture, printed, sign, signed, upload
from tests.agreements.stories import Deal, broker_of, drafted, proposed
from tests.agreements.test_registry import FACTS
from tests.factories import PASSWORD, UserFactory
from tests.files.papers import pdf
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

ENGLISH = {"Accept-Language": "en"}
CANARY = "kestrel"


def form(made: Deal, side: str, **changes: str) -> dict[str, str]:
    """What the page sends."""
    usual = {"digest": digest_of(made), "side": side, "name": "Sun Li", "file": "typed", "password": PASSWORD}
    return usual | changes


def test_signing_asks_for_the_password_and_both_sides_see_each_other_sign(
    db: Session, visitor: Callable[..., Visitor], mailbox: Mailbox
) -> None:
    made = proposed(db)
    address = f"/agreements/{made.ref}/sign"
    seeker, solver = visitor(made.speaker), visitor(made.solver)
    page = seeker.get(address, headers=ENGLISH).text
    assert digest_of(made) in page
    assert "has not signed" in page
    wrong = seeker.post(address, data=form(made, "seeker", password="not mine"), headers=ENGLISH)
    assert (wrong.status_code, "This is not your password" in wrong.text) == (422, True)
    assert "not mine" not in wrong.text
    assert db.scalars(sa.select(AgreementSignature)).all() == []
    for _ in range(2):
        assert seeker.post(address, data=form(made, "seeker")).status_code == 302
    assert "Signed by name" in solver.get(address, headers=ENGLISH).text
    stale = solver.post(
        address, data=form(made, "solver", digest="0" * 64), headers=ENGLISH, follow_redirects=True
    )
    assert "The terms are not those that this page showed" in stale.text
    theirs = solver.post(address, data=form(made, "seeker"), headers=ENGLISH)
    assert (theirs.status_code, "You do not speak for this party" in theirs.text) == (422, True)
    assert solver.post(address, data=form(made, "solver", name="Wei Ming")).status_code == 302
    assert made.agreement.state == "signed"
    shown = solver.get(f"/agreements/{made.ref}", headers=ENGLISH).text
    assert shown.count("Signed by name") == 2
    early = solver.get(f"/agreements/{made.ref}/paper.pdf")
    assert early.status_code == 302  # to the page that has it made
    assert mailbox.letters
    paper = solver.get(f"/agreements/{made.ref}/paper.pdf")
    assert (paper.status_code, paper.data) == (200, printed(made))
    letter = next(each for each in mailbox.to(made.solver.email) if "Signed by all" in each.subject)
    assert f"/agreements/{made.ref}/paper.pdf" in letter.body


def test_everyone_may_ask_by_the_hash_and_learns_no_more_than_that(
    db: Session, visitor: Callable[..., Visitor], mailbox: Mailbox
) -> None:
    made = proposed(db)
    digest = digest_of(made)
    anyone = visitor()
    assert anyone.get(f"/agreements/verify/{digest}").status_code == 404  # proposed is not signed
    both_sign(made)
    assert mailbox.letters
    paper = printed(made)
    for known in (digest, digest.upper(), hashlib.sha256(paper).hexdigest()):
        answer = anyone.get(f"/agreements/verify/{known}", headers=ENGLISH)
        assert (answer.status_code, "Signed here" in answer.text) == (200, True)
        words = [
            made.need.title_en,
            "Weiguang",
            "Longyuan",
            "Sun Li",
            made.agreement.number,
            made.ref,
            "800,000",
        ]
        assert [each for each in words if each and each in answer.text] == []
    for guess in ("0" * 64, digest[:-1], digest[:-1] + ("0" if digest[-1] != "0" else "1"), "x" * 64, "1"):
        assert anyone.get(f"/agreements/verify/{guess}").status_code == 404

    def asked(data: bytes) -> TestResponse:
        file = (io.BytesIO(data), "contract.pdf")
        sent = {"sha256": "", "file": file}
        return anyone.post("/agreements/verify", data=sent, headers=ENGLISH, follow_redirects=True)

    assert "Signed here" in asked(paper).text
    assert "Not known" in asked(paper + b"\n").text
    faulty = anyone.post("/agreements/verify", data={"sha256": "12"}, headers=ENGLISH)
    assert (faulty.status_code, "64 figures" in faulty.text) == (422, True)


def test_a_picture_and_a_scan_travel_and_are_looked_at(
    db: Session, visitor: Callable[..., Visitor], mailbox: Mailbox
) -> None:
    made = proposed(db)
    seeker, solver, organizer = visitor(made.speaker), visitor(made.solver), visitor(made.organizer)
    base = f"/agreements/{made.ref}"

    def send(who: Visitor, where: str, data: bytes, name: str) -> TestResponse:
        sent = {"digest": digest_of(made), "files": (io.BytesIO(data), name)}
        there, kind = f"{base}/{where}", "multipart/form-data"
        return who.post(there, data=sent, content_type=kind, headers=ENGLISH, follow_redirects=True)

    assert "is really" in (fake := send(seeker, "pictures", b"<svg/>", "me.png").text) or "me.png" in fake
    assert "Choose a picture" in send(seeker, "pictures", pdf(), "me.pdf").text
    assert send(organizer, "pictures", picture(), "me.png").status_code == 403
    assert "Uploaded." in send(seeker, "pictures", picture(), "me.png").text
    assert "Uploaded." in send(organizer, "scans", pdf("Stamped", pages=2), "stamped.pdf").text
    assert mailbox.letters is not None  # what is due is done
    files = {each.kind: each for each in db.scalars(sa.select(SigningFile))}
    hand = form(made, "seeker", file=f"picture:{files['picture'].ref}")
    assert f"picture:{files['picture'].ref}" in seeker.get(f"{base}/sign").text
    assert f"picture:{files['picture'].ref}" not in solver.get(f"{base}/sign").text
    assert seeker.post(f"{base}/sign", data=hand).status_code == 302
    scan = f"{base}/scans/{files['scan'].ref}"
    looked = solver.get(scan, headers=ENGLISH)
    assert (looked.status_code, looked.text.count("<img")) == (200, 2)
    assert solver.get(f"{scan}/files/2").headers["Content-Type"] == "image/jpeg"
    assert solver.get(f"{scan}/files/3").status_code == 404
    assert solver.get(f"{scan}/files/original").data.startswith(b"%PDF-")
    assert solver.get(f"{base}/scans/{files['picture'].ref}").status_code == 404  # nobody's hand is shown
    assert (
        solver.post(f"{base}/sign", data=form(made, "solver", file=f"scan:{files['scan'].ref}")).status_code
        == 302
    )
    assert made.agreement.state == "signed"


def test_strangers_find_no_door(db: Session, visitor: Callable[..., Visitor]) -> None:
    made = signed(db)
    scan = upload_scan_before(db)
    stranger, broker, anyone = visitor(UserFactory()), visitor(broker_of(made)), visitor()
    doors = [f"/agreements/{made.ref}/{each}" for each in ("sign", "paper.pdf", "registry", "registry.csv")]
    doors += scan
    posts = (
        "sign",
        "paper",
        "pictures",
        "scans",
        "registry",
        "registry/file",
        "registry/done",
        "registry/refused",
    )
    for door in doors:
        assert stranger.get(door).status_code == 403, door
        assert broker.get(door).status_code == 403, door  # of the programme, but not of this need
        assert anyone.get(door).status_code in (302, 403), door
    for door in posts:
        assert stranger.post(f"/agreements/{made.ref}/{door}").status_code == 403, door
    sent = {"side": "seeker", "digest": digest_of(made), "name": "X", "password": PASSWORD}
    assert visitor(made.organizer).post(f"/agreements/{made.ref}/sign", data=sent).status_code == 403


def upload_scan_before(db: Session) -> list[str]:
    """The doors of a scan of another agreement."""
    made = proposed(db)
    scan = upload(made, made.speaker, "scan", pdf(), "application/pdf")
    return [f"/agreements/{made.ref}/scans/{scan.ref}{each}" for each in ("", "/files/original", "/files/1")]


def test_what_is_signed_stays_between_its_parties(
    app: Flask, db: Session, visitor: Callable[..., Visitor], mailbox: Mailbox
) -> None:
    made = proposed(db)
    made.reopen()
    made.write(scope=f"{CANARY} scope", title=f"{CANARY} title", confidentiality=CANARY)
    made.propose()
    sign(made, made.speaker, "seeker", name=f"{CANARY} hand")
    sign(made, made.solver, "solver")
    registering.save(db, made.as_solver, made.ref, FACTS)
    assert mailbox.letters
    need, proof = f"/requirements/{made.need.ref}", f"/agreements/verify/{digest_of(made)}"
    for who in (visitor(), visitor(UserFactory())):
        for path in ("/", need, "/search?q=scope", proof):
            assert CANARY not in who.get(path, follow_redirects=True).text, path
    readers = {made.speaker.email, made.solver.email}
    told = [each for each in db.scalars(sa.select(Letter)) if CANARY in f"{each.subject}{each.body}"]
    assert {each.recipient for each in told} == readers
    work = sa.select(Task).where(Task.kind != "mail")
    assert [each.key for each in db.scalars(work) if CANARY in str(each.payload)] == []
    assert [each.id for each in db.scalars(sa.select(AuditEntry)) if CANARY in str(each.detail)] == []


def test_a_draft_has_nothing_to_sign_also_once_it_was_ended(
    db: Session, visitor: Callable[..., Visitor]
) -> None:
    made = drafted(db)
    seeker, address = visitor(made.speaker), f"/agreements/{made.ref}/sign"
    assert "there is nothing to sign" in seeker.get(address, headers=ENGLISH).text
    ending.terminate(db, made.as_seeker, made.ref, "The line was sold.")
    page = seeker.get(address, headers=ENGLISH)
    assert (page.status_code, 'type="password"' in page.text) == (200, False)


def test_the_pages_ask_the_same_for_one_and_three(
    db: Session, visitor: Callable[..., Visitor], statements: Counting, mailbox: Mailbox
) -> None:
    made = proposed(db, agency=True)
    upload(made, made.speaker, "picture", picture(), "image/png")
    sign(made, made.speaker, "seeker")
    assert mailbox.letters is not None
    seeker = visitor(made.solver)
    path = f"/agreements/{made.ref}/sign"

    def asked() -> int:
        with statements() as sent:
            assert seeker.get(path).status_code == 200
        return len(sent)

    asked()
    few = asked()
    data = form(made, "solver", name="Wei Ming")
    with statements() as sent:
        assert seeker.post(path, data=data).status_code == 302
    assert len(sent) <= 15, str(sent)
    made.reopen()
    made.propose()
    for colour in ("navy", "black", "blue"):
        upload(made, made.solver, "picture", picture(colour=colour), "image/png")
    sign(made, made.speaker, "seeker")
    assert mailbox.letters is not None
    assert asked() == few
    assert few <= 16, few


def test_too_many_wrong_passwords_have_to_wait(
    make_app: Callable[..., Flask], db: Session, visitor: Callable[..., Visitor]
) -> None:
    made = proposed(db)
    db.commit()
    client = make_app(rate_limits=True).test_client()
    assert isinstance(client, Visitor)
    client.sign_in(made.speaker)
    codes = [
        client.post(f"/agreements/{made.ref}/sign", data=form(made, "seeker", password="no")).status_code
        for _ in range(11)
    ]
    assert codes == [422] * 10 + [429]
