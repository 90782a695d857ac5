"""The desk follows the round's own form: its sections and labels, and never what that hides from judges."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from challenge.judging import queries
from challenge.rules.errors import NotFound
from challenge.rules.usual_form import usual_form
from challenge.submissions.models import Version
from challenge.submissions.reading import parts
from tests.judging.stories import PAPER, Court, assign, court, entry
from tests.rigs.application import Visitor
from tests.solve.wide import WIDE, put_form

SECRET = "canary-cost"
VALUES = {
    "title": "Polarised vision",
    "summary": "Four **directions**.",
    "route": "light",
    "band": "Visible",
    "markets": ["m1", "m3"],
    "film": "https://example.org/film",
    "speed": "12.5",
    "ready": "2027-03-01",
    "level": 5,
    "steps": [["Build", "1-8"]],
    "data": "",
    "terms": 2,
}
COSTS = {**PAPER, "sha256": "c" * 64, "size": 77, "field": "costs"}
OPEN = {**PAPER, "sha256": "b" * 64, "size": 88, "field": "paper"}
EARLIER = {
    "title": "An older one",
    "summary": "Summed up.",
    "proposal": "As we did.",
    "schedule": "Soon.",
    "trl_now": 4,
    "trl_delivery": 7,
    "quote_minor": 5_000_00,
    "currency": "CNY",
    "original": True,
    "requirement": None,
    "answers": [],
}


def wide_court(db: Session) -> Court:
    """A judge and an entry by the wide form, with a hidden sum and a hidden file."""
    made = court(db, judges=1, entries=0)
    form = put_form(made.round.id, WIDE)
    content = {
        "values": VALUES,
        "title": VALUES["title"],
        "quote_minor": None,
        "form": {"version": 1, "digest": form.digest},
    }
    made.entries.append(entry(db, made.requirement, files=[COSTS, OPEN], content=content))
    version = db.query(Version).filter_by(submission_id=made.entries[0].id).one()
    version.hidden = {"quote": 4_200, "canary": SECRET}
    put_form(made.round.id, WIDE, version=2)  # a later form changes nothing about what was entered
    assign(made.phase, made.judges[0], made.entries[0])
    db.flush()
    return made


def test_the_desk_has_the_sections_and_labels_of_the_form(client: Visitor, db: Session) -> None:
    made = wide_court(db)
    client.sign_in(made.people[0])
    page = client.get(f"/judge/{made.assignment().ref}").text
    for said in (
        *("The idea", "Figures", "<strong>directions</strong>", "Light", "Market 1, Market 3", "12.5", "m/s"),
        *(
            "https://example.org/film",
            "2027-03-01",
            "TRL 5",
            "Build",
            "accepted, version 2",
            "Detection rate",
        ),
    ):
        assert said in page, said


def test_what_the_form_hides_is_not_loaded(client: Visitor, db: Session) -> None:
    made = wide_court(db)
    view = queries.sheet(db, made.as_judge(), made.assignment().ref)
    assert view is not None
    keys = [item.field.key for part in view.proposal.parts for item in part.items]
    assert "quote" not in keys
    assert "costs" not in keys
    assert [(each.number, each.place) for each in view.proposal.documents] == [(1, 2)]
    assert queries.document(db, made.as_judge(), made.assignment().ref, 1).document.place == 2
    with pytest.raises(NotFound):
        queries.document(db, made.as_judge(), made.assignment().ref, 2)
    client.sign_in(made.people[0])
    for path in ("", "/documents/2", "/documents/2/pages"):
        answer = client.get(f"/judge/{made.assignment().ref}{path}")
        assert SECRET not in answer.text
        assert "Costs" not in answer.text
        assert "CNY 42" not in answer.text


def test_a_version_from_before_forms_reads_as_well(client: Visitor, db: Session) -> None:
    made = court(db, judges=1)
    version = db.query(Version).filter_by(submission_id=made.entries[0].id).one()
    version.content = EARLIER
    db.flush()
    client.sign_in(made.people[0])
    page = client.get(f"/judge/{made.assignment().ref}").text
    for said in ("Summed up.", "As we did.", "Soon.", "TRL 4", "TRL 7", "CNY 5,000", "accepted, version 1"):
        assert said in page, said


def test_files_of_fields_that_are_gone_are_not_lost() -> None:
    found = parts(usual_form(with_requirement=False), EARLIER, [OPEN], {})
    (files,) = [item.files for part in found for item in part.items if item.field.kind == "files"]
    assert files == ()  # the page lists the rest of the manifest under its own heading
