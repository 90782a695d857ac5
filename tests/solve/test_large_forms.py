"""The largest answers that a form of tables takes are saved, by the button and as they are typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.rules import answers
from challenge.rules.formfaults import MOST_COLUMNS
from challenge.rules.formsize import largest
from challenge.rules.formspec import MOST_ROWS, Field, Option, Section, Spec
from challenge.submissions.models import Submission
from tests.files.forms import form
from tests.rigs.application import Visitor
from tests.solve.wide import WIDE, wide_draft, words
from tests.submissions.stories import again, owner_of

COLUMNS = tuple(Option(f"c{n}", words(f"Column {n}")) for n in range(MOST_COLUMNS))
TABLES = tuple(Field(f"plan_{n}", "table", words(f"Plan {n}"), columns=COLUMNS) for n in range(3))
TITLE = Field("title", "text", words("Title"), required=True)
LARGE = Spec((Section("all", words("All"), fields=(TITLE, *TABLES)),))


def filled(text: str) -> dict[str, str]:
    """Every cell of every table."""
    return {
        f"{table.key}-{row}-c{column}": text
        for table in TABLES
        for row in range(MOST_ROWS)
        for column in range(MOST_COLUMNS)
    }


@pytest.fixture
def draft(client: Visitor, db: Session) -> Submission:
    """A draft of whoever is signed in, with three tables."""
    made = wide_draft(spec=LARGE)
    client.sign_in(owner_of(made))
    return made


def stored(draft: Submission) -> dict[str, Any]:
    return {key: value for key, value in again(draft).values.items() if key != "title"}


@pytest.mark.parametrize("text", ["x", "字" * answers.CELL], ids=["short", "longest"])
def test_three_full_tables_are_saved_by_the_button(client: Visitor, draft: Submission, text: str) -> None:
    typed = {"draft_version": "1", "title": "Large", **filled(text)}
    assert client.post(f"/solve/{draft.ref}/edit", **form(typed)).status_code == 302
    row = [text] * MOST_COLUMNS
    assert stored(draft) == {table.key: [row] * MOST_ROWS for table in TABLES}


def test_a_row_too_many_is_told_at_its_table(client: Visitor, draft: Submission) -> None:
    more = {f"plan_0-{MOST_ROWS}-c0": "one more"}
    typed = {"draft_version": "1", "title": "Large", **filled("x"), **more}
    answer = client.post(f"/solve/{draft.ref}/edit", **form(typed))
    assert answer.status_code == 422
    assert f"At most {MOST_ROWS} rows fit." in answer.text


def test_three_full_tables_are_kept_as_they_are_typed(client: Visitor, draft: Submission) -> None:
    sent = {"changed": [f"{table.key}:0" for table in TABLES], "seen": "1", **filled("x")}
    answer = client.post(f"/solve/{draft.ref}/draft", data=sent, headers={"Accept": "application/json"})
    assert sorted(answer.json["done"]) == [table.key for table in TABLES]
    assert len(stored(draft)["plan_2"]) == MOST_ROWS


def test_the_size_of_a_form_is_that_of_its_fields() -> None:
    title, table = largest(Spec((Section("a", words("A"), fields=(TITLE,)),)), 0), largest(LARGE, 0)
    assert (title.inputs, title.characters) == (1, 200)
    assert table.inputs == 1 + 3 * MOST_ROWS * MOST_COLUMNS
    assert table.characters == 200 + 3 * MOST_ROWS * MOST_COLUMNS * answers.CELL
    assert largest(WIDE, 3).inputs == largest(WIDE, 1).inputs + 4
    shorter = replace(TITLE, most=10)
    assert largest(Spec((Section("a", words("A"), fields=(shorter,)),)), 0).characters == 10
