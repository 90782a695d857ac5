"""A round's own form as a page: every kind of field, its limits for browsers and for raw posts."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.files.models import Attachment
from challenge.requirements.models import Indicator
from challenge.rules.formspec import Field, Section, Spec
from challenge.submissions.models import Submission
from tests.files import specimens
from tests.files.forms import form
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.solve.wide import WIDE, typed_wide, wide_draft, words
from tests.submissions.stories import again, owner_of


def asked(db: Session, draft: Submission) -> list[int]:
    mine = sa.select(Indicator.id).where(Indicator.requirement_id == draft.requirement_id)
    return list(db.scalars(mine.order_by(Indicator.position)))


def post(client: Visitor, db: Session, draft: Submission, **changes: Any) -> Any:
    return client.post(f"/solve/{draft.ref}/edit", **form(typed_wide(draft, asked(db, draft), **changes)))


def test_every_kind_is_saved_and_comes_back_into_the_page(client: Visitor, db: Session) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    one, two = asked(db, draft)
    assert post(client, db, draft, paper=[("报告.pdf", specimens.PDF)]).status_code == 302
    assert again(draft).values == {
        "title": "Polarised vision",
        "summary": "Four directions.\nOne line.",
        "route": "light",
        "band": "Visible",
        "markets": ["m2"],
        "film": "https://example.org/film",
        "speed": "12.5",
        "quote": 6000,
        "ready": "2027-03-01",
        "level": 5,
        "steps": [["Build", "1-8"]],
        "data": "Open",
        "terms": 2,
        "indicators": {str(key): {"met": "met", "evidence": "Measured."} for key in (one, two)},
    }
    assert db.scalars(sa.select(Attachment.field)).all() == ["paper"]
    page = client.get(f"/solve/{draft.ref}/edit").text
    for piece in (
        'value="12.5"',
        'value="2027-03-01"',
        'name="steps-0-c0" type="text" value="Build"',
        'name="data-own" type="text" value="Open"',
        'id="terms" name="terms" type="checkbox" value="2"',
        f'id="indicators-{one}-evidence"',
    ):
        assert piece in re.sub(r' (?:lang|maxlength|aria-[a-z]+)="[^"]*"', "", page), piece
    assert re.search(r'<input checked id="terms"', page)
    assert post(client, db, again(draft)).status_code == 302
    assert again(draft).draft_version == 2  # the same again is no new draft


def test_limits_are_said_to_the_browser(client: Visitor, db: Session) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    page = client.get(f"/solve/{draft.ref}/edit").text

    def attributes(name: str) -> str:
        found = re.search(rf"<(?:input|textarea)[^>]*\bname=\"{name}\"[^>]*>", page)
        assert found is not None, name
        return found[0]

    assert 'maxlength="60"' in attributes("title")
    assert 'maxlength="300"' in attributes("summary")
    assert 'maxlength="500"' in attributes("film")
    assert 'type="url"' in attributes("film")
    assert all(each in attributes("speed") for each in ('type="number"', 'min="0"', 'max="90"', 'step="any"'))
    assert all(
        each in attributes("ready") for each in ('type="date"', 'min="2026-12-01"', 'max="2028-12-31"')
    )
    assert 'maxlength="600"' in attributes(f"indicators-{asked(db, draft)[0]}-evidence")
    for name, most in {"band": 40, "data-own": 20, "team_name": 100}.items():
        assert f'maxlength="{most}"' in attributes(name)
    assert 'data-most="3"' in page
    assert "From CNY 0.5 to CNY 90,000." in page
    assert "hidden from judges" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "x" * 61}, "61 characters; at most 60 fit."),
        ({"summary": "字" * 301}, "301 characters; at most 300 fit."),
        ({"route": "heat"}, "Choose one of the list."),
        ({"markets": "m9"}, "Choose one of the list."),
        ({"film": "javascript:alert(1)"}, "Write a whole address that begins with https://."),
        ({"film": "https://a.b/" + "x" * 600}, "characters; at most 500 fit."),
        ({"speed": "fast"}, "Write a number."),
        ({"speed": "-0.1"}, "At least 0."),
        ({"speed": "90.5"}, "At most 90."),
        ({"quote": "many"}, "Write a sum in figures"),
        ({"quote": "-1"}, "A sum cannot be below zero."),
        ({"quote": "0.49"}, "At least CNY 0.5."),
        ({"quote": "90000.01"}, "At most CNY 90,000."),
        ({"quote": "10", "quote_unit": "wan"}, "At most CNY 90,000."),
        ({"quote": "60 万元"}, "differs from the one chosen beside it."),
        ({"ready": "2026-02-30"}, "Write a date like 2026-12-04."),
        ({"ready": "2029-01-01"}, "At most 2028-12-31."),
        ({"level": "10"}, "Choose one of the list."),
        ({"level": "x"}, "Choose one of the list."),
        ({"steps-0-c0": "x" * 501}, "501 characters; at most 500 fit."),
        ({f"steps-{n}-c0": "row" for n in range(4)}, "At most 3 rows fit."),
        ({"data-own": "x" * 21}, "21 characters; at most 20 fit."),
        ({"team_name": "x" * 101}, "101 characters; at most 100 fit."),
    ],
)
def test_a_limit_passed_by_a_raw_post_is_told_at_its_field_and_nothing_is_saved(
    client: Visitor, db: Session, changes: dict[str, str], said: str
) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    answer = post(client, db, draft, **changes)
    assert answer.status_code == 422
    errors = re.findall(r'<p class="err"[^>]*>.*?<span>(.*?)</span></p>', answer.text)
    assert any(said in error for error in errors), errors
    assert again(draft).values == {"title": "Polarised vision"}
    for value in changes.values():  # what was typed is still there
        assert str(value)[:12] in answer.text or value in ("heat", "m9", "10", "x")


def test_more_choices_than_a_field_takes_are_told_at_it(client: Visitor, db: Session) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    answer = post(client, db, draft, markets=[(None, key) for key in (b"m1", b"m2", b"m3")])
    assert answer.status_code == 422
    assert re.findall(r'<p class="err" id="markets-error"[^>]*>.*?<span>(.*?)</span></p>', answer.text) == [
        "Choose at most 2."
    ]
    assert again(draft).values == {"title": "Polarised vision"}


def test_evidence_has_its_limit_too(client: Visitor, db: Session) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    name = f"indicators-{asked(db, draft)[1]}-evidence"
    answer = post(client, db, draft, **{name: "x" * 601})
    assert answer.status_code == 422
    assert answer.text.count("601 characters; at most 600 fit.</span>") == 1


def test_an_older_version_of_the_terms_is_not_accepted(client: Visitor, db: Session) -> None:
    draft = wide_draft({"title": "Polarised vision", "terms": 1})
    client.sign_in(owner_of(draft))
    assert not re.search(r'<input checked[^>]*name="terms"', client.get(f"/solve/{draft.ref}/edit").text)
    assert post(client, db, draft, terms="1").status_code == 302
    assert again(draft).values["terms"] == 0
    assert post(client, db, again(draft), terms="2").status_code == 302
    assert again(draft).values["terms"] == 2


def test_rows_come_and_go_without_a_script(client: Visitor, db: Session) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    more = post(client, db, draft, add="steps")
    assert more.status_code == 200
    assert 'name="steps-1-c0"' in more.text
    assert again(draft).values["steps"] == [["Build", "1-8"]]
    two = {"steps-1-c0": "Test", "steps-1-c1": "9"}
    assert post(client, db, again(draft), remove="steps-0", **two).status_code == 302
    assert again(draft).values["steps"] == [["Test", "9"]]


def test_words_of_the_other_language_are_marked(client: Visitor, db: Session) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    client.set_cookie("locale", "zh_CN")
    page = client.get(f"/solve/{draft.ref}/edit").text
    assert "路线" in page
    assert '<span lang="en">Ready on</span>' in page


def test_what_it_depends_on_is_said_without_a_script(client: Visitor, db: Session) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    page = client.get(f"/solve/{draft.ref}/edit").text
    assert 'data-if="route" data-among="light"' in page
    assert "Only if “Route” is:" in page


@pytest.mark.parametrize("fields", [1, 3])
def test_the_editor_costs_the_same_for_a_short_form_and_a_long_one(
    client: Visitor, db: Session, statements: Counting, fields: int
) -> None:
    title = WIDE.sections[0].fields[0]
    extra = tuple(Field(f"more_{n}", "long", words("More")) for n in range(10 * fields))
    draft = wide_draft(spec=Spec((Section("all", words("All"), fields=(title, *extra)),)))
    client.sign_in(owner_of(draft))
    with statements() as read:
        assert client.get(f"/solve/{draft.ref}/edit").status_code == 200
    assert len(read) <= 8, read
    with statements() as written:
        data = {"draft_version": "1", "title": "New", "organization_id": "", "team_name": ""}
        assert client.post(f"/solve/{draft.ref}/edit", **form(data)).status_code == 302
    assert len(written) <= 20, written
