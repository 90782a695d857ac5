"""The paper of an agreement: all that was signed, and a command that tells the right one from any other."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements import papers, proving
from challenge.agreements.signing_models import AgreementPaper, AgreementRecord
from challenge.audit import statements
from challenge.audit.keys import Keyring, keyring
from challenge.audit.verify_receipt import document_of
from challenge.rules.agreements import digest, told
from tests.agreements.signers import picture, printed, sign, signed, text_of, upload
from tests.agreements.stories import Deal, proposed
from tests.rigs.application import Terminal
from tests.rigs.mail import Mailbox
from tests.rigs.pdfa import assert_declares_pdfa

LONG = "这一条很长，必须一字不差地印在纸上。" * 900  # longer than other papers print


@pytest.fixture
def contract(db: Session, mailbox: Mailbox) -> tuple[Deal, bytes]:
    """Signed by a name and by a picture, and printed."""
    made = proposed(db)
    file = upload(made, made.solver, "picture", picture(), "image/png")
    assert mailbox.letters is not None  # what is due is done
    sign(made, made.speaker, "seeker")
    sign(made, made.solver, "solver", method="picture", file=file.ref)
    assert mailbox.letters
    return made, printed(made)


def test_the_paper_has_every_term_and_signature_and_proves_itself(
    db: Session, contract: tuple[Deal, bytes], command: Terminal, tmp_path: Path
) -> None:
    made, pdf = contract
    assert_declares_pdfa(pdf)
    record = db.get_one(AgreementRecord, made.agreement.id)
    text = text_of(pdf).replace("\r\n", "\n")
    flat = "".join(text.split())
    terms = told(record.document["statement"]["terms"])
    wanted = [made.agreement.number, terms.title, "Sun Li", "Wei Ming", record.digest, "CNY 800,000.00"]
    wanted += [each.title for each in terms.milestones] + [each.name for each in terms.parties]
    wanted += [each.lstrip("#- ") for each in terms.clauses.split("\n") if each.strip()]
    assert [each for each in wanted if "".join((each or "?").split()) not in flat] == []
    assert "UTC" in text
    assert f"/agreements/verify/{record.digest}" in "".join(text.split())
    file = tmp_path / "contract.pdf"
    file.write_bytes(pdf)
    said = command.invoke(args=["agreement", "verify", str(file)])
    assert said.exit_code == 0, said.output
    assert "SIGNED: this very file was made here" in said.output
    assert f"SHA-256 of the file: {hashlib.sha256(pdf).hexdigest()}" in said.output
    assert "seeker: Sun Li, typed" in said.output
    assert "solver: Wei Ming, picture" in said.output


def test_a_paper_that_was_changed_is_told(
    contract: tuple[Deal, bytes], command: Terminal, tmp_path: Path
) -> None:
    _made, pdf = contract
    for name, data, says in (
        ("longer.pdf", pdf + b"\n", "ALTERED FILE"),
        ("letter.pdf", b"%PDF-1.7\nnothing", "NOT AN AGREEMENT"),
        ("empty.pdf", b"", "NOT AN AGREEMENT"),
        ("cut.pdf", pdf[: len(pdf) // 3], "NOT AN AGREEMENT"),
    ):
        (tmp_path / name).write_bytes(data)
        said = command.invoke(args=["agreement", "verify", str(tmp_path / name)])
        assert (said.exit_code, says in said.output) == (1, True), said.output
        assert "Sun Li" not in said.output


def test_a_record_that_was_changed_or_signed_elsewhere_is_told(
    db: Session, contract: tuple[Deal, bytes], tmp_path: Path
) -> None:
    _made, pdf = contract
    document: dict[str, Any] = document_of(pdf)

    def state(data: Any) -> str:
        return proving.of_file(db, keyring(), json.dumps(data).encode()).state

    assert state(document) == "record"
    said = document["statement"]
    cheaper = {**said, "terms": {**said["terms"], "total_minor": 1}}
    assert state({**document, "statement": cheaper}) == "altered"
    other = Keyring(tmp_path)
    assert state(statements.sign(other, said)) == "foreign"
    # Signed by the right key, but saying what does not fit together: no record of ours was ever like that.
    assert state(statements.sign(keyring(), cheaper)) == "altered"
    assert state(statements.sign(keyring(), {**said, "signatures": []})) == "altered"
    mine = statements.sign(other, said["signatures"][0]["statement"])
    assert state(statements.sign(keyring(), {**said, "signatures": [mine]})) == "altered"
    assert state({"statement": 3}) == "nothing"


def test_a_draft_says_so_and_proves_nothing(db: Session, mailbox: Mailbox) -> None:
    made = proposed(db, lang="zh")
    onto = papers.wanted(made.agreement, None)
    papers.ask(db, onto)
    assert mailbox.letters
    assert (onto.kind, "草稿" in text_of(printed(made))) == (
        "proposed",
        False,
    )  # to be stamped: nothing across
    made.reopen()
    made.write(clauses=LONG)
    wanted = papers.wanted(made.agreement, None)
    assert wanted.kind == "draft"
    for _ in range(2):
        papers.ask(db, wanted)
    assert mailbox.letters
    pdf = printed(made)
    assert text_of(pdf).count("差") == 900  # not a word is cut
    assert "草稿" in text_of(pdf)
    assert proving.of_file(db, keyring(), pdf).state == "draft"
    assert not proving.known(db, wanted.digest)
    made.write(clauses="Shorter.")
    papers.ask(db, papers.wanted(made.agreement, None))
    assert mailbox.letters
    assert len(db.scalars(sa.select(AgreementPaper)).all()) == 1  # the older draft is gone


def test_the_same_record_is_printed_to_the_same_bytes(db: Session, mailbox: Mailbox) -> None:
    made = signed(db, kind="intent")
    assert mailbox.letters
    first = printed(made)
    db.execute(sa.delete(AgreementPaper))
    papers.ask(db, papers.wanted(made.agreement, db.get(AgreementRecord, made.agreement.id)))
    assert mailbox.letters
    assert printed(made) == first
    assert proving.known(db, hashlib.sha256(first).hexdigest())
    record = db.get_one(AgreementRecord, made.agreement.id)
    assert digest(told(record.document["statement"]["terms"])) == record.digest
