"""Figures by branch, each thing counted once; what their pages ask of the database."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.models import Award
from challenge.requirements.models import Requirement
from tests.factories import (
    OrganizationFactory,
    PrizeFactory,
    ProgrammeFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
)
from tests.organize.centres import Tree, centre
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.seek.pages import text_of


@pytest.fixture
def tree(db: Session) -> Tree:
    return centre(db)


def table(client: Visitor, address: str) -> dict[str, list[int]]:
    """The figures of a CSV by branch: its own, then with all below."""
    rows = list(csv.reader(io.StringIO(client.get(address).text.removeprefix("\ufeff"))))
    return {row[0]: [int(cell) for cell in row[3:]] for row in rows[1:]}


def test_figures_count_each_thing_once(client: Visitor, db: Session, tree: Tree) -> None:
    tree.handed_in()
    mine = {"round": tree.round, "branch_id": tree.north.id}
    solved = RequirementFactory(**mine)
    for draft in ("draft", "withdrawn"):
        RequirementFactory(**mine, state=draft)
    unplaced = RequirementFactory(round=tree.round)
    winner = SubmissionFactory(requirement=solved, state="selected")
    SubmissionFactory(requirement=solved, state="draft")
    SubmissionFactory(requirement=unplaced, state="submitted")
    prize = PrizeFactory(round_id=tree.round.id)
    db.add(Award(round_id=tree.round.id, prize_id=prize.id, submission_id=winner.id, state="confirmed"))
    own = RoundFactory(programme=ProgrammeFactory(host=tree.north))
    RequirementFactory(round=own)
    for requirement in db.scalars(sa.select(Requirement).where(Requirement.state == "published")):
        requirement.published_at = requirement.created_at
    client.sign_in(tree.boss)
    assert table(client, "/organize/branches.csv") == {
        "National Centre": [1, 1, 1, 0, 4, 3, 2, 1],
        "Northern Branch": [3, 2, 1, 1, 3, 2, 1, 1],
        "Southern Branch": [0, 0, 0, 0, 0, 0, 0, 0],
    }
    assert table(client, f"/organize/rounds/{tree.round.slug}/branches.csv")["Northern Branch"] == [
        *(2, 1, 1, 1),
        *(2, 1, 1, 1),
    ]
    assert "Northern Branch" in text_of(client.get(f"/organize/rounds/{tree.round.slug}/branches").text)


def test_a_name_is_no_formula_in_a_table(client: Visitor, db: Session, tree: Tree) -> None:
    tree.north.name_en = "=HYPERLINK(1)"
    client.sign_in(tree.chief)
    assert "'=HYPERLINK(1)" in client.get("/organize/branches.csv").text


def test_pages_ask_the_same_for_one_row_and_for_three(
    client: Visitor, db: Session, tree: Tree, statements: Counting
) -> None:
    pages = (
        "/organize/branches",
        f"/organize/branches/{tree.north.ref}",
        f"/organize/rounds/{tree.round.slug}/branches",
        f"/organize/rounds/{tree.round.slug}/requirements?state=branch",
    )
    client.sign_in(tree.boss)
    asked: list[list[int]] = []
    for _ in range(2):
        tree.handed_in()
        OrganizationFactory(parent_id=tree.north.id)
        counts = []
        for page in pages:
            with statements() as sent:
                assert client.get(page).status_code == 200
            counts.append(len(sent))
        asked.append(counts)
        tree.handed_in()
    assert asked[0] == asked[1], (pages, asked)
    assert max(asked[0]) <= 9, asked
