"""How the stories of the form builder press its buttons."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.orm import Session

from challenge.rounds.models import Round
from challenge.rules import formspec
from challenge.rules.formspec import Spec
from challenge.submissions.models import FormDraft
from tests.rigs.application import Visitor


def at(round_: Round, rest: str = "") -> str:
    return f"/organize/rounds/{round_.slug}/form{rest}"


def mark(page: str) -> str:
    found = re.search(r'name="mark"[^>]*value="(\d+)"', page)
    assert found is not None
    return found.group(1)


def step(client: Visitor, round_: Round, do: str, **more: str) -> str:
    """Press a button of the builder, as of the page as it stands; where it leads."""
    answer = client.post(at(round_), data={"mark": mark(client.get(at(round_)).text), "do": do, **more})
    assert answer.status_code == 302
    return str(answer.location)


def fill(client: Visitor, where: str, **typed: Any) -> Any:
    """Send a field's page with what stands in it and what was typed."""
    return client.post(where, data={"mark": mark(client.get(where).text), **typed})


def publish(client: Visitor, round_: Round, **said: Any) -> Any:
    page = client.get(at(round_, "/publish")).text
    found = re.search(r'name="digest"[^>]*value="([0-9a-f]+)"', page)
    assert found is not None
    return client.post(at(round_, "/publish"), data={"digest": found.group(1), **said})


def bench(db: Session, round_: Round) -> Spec:
    return formspec.read(db.query(FormDraft).filter_by(round_id=round_.id).one().spec)


def built(client: Visitor, round_: Round) -> None:
    """A section with a choice, a table that depends on it, and a hidden number."""
    step(client, round_, "section-add:", title_zh="来源", title_en="Origin")
    choice = step(client, round_, "add:origin", kind="choice")
    fill(
        client,
        choice,
        label_zh="取得方式",
        label_en="Way",
        required="y",
        **{"options-0-label_en": "Our own", "options-1-label_en": "Bought", "options-1-label_zh": "购买"},
    )
    table = step(client, round_, "add:origin", kind="table")
    fill(
        client,
        table,
        **{"label_en": "Suppliers", "columns-0-label_en": "Name", "columns-1-label_en": "Part"},
        most="10",
        shown_if=["way=bought"],
    )
    number = step(client, round_, "add:origin", kind="number")
    fill(client, number, label_en="Share", minimum="0", maximum="100", unit_en="%", unit_zh="%", hidden="y")
