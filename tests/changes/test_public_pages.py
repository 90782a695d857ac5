"""What everyone reads of a need that changed, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.requirements import enacting, proposing, services
from challenge.requirements.proposing import Written
from tests.changes.stories import KEPT, NOTE, change, propose, published, running
from tests.factories import UserFactory, actor_of
from tests.requirements.needs import need
from tests.rigs.statements import Counting
from tests.seek.pages import text_of

Visitors = Any


def test_in_chinese_the_difference_has_its_names(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    change(db, call, wanted.ref, problem_zh="夜间照度低于 10 lx。", budget_max_minor=150_000_000)
    reader = visitor(UserFactory(locale="zh_CN"))
    page = text_of(reader.get(f"/requirements/{wanted.ref}/versions").text)
    assert "150 万元" in page
    assert 'lang="zh-CN"' in page


def test_a_change_names_the_questions_that_led_to_it_and_private_ones_to_nobody(
    visitor: Visitors, db: Session
) -> None:
    call = running(db)
    wanted = published(db, call)
    asker = actor_of(UserFactory())
    asked = [services.ask_on_requirement(db, asker, wanted.ref, body) for body in ("Open?", "Between us?")]
    services.answer(db, call.as_seeker, asked[0].ref, "Yes.", public=True)
    services.answer(db, call.as_seeker, asked[1].ref, "Yes.", public=False)
    refs = [each.ref for each in asked]
    form = visitor(call.representative).get(f"/seek/requirements/{wanted.ref}/change").text
    assert "Between us?" in form
    proposing.save(db, call.as_seeker, wanted.ref, Written(need(goals="Other."), NOTE, refs))
    handed = proposing.hand_in(db, call.as_seeker, wanted.ref)
    enacting.publish(db, call.as_organizer, handed.ref, KEPT)
    public = visitor().get(f"/requirements/{wanted.ref}/versions").text
    assert f"#q-{asked[0].ref}" in public
    assert "Between us?" not in public
    assert f'id="q-{asked[0].ref}"' in visitor().get(f"/requirements/{wanted.ref}").text


def test_the_feed_has_an_entry_for_each_version(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call, anonymous=True)
    change(db, call, wanted.ref, anonymous=True, goals="Other.")
    reader = visitor()
    feed = reader.get(f"/requirements/{wanted.ref}/versions.atom")
    assert feed.mimetype == "application/atom+xml"
    assert feed.text.count("<entry>") == 2
    assert NOTE in feed.text
    assert "Longyuan" not in feed.text
    assert "Anonymous seeker" in feed.text
    again = reader.get(
        f"/requirements/{wanted.ref}/versions.atom", headers={"If-None-Match": feed.headers["ETag"]}
    )
    assert again.status_code == 304


def test_what_is_not_public_has_no_versions(visitor: Visitors, db: Session) -> None:
    call = running(db)
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id, need())
    for path in ("versions", "versions/1", "versions.atom"):
        assert visitor().get(f"/requirements/{draft.ref}/{path}").status_code == 404


def test_html_in_a_note_and_a_text_is_text(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    proposing.save(
        db, call.as_seeker, wanted.ref, Written(need(goals="<b>x</b>=1+1"), "<script>alert(1)</script>")
    )
    handed = proposing.hand_in(db, call.as_seeker, wanted.ref)
    enacting.publish(db, call.as_organizer, handed.ref, KEPT)
    page = visitor().get(f"/requirements/{wanted.ref}/versions").text
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


@pytest.mark.parametrize("path", ["/requirements/{ref}/versions", "/seek/requirements/{ref}/versions"])
def test_three_versions_cost_what_one_does(
    path: str, visitor: Visitors, db: Session, statements: Counting
) -> None:
    call = running(db)
    wanted = published(db, call)
    reader = visitor(call.representative)
    where = path.format(ref=wanted.ref)
    reader.get(where)
    with statements() as one:
        assert reader.get(where).status_code == 200
    for goals in ("Second.", "Third."):
        change(db, call, wanted.ref, goals=goals)
    with statements() as three:
        assert 'id="version-3"' in reader.get(where).text
    assert len(one) == len(three), f"{one}\n\n{three}"


def test_three_waiting_changes_cost_what_one_does(
    visitor: Visitors, db: Session, statements: Counting
) -> None:
    call = running(db)
    needs = [published(db, call, title_en=f"Need {n}") for n in range(3)]
    propose(db, call, needs[0].ref, goals="Other.")
    organizer, queue = visitor(call.organizer), f"/organize/rounds/{call.round.slug}/requirements"
    organizer.get(queue)
    with statements() as one:
        organizer.get(queue)
    for each in needs[1:]:
        propose(db, call, each.ref, goals="Other.")
    with statements() as three:
        assert "3 changes of published needs wait for you." in organizer.get(queue).text
    assert len(one) == len(three), f"{one}\n\n{three}"
