"""A signed contract at the registry of technology contracts: what is missing, filed, refused, registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from challenge.agreements import registering
from challenge.rules.agreements import Party
from challenge.rules.errors import Refused
from challenge.rules.registration import check_character
from challenge.rules.registry import Facts
from tests.agreements.signers import both_sign, signed
from tests.agreements.stories import Deal, proposed
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox

ENGLISH = {"Accept-Language": "en"}
FACTS = Facts(
    "development", 60_000_000, "instalments", "secret", "manufacturing", "goal_industry", "city", "no", "no"
)


def test_a_contract_is_filed_and_registered_once_nothing_is_missing(
    db: Session, visitor: Callable[..., Visitor], mailbox: Mailbox
) -> None:
    made = proposed(db)
    made.reopen()
    codes = ("91620100MA74XXXX0A", "wrong")
    terms = made.terms
    made.seeker.registration_code = None
    db.flush()
    made.write(parties=tuple(with_code(each, code) for each, code in zip(terms.parties, codes, strict=True)))
    made.propose()
    assert visitor(made.speaker).get(f"/agreements/{made.ref}/registry").status_code == 404
    both_sign(made)
    address = f"/agreements/{made.ref}/registry"
    solver = visitor(made.solver)
    page = solver.get(address, headers=ENGLISH).text
    assert "The registry asks for more than is known" in page
    assert "is not a valid one (Party B, the solver)" in page
    early = solver.post(f"{address}/file", headers=ENGLISH, follow_redirects=True)
    assert "are missing" in early.text
    above = solver.post(
        address, data={"technology_minor": "900000", "contract_kind": "licence"}, headers=ENGLISH
    )
    assert above.status_code == 422
    assert "cannot be more than the total" in above.text
    assert "does not take an agreement of this kind" in above.text
    with pytest.raises(Refused) as incomplete:
        registering.file(db, made.as_solver, made.ref)
    assert incomplete.value.code == "registry_incomplete"


def with_code(party: Party, code: str) -> Party:
    """The same party under another registration code."""
    return replace(party, code=code)


def test_the_registry_answers(db: Session, visitor: Callable[..., Visitor], mailbox: Mailbox) -> None:
    made = registrable(db)
    solver, address = visitor(made.solver), f"/agreements/{made.ref}/registry"
    data = {**{name: getattr(FACTS, name) for name in Facts.__slots__}, "technology_minor": "600000"}
    assert solver.post(address, data=data).status_code == 302
    assert "Nothing is missing" in solver.get(address, headers=ENGLISH).text
    for _ in range(2):
        assert solver.post(f"{address}/file").status_code == 302
    late = solver.post(address, data=data | {"area": "energy"}, headers=ENGLISH, follow_redirects=True)
    assert "what was filed stays" in late.text
    for _ in range(2):
        solver.post(f"{address}/refused", data={"reason": "The amount is not split."})
    assert "The amount is not split." in solver.get(address).text
    solver.post(f"{address}/file")
    empty = solver.post(f"{address}/done", data={"number": " "}, headers=ENGLISH)
    assert (empty.status_code, "Fill this in." in empty.text) == (422, True)
    for _ in range(2):
        assert solver.post(f"{address}/done", data={"number": "2026 620100 000123"}).status_code == 302
    agreement = made.agreement
    assert (agreement.state, agreement.registration, agreement.registration_number) == (
        "registered",
        "registered",
        "2026 620100 000123",
    )
    assert [each.state for each in registering.steps(db, agreement)] == [
        "registered",
        "filed",
        "refused",
        "filed",
    ]
    table = solver.get(f"{address}.csv", headers=ENGLISH).text
    assert "2026 620100 000123" in table
    assert "Advanced manufacturing" in table
    assert any("Registered:" in each.subject for each in mailbox.to(made.speaker.email))
    other = registrable(db)
    registering.save(db, other.as_seeker, other.ref, FACTS)
    registering.file(db, other.as_seeker, other.ref)
    with pytest.raises(Refused) as taken:
        registering.register(db, other.as_organizer, other.ref, "2026 620100 000123")
    assert taken.value.code == "registry_number_taken"


def test_an_intent_is_not_registered(db: Session, visitor: Callable[..., Visitor]) -> None:
    made = signed(db, kind="intent")
    assert visitor(made.solver).get(f"/agreements/{made.ref}/registry").status_code == 404
    with pytest.raises(Refused) as refusal:
        registering.file(db, made.as_solver, made.ref)
    assert refusal.value.code == "intent_not_registered"


def registrable(db: Session) -> Deal:
    """A signed contract with right codes."""
    made = proposed(db)
    made.reopen()
    codes = (begin + check_character(begin) for begin in ("91620100MA74AAAA0", "91110108717743469"))
    made.write(parties=tuple(with_code(each, next(codes)) for each in made.terms.parties))
    made.propose()
    return both_sign(made)
