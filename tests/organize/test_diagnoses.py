"""The pages of expert diagnosis: asked by the organizer, written by the expert, taken over by the author."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import diagnosing, queries, services
from challenge.requirements.content import IndicatorRow
from challenge.requirements.diagnosis_models import Diagnosis, DiagnosisOpening
from challenge.requirements.models import Requirement
from challenge.supply.experts import Profile, save_profile
from tests.factories import RequirementFactory, RoundFactory, UserFactory, actor_of, organizer_of
from tests.organize.centres import centre
from tests.requirements.experts import ADVICE, QUESTION, SAID, Table, table
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.seek.pages import text_of, typed

CANARY = "kestrel"
LATER = {"due_on": "2099-01-01"}
WITHIN = "Choose a day from tomorrow on, within 90 days."


def where(at: Table, *parts: str) -> str:
    return "/".join((f"/organize/requirements/{at.need.ref}/diagnoses", *parts))


def screen(at: Table, *parts: str) -> str:
    return "/".join((f"/organize/rounds/{at.call.round.slug}/requirements/{at.need.ref}", *parts))


def due_day(at: Table) -> str:
    return at.wish().due_at.strftime("%Y-%m-%d")


def one(db: Session) -> Diagnosis:
    db.expire_all()
    return db.scalars(sa.select(Diagnosis)).one()


def test_from_the_organizer_s_question_to_the_author_s_draft(
    db: Session, visitor: Any, mailbox: Mailbox
) -> None:
    at = table(db)
    organizer, expert = visitor(at.call.organizer), visitor(at.expert)
    seeker = visitor(at.call.representative)
    assert "Nobody was asked yet." in organizer.get(screen(at)).text
    asked = {"email": at.expert.email.upper(), "question": QUESTION, "due_on": due_day(at)}
    asked |= {"with_closed": "y"}
    for _ in range(2):
        assert organizer.post(where(at), data=asked).status_code == 302
    desk = f"/diagnoses/{one(db).ref}"
    for page in ("/work", "/inbox"):
        assert desk in expert.get(page).text
    page = text_of(expert.get(desk).text)
    assert QUESTION in page
    assert "It opens once you have taken this on." in page
    assert "north hall" not in page
    for _ in range(2):
        assert expert.post(f"{desk}/accept").status_code == 302
    page = expert.get(desk).text
    assert "north hall" in page
    assert "Ma Lin" not in page
    assert db.scalar(sa.select(sa.func.count(DiagnosisOpening.id))) == 1
    changed = typed(page, **SAID, advice=ADVICE, problem_en="Flaws pass at 3.1 %, and at night more.")
    draft = expert.post(f"{desk}/draft", data=changed)
    assert draft.json["said"].startswith("Saved ")
    assert expert.post(desk, data={**changed, "next": "submit"}).status_code == 302
    assert "Handed in." in expert.get(desk).text
    assert one(db).wording == {"problem_en": "Flaws pass at 3.1 %, and at night more."}
    page = organizer.get(where(at)).text
    for words in (ADVICE, "Only with much effort, or in part", "<ins>", "Let it be reworked"):
        assert words in page
    assert "<del>" in page
    given = {"reasons": "Please reword.", "opinion": one(db).ref}
    for _ in range(2):
        assert organizer.post(screen(at, "return"), data=given).status_code == 302
    side = f"/seek/requirements/{at.need.ref}/wording"
    assert side in seeker.get(f"/seek/requirements/{at.need.ref}").text
    page = seeker.get(side).text
    assert ADVICE in page
    assert "Prof. Qin" not in page
    assert seeker.post(f"{side}/{one(db).ref}", data={"fields": "problem_en"}).status_code == 302
    assert "taken over" in seeker.get(side).text
    assert db.scalar(sa.select(Requirement.problem_en)) == "Flaws pass at 3.1 %, and at night more."
    returned = mailbox.to(at.call.representative.email)[-1]
    assert "Please reword." in returned.body
    assert "What an expert said of it" in returned.body


def test_what_is_wrong_comes_back_at_its_field(db: Session, visitor: Any) -> None:
    at = table(db)
    organizer, expert = visitor(at.call.organizer), visitor(at.expert)
    nobody = {"email": "nobody@example.org", "question": "", "due_on": "soon"}
    page = organizer.post(where(at), data=nobody)
    assert page.status_code == 422
    for words in ("Nobody has a confirmed account with this address.", "Write a date like 2026-12-04."):
        assert words in page.text
    tied = {"email": at.call.representative.email, "question": QUESTION, **LATER}
    page = organizer.post(where(at), data=tied)
    assert page.status_code == 422
    for words in ("This person belongs to the seeker,", WITHIN):
        assert words in page.text
    assert "Choose an expert" in organizer.post(where(at), data={"question": "?", **LATER}).text
    found = at.accepted()
    desk = f"/diagnoses/{found.ref}"
    page = expert.post(desk, data={**typed(expert.get(desk).text), "next": "submit"})
    assert page.status_code == 422
    assert page.text.count("Fill this in.") == 2 * 6  # above the form, and at each field
    more = expert.post(desk, data={**typed(expert.get(desk).text), "add": "indicators"})
    assert 'name="indicators-2-target"' in more.text
    assert expert.post(f"{desk}/decline", data={"reason": ""}).status_code == 422
    late = expert.post(f"{desk}/draft", data={"title_en": "x" * 20_001})
    assert (late.status_code, late.json["said"]) == (422, "Not saved: 20001 characters; at most 20000 fit.")
    assert expert.post(f"{desk}/decline", data={"reason": "No time."}).status_code == 302
    assert "No time." in organizer.get(where(at)).text


def test_experts_who_agreed_to_be_found_are_offered_those_of_the_field_first(
    db: Session, visitor: Any
) -> None:
    at = table(db)
    people = {name: UserFactory(name=name) for name in ("Ada Field", "Bo Else", "Cy Silent", "Di Away")}
    for name, person in people.items():
        field = "electronics" if name == "Ada Field" else "materials"
        shown = {"matched": name != "Cy Silent", "availability": "none" if name == "Di Away" else "open"}
        save_profile(db, actor_of(person), Profile(keywords="vision", field=field, **shown))
    organizer = visitor(at.call.organizer)
    page = organizer.get(where(at)).text
    assert 0 < page.index("Ada Field") < page.index("Bo Else")
    assert "Cy Silent" not in page
    assert "Di Away" not in page
    chosen = typed(page)
    assert chosen["expert"] == [""] or chosen["expert"] == ""
    ref = page.split('">Ada Field')[0].rsplit('"', 1)[-1]
    data = {"expert": ref, "question": QUESTION, "due_on": due_day(at), "named": "y"}
    assert organizer.post(where(at), data=data).status_code == 302
    assert (one(db).expert_id, one(db).named) == (people["Ada Field"].id, True)


def test_who_may_not_is_kept_out(db: Session, visitor: Any) -> None:
    at = table(db)
    found = at.handed_in({"title_en": "Another"})
    desk, side = f"/diagnoses/{found.ref}", f"/seek/requirements/{at.need.ref}/wording"
    curious = (UserFactory(), organizer_of(table(db).call.round.programme), UserFactory(admin=True))
    for person in (*curious, at.call.representative):
        assert visitor(person).get(where(at)).status_code == 403
        assert visitor(person).get(desk).status_code == 403
    for person in (*curious, at.expert):
        assert visitor(person).get(side).status_code == 403
        assert visitor(person).post(f"{side}/{found.ref}", data={"all": "1"}).status_code == 403
    assert visitor(at.call.representative).get(side).status_code == 200
    assert ADVICE not in visitor(at.call.representative).get(side).text
    assert visitor().get(desk).status_code == 302
    assert visitor(at.call.organizer).post(where(at, found.ref, "call-off")).status_code == 409
    other = table(db)
    elsewhere = f"/seek/requirements/{other.need.ref}/wording/{found.ref}"
    assert visitor(other.call.representative).post(elsewhere, data={"all": "1"}).status_code == 404


def test_a_branch_manager_asks_from_the_desk_and_returns_with_the_opinion(db: Session, visitor: Any) -> None:
    tree = centre(db)
    waiting = tree.handed_in()
    person = UserFactory(email="qin@example.org")
    chief, desk = visitor(tree.chief), f"/organize/branches/requirements/{waiting.ref}"
    page = f"/organize/requirements/{waiting.ref}/diagnoses"
    assert page in chief.get(desk).text
    assert "Formal check" in chief.get(desk).text
    at = Table(db, tree, waiting, person)  # type: ignore[arg-type]
    data = {"email": "qin@example.org", "question": QUESTION, "due_on": due_day(at)}
    assert chief.post(page, data=data).status_code == 302
    assert visitor(tree.sibling).get(page).status_code == 403
    found = one(db)
    found.state, found.handed_in_at, found.advice = "handed_in", found.created_at, ADVICE
    for name, code in SAID.items():
        setattr(found, name, code)
    db.flush()
    given = {"reasons": "Reword.", "opinion": found.ref}
    assert chief.post(f"{desk}/return", data=given).status_code == 302
    assert ADVICE in visitor(tree.speaker).get(f"/seek/requirements/{waiting.ref}/wording").text


def test_nothing_that_names_an_anonymous_seeker_reaches_its_expert(
    db: Session, visitor: Any, mailbox: Mailbox
) -> None:
    at = table(
        db,
        anonymous=True,
        title_en=f"Vision for {CANARY} Works",
        confidential_part=f"{CANARY} Works runs it.",
        partners=f"Friends of {CANARY}@example.org",
        indicators=(IndicatorRow(name_en=f"{CANARY} Works speed", unit="m/s", target="10"),),
        contact_name=CANARY,
    )
    at.call.seeker.name, at.call.seeker.name_en = f"{CANARY}机构", f"{CANARY} Works"
    at.call.representative.email = f"{CANARY}@example.org"
    db.flush()
    found = at.accepted(with_closed=True)
    expert: Visitor = visitor(at.expert)
    pages = [expert.get(path).text for path in (f"/diagnoses/{found.ref}", "/work", "/inbox")]
    assert "███" in pages[0]
    listed = visitor(at.call.organizer).get(f"/organize/rounds/{at.call.round.slug}/requirements").text
    assert "with an expert until" in listed
    assert "There is a confidential part." not in pages[0]
    db.commit()
    letters = [f"{each.subject}{each.body}{each.html}" for each in mailbox.to(at.expert.email)]
    assert len(letters) == 1
    assert [text for text in (*pages, *letters) if CANARY in text.lower()] == []
    data = expert.get("/profile/data.zip").data
    assert CANARY.encode() not in data


def test_nobody_but_those_concerned_reads_an_opinion_in_public(db: Session, visitor: Any) -> None:
    at = table(db)
    found = at.handed_in({"title_en": f"{CANARY} in the title"})
    found.advice = found.question = CANARY
    services.publish(db, at.call.as_organizer, at.need.ref)
    ref, slug = at.need.ref, at.call.round.slug
    paths = (f"/requirements/{ref}", "/requirements", f"/rounds/{slug}/requirements", "/search?q=title")
    for person in (None, UserFactory()):
        reader = visitor(person)
        assert [path for path in paths if CANARY in reader.get(path).text] == []


def test_the_formal_check_is_a_list_of_points(db: Session, visitor: Any) -> None:
    at = table(
        db,
        title_zh="",
        contact_phone="",
        contact_email="",
        budget_min_minor=100_000,
        budget_max_minor=400_000_000,
        goals="The line is number 4 in the north hall. Call 13800138000.",
    )
    page = text_of(visitor(at.call.organizer).get(screen(at)).text)
    for line in (
        "No contact with a telephone number or a mail address is given.",
        "One end of the budget is more than a thousand times the other.",
        "The goals repeats the confidential part",
        "The goals holds an address or a number: “13800138000”.",
        "The Chinese title is missing.",
    ):
        assert line in page, line
    assert page.count("in order") >= 2
    admin = visitor(UserFactory(admin=True)).get(screen(at)).text
    assert "Formal check" not in admin


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_with_one_and_with_three(
    db: Session, visitor: Any, statements: Counting, count: int
) -> None:
    at = table(db)
    first = at.handed_in({"title_en": "Another title"}, with_closed=True)
    for _ in range(count - 1):
        at.expert = UserFactory()
        at.handed_in({"title_en": "Yet another"})
    expert, need = db.get_one(type(at.expert), first.expert_id), at.need
    for _ in range(count):
        other = RequirementFactory(round=RoundFactory(), seeker=at.call.seeker, state="submitted")
        organizer = actor_of(organizer_of(other.round.programme))
        waiting = diagnosing.ask(db, organizer, other.ref, at.wish(expert_id=expert.id))
    at.returned(*db.scalars(sa.select(Diagnosis).where(Diagnosis.requirement_id == need.id)))
    pages = {
        at.call.organizer: {where(at): 10, screen(at): 12},
        expert: {f"/diagnoses/{first.ref}": 12, f"/diagnoses/{waiting.ref}": 14, "/inbox": 6},
        at.call.representative: {f"/seek/requirements/{need.ref}/wording": 8},
    }
    for person, paths in pages.items():
        reader = visitor(person)
        for path, most in paths.items():
            with statements() as asked:
                assert reader.get(path).status_code == 200
            assert len(asked) <= most, f"{path}\n{asked}"
    assert queries.by_ref(db, need.ref).state == "returned"
