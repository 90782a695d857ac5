"""A form changes under those who have begun: what stays, what is refused, who is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.rounds.models import Override
from challenge.rules import formedit
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.formspec import Field, Option, Words
from challenge.rules.usual_form import FOR_A_REQUIREMENT
from challenge.submissions import asking, content, forms, submitting
from challenge.submissions.formversions import KEEP, Decision
from challenge.submissions.models import Version
from tests.factories import actor_of
from tests.submissions.form_stories import (
    HOW,
    add,
    change,
    codes,
    enact,
    events,
    lay,
    organizing,
)
from tests.submissions.stories import again, owner_of, ready, round_of, saved, versions, with_file, write


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
    saved(db, solver, entry, how="own")
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
    (Field("price", "money", Words(en="Price")), 6000, {"minimum": "60.01"}, "form_limit_passed"),
    (Field("price", "money", Words(en="Price")), 0, {"minimum": "1"}, "form_limit_passed"),
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


ASKED = Field("indicators", "indicators", Words(en="Indicators"))
BLANK = {"met": "", "evidence": ""}


@pytest.mark.parametrize(("sealed", "code"), [(False, "form_unhidden_answered"), (True, "form_answered")])
@pytest.mark.parametrize("where", ["draft", "entry"])
def test_hidden_answers_to_indicators_stay_hidden(db: Session, where: str, sealed: bool, code: str) -> None:
    entry = ready()
    round_ = round_of(entry)
    actor = organizing(round_)
    enact(db, actor, round_, add(replace(ASKED, hidden=True)))
    if where == "entry":
        submitting.submit(db, actor_of(owner_of(entry)), entry.ref)
        blank = dict.fromkeys(again(entry).values["indicators"], BLANK)
        write(again(entry), indicators=blank)  # the draft says nothing any more, the entry still does
    round_of(entry).sealed = sealed
    with pytest.raises(InvalidMany) as refused:
        enact(db, actor, round_of(entry), change("indicators", hidden=False))
    assert [(fault.code, fault.params["count"]) for fault in refused.value.faults] == [(code, 1)]
    forms.discard(db, actor, round_.id)
    assert enact(db, actor, round_of(entry), change("indicators", label=Words(en="Answers"))).version == 2
    write(again(entry), indicators=dict.fromkeys(again(entry).values["indicators"], BLANK))
    db.execute(sa.delete(Version))
    assert enact(db, actor, round_of(entry), change("indicators", hidden=False)).version == 3


def test_shown_answers_to_indicators_may_be_hidden(db: Session) -> None:
    entry = ready()
    round_ = round_of(entry)
    actor = organizing(round_)
    enact(db, actor, round_, add(ASKED))
    submitting.submit(db, actor_of(owner_of(entry)), entry.ref)
    assert enact(db, actor, round_of(entry), change("indicators", hidden=True)).version == 2


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
    saved(db, solver, entry, original=True)
    assert content.values_of(submitting.submit(db, solver, entry.ref).content)["original"] == 2
