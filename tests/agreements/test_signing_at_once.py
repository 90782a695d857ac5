"""Everybody at once: each signature counts once, it is concluded once, nobody signs what is being changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.identity import Confirmed
from challenge.agreements import drafting, ending, signing
from challenge.agreements.signing import Wanted
from challenge.agreements.signing_models import AgreementRecord, AgreementSignature
from challenge.audit import chain
from challenge.rules.permissions import Actor
from challenge.tasks.models import Task
from challenge.ties.models import Tie
from tests.agreements.signers import digest_of, sign
from tests.agreements.stories import proposed
from tests.factories import UserFactory, actor_of
from tests.judging.test_at_once import together


def count(db: Session, model: type, *where: sa.ColumnElement[bool]) -> int:
    """How many rows there are."""
    return db.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


def act(ref: str, digest: str, actor: Actor, side: str, person: int) -> Callable[[Session], object]:
    """Somebody signs for a side."""
    wanted, confirmed = Wanted(digest, side, "X"), Confirmed(person)
    return lambda session: signing.sign(session, actor, ref, wanted, confirmed).id


@pytest.mark.parametrize("turn", range(2))
def test_both_sides_sign_at_once_and_it_is_concluded_once(app: Flask, db: Session, turn: int) -> None:
    made = proposed(db)
    digest, ref = digest_of(made), made.ref
    both = UserFactory(name="Both", represents=[made.seeker, made.firm])
    asked = [
        (actor_of(person), side, person.id)
        for person, side in (
            *((made.speaker, "seeker"), (made.solver, "solver")),
            *((both, "seeker"), (both, "solver")),
        )
    ]
    db.commit()
    came = together(app, [act(ref, digest, *each) for each in asked * 2])
    refused = {each for each in came if isinstance(each, str)}
    assert refused <= {"side_signed", "one_person_one_side"}, came
    assert (made.agreement.state, turn >= 0) == ("signed", True)
    standing = db.scalars(sa.select(AgreementSignature)).all()
    assert sorted(each.side for each in standing) == ["seeker", "solver"]
    assert len({each.user_id for each in standing}) == 2  # nobody has signed for two
    assert (count(db, AgreementRecord), count(db, Tie, Tie.kind == "agreement")) == (1, 1)
    assert count(db, Task, Task.key.like("event/agreement.signed/%")) == 1
    assert chain.verify(db)[1] == []


@pytest.mark.parametrize("turn", range(2))
def test_signing_against_changing_leaves_no_signature_on_other_terms(
    app: Flask, db: Session, turn: int
) -> None:
    made = proposed(db)
    digest, ref, seen = digest_of(made), made.ref, made.agreement.draft_version
    people = [(made.as_seeker, "seeker", made.speaker.id), (made.as_solver, "solver", made.solver.id)]
    db.commit()
    acts = [act(ref, digest, *each) for each in people]
    changer = made.as_solver
    came = together(app, [*acts, lambda s: drafting.reopen(s, changer, ref, seen).id])
    standing = count(db, AgreementSignature, AgreementSignature.fallen_at.is_(None))
    if made.agreement.state == "draft":
        assert standing == 0, came
        assert count(db, AgreementRecord) == 0
    else:  # both had signed before it could be opened: then it cannot be any more
        assert (made.agreement.state, standing, came[2]) == ("signed", 2, "wrong_state")
    assert {each for each in came if isinstance(each, str)} <= {"terms_changed", "wrong_state"}
    assert (chain.verify(db)[1], turn >= 0) == ([], True)


@pytest.mark.parametrize("turn", range(3))
def test_one_contract_signed_while_another_ends_leaves_the_need_agreed_on(
    app: Flask, db: Session, turn: int
) -> None:
    made = proposed(db)
    first = made.ref
    sign(made, made.speaker, "seeker")
    sign(made, made.solver, "solver")
    made.begin()
    made.complete()
    made.propose()
    sign(made, made.speaker, "seeker")
    last = act(made.ref, digest_of(made), made.as_solver, "solver", made.solver.id)
    by = made.as_seeker
    db.commit()
    together(app, [lambda s: ending.terminate(s, by, first, "Replaced").id, last])
    db.refresh(made.need)
    assert (made.agreement.state, made.need.state, turn >= 0) == ("signed", "agreed", True)
