"""The form builder through its doors: built without a script, published, answered, carried elsewhere."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.rules import formspec
from challenge.rules.stages import Stage
from challenge.submissions.models import FormDraft, SubmissionForm
from tests.factories import RequirementFactory, RoundFactory, UserFactory, organizer_of
from tests.organize.form_pages import at, bench, built, fill, publish, step
from tests.rigs.application import Visitor


def test_an_organizer_builds_a_form_and_a_solver_answers_it(client: Visitor, db: Session) -> None:
    requirement = RequirementFactory()
    round_ = requirement.round
    organizer = organizer_of(round_.programme)
    client.sign_in(organizer)
    assert "usual form" in client.get(at(round_)).text
    built(client, round_)
    spec = bench(db, round_)
    assert [field.key for field in spec.sections[-1].fields] == ["way", "suppliers", "share"]
    page = client.get(at(round_)).text
    assert "Changes that are not published yet." in page
    assert "only if “Way”: Bought" in page
    assert "hidden from judges" in page
    preview = client.get(at(round_, "/preview")).text
    assert "Suppliers" in preview

    looked = client.get(at(round_, "/publish")).text
    assert "“Way” is new and required." in looked
    assert publish(client, round_, note="One section more.").location == at(round_)
    assert db.query(SubmissionForm).one().spec == formspec.write(spec)

    solver = UserFactory()
    client.sign_in(solver)
    begun = client.post(f"/solve/new/{requirement.ref}").location
    editor = client.get(begun).text
    for text in ("Origin", "Way", "Our own", "Suppliers", "Share"):
        assert text in editor
    assert client.sign_in(organizer).get(at(round_, "/versions")).text.count("is new") == 4


def test_a_form_is_carried_to_another_round_and_is_equal(client: Visitor, db: Session) -> None:
    round_, other = RoundFactory(stage=Stage.DRAFT), RoundFactory(stage=Stage.DRAFT)
    there = organizer_of(other.programme)
    client.sign_in(organizer_of(round_.programme))
    built(client, round_)
    publish(client, round_)
    file = client.get(at(round_, ".json?version=1"))
    assert file.headers["Content-Disposition"].endswith("-form-1.json")
    assert file.headers["Content-Type"].startswith("application/json")

    client.sign_in(there)
    sent = {"mark": "0", "from": "file", "file": (io.BytesIO(file.data), "form.json")}
    assert client.post(at(other, "/source"), data=sent).location == at(other)
    publish(client, other)
    first, second = db.query(SubmissionForm).order_by(SubmissionForm.id)
    assert (first.digest, first.spec) == (second.digest, second.spec)


def test_a_sister_round_takes_the_form_and_strangers_are_not_offered_it(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT, title_en="First edition")
    sister = RoundFactory(stage=Stage.DRAFT, programme=round_.programme)
    client.sign_in(organizer_of(round_.programme))
    built(client, round_)
    publish(client, round_)
    assert "First edition" in client.get(at(sister, "/source")).text
    lent = {"mark": "0", "from": f"round:{round_.slug}"}
    assert client.post(at(sister, "/source"), data=lent).status_code == 302
    assert bench(db, sister).get("suppliers") is not None
    assert client.post(at(sister, "/source"), data={"mark": "1", "from": "requirements"}).status_code == 302
    assert bench(db, sister).get("suppliers") is None

    stranger = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(stranger.programme))
    assert "First edition" not in client.get(at(stranger, "/source")).text
    assert client.post(at(stranger, "/source"), data=lent).status_code == 422
    assert client.post(at(stranger, "/source"), data={"mark": "0", "from": "nowhere"}).status_code == 422
    assert db.query(FormDraft).filter_by(round_id=stranger.id).count() == 0


def test_a_bad_file_brings_nothing_and_says_where_it_is_wrong(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    document = json.loads(client.get(at(round_, ".json")).data)
    document["sections"][0]["fields"][1]["most"] = 99_999
    document["sections"][2]["fields"][0]["colour"] = "red"
    for data, told in (
        (
            json.dumps(document).encode(),
            ["section 1 › field 2 › most: At most 20000.", "section 3 › field 1 › colour:"],
        ),
        (b"\x89PNG", ["The file: This is no JSON file of a form."]),
        (b"x" * 490_000, ["The file is larger than the 480 kB of a form."]),
    ):
        sent = {"mark": "0", "from": "file", "file": (io.BytesIO(data), "form.json")}
        answer = client.post(at(round_, "/source"), data=sent)
        assert answer.status_code == 422
        for text in told:
            assert text in answer.text
    assert client.post(at(round_, "/source"), data={"mark": "0", "from": "file"}).status_code == 422
    assert db.query(FormDraft).count() == 0


def test_buttons_move_copy_and_remove(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    step(client, round_, "down:trl_now")
    step(client, round_, "copy:schedule")
    step(client, round_, "remove:quote")
    step(client, round_, "section-up:terms")
    step(client, round_, "section-copy:declaration")
    step(client, round_, "section-remove:files")
    step(client, round_, "move:summary", section="terms", place="0")
    spec = bench(db, round_)
    assert [section.key for section in spec.sections] == [
        *("proposal", "terms", "indicators", "declaration", "declaration_2")
    ]
    assert [field.key for field in spec.sections[1].fields] == [
        *("summary", "trl_delivery", "trl_now", "schedule", "schedule_2")
    ]
    page = client.get(at(round_)).text
    assert "“Maturity now” is no maturity that stands before this field" in page, (
        "what a move broke is told with its place"
    )
    assert "Quote" in page, "a known field that is gone is offered again"
    client.post(at(round_, "/discard"))
    assert db.query(FormDraft).count() == 0


@pytest.mark.parametrize(
    "do", ["", "up:", "up:nowhere", "fly:title", "add:nowhere", "kind:title", "move:title:x"]
)
def test_steps_that_mean_nothing_change_nothing(client: Visitor, db: Session, do: str) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    step(client, round_, do, kind="nonsense", section="terms' OR 1=1", place="-1")
    assert db.query(FormDraft).count() == 0


def test_a_step_from_a_stale_page_is_told_and_not_taken(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    step(client, round_, "remove:files")
    stale = client.post(at(round_), data={"mark": "0", "do": "remove:schedule"})
    assert "Somebody changed this form" in client.get(stale.location).text
    assert bench(db, round_).get("schedule") is not None
    field = client.post(at(round_, "/fields/schedule"), data={"mark": "0", "label_en": "Timetable"})
    assert field.status_code == 422
    assert "Timetable" in field.text, "what was typed is kept"
    assert client.post(at(round_, "/fields/nowhere"), data={"mark": "1"}).status_code == 404


FIELD_FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("schedule", {"label_zh": "", "label_en": ""}, "Fill this in, in Chinese or in English."),
    ("schedule", {"label_en": "x" * 201}, "201 characters; at most 200 fit."),
    ("schedule", {"label_en": "S", "most": "30000"}, "Write a whole number from 1 to 20000."),
    ("schedule", {"label_en": "S", "shown_if": ["gone=yes"]}, "does not stand before this field"),
    ("schedule", {"label_en": "S", "shown_if": ["a=1", "b=2"]}, "Tick answers of one field only."),
    ("trl_delivery", {"label_en": "L", "not_below": "quote"}, "Not a valid choice"),
    (
        "original",
        {"label_en": "O", "terms_zh": "", "terms_en": ""},
        "Fill this in, in Chinese or in English.",
    ),
    ("quote", {"label_en": "Q", "minimum": "-1"}, "A sum cannot be below zero."),
    ("quote", {"label_en": "Q", "minimum": "9", "maximum": "8"}, "The largest is below the smallest."),
    ("title", {"label_en": "T", "most": "-1"}, "Write a whole number from 1 to 200."),
]


@pytest.mark.parametrize(("key", "typed", "told"), FIELD_FAULTS)
def test_a_fault_of_a_field_stands_at_its_input(
    client: Visitor, db: Session, key: str, typed: dict[str, Any], told: str
) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    answer = fill(client, at(round_, f"/fields/{key}"), **typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert db.query(FormDraft).count() == 0


def test_a_sum_gets_its_limits_and_solvers_read_them(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    where = at(round_, "/fields/quote")
    assert "A sum in the main unit of the currency" in client.get(where).text
    assert fill(client, where, label_en="Quote", minimum="1000", maximum="500000").status_code == 302
    field = bench(db, round_).get("quote")
    assert field is not None
    assert (field.minimum, field.maximum) == ("1000", "500000")
    assert "From CNY 1,000 to CNY 500,000." in client.get(where).text


def test_rows_of_choices_come_and_go_without_a_script(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    where = step(client, round_, "add:terms", kind="choices")
    more = fill(client, where, **{"label_en": "Kinds", "options-0-label_en": "A", "add": "options"})
    assert 'name="options-1-label_en"' in more.text
    fewer = fill(
        client, where, **{"options-0-label_en": "A", "options-1-label_en": "B", "remove": "options-0"}
    )
    assert 'name="options-0-label_en"' not in fewer.text
    short = fill(client, where, **{"label_en": "Kinds", "options-0-label_en": "A"})
    assert "From 2 to 50 of them; there are 1." in short.text
    done = fill(client, where, **{"label_en": "Kinds", "options-0-label_en": "A", "options-1-label_en": "B"})
    assert done.status_code == 302
    field = bench(db, round_).get("kinds")
    assert field is not None
    assert [option.key for option in field.options] == ["a", "b"]


def test_a_kind_changes_with_what_fits(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    where = at(round_, "/fields/schedule")
    assert step(client, round_, "kind:schedule", kind="text") == where
    field = bench(db, round_).get("schedule")
    assert field is not None
    assert (field.kind, field.required, field.most) == ("text", True, None)


def test_a_section_gets_another_heading(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    client.sign_in(organizer_of(round_.programme))
    where = at(round_, "/sections/terms")
    assert fill(client, where, title_zh="", title_en="").status_code == 422
    assert fill(client, where, title_en="Conditions", help_en="x" * 1001).status_code == 422
    assert fill(client, where, title_en="Conditions", help_en="All of them.").status_code == 302
    assert bench(db, round_).sections[2].title.en == "Conditions"
    assert client.get(at(round_, "/sections/nowhere")).status_code == 404
