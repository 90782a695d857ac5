"""The life of a round's form: built, put in force, changed under those who have begun, carried as a file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.rounds import queries as rounds
from challenge.rounds.models import Override, Round
from challenge.rules import formedit, formspec
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from challenge.rules.formspec import Field, Option, Spec, Words
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.rules.usual_form import FOR_A_REQUIREMENT
from challenge.submissions import asking, content, drafting, formfiles, forms, formversions, submitting
from challenge.submissions.formversions import KEEP, Decision
from challenge.submissions.models import FormDraft, Submission, SubmissionForm, Version
from challenge.tasks.models import Task
from tests.factories import RequirementFactory, RoundFactory, UserFactory, actor_of, organizer_of
from tests.submissions.stories import again, owner_of, ready, round_of, versions, with_file, write

Step = Callable[[Spec], Spec]
HOW = Field(
    "how",
    "choice",
    Words("方式", "How"),
    required=True,
    options=(Option("own", Words(en="Our own")), Option("bought", Words(en="Bought"))),
)
TOLD = Decision("We ask how you come by it.", KEEP)


def organizing(round_: Round) -> Actor:
    return actor_of(organizer_of(round_.programme))


def add(field: Field, section: str = "proposal") -> Step:
    """The field as a new one at the end of that section."""

    def step(spec: Spec) -> Spec:
        grown, key = formedit.add_field(spec, section, field.kind)
        return formedit.set_field(grown, key, field)

    return step


def change(key: str, **parts: Any) -> Step:
    def step(spec: Spec) -> Spec:
        field = spec.get(key)
        assert field is not None
        return formedit.set_field(spec, key, replace(field, **parts))

    return step


def lay(db: Session, actor: Actor, round_: Round, *steps: Step) -> None:
    """Take steps on the bench, each from a fresh page."""
    for step in steps:
        mark = forms.bench(db, rounds.by_id(db, round_.id), clock.now(db)).mark
        forms.edit(db, actor, round_.id, mark, step)


def enact(db: Session, actor: Actor, round_: Round, *steps: Step, said: Decision = TOLD) -> SubmissionForm:
    """Take the steps and put the form in force."""
    lay(db, actor, round_, *steps)
    digest = formversions.plan(db, rounds.by_id(db, round_.id), clock.now(db)).digest
    version = formversions.put_in_force(db, actor, round_.id, digest, said)
    assert version is not None
    return version


def codes(refused: pytest.ExceptionInfo[InvalidMany]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def events(db: Session, name: str) -> list[Task]:
    query = sa.select(Task).where(Task.kind == "event", Task.payload["event"].as_string() == name)
    return list(db.scalars(query))


def test_a_form_is_built_before_the_call_and_put_in_force(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor = organizing(round_)
    assert forms.in_force(db, round_).version == 0
    lay(db, actor, round_, add(HOW))
    assert forms.in_force(db, round_).version == 0, "a bench is no form yet"
    enact(db, actor, round_, said=Decision())
    form = forms.in_force(db, round_)
    assert (form.version, form.spec.get("how")) == (1, HOW)
    assert db.scalar(sa.select(sa.func.count()).select_from(FormDraft)) == 0
    entry = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "form.changed")).one()
    assert (entry.detail["version"], entry.detail["digest"]) == (1, form.digest)
    assert events(db, "form.changed") == [], "nobody has begun, nobody is told"


def test_every_version_stays_as_it_was(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.REQUIREMENTS)
    actor = organizing(round_)
    enact(db, actor, round_, add(HOW))
    enact(db, actor, round_, lambda spec: formedit.remove(spec, "how"))
    assert asking.of_round(db, round_.id, True, 1).spec.get("how") == HOW
    assert forms.in_force(db, round_).spec == FOR_A_REQUIREMENT
    new, changes = formversions.change_of(db, round_.id, 2)
    assert [(each.code, each.key) for each in changes] == [("removed", "how")]
    assert formversions.change_of(db, round_.id, 1)[1][0].code == "added"
    assert new.version == 2


def test_a_step_from_a_stale_page_is_refused_and_the_same_step_twice_is_one(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor = organizing(round_)
    first = forms.edit(db, actor, round_.id, 0, change("title", help=Words(en="In ten words.")))
    assert first.mark == 1
    same = forms.edit(db, actor, round_.id, 0, change("title", help=Words(en="In ten words.")))
    assert same.mark == 1
    with pytest.raises(WrongState, match="form_moved_on"):
        forms.edit(db, actor, round_.id, 0, add(HOW))
    forms.discard(db, actor, round_.id)
    forms.discard(db, actor, round_.id)
    assert not forms.bench(db, round_, clock.now(db)).changed


def test_sent_twice_it_is_one_version_and_what_moved_on_is_looked_over_again(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor = organizing(round_)
    lay(db, actor, round_, add(HOW))
    digest = formversions.plan(db, round_, clock.now(db)).digest
    lay(db, actor, round_, change("how", help=Words(en="Be frank.")))
    with pytest.raises(WrongState, match="form_moved_on"):
        formversions.put_in_force(db, actor, round_.id, digest, TOLD)
    digest = formversions.plan(db, round_, clock.now(db)).digest
    first = formversions.put_in_force(db, actor, round_.id, digest, TOLD)
    assert formversions.put_in_force(db, actor, round_.id, digest, TOLD) == first
    assert formversions.put_in_force(db, actor, round_.id, "another", TOLD) is None, "nothing new lies there"


def test_a_form_with_a_fault_stays_on_the_bench(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor = organizing(round_)
    lay(db, actor, round_, lambda spec: formedit.remove(spec, "title"), change("quote", label=Words()))
    with pytest.raises(InvalidMany) as refused:
        enact(db, actor, round_)
    assert set(codes(refused)) == {"form_needs_title", "one_language"}
    assert forms.in_force(db, round_).version == 0


@pytest.mark.parametrize("stage", [Stage.JUDGING, Stage.AWARD, Stage.CLOSED, Stage.CANCELLED])
def test_after_the_window_there_is_nothing_to_build(db: Session, stage: Stage) -> None:
    round_ = RoundFactory(stage=stage)
    actor = organizing(round_)
    with pytest.raises(NotAllowed):
        forms.edit(db, actor, round_.id, 0, add(HOW))
    with pytest.raises(NotAllowed):
        formversions.put_in_force(db, actor, round_.id, "", TOLD)


def test_between_the_close_and_judging_the_form_stands(db: Session) -> None:
    now = clock.now(db)
    window = (now - dt.timedelta(days=9), now - dt.timedelta(minutes=1))
    round_ = RoundFactory(stage=Stage.SUBMISSION, windows={Stage.SUBMISSION: window})
    with pytest.raises(NotAllowed):
        forms.edit(db, organizing(round_), round_.id, 0, add(HOW))


def test_strangers_and_administrators_build_nothing(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    for person in (UserFactory(), UserFactory(admin=True), organizer_of(RoundFactory().programme)):
        with pytest.raises(NotAllowed):
            forms.edit(db, actor_of(person), round_.id, 0, add(HOW))
        with pytest.raises(NotAllowed):
            forms.discard(db, actor_of(person), round_.id)
        with pytest.raises(NotAllowed):
            formversions.put_in_force(db, actor_of(person), round_.id, "", TOLD)


def test_drafts_keep_their_answers_and_an_entry_stands_as_it_was_entered(db: Session) -> None:
    entry = ready(title="Light")
    solver, actor, round_ = actor_of(owner_of(entry)), organizing(round_of(entry)), round_of(entry)
    first = submitting.submit(db, solver, entry.ref)
    enact(db, actor, round_, add(HOW), lambda spec: formedit.remove(spec, "schedule"))

    entry = again(entry)
    assert entry.state == "submitted"
    assert entry.values["schedule"], "a removed field's answer stays in the draft"
    [stored] = versions(entry)
    assert stored.current
    assert content.values_of(stored.content)["schedule"] == entry.values["schedule"]
    assert asking.of_round(db, round_.id, True, stored.content["form"]["version"]).spec == FOR_A_REQUIREMENT

    with pytest.raises(InvalidMany) as refused:
        submitting.submit(db, solver, entry.ref)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("how", "missing")]
    drafting.save(db, solver, entry.ref, drafting.Draft({"how": "own"}), again(entry).draft_version)
    second = submitting.submit(db, solver, entry.ref)
    assert second.number == first.number + 1
    assert "schedule" not in content.values_of(second.content)
    assert content.values_of(second.content)["how"] == "own"
    assert second.content["form"]["version"] == 1


def test_those_who_have_begun_are_told_with_the_organizers_note(db: Session) -> None:
    entry = ready()
    round_ = round_of(entry)
    version = enact(db, organizing(round_), round_, add(HOW))
    [event] = events(db, "form.changed")
    assert event.payload["form_version"] == version.version == 1
    assert asking.of_round(db, round_.id, True).note == "We ask how you come by it."


def test_a_change_under_the_eyes_of_solvers_needs_a_note_and_more_work_a_decision(db: Session) -> None:
    entry = ready()
    round_ = round_of(entry)
    actor = organizing(round_)
    lay(db, actor, round_, add(HOW))
    for said, field in ((Decision("", KEEP), "note"), (Decision("  "), "note"), (Decision("New."), "close")):
        with pytest.raises(Invalid) as refused:
            enact(db, actor, round_, said=said)
        assert refused.value.field == field
    with pytest.raises(Invalid, match="too_long"):
        enact(db, actor, round_, said=Decision("x" * 1001, KEEP))
    assert enact(db, actor, round_, change("how", required=False), said=Decision("New.")).version == 1


def test_an_extension_comes_with_the_form_or_not_at_all(db: Session) -> None:
    entry = ready()
    round_ = round_of(entry)
    actor = organizing(round_)
    later = clock.now(db) + dt.timedelta(days=20)
    enact(db, actor, round_, add(HOW), said=Decision("One question more.", later))
    override = db.scalars(sa.select(Override)).one()
    assert (override.after_at, override.reason) == (later, "One question more.")
    recorded = db.scalars(sa.select(AuditEntry.detail).where(AuditEntry.action == "form.changed")).one()
    assert recorded["close"] == later.isoformat(timespec="microseconds").replace("+00:00", "Z")
    sooner = clock.now(db) + dt.timedelta(days=1)
    lay(db, actor, round_of(entry), change("how", label=Words(en="In which way")))
    with pytest.raises(Invalid) as refused:
        enact(db, actor, round_of(entry), said=Decision("Sooner.", sooner))
    assert refused.value.code == "not_later"


ANSWERED: list[tuple[Field, Any, dict[str, Any], str]] = [
    (
        HOW,
        "own",
        {"options": (*HOW.options[1:], Option("rented", Words(en="Rented")))},
        "form_option_chosen",
    ),
    (HOW, "own", {"kind": "text", "options": ()}, "form_kind_answered"),
    (Field("note", "text", Words(en="Note")), "twelve chars", {"most": 11}, "form_limit_passed"),
    (
        Field("mass", "number", Words(en="Mass"), unit=Words(en="kg")),
        "12",
        {"unit": Words(en="t")},
        "form_unit_answered",
    ),
    (Field("mass", "number", Words(en="Mass")), "12", {"maximum": "11.5"}, "form_limit_passed"),
    (Field("day", "date", Words(en="Day")), "2026-12-04", {"minimum": "2026-12-05"}, "form_limit_passed"),
    (
        Field("costs", "text", Words(en="Costs"), hidden=True),
        "secret",
        {"hidden": False},
        "form_unhidden_answered",
    ),
    (
        Field("plan", "table", Words(en="Plan"), columns=HOW.options),
        [["a", "b"]],
        {"columns": HOW.options[::-1]},
        "form_columns_answered",
    ),
    (Field("level", "trl", Words(en="Level")), 2, {"not_below": "trl_now"}, "form_limit_passed"),
]


@pytest.mark.parametrize(("field", "value", "parts", "code"), ANSWERED, ids=[row[3] for row in ANSWERED])
@pytest.mark.parametrize("where", ["draft", "entry"])
def test_what_would_break_an_answer_is_refused_with_the_reason(
    db: Session, field: Field, value: Any, parts: dict[str, Any], code: str, where: str
) -> None:
    entry = ready()
    round_ = round_of(entry)
    actor = organizing(round_)
    enact(db, actor, round_, add(field, "terms"))
    write(entry, **{field.key: value})
    if where == "entry":
        submitting.submit(db, actor_of(owner_of(entry)), entry.ref)
        write(again(entry), **{field.key: None})  # the draft says nothing any more, the entry still does
    with pytest.raises(InvalidMany) as refused:
        enact(db, actor, round_, change(field.key, **parts))
    assert [(fault.code, fault.params["count"]) for fault in refused.value.faults] == [(code, 1)]
    assert forms.in_force(db, round_).version == 1
    write(again(entry), **{field.key: None})
    db.execute(sa.delete(Version))
    assert enact(db, actor, round_, change(field.key, **parts)).version == 2, "unanswered, it may change"


def test_a_key_that_comes_back_is_held_against_what_lies_in_drafts(db: Session) -> None:
    entry = ready()
    round_ = round_of(entry)
    actor = organizing(round_)
    note = Field("note", "text", Words(en="Note"))
    enact(db, actor, round_, add(note))
    write(entry, note="words")
    enact(db, actor, round_, lambda spec: formedit.remove(spec, "note"))
    with pytest.raises(InvalidMany) as refused:
        enact(db, actor, round_, add(replace(note, kind="number")))
    assert codes(refused) == ["form_kind_answered"]


def test_a_field_that_holds_files_stays(db: Session) -> None:
    entry = ready()
    round_ = round_of(entry)
    actor = organizing(round_)
    with_file(entry)
    with_file(entry, "b.pdf", b"%PDF-1.7 b")
    with pytest.raises(InvalidMany) as refused:
        enact(db, actor, round_, lambda spec: formedit.remove_section(spec, "files"))
    assert codes(refused) == ["form_files_left"]
    forms.discard(db, actor, round_.id)
    with pytest.raises(InvalidMany) as refused:
        enact(db, actor, round_, change("files", most=1))
    assert codes(refused) == ["form_limit_passed"]
    assert enact(db, actor, round_, change("files", most=2)).version == 1


def test_in_a_sealed_round_no_limit_tells_an_answer(db: Session) -> None:
    entry = ready()
    round_ = round_of(entry)
    actor = organizing(round_)
    mass = Field("mass", "number", Words(en="Mass"))
    enact(db, actor, round_, add(mass))
    round_.sealed = True
    entry.sealed = True
    write(entry, mass="12")
    for most in ("1", "100"):
        forms.discard(db, actor, round_.id)
        with pytest.raises(InvalidMany) as refused:
            enact(db, actor, round_of(entry), change("mass", maximum=most))
        assert codes(refused) == ["form_answered"]


def test_new_terms_are_accepted_anew(db: Session) -> None:
    entry = ready()
    round_, solver = round_of(entry), actor_of(owner_of(entry))
    submitting.submit(db, solver, entry.ref)
    enact(
        db, organizing(round_), round_, change("original", terms=Words(en="This is our own work, and new."))
    )
    field = forms.in_force(db, round_).spec.get("original")
    assert field is not None
    assert field.terms_version == 2
    with pytest.raises(InvalidMany) as refused:
        submitting.submit(db, solver, entry.ref)
    assert codes(refused) == ["missing_consent"]
    drafting.save(db, solver, entry.ref, drafting.Draft({"original": True}), again(entry).draft_version)
    assert content.values_of(submitting.submit(db, solver, entry.ref).content)["original"] == 2


def test_a_form_goes_out_as_a_file_and_comes_in_elsewhere_as_the_same(db: Session) -> None:
    round_, other = RoundFactory(stage=Stage.DRAFT), RoundFactory(stage=Stage.DRAFT)
    here, there = organizing(round_), organizing(other)
    enact(db, here, round_, add(HOW), change("original", terms=Words(en="Ours."), terms_version=7))
    file = formfiles.export(forms.in_force(db, round_).spec)
    brought = formfiles.read(file)
    version = enact(db, there, other, lambda _spec: brought)
    assert formfiles.export(formspec.read(version.spec)) == file
    assert version.digest == forms.in_force(db, round_).digest


def test_another_round_lends_its_form_to_its_organizers_alone(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    actor = organizing(round_)
    enact(db, actor, round_, add(HOW))
    sister = RoundFactory(stage=Stage.DRAFT, programme=round_.programme)
    lent = forms.of_another(db, actor, round_.slug).spec
    lay(db, actor, sister, lambda _spec: lent)
    assert forms.bench(db, sister, clock.now(db)).spec.get("how") == HOW
    with pytest.raises(NotAllowed):
        forms.of_another(db, organizing(RoundFactory()), round_.slug)


def _break(where: str, value: Any) -> Callable[[Any], None]:
    """Set a part of the document, by its path."""
    *path, last = [int(part) if part.isdecimal() else part for part in where.split(".")]

    def change(document: Any) -> None:
        for part in path:
            document = document[part]
        document[last] = value

    return change


TITLE = "sections.0.fields.0"
FILE_FAULTS: list[tuple[str, Any, str, str]] = [
    ("format", "challenge-form/2", "format", "form_other_format"),
    ("more", 1, "more", "form_part_unknown"),
    ("sections", [], "sections", "form_too_few"),
    ("sections", {}, "sections", "form_type"),
    ("sections.0.fields", [], "sections.0.fields", "form_too_few"),
    ("sections.0.title", {}, "sections.0.title", "one_language"),
    ("sections.0.title", {"de": "Lösung"}, "sections.0.title.de", "form_part_unknown"),
    (f"{TITLE}.kind", "essay", f"{TITLE}.kind", "form_kind_unknown"),
    (f"{TITLE}.key", "Titel!", f"{TITLE}.key", "form_pattern"),
    (f"{TITLE}.label", "Title", f"{TITLE}.label", "form_type"),
    (f"{TITLE}.label.en", "x" * 201, f"{TITLE}.label.en", "too_long"),
    (f"{TITLE}.label.en", "", f"{TITLE}.label.en", "required"),
    (f"{TITLE}.label.en", "a\x00", f"{TITLE}.label.en", "form_not_text"),
    (f"{TITLE}.required", "yes", f"{TITLE}.required", "form_type"),
    (f"{TITLE}.required", False, f"{TITLE}.required", "form_title_required"),
    (f"{TITLE}.most", 5000, f"{TITLE}.most", "form_above"),
    (f"{TITLE}.most", 0, f"{TITLE}.most", "form_below"),
    (f"{TITLE}.most", 1.5, f"{TITLE}.most", "form_type"),
    (f"{TITLE}.unit", {"en": "kg"}, f"{TITLE}.unit", "form_part_not_here"),
    (f"{TITLE}.terms_version", 2, f"{TITLE}.terms_version", "form_part_not_here"),
    (f"{TITLE}.style", "color:red", f"{TITLE}.style", "form_part_unknown"),
    (f"{TITLE}.shown_if", {"field": "title"}, f"{TITLE}.shown_if.among", "form_part_missing"),
    (
        "sections.0.fields.1.shown_if",
        {"field": "gone", "among": ["a"]},
        "sections.0.fields.1.shown_if",
        "form_switch_not_earlier",
    ),
    ("sections.0.fields.1.key", "title", "sections.0.fields.1.key", "form_key_twice"),
    ("sections.2.fields.1.not_below", "quote", "sections.2.fields.1.not_below", "form_not_a_level"),
    ("sections.3.fields.0.terms_version", 0, "sections.3.fields.0.terms_version", "form_below"),
]


@pytest.mark.parametrize(("where", "value", "place", "code"), FILE_FAULTS)
def test_each_fault_of_a_file_is_told_at_its_place(where: str, value: Any, place: str, code: str) -> None:
    document = formspec.write(FOR_A_REQUIREMENT)
    _break(where, value)(document)
    with pytest.raises(InvalidMany) as refused:
        formfiles.read(json.dumps(document).encode())
    assert (place, code) in [(fault.field, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"42",
        b"\xff\xfe",
        b"{'a': 1}",
        b'{"format": NaN}',
        b'{"format": "challenge-form/1", "format": "challenge-form/1", "sections": []}',
        b"[" * 100_000,
        b'{"a":' * 50 + b"1" + b"}" * 50,
        b'{"format": "challenge-form/1", "sections": [{"key": "' + b"x" * 600_000,
        b"\x89PNG\r\n",
    ],
    ids=[
        "empty",
        "null",
        "list",
        "number",
        "utf-16",
        "python",
        "nan",
        "twice",
        "deep",
        "nested",
        "huge",
        "png",
    ],
)
def test_what_is_no_form_is_refused_whole(data: bytes) -> None:
    with pytest.raises(InvalidMany) as refused:
        formfiles.read(data)
    assert len(refused.value.faults) == 1
    assert refused.value.faults[0].field == "file"


def test_a_file_may_begin_with_a_mark_and_a_fault_list_has_an_end() -> None:
    file = formfiles.export(FOR_A_REQUIREMENT)
    assert formfiles.read(b"\xef\xbb\xbf" + file) == FOR_A_REQUIREMENT
    document = formspec.write(FOR_A_REQUIREMENT)
    document["sections"][0]["fields"] = [{"key": "-"} for _number in range(60)]
    with pytest.raises(InvalidMany) as refused:
        formfiles.read(json.dumps(document).encode())
    assert len(refused.value.faults) == formfiles.SHOWN_FAULTS


def test_the_schema_and_the_rules_know_the_same_kinds_and_parts() -> None:
    from challenge.rules.formfaults import PARTS, SPECIAL

    field = json.loads(formfiles.SCHEMA.read_text("utf-8"))["$defs"]["field"]
    assert tuple(field["properties"]["kind"]["enum"]) == formspec.KINDS
    barred = {
        rule["if"]["properties"]["kind"]["const"]: {
            name for name, told in rule["then"]["properties"].items() if told == {"not": {}}
        }
        for rule in field["allOf"]
    }
    for kind, parts in PARTS.items():
        assert barred[kind] - {"terms_version"} == set(SPECIAL) - parts, kind


def test_a_submission_of_a_round_with_its_own_form_is_of_that_round_alone(db: Session) -> None:
    requirement = RequirementFactory()
    entry: Submission = ready(requirement=requirement)
    other: Submission = ready()
    enact(db, organizing(round_of(entry)), round_of(entry), add(HOW))
    with pytest.raises(InvalidMany):
        submitting.submit(db, actor_of(owner_of(entry)), entry.ref)
    assert submitting.submit(db, actor_of(owner_of(other)), other.ref).content["form"]["version"] == 0
