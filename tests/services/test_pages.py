"""The pages of services: found, asked for, followed by both sides, and nobody else reads a word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.services import asking, running
from challenge.services.asking import Wish
from challenge.services.models import Service, ServiceRequest
from tests.distribution.stories import office
from tests.factories import OrganizationFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.services.stories import House, house

ENGLISH = {"Accept-Language": "en"}
Come = Callable[..., Visitor]
CANARY = "kestrel"


@pytest.fixture
def made(db: Session) -> House:
    return house(db)


def test_a_visitor_finds_it_and_a_firm_asks_for_it(made: House, visitor: Come) -> None:
    made.offer(kind="testing", name_en="Material tests", fee_en="From CNY 500")
    page = visitor().get("/services", headers=ENGLISH).text
    for words in ("Technology transfer advice", "Material tests", "From CNY 500", "Hexi Centre"):
        assert words in page
    only = visitor().get("/services?kind=testing", headers=ENGLISH).text
    assert "Material tests" in only
    assert "Technology transfer advice" not in only
    assert "材料" not in page
    chinese = visitor().get("/services", headers={"Accept-Language": "zh-CN"}).text
    assert "技术转移咨询" in chinese
    assert "河西中心" in chinese
    address = f"/services/{made.service.ref}"
    assert "Free for members" in visitor().get(address, headers=ENGLISH).text
    assert visitor().get(f"{address}/ask").status_code == 302  # to the sign-in
    firm = visitor(made.asker)
    assert "Longyuan Aluminium" in firm.get(f"{address}/ask").text
    empty = firm.post(f"{address}/ask", data={"text": " "})
    assert empty.status_code == 422
    assert "Fill this in" in empty.text
    answer = firm.post(f"{address}/ask", data={"text": "A coating against dust."})
    assert "A coating against dust." in firm.get(answer.headers["Location"]).text
    lonely = visitor(UserFactory())
    assert "Register yours" in lonely.get(f"{address}/ask").text
    assert lonely.post(f"{address}/ask", data={"text": "For me"}).status_code == 403


def test_both_sides_follow_it_by_its_page(made: House, visitor: Come, db: Session) -> None:
    request = made.ask()
    at = f"/services/requests/{request.ref}"
    organizer, expert, firm = visitor(made.organizer), visitor(made.expert), visitor(made.asker)
    assert "Longyuan Aluminium" in organizer.get(f"/services/of/{made.centre.ref}").text
    assert "Technology transfer advice" in organizer.get("/work").text
    organizer.post(f"{at}/accept")
    wrong = organizer.post(f"{at}/assign", data={"person": made.expert.ref, "due_on": "soon"})
    assert wrong.status_code == 422
    past = organizer.post(f"{at}/assign", data={"person": made.expert.ref, "due_on": "2020-01-01"})
    assert "This day has passed" in past.text
    assert organizer.post(f"{at}/assign", data={"person": ""}).status_code == 422
    organizer.post(f"{at}/assign", data={"person": made.expert.ref})
    assert "Technology transfer advice" in expert.get("/work").text
    expert.post(f"{at}/begin")
    expert.post(f"{at}/note", data={"text": "A step for both"})
    expert.post(f"{at}/note-inside", data={"text": "A word inside"})
    assert "A word inside" in organizer.get(at).text
    told = firm.get(at).text
    assert "A step for both" in told
    assert "A word inside" not in told
    expert.post(f"{at}/finish")
    assert "Say how it was" in firm.get("/work").text
    assert firm.post(f"{at}/close", data={"rating": "6"}).status_code == 422
    firm.post(f"{at}/close", data={"rating": "4", "words": "Good work."})
    assert "Good work." in organizer.get(at).text
    late = organizer.post(f"{at}/refuse", data={"reason": "Too late"})
    assert late.status_code == 302
    assert "This cannot be done any more" in organizer.get(at).text


def test_a_need_leads_to_the_service_and_stays_with_it(made: House, visitor: Come) -> None:
    desk = office(made.db)
    seeker = visitor(desk.seeker)
    assert f"/services?need={desk.need.ref}" in seeker.get(f"/seek/requirements/{desk.need.ref}").text
    listed = seeker.get(f"/services?need={desk.need.ref}").text
    assert f"/services/{made.service.ref}?need={desk.need.ref}" in listed
    at = f"/services/{made.service.ref}/ask?need={desk.need.ref}"
    assert "Low-light flaw vision" in seeker.get(at, headers=ENGLISH).text
    answer = seeker.post(at, data={"text": "Who owns the patents?"})
    assert f"/seek/requirements/{desk.need.ref}" in seeker.get(answer.headers["Location"]).text
    assert f"/requirements/{desk.need.ref}" in visitor(made.organizer).get(answer.headers["Location"]).text
    dispatches = f"/organize/rounds/{desk.round.slug}/distribution/{desk.need.ref}"
    organizer = visitor(desk.organizer)
    if (page := organizer.get(dispatches)).status_code == 200:
        assert f"/services?need={desk.need.ref}" in page.text
    assert visitor(UserFactory()).get(at).status_code == 403


def test_nobody_else_reads_a_word_of_a_request(
    made: House, visitor: Come, mailbox: Mailbox, db: Session
) -> None:
    secret = OrganizationFactory(name=f"{CANARY}机构", name_en=f"{CANARY} Ltd")
    desk = office(db, seeker_organization=secret, anonymous=True)
    speaker = actor_of(desk.seeker)
    requests = [
        asking.ask(db, speaker, made.service.ref, Wish(f"{CANARY} {number}", need=desk.need.ref))
        for number in range(3)
    ]
    for request in requests:
        running.assign(db, made.as_organizer, request.ref, made.expert.ref)
        running.note(db, made.as_expert, request.ref, f"{CANARY} inside", internal=True)
        running.finish(db, made.as_expert, request.ref)
        asking.close(db, speaker, request.ref, 5, f"{CANARY} says thanks")
    others = {
        "anyone": visitor(),
        "user": visitor(UserFactory()),
        "firm": visitor(made.asker),
        "round": visitor(desk.organizer),
        "broker": visitor(desk.broker),
        "branch": visitor(made.manager),
        "admin": visitor(UserFactory(admin=True)),
    }
    paths = (
        *("/services", f"/services?of={made.centre.ref}", f"/services/{made.service.ref}", "/services/of"),
        *(f"/services/of/{made.centre.ref}{page}" for page in ("", "/offers", "/figures")),
        *("/services/requests", f"/services/requests/{requests[0].ref}", "/work", "/search?q=kestrel"),
        f"/requirements/{desk.need.ref}",
    )
    leaks = [
        (name, path)
        for name, reader in others.items()
        for path in paths
        if CANARY in reader.get(path).text.replace("q=kestrel", "").replace('value="kestrel"', "")
        and not path.startswith("/search")
    ]
    assert leaks == []
    readers = {made.organizer.email, made.expert.email, desk.seeker.email}
    told = [each.recipient for each in mailbox.letters if CANARY in f"{each.subject}{each.body}"]
    assert set(told) <= readers
    assert "3 ratings" in visitor().get("/services", headers=ENGLISH).text


def test_the_catalogue_is_written_by_its_centre(made: House, visitor: Come, db: Session) -> None:
    organizer, lab = visitor(made.organizer), OrganizationFactory(name_en="Test House")
    at = f"/services/of/{made.centre.ref}/new"
    assert organizer.get(at).status_code == 200
    bad = organizer.post(at, data={"kind": "testing", "provider": "Nobody", "quiet_days": "7"})
    assert bad.status_code == 422
    assert "No organization has this name" in bad.text
    data = {
        "kind": "testing",
        "provider": "Test House",
        "name_en": "Tests",
        "text_en": "All.",
        "quiet_days": "9",
    }
    answer = organizer.post(at, data={**data, "ref": "abcdefgh2345"})
    assert answer.status_code == 302
    line = db.scalars(sa.select(Service).where(Service.ref == "abcdefgh2345")).one()
    assert (line.state, line.provider_id, line.quiet_days) == ("draft", lab.id, 9)
    assert visitor().get("/services/abcdefgh2345").status_code == 302  # to the sign-in
    organizer.post("/services/abcdefgh2345/offer")
    assert "Tests" in visitor().get("/services").text
    page = organizer.get("/services/abcdefgh2345/edit").text
    assert "Test House" in page or lab.name in page
    edited = {**data, "name_en": "More tests", "provider": ""}
    assert organizer.post("/services/abcdefgh2345/edit", data=edited).status_code == 302
    db.refresh(line)
    assert (line.name_en, line.provider_id) == ("More tests", made.centre.id)
    stale = {**edited, "name_en": "Other", "seen": "2020-01-01T00:00:00+00:00"}
    assert organizer.post("/services/abcdefgh2345/edit", data=stale).status_code == 422
    organizer.post("/services/abcdefgh2345/retire")
    assert "More tests" not in visitor().get("/services").text
    assert visitor(made.manager).get(at).status_code == 403
    assert visitor(made.manager).get("/services/of").status_code == 302
    for stranger in (made.asker, made.expert):
        assert visitor(stranger).get("/services/abcdefgh2345/edit").status_code == 403


def test_the_pages_ask_the_same_for_one_and_three(made: House, visitor: Come, statements: Counting) -> None:
    db, lab = made.db, OrganizationFactory()
    first = made.done("One")
    running.note(db, made.as_organizer, first.ref, "A note")
    open_one = made.ask("Open one")
    organizer, firm = visitor(made.organizer), visitor(made.asker)
    centre = f"/services/of/{made.centre.ref}"
    pages = [
        *(
            (organizer, path)
            for path in (centre, f"{centre}?tab=done", f"{centre}/offers", f"{centre}/figures")
        ),
        *(
            (firm, path)
            for path in ("/services", f"/services/{made.service.ref}", "/services/requests", "/work")
        ),
        *((reader, f"/services/requests/{open_one.ref}") for reader in (organizer, firm)),
        (organizer, "/work"),
    ]

    def asked() -> list[int]:
        counts = []
        for reader, path in pages:
            with statements() as sent:
                assert reader.get(path).status_code == 200, path
            counts.append(len(sent))
        return counts

    asked()
    few = asked()
    for number in range(2):
        more = made.offer(lab, name_en=f"More {number}")
        made.done(f"Done {number}", more)
        made.ask(f"Open {number}", more)
        running.note(db, made.as_asker, open_one.ref, f"Note {number}")
    assert asked() == few


def test_what_lies_still_says_so_on_the_desk(made: House, visitor: Come, db: Session) -> None:
    request = made.ask()
    organizer = visitor(made.organizer)
    at = f"/services/of/{made.centre.ref}?tab=quiet"
    assert "Nothing lies still" in organizer.get(at).text
    row = db.get_one(ServiceRequest, request.id)
    row.moved_at = row.quiet_at = clock.now(db)
    db.flush()
    assert "Nothing happened for" in organizer.get(at).text
    assert "nothing happens here" in organizer.get("/work").text
