"""Certificates of results: issued once, verified by a code nobody guesses, revoked, nameless, printed."""

from __future__ import annotations

import io
import json
import secrets
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit import chain, verify_receipt
from challenge.audit.keys import keyring
from challenge.audit.statements import published
from challenge.awards import (
    certificate_checks,
    certificate_due,
    certificate_papers,
    certificate_reads,
    certifying,
)
from challenge.awards.certificate_models import AwardCertificate, AwardCertificateHolder
from challenge.awards.models import Award
from challenge.engines import papers as engine
from challenge.flow import award_papers
from challenge.rules import certificate_codes
from challenge.rules.errors import Invalid, NotAllowed, WrongState
from challenge.tasks import queue
from tests.awards.outcome_stories import issued, joins, out, owner_of
from tests.awards.stories import Judged, happened, judged_round
from tests.factories import UserFactory, actor_of, organizer_of
from tests.judging.test_at_once import together
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.pdfa import assert_declares_pdfa
from tests.rigs.statements import Counting

ENGLISH = {"Accept-Language": "en"}
ALL = ("award", "finalist", "participation")
Visit = Callable[..., Visitor]


def certified(db: Session) -> tuple[Judged, AwardCertificate]:
    """The winners' team has its certificate."""
    judged = out(db)
    certifying.issue(db, judged.as_organizer, judged.round.id)
    return judged, issued(db, judged.round.id)[0]


def address(found: AwardCertificate) -> str:
    return f"/awards/certificates/{certificate_codes.written(found.code)}"


def test_each_award_and_holder_gets_one_once(db: Session, mailbox: Mailbox) -> None:
    judged = out(db)
    winner, organizer = judged.entries[0], judged.as_organizer
    member = joins(db, winner, "Zhao Min")
    early_round = judged_round(db)
    with pytest.raises(WrongState) as early:
        certifying.issue(db, early_round.as_organizer, early_round.round.id)
    assert early.value.code == "certificates_early"
    certifying.wish(db, actor_of(member), winner.ref, " Zhao Min ")
    assert certifying.issue(db, organizer, judged.round.id) == 2
    assert certifying.issue(db, organizer, judged.round.id) == 0
    found = issued(db, judged.round.id)
    names = {each.subject.split("/")[1].split(":")[0]: each.document["statement"] for each in found}
    assert {whose: said["of"] for whose, said in names.items()} == {"team": "award", "member": "award"}
    assert "Kestrel" not in json.dumps([each.document for each in found])
    # Those who took part get theirs only when the organizer says so; the winners get no second one.
    assert certifying.issue(db, organizer, judged.round.id, ALL) == 2
    kinds = [each.kind for each in issued(db, judged.round.id)]
    assert kinds == ["award", "award", "participation", "participation"]
    letters = [each.subject for each in mailbox.to(member.email)]
    assert [each for each in letters if "certificates" in each] != []
    assert len(letters) == 1
    assert happened(db, "award_certificate.issued") == 4
    assert chain.verify(db)[1] == []
    with pytest.raises(Invalid):
        certifying.issue(db, organizer, judged.round.id, ("order of merit",))


def organizer_actor(db: Session) -> Any:
    return actor_of(organizer_of(judged_round(db).round.programme))


def test_only_its_organizers_issue_and_revoke_and_only_its_holder_takes_the_name_off(db: Session) -> None:
    judged, found = certified(db)
    owner = actor_of(owner_of(db, judged.entries[0]))
    stranger = actor_of(UserFactory(admin=True))
    for somebody in (owner, stranger, organizer_actor(db)):
        with pytest.raises(NotAllowed):
            certifying.issue(db, somebody, judged.round.id)
        with pytest.raises(NotAllowed):
            certifying.revoke(db, somebody, found.code, "No.")
    for somebody in (stranger, judged.as_organizer):
        with pytest.raises(NotAllowed):
            certifying.unname(db, somebody, found.code)
    certifying.unname(db, owner, found.code)
    shown = certificate_checks.of_code(db, found.code)
    assert (shown.state, shown.name) == ("valid", "")


def test_a_guessed_or_altered_code_is_answered_as_one_that_never_was(db: Session, visitor: Visit) -> None:
    _judged, found = certified(db)
    anyone = visitor()
    typed = certificate_codes.written(found.code).lower().replace("-", " ")
    page = anyone.get(f"/awards/certificates/{typed}", headers=ENGLISH)
    assert page.status_code == 200
    assert all(each in page.text for each in ("Valid.", "Kestrel Lab", found.document["signature"]["key"]))
    other = "3" if found.code[0] != "3" else "4"
    guessed = certificate_codes.drawn(secrets.choice)
    pages = [
        anyone.get(f"/awards/certificates/{code}", headers=ENGLISH)
        for code in (other + found.code[1:], guessed, "nothing", "C-2026-0001")
    ]
    assert {each.status_code for each in pages} == {404}
    assert len({each.text.split("<main")[1].split("</main>")[0] for each in pages}) == 1
    assert "No such certificate." in pages[0].text
    assert found.code[1:] not in pages[0].text.split("<main")[1]
    asked = anyone.post("/certificates", data={"number": typed})
    assert (asked.status_code, asked.location) == (302, f"/awards/certificates/{found.code}")
    assert anyone.get(f"{address(found)}/paper.pdf").status_code == 302  # asked to sign in
    assert visitor(UserFactory()).get(f"{address(found)}/paper.pdf").status_code == 403
    assert anyone.get(f"/awards/certificates/{guessed}/statement.json").status_code == 404


def test_a_revoked_one_says_so_and_so_does_one_of_a_withdrawn_award(
    db: Session, visitor: Visit, mailbox: Mailbox
) -> None:
    judged, found = certified(db)
    assert visitor(judged.organizer).post(
        f"/organize/certificates/awards/{found.code}/revoke", data={"reason": ""}
    ).status_code in (302, 303)
    assert certificate_checks.of_code(db, found.code).state == "valid"  # not without a reason
    for _ in range(2):
        certifying.revoke(db, judged.as_organizer, found.code, "The merlin was not theirs.")
    text = visitor().get(address(found), headers=ENGLISH).text
    assert "Revoked." in text
    assert "merlin" not in text
    [told] = [each for each in mailbox.to(owner_of(db, judged.entries[0]).email) if "revoked" in each.subject]
    assert "merlin" in told.body
    # Another one may stand for the same award then; it falls with the award.
    assert certifying.issue(db, judged.as_organizer, judged.round.id) == 1
    again = issued(db, judged.round.id)[1]
    assert certificate_checks.of_code(db, again.code).state == "valid"
    db.execute(sa.update(Award).values(state="withdrawn"))
    db.expire_all()
    text = visitor().get(address(again), headers=ENGLISH).text
    assert "The award that it certifies was withdrawn" in text


def test_what_was_changed_is_told_and_not_repeated(db: Session, visitor: Visit) -> None:
    _judged, found = certified(db)
    signed = certificate_checks.document(certificate_reads.by_code(db, found.code))

    def file(**changes: Any) -> str:
        return certificate_checks.of_file(db, json.dumps({**signed, **changes}).encode()).state

    assert file() == "valid"
    assert file(holder={**signed["holder"], "name": "Harrier"}) == "altered"
    assert file(holder={**signed["holder"], "name": "\ud800"}) == "nothing", "half a character"
    assert file(statement={**signed["statement"], "of": "finalist"}) == "altered"
    assert file(signature={**signed["signature"], "key": "0" * 16}) == "foreign"
    assert certificate_checks.of_file(db, b"{}").state == "nothing"
    db.execute(sa.update(AwardCertificateHolder).values(name="Harrier"))
    db.expire_all()
    text = visitor().get(address(found), headers=ENGLISH).text
    assert "Altered." in text
    assert "Harrier" not in text
    assert visitor().get(f"{address(found)}/statement.json").status_code == 404


def test_the_script_verifies_the_statement_without_us(db: Session, visitor: Visit, tmp_path: Path) -> None:
    _judged, found = certified(db)
    given = visitor().get(f"{address(found)}/statement.json")
    said, keys = tmp_path / "certificate.json", tmp_path / "keys.json"
    said.write_bytes(given.data)
    keys.write_text(json.dumps(published(keyring())))

    def run() -> tuple[int, str]:
        command = [sys.executable, verify_receipt.__file__, str(said), "--keys", str(keys)]
        done = subprocess.run(command, capture_output=True, check=False)
        return done.returncode, done.stdout.decode()

    code, text = run()
    assert code == 0, text
    assert all(each in text for each in ("VALID", "certificate", "Kestrel Lab", found.code))
    said.write_bytes(given.data.replace(b"Kestrel Lab", b"Harrier Lab"))
    assert run()[0] == 1


def test_all_papers_of_a_round_come_in_one_zip(db: Session, visitor: Visit, mailbox: Mailbox) -> None:
    judged = out(db)
    owner = owner_of(db, judged.entries[0])
    by, slug = visitor(judged.organizer), judged.round.slug
    page = f"/organize/rounds/{slug}/certificates"
    assert by.post(page, data={"kinds": ["participation"]}).status_code == 302
    assert by.get(f"{page}-en_US.zip").status_code == 404  # none is there yet
    assert "0 of 3 PDF" in by.get(page, headers=ENGLISH).text
    for _ in range(2):
        assert by.post(f"{page}/papers", data={"locale": "en_US"}).status_code == 302
    assert mailbox.letters  # what is due is done, the papers too
    assert "3 of 3 PDF" in by.get(page, headers=ENGLISH).text
    archive = zipfile.ZipFile(io.BytesIO(by.get(f"{page}-en_US.zip").data))
    names = archive.namelist()
    assert [name.split("/")[0] for name in names] == [
        "award",
        "participation",
        "participation",
        "contents.json",
    ]
    data = archive.read(names[0])
    assert_declares_pdfa(data)
    shown = certificate_checks.of_file(db, data)
    assert (shown.state, shown.name) == ("valid", "Kestrel Lab")
    # Those that lack are made alone, a part at a time: what is left goes on in another row of work.
    asked = certificate_papers.work_of_round(judged.round.id, "zh_CN")
    task = queue.Leased(0, asked.kind, asked.key, asked.payload, 1)
    award_papers.all_of_round(task, engine.certificates, 0, 2)
    assert certificate_reads.made(db, judged.round.id, ["zh_CN"])["zh_CN"].lacking == 1
    # The paper goes with the name.
    certifying.unname(db, actor_of(owner), shown.code)
    archive = zipfile.ZipFile(io.BytesIO(by.get(f"{page}-en_US.zip").data))
    assert len(archive.namelist()) == 3
    assert visitor(owner).get(f"{page}-en_US.zip").status_code == 403


def test_a_member_asks_for_one_of_their_own(db: Session, visitor: Visit, mailbox: Mailbox) -> None:
    judged = out(db)
    winner = judged.entries[0]
    member, stranger = joins(db, winner, "Zhao Min"), UserFactory()
    page = f"/solve/{winner.ref}/certificates"
    assert visitor(stranger).get(page).status_code == 404
    mine = visitor(member)
    assert mine.post(page, data={"name": ""}).status_code == 422
    for _ in range(2):
        assert mine.post(page, data={"name": "赵敏"}).status_code == 302
    assert happened(db, "award_certificate.wished") == 1
    certifying.issue(db, judged.as_organizer, judged.round.id)
    own = next(each for each in issued(db, judged.round.id) if not each.subject.endswith("/team"))
    assert "赵敏" in mine.get(page, headers=ENGLISH).text
    # The rest of the team sees the team's, and cannot take the member's name off.
    owner = visitor(owner_of(db, winner))
    assert "赵敏" not in owner.get(page, headers=ENGLISH).text
    assert owner.post(f"{address(own)}/unname").status_code == 403
    assert mine.post(f"{address(own)}/paper").status_code == 302
    assert mailbox.letters
    assert mine.get(f"{address(own)}/paper.pdf").status_code == 200
    assert owner.get(f"{address(own)}/paper.pdf").status_code == 403
    assert mine.post(page, data={"name": "赵敏", "no": "1"}).status_code == 302
    assert certificate_due.due(db, judged.round.id, ALL[:1]) == []
    archive = zipfile.ZipFile(io.BytesIO(mine.get("/profile/data.zip").data))
    rows = [archive.read(f"rows/{name}.jsonl") for name in ("award_certificate", "award_certificate_holder")]
    assert own.code.encode() in rows[0]
    assert all(row.count(b"\n") == 1 for row in rows)  # the team's is not in it
    # With the account the name goes by itself.
    code, number = own.code, member.id
    db.expunge_all()
    db.execute(sa.text("DELETE FROM user_account WHERE id = :id"), {"id": number})
    shown = certificate_checks.of_code(db, code)
    assert (shown.state, shown.name) == ("valid", "")


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_reads_as_much_for_one_as_for_three(
    db: Session, visitor: Visit, count: int, statements: Counting
) -> None:
    judged = out(db, tuple(range(1, count + 1)))
    certifying.issue(db, judged.as_organizer, judged.round.id, ALL)
    found = issued(db, judged.round.id)
    assert len(found) == count
    with statements() as asked:
        assert visitor().get(address(found[0])).status_code == 200
    assert len(asked) <= 3
    by = visitor(judged.organizer)
    with statements() as asked:
        assert by.get(f"/organize/rounds/{judged.round.slug}/certificates").status_code == 200
    assert len(asked) <= 15, str(asked)


def test_issued_at_once_by_two_each_certificate_is_one(app: Flask, db: Session) -> None:
    judged = out(db)
    by, number = judged.as_organizer, judged.round.id
    db.commit()
    came = together(app, [lambda s: certifying.issue(s, by, number, ALL) for _ in range(3)])
    assert sorted(came) == [0, 0, 3]
    assert len(issued(db, number)) == 3
    assert chain.verify(db)[1] == []
