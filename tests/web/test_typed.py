"""What is typed into addresses and forms that no database can hold: an answer, never a fault of ours."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.factories import RequirementFactory, UserFactory
from tests.rigs.application import Visitor


@pytest.mark.parametrize("number", ["9" * 19, "9" * 30, "9" * 5000])
def test_a_number_that_no_table_holds_is_nowhere(db: Session, client: Visitor, number: str) -> None:
    need = RequirementFactory(state="published")
    db.commit()
    assert client.get(f"/requirements/{need.ref}/versions/{number}").status_code == 404
    assert client.get(f"/results/stories?before={number}").status_code == 200


@pytest.mark.parametrize("address", ["/requirements/%00", "/rounds/a%00b", "/%00", "/agreements/verify/%00"])
def test_the_zero_that_no_database_keeps_names_nothing(db: Session, client: Visitor, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_zero_in_a_form_or_a_question_is_left_out(db: Session, client: Visitor) -> None:
    UserFactory(email="ada@example.org")
    db.commit()
    assert client.get("/requirements?q=a%00b&%00=1").status_code == 200
    sent = client.post("/login", data={"email": "ada\0@example.org", "password": "wrong\0"})
    assert sent.status_code == 200
    assert "ada@example.org" in sent.text
