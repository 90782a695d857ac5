"""The pages of agreements: begun from a need, written by both sides, proposed, compared, printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.agreements import ending
from tests.agreements.stories import Deal, broker_of, deal, drafted, proposed
from tests.factories import UserFactory
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.seek.pages import typed

ENGLISH = {"Accept-Language": "en"}
CHINESE = {"Accept-Language": "zh-CN"}
Come = Callable[..., Visitor]
CANARY = "kestrel"
CANARIES = tuple(f"{CANARY}{end}" for end in (" title", " scope", " note", "@example.org"))


def fields(visitor: Visitor, address: str) -> dict[str, Any]:
    """What the form of the terms holds, as a browser sends it."""
    found = typed(visitor.get(address, headers=ENGLISH).text, add=None, remove=None, next=None)
    return {name: value[0] if isinstance(value, list) else value for name, value in found.items()}


def to(mailbox: Mailbox, template: str) -> set[str]:
    """Who got this letter."""
    return {each.recipient for each in mailbox.letters if each.template == template}


def test_a_seeker_begins_writes_and_proposes_it(db: Session, visitor: Come, mailbox: Mailbox) -> None:
    made = deal(db)
    seeker, solver = visitor(made.speaker), visitor(made.solver)
    need = f"/seek/requirements/{made.need.ref}"
    begin = f"/agreements/new/{made.need.ref}"
    assert begin in seeker.get(need, headers=ENGLISH).text
    page = seeker.get(begin, headers=ENGLISH)
    assert "Development contract" in page.text
    assert made.entry is not None
    assert made.entry.code in page.text
    sent = {"kind": "development", "lang": "en", "solver": f"entry:{made.entry.ref}"}
    assert seeker.post(begin, data={**sent, "kind": "x"}).status_code == 422
    answer = seeker.post(begin, data=sent)
    edit = answer.headers["Location"]
    assert "Weiguang Vision" in solver.get(edit, headers=ENGLISH).text
    made.ref = edit.split("/")[2]
    at = f"/agreements/{made.ref}"
    refused = seeker.post(f"{at}/propose", data={"seen": "1"}, headers=ENGLISH)
    assert refused.status_code == 422
    assert "Fill this in" in refused.text
    made.complete()
    seen = str(made.agreement.draft_version)
    seeker.post(f"{at}/propose", data={"seen": seen, "note": "Please read."})
    for reader in (seeker, solver):
        told = reader.get(at, headers=ENGLISH).text
        for words in ("In signature", "Please read.", "A-20", "Longyuan Aluminium", "First line", "99.2"):
            assert words in told
        assert "Low-light flaw vision" in reader.get("/agreements").text
        assert "Low-light flaw vision" in reader.get("/work").text
    assert to(mailbox, "agreement_proposed") == {made.solver.email}


def test_terms_are_typed_in_their_units_and_come_back(db: Session, visitor: Come) -> None:
    made = drafted(db)
    db.commit()
    solver, edit = visitor(made.solver), f"/agreements/{made.ref}/edit"
    sent = fields(solver, edit)
    assert sent["unit"] == "CNY-yuan"
    assert sent["total"] == "800000"
    assert sent["milestones-1-criteria"] == "1"
    blank = {"payments-7-label": "", "payments-7-amount": "", "payments-7-due_on": "", "payments-7-step": ""}
    sums = {"unit": "CNY-wan", "total": "100", "payments-0-amount": "40", "payments-1-amount": "60"}
    assert solver.post(edit, data={**sent, **blank, **sums}).status_code == 302
    terms = made.terms
    assert [each.amount_minor for each in terms.payments] == [40_000_000, 60_000_000]
    assert terms.total_minor == 100_000_000
    assert terms.milestones[1].criteria == terms.indicators
    stale = solver.post(edit, data={**sent, "scope": "Late"}, headers=ENGLISH)
    assert stale.status_code == 422
    assert "Somebody else saved this" in stale.text
    assert "Late" in stale.text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"total": "USD 900"}, "This names USD, but the agreement is in CNY"),
        ({"payments-0-amount": "€ 5"}, "This names EUR"),
        ({"total": "60 万元"}, "The unit that is written here differs"),
        ({"clauses": "{seeker} pays {price}"}, "There are no such fields: {price}"),
        ({"milestones-0-criteria": "1, 9"}, "There is no such indicator"),
        ({"milestones-0-criteria": "0000019"}, "There is no such indicator"),
        ({"payments-0-step": "9"}, "There is no such milestone"),
        ({"starts_on": "soon"}, "Write"),
        ({"payment": "none"}, "Nothing is paid, yet there is a sum"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    db: Session, visitor: Come, given: dict[str, str], words: str
) -> None:
    made = drafted(db)
    db.commit()
    seeker, edit = visitor(made.speaker), f"/agreements/{made.ref}/edit"
    answer = seeker.post(edit, data={**fields(seeker, edit), **given}, headers=ENGLISH)
    assert answer.status_code == 422
    assert words in answer.text
    for value in given.values():
        assert value in answer.text


def test_rows_come_and_go_without_javascript(db: Session, visitor: Come) -> None:
    made = drafted(db)
    db.commit()
    seeker, edit = visitor(made.speaker), f"/agreements/{made.ref}/edit"
    sent = fields(seeker, edit)
    assert "payments-2-label" in seeker.post(edit, data={**sent, "add": "payments"}).text
    fewer = seeker.post(edit, data={**sent, "remove": "payments-1"}).text
    assert "On the first line" in fewer
    assert "On all lines" not in fewer
    assert len(made.terms.payments) == 2


def test_a_change_is_compared_word_by_word_and_row_by_row(
    db: Session, visitor: Come, mailbox: Mailbox
) -> None:
    made = proposed(db)
    db.commit()
    seeker, solver, at = visitor(made.speaker), visitor(made.solver), f"/agreements/{made.ref}"
    solver.post(f"{at}/change", data={"seen": str(made.agreement.draft_version)})
    assert to(mailbox, "agreement_changed") == {made.speaker.email}
    terms = made.terms
    first = replace(terms.payments[0], amount_minor=terms.payments[0].amount_minor - 1_000_000)
    last = replace(terms.payments[1], amount_minor=terms.payments[1].amount_minor + 1_000_000)
    made.write(
        scope=terms.scope.replace("micro-polarisers", "nano-polarisers"),
        payments=(first, last),
        ownership="solver",
        milestones=(terms.milestones[0], replace(terms.milestones[1], title="Every line")),
        indicators=(*terms.indicators, replace(terms.indicators[0], name="False alarms", comparison="le")),
    )
    db.commit()
    page = seeker.get(f"{at}/differences", headers=ENGLISH).text
    for words in ("The draft", "<del>", "nano", "CNY 190,000", "Every", "False alarms ≤ 99.2 %"):
        assert words in page
    assert "All results belong to the solver" in page
    made.propose()
    db.commit()
    assert "nano" in seeker.get(f"{at}/differences?before=1&after=2", headers=ENGLISH).text
    assert "Nothing differs" in seeker.get(f"{at}/differences?before=2&after=2", headers=ENGLISH).text
    assert seeker.get(f"{at}/differences?before=1&after=9").status_code == 404
    first_version = seeker.get(f"{at}/versions/1", headers=ENGLISH).text
    assert "not in force" in first_version
    assert "Longyuan Aluminium entrusts Weiguang Vision" in first_version
    assert seeker.get(f"{at}/versions/3").status_code == 404
    assert "什么" not in seeker.get(at, headers=CHINESE).text


def test_the_solver_is_named_and_the_agreement_ended(db: Session, visitor: Come, mailbox: Mailbox) -> None:
    made = deal(db, entry=False)
    made.begin(kind="intent")
    db.commit()
    seeker, at = visitor(made.speaker), f"/agreements/{made.ref}"
    sent = {"seen": "1", "organization": "Nobody Ltd"}
    refused = seeker.post(f"{at}/parties/solver", data=sent, headers=ENGLISH)
    assert refused.status_code == 422
    assert "Nobody Ltd" in refused.text
    seeker.post(f"{at}/parties/solver", data={**sent, "organization": made.firm.name})
    assert visitor(made.solver).get(at).status_code == 200
    assert visitor(made.solver).post(f"{at}/terminate", data={"reason": "No"}).status_code == 403
    assert seeker.post(f"{at}/terminate", data={"reason": " "}).status_code == 422
    seeker.post(f"{at}/terminate", data={"reason": "The line was sold."})
    assert to(mailbox, "agreement_terminated") == {made.solver.email}
    assert "The line was sold." in mailbox.letters[0].body
    assert "The line was sold." in seeker.get(at).text


def test_an_organizer_lists_them_apart_and_keeps_the_texts(db: Session, visitor: Come) -> None:
    made = proposed(db)
    first = made.ref
    made.begin(kind="intent")
    db.commit()
    organizer = visitor(made.organizer)
    at = f"/organize/rounds/{made.round.slug}/agreements"
    page = organizer.get(at, headers=ENGLISH).text
    for words in ("Letters of intent", "Contracts", "In signature (1)", "Draft (1)", first, made.ref):
        assert words in page
    assert made.ref not in organizer.get(f"{at}?state=in_signature", headers=ENGLISH).text
    assert first not in organizer.get(f"{at}?kind=intent", headers=ENGLISH).text
    assert organizer.get(f"/agreements/{first}").status_code == 200
    assert organizer.get(f"/agreements/{first}/edit").status_code == 403
    texts = f"/agreements/texts/{made.programme.slug}"
    assert "Equity cooperation" in organizer.get(texts, headers=ENGLISH).text
    one = f"{texts}/intent/en"
    refused = organizer.post(one, data={"text": "{seeker} {salary}", "seen": "0"}, headers=ENGLISH)
    assert refused.status_code == 422
    assert "There are no such fields: {salary}" in refused.text
    organizer.post(one, data={"text": "{seeker} <script>alert(1)</script>", "seen": "0"})
    assert "your own, version 1" in organizer.get(texts, headers=ENGLISH).text
    made.begin(kind="intent")
    db.commit()
    assert "<script>alert" not in organizer.get(f"/agreements/{made.ref}").text
    organizer.post(f"{one}/restore")
    assert "your own" not in organizer.get(texts, headers=ENGLISH).text
    assert visitor(made.speaker).get(texts).status_code == 403


def canaries(db: Session) -> Deal:
    """A proposed contract whose words nobody else may read."""
    made = drafted(db)
    parties = tuple(replace(each, contact=f"{CANARY}@example.org") for each in made.terms.parties)
    made.write(title=f"{CANARY} title", scope=f"{CANARY} scope", parties=parties)
    made.propose(note=f"{CANARY} note")
    db.commit()
    return made


def test_nobody_else_reads_a_word_of_it(db: Session, visitor: Come, mailbox: Mailbox) -> None:
    made = canaries(db)
    broker = broker_of(made)
    db.commit()
    others = {
        "anyone": visitor(),
        "user": visitor(UserFactory()),
        "broker": visitor(broker),
        "admin": visitor(UserFactory(admin=True)),
        "rival": visitor(deal(db).solver),
    }
    at = f"/agreements/{made.ref}"
    paths = (
        *(at, f"{at}/edit", f"{at}/versions/1", f"{at}/differences", "/agreements", "/work"),
        *(f"/requirements/{made.need.ref}", f"/search?q={CANARY}", f"/rounds/{made.round.slug}"),
        f"/organize/rounds/{made.round.slug}/agreements",
        f"/organize/rounds/{made.round.slug}/audit",
    )
    leaks = [
        (name, path)
        for name, reader in others.items()
        for path in paths
        if any(each in reader.get(path).text for each in CANARIES)
    ]
    assert leaks == []
    assert {each.recipient for each in mailbox.letters if CANARY in each.subject + each.body} <= {
        made.solver.email
    }
    assert CANARY in visitor(made.organizer).get(at).text
    for verb in ("change", "propose", "terminate", "parties/solver"):
        assert visitor(broker).post(f"{at}/{verb}", data={"seen": "1", "reason": "x"}).status_code == 403


def test_the_pages_ask_the_same_for_one_and_three(db: Session, visitor: Come, statements: Counting) -> None:
    made = proposed(db)
    seeker, organizer, at = visitor(made.speaker), visitor(made.organizer), f"/agreements/{made.ref}"
    pages = [
        *((seeker, path) for path in ("/agreements", at, f"{at}/versions/1", f"{at}/differences")),
        *((seeker, path) for path in (f"/agreements/new/{made.need.ref}", "/work")),
        (organizer, f"/organize/rounds/{made.round.slug}/agreements"),
        (organizer, f"/agreements/texts/{made.programme.slug}"),
    ]

    def asked() -> list[int]:
        counts = []
        for reader, path in pages:
            with statements() as sent:
                assert reader.get(path).status_code == 200, path
            counts.append(len(sent))
        return counts

    asked()
    few = asked()
    first = made.ref
    for _number in range(2):
        made.begin()
        made.complete()
    made.ref = first
    for number in range(2):
        made.reopen()
        made.write(scope=f"Version {number}")
        made.propose()
    assert asked() == few
    assert max(few[:4]) <= 10, few


def test_who_comes_after_the_end_is_told(db: Session, visitor: Come) -> None:
    made = proposed(db)
    ending.terminate(db, made.as_seeker, made.ref, "Sold.")
    db.commit()
    solver, at = visitor(made.solver), f"/agreements/{made.ref}"
    solver.post(f"{at}/change", data={"seen": str(made.agreement.draft_version)})
    assert "This cannot be done any more" in solver.get(at, headers=ENGLISH).text
    assert solver.get(f"{at}/edit").status_code == 302
