"""What is public is found in both languages, by words and filters; what is not is found by nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.flow import daily, indexing
from challenge.flow.errands import drain
from challenge.requirements import drafting
from challenge.rules.stages import Stage
from challenge.search import finding
from challenge.search.finding import Asked
from challenge.search.models import SearchEntry
from challenge.supply import achievements, experts
from challenge.tasks import queue
from challenge.tasks.models import Task
from tests.factories import OrganizationFactory, RequirementFactory, RoundFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.supply.stories import KNOWN, expert, offered


def titles(db: Session, **asked: object) -> list[str | None]:
    found = finding.find(db, Asked(**asked))  # type: ignore[arg-type]
    return [each.title_en or each.title_zh for each in found]


def world(db: Session) -> None:
    round_ = RoundFactory(title_en="Vision round", title_zh="视觉赛季")
    RequirementFactory(
        round=round_,
        title_zh="布匹瑕疵检测",
        title_en="Flaw detection on fabric",
        problem_zh="产线速度高，光照低，需要激光焊接后的复检。",
        field="electronics",
        region="330000",
        budget_min_minor=50_0000_00,
        budget_max_minor=80_0000_00,
    )
    RequirementFactory(
        round=round_,
        title_zh="固态电池",
        title_en="Solid batteries",
        field="energy",
        budget_min_minor=None,
        budget_max_minor=None,
    )
    offered(db)
    expert(db)
    db.commit()
    indexing.rebuild()


def test_words_of_two_characters_are_found_in_titles_first(db: Session) -> None:
    world(db)
    assert titles(db, text="瑕疵") == ["Flaw detection on fabric"]
    assert titles(db, text="焊接") == ["Underwater laser welding head", "Flaw detection on fabric"]
    assert titles(db, text="激光 焊接") == titles(db, text="激光焊接") == titles(db, text="焊接激光")
    assert titles(db, text="battery") == ["Solid batteries"]
    assert titles(db, text="光焊") == ["Underwater laser welding head", "Flaw detection on fabric"]
    assert titles(db, text="视觉") == ["Vision round"]
    assert titles(db, text="电解质") == ["Chen Yu"]
    assert titles(db, text="瑕疵 电池") == []


def test_filters_narrow_and_may_stand_alone(db: Session) -> None:
    world(db)
    assert titles(db, text="焊接", kind="achievement") == ["Underwater laser welding head"]
    assert titles(db, field="energy") == ["Chen Yu", "Solid batteries"]
    assert titles(db, region="330000") == ["Flaw detection on fabric"]
    assert titles(db, trl=6) == ["Underwater laser welding head"]
    assert titles(db, trl=7) == []
    assert titles(db, stage="submission", kind="round") == ["Vision round"]
    assert titles(db, low_minor=70_0000_00, high_minor=90_0000_00) == ["Flaw detection on fabric"]
    assert titles(db) == []


def test_pages_follow_one_another(db: Session) -> None:
    round_ = RoundFactory()
    for number in range(5):
        RequirementFactory(
            round=round_, title_en=f"Sensor {number}" if number % 2 else f"Other {number}", goals="sensors"
        )
    db.commit()
    indexing.rebuild()
    asked, seen, after = Asked("sensor"), [], None
    while page := finding.find(db, asked, after, 2):
        seen += [each.title_en for each in page]
        after = (page[-1].part, page[-1].id)
    assert seen == ["Sensor 3", "Sensor 1", "Other 4", "Other 2", "Other 0"]


def test_the_index_follows_what_happens(db: Session, app: Flask) -> None:
    made = offered(db, owner=(person := UserFactory()))
    actor = actor_of(person)
    db.commit()
    drain()
    assert titles(db, text="welding") == ["Underwater laser welding head"]
    content = replace(achievements.contents.read(made, ""), title_en="Dry cutting head", title_zh="")
    achievements.edit(db, actor, made.ref, replace(content, summary_en="Cuts", summary_zh=""))
    db.commit()
    drain()
    assert (titles(db, text="welding"), titles(db, text="cutting")) == ([], ["Dry cutting head"])
    achievements.retire(db, actor, made.ref)
    experts.save_profile(db, actor, replace(KNOWN, listed=True))
    person.name = "Chen Yu"
    db.commit()
    drain()
    assert (titles(db, text="cutting"), titles(db, text="chen")) == ([], ["Chen Yu"])
    experts.save_profile(db, actor, replace(KNOWN, listed=False))
    db.commit()
    drain()
    assert db.scalar(sa.select(sa.func.count()).select_from(SearchEntry)) == 0


def test_rebuilding_brings_back_what_was_lost_and_takes_out_what_should_not_be(db: Session) -> None:
    need = RequirementFactory(title_en="Lost and found")
    db.commit()
    assert indexing.rebuild()["requirement"] == 1
    db.execute(sa.delete(SearchEntry))
    need.state = "withdrawn"
    other = RequirementFactory(title_en="Still here")
    db.commit()
    indexing.rebuild()
    assert (titles(db, text="lost"), titles(db, text="still")) == ([], [other.title_en])


def test_what_is_not_public_is_in_no_column_of_the_index(db: Session, client: Visitor) -> None:
    seeker = OrganizationFactory(name="金丝雀重工", name_en="Canary Heavy Industry")
    RequirementFactory(
        seeker=seeker, anonymous=True, title_en="Quiet pumps", confidential_part="CANARYSECRET"
    )
    RequirementFactory(seeker=seeker, state="submitted", title_en="CANARYDRAFT")
    RequirementFactory(round=RoundFactory(stage=Stage.DRAFT, title_en="CANARYROUND"), title_en="CANARYEARLY")
    offered(db, detail="CANARYDETAIL")
    hidden = expert(db, name="CANARYEXPERT", listed=False)
    experts.add_document(db, actor_of(hidden), "CANARYTEXT", "CANARYTEXT")
    db.commit()
    indexing.rebuild()
    drain()
    kept = " ".join(str(row) for row in db.execute(sa.select(SearchEntry.__table__)))
    assert "Quiet pumps" in kept
    assert "CANARY" not in kept.upper()
    assert "金丝雀" not in kept
    for person in (None, UserFactory(), UserFactory(admin=True)):
        db.commit()
        client.sign_out() if person is None else client.sign_in(person)
        for word in (
            "金丝雀",
            "重工",
            "canary",
            "CANARYSECRET",
            "CANARYDRAFT",
            "CANARYDETAIL",
            "CANARYEXPERT",
        ):
            assert "Nothing found" in client.get(f"/search?q={word}").text


def test_finds_are_shown_safely_with_their_words_marked(db: Session, client: Visitor) -> None:
    RequirementFactory(
        title_en="<b>Pump</b> & valve", problem_en="x" * 300 + " a quiet <script>pump</script>"
    )
    db.commit()
    indexing.rebuild()
    shown = client.get("/search?q=pumps").text
    assert "&lt;b&gt;<mark>Pump</mark>&lt;/b&gt; &amp; valve" in shown
    assert "&lt;script&gt;<mark>pump</mark>&lt;/script&gt;" in shown
    for query in ("%22", "%27%29%3B--", "%00", "*", "AND", "NOT%20a", "%F0%9F%98%80", "q" * 500, "%E9%92%A2"):
        assert client.get(f"/search?q={query}&trl=x&from=much&after=t&kind=zzz").status_code == 200


def test_a_requirement_that_is_withdrawn_is_found_no_more(db: Session) -> None:
    person = UserFactory()
    need = RequirementFactory(author_id=person.id, title_en="Withdrawn pumps")
    db.commit()
    indexing.rebuild()
    assert titles(db, text="pumps") == ["Withdrawn pumps"]
    seeker = replace(actor_of(person), represents=frozenset({need.seeker_id}))
    drafting.withdraw(db, seeker, need.ref, "We solved it.")
    db.commit()
    drain()
    assert titles(db, text="pumps") == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_asks_the_same_whatever_it_finds(
    db: Session, client: Visitor, statements: Counting, count: int
) -> None:
    for number in range(count):
        RequirementFactory(title_en=f"Pump {number}")
    db.commit()
    indexing.rebuild()
    with statements() as asked:
        assert client.get("/search?q=pump").text.count('class="req"') == count
    assert len(asked) <= 3, asked


def test_what_was_there_before_the_index_is_read_once(db: Session, app: Flask) -> None:
    RequirementFactory(title_en="Older than the index")
    db.commit()
    for _ in range(2):
        queue.put(db, *daily.due(db))
        db.commit()
        drain()
    assert titles(db, text="older") == ["Older than the index"]
    assert db.scalar(sa.select(sa.func.count()).where(Task.kind == "index")) == len(indexing.SOURCES)
