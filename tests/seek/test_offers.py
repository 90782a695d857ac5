"""A seeker lays offers side by side: nothing too early or of others, filters, marks, notes, a workbook."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, Organization, User
from challenge.awards import noting, publishing
from challenge.awards.models import Decision
from challenge.awards.offer_models import OfferBook, OfferNote
from challenge.base import clock
from challenge.reports.models import Access
from challenge.rounds.models import Round
from challenge.rules.errors import NotAllowed, NotFound
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission, Version
from challenge.work import drain
from tests.awards.stories import Judged, asked, judged_round, published, settled
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory, actor_of
from tests.judging.stories import Court, court, entry
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

HOUR = dt.timedelta(hours=1)


def page_of(judged: Judged, query: str = "") -> str:
    return f"/seek/requirements/{judged.needs[0].ref}/offers{query}"


def seeker_of(judged: Judged) -> User:
    return judged.seekers[0]


def speaker_of(db: Session, made: Court) -> User:
    """Somebody who speaks for the seeker of a court's requirement."""
    person: User = UserFactory(represents=[db.get_one(Organization, made.requirement.seeker_id)])
    return person


def version_of(db: Session, offer: Submission) -> Version:
    return db.scalars(sa.select(Version).where(Version.submission_id == offer.id)).one()


def says(db: Session, offer: Submission, **values: object) -> None:
    """The offer was entered with these answers."""
    version = version_of(db, offer)
    content = {**version.content, "values": {**version.content["values"], **values}}
    if "title" in values:
        content["title"] = values["title"]
    version.content = content


def meets(db: Session, offer: Submission, met: str, evidence: str = "Measured.") -> None:
    """Its answer to every indicator."""
    version = version_of(db, offer)
    answers = [{**each, "met": met, "evidence": evidence} for each in version.content["answers"]]
    version.content = {**version.content, "answers": answers}


@pytest.fixture
def judged(db: Session) -> Judged:
    """Three offers for one need, ranked; the second has met its must, the first is dear."""
    made = judged_round(db)
    for number, offer in enumerate(made.entries):
        says(db, offer, title=f"OFFER {number}")
    meets(db, made.entries[1], "met", "Measured on 900 m.")
    says(db, made.entries[0], quote=120_000_000, trl_delivery=9)
    return made


def test_the_offers_stand_side_by_side_line_by_line(client: Visitor, db: Session, judged: Judged) -> None:
    client.sign_in(seeker_of(judged))
    page = client.get(page_of(judged)).text
    for number, offer in enumerate(judged.entries):
        assert f"OFFER {number}" in page
        assert offer.code in page
    assert "Detection rate" in page
    assert "≥ 99.2 % · Must" in page
    assert "Measured on 900 m." in page
    assert "CNY 1,200,000" in page
    assert "Budget: CNY 600,000" in page
    assert "TRL 9" in page
    assert "We replace the line-scan camera." in page
    read = db.scalars(sa.select(Access.submission_id).where(Access.role == "seeker")).all()
    assert sorted(read) == sorted(each.id for each in judged.entries)


SCORE = re.compile(r"(?<!\d)9\.9(?!\d)")  # and no part of an instant


def test_scores_come_with_the_question_and_not_before(client: Visitor, db: Session, judged: Judged) -> None:
    client.sign_in(seeker_of(judged))
    early = client.get(page_of(judged)).text
    assert "Place and total" not in early
    assert not SCORE.search(early)
    asked(db, judged)
    later = client.get(page_of(judged)).text
    assert "Place and total" in later
    assert "1 · 99.00" in later
    assert SCORE.search(later)


def test_scores_of_published_results_are_read_without_a_question(
    client: Visitor, db: Session, judged: Judged
) -> None:
    settled(db, judged)
    publishing.start_notice(db, judged.as_organizer, judged.round.id, clock.now(db) + HOUR)
    published(db, judged)
    db.execute(sa.delete(Decision))
    client.sign_in(seeker_of(judged))
    assert "Place and total" in client.get(page_of(judged)).text


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("?musts=1", {1}),
        ("?budget=1", {1, 2}),
        ("?trl=9", {0}),
        ("?musts=1&trl=9", set()),
        ("?trl=nonsense&mark=nonsense", {0, 1, 2}),
    ],
)
def test_filters_leave_what_passes(client: Visitor, judged: Judged, query: str, left: set[int]) -> None:
    client.sign_in(seeker_of(judged))
    page = client.get(page_of(judged, query)).text
    assert {number for number in range(3) if f"OFFER {number}" in page} == left


def test_a_choice_shows_only_the_chosen(client: Visitor, judged: Judged) -> None:
    client.sign_in(seeker_of(judged))
    chosen = judged.entries[1]
    page = client.get(page_of(judged, f"?pick={chosen.ref}")).text
    assert page.count('id="offer-') == 1
    assert f'id="offer-{chosen.ref}"' in page


def test_before_the_close_and_under_a_seal_there_is_nothing(client: Visitor, db: Session) -> None:
    open_ = court(db, judges=0, entries=1, stage=Stage.SUBMISSION)
    sealed = court(db, judges=0, entries=1)
    db.get_one(Round, sealed.round.id).sealed = True
    for made in (open_, sealed):
        says(db, made.entries[0], title="CANARY")
        person = speaker_of(db, made)
        client.sign_in(person)
        address = f"/seek/requirements/{made.requirement.ref}/offers"
        answer = client.get(address)
        assert (answer.status_code, answer.location) == (302, address.replace("offers", "submissions"))
        assert client.post(f"{address}/book").status_code == 403
        with pytest.raises(NotAllowed):
            noting.note(db, actor_of(person), made.entries[0].ref, "shortlist", "")
    assert db.scalar(sa.select(sa.func.count()).select_from(Access)) == 0


def test_withdrawn_and_ruled_out_offers_are_gone_with_their_figures(
    client: Visitor, db: Session, judged: Judged
) -> None:
    judged.entries[0].state = "withdrawn"
    judged.entries[1].state, judged.entries[1].state_reason = "ineligible", "No licence."
    client.sign_in(seeker_of(judged))
    page = client.get(page_of(judged)).text
    assert "OFFER 2" in page
    assert "OFFER 0" not in page
    assert "OFFER 1" not in page
    with pytest.raises(NotAllowed):
        noting.note(db, judged.as_seeker(), judged.entries[1].ref, "out", "")


def test_another_seeker_an_organizer_and_who_stands_behind_an_offer_read_nothing(
    client: Visitor, db: Session, judged: Judged
) -> None:
    insider = db.get_one(User, judged.entries[2].owner_id)
    MembershipFactory(user_id=insider.id, organization=judged.needs[0].seeker)
    client.sign_in(insider)
    assert client.get(page_of(judged)).status_code == 403
    with pytest.raises(NotAllowed):
        noting.note(db, actor_of(insider), judged.entries[0].ref, "out", "Rubbish.")
    for stranger in (UserFactory(represents=[OrganizationFactory()]), judged.organizer):
        client.sign_in(stranger)
        assert client.get(page_of(judged)).status_code == 404
        with pytest.raises(NotFound):
            noting.note(db, actor_of(stranger), judged.entries[0].ref, "out", "")


def test_marks_and_notes_are_read_by_the_seeker_alone(client: Visitor, db: Session, judged: Judged) -> None:
    offer, me = judged.entries[1], seeker_of(judged)
    client.sign_in(me)
    kept = {"mark": "shortlist", "text": "=SECRET LIKING", "need": judged.needs[0].ref, "back": "musts=1"}
    for _ in range(2):
        answer = client.post(f"/seek/offers/{offer.ref}/note", data=kept)
        assert answer.location.endswith(f"?musts=1#note-{offer.ref}")
    assert db.scalar(sa.select(sa.func.count()).select_from(OfferNote)) == 1
    assert "SECRET LIKING" in client.get(page_of(judged, "?mark=shortlist")).text
    assert "None passes the filters" in client.get(page_of(judged, "?mark=out")).text
    colleague = UserFactory(represents=[judged.needs[0].seeker])
    client.sign_in(colleague)
    assert "SECRET LIKING" in client.get(page_of(judged)).text
    zipped = {}
    for person in (me, colleague, judged.organizer, db.get_one(User, offer.owner_id)):
        client.sign_in(person)
        archive = zipfile.ZipFile(io.BytesIO(client.get("/profile/data.zip").data))
        zipped[person.id] = b"".join(archive.read(name) for name in archive.namelist())
        pages = f"/organize/rounds/{judged.round.slug}/audit", f"/solve/submissions/{offer.ref}/readers"
        assert all("SECRET" not in client.get(each).text for each in pages)
    assert [b"SECRET LIKING" in each for each in zipped.values()] == [True, False, False, False]
    client.sign_in(me)
    client.post(f"/seek/offers/{offer.ref}/note", data={**kept, "mark": "", "text": " "})
    assert db.scalar(sa.select(sa.func.count()).select_from(OfferNote)) == 0


def test_a_note_that_is_too_long_comes_back_as_it_was_typed(client: Visitor, judged: Judged) -> None:
    client.sign_in(seeker_of(judged))
    typed = {"mark": "maybe", "text": "x" * 2001, "need": judged.needs[0].ref}
    answer = client.post(f"/seek/offers/{judged.entries[0].ref}/note", data=typed)
    assert answer.status_code == 422
    assert "2001 characters; at most 2000 fit." in answer.text
    assert "x" * 2001 in answer.text


def book_of(db: Session) -> OfferBook:
    return db.scalars(sa.select(OfferBook).execution_options(populate_existing=True)).one()


def test_the_comparison_is_taken_along_as_a_workbook(client: Visitor, db: Session, judged: Judged) -> None:
    says(db, judged.entries[2], title="=HYPERLINK(1)")
    asked(db, judged)
    client.sign_in(seeker_of(judged))
    chosen = [each.ref for each in judged.entries[1:]]
    for _ in range(2):
        assert client.post(f"{page_of(judged)}/book", data={"pick": chosen}).status_code == 302
    assert "being worked on" in client.get(page_of(judged)).text
    db.commit()
    drain()
    address = f"{page_of(judged)}/book/{book_of(db).ref}.xlsx"
    assert address in client.get(page_of(judged)).text
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(address).data)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [judged.entries[1].code in str(rows[0][1]), judged.entries[2].code in str(rows[0][2])] == [
        True
    ] * 2
    lines = {str(row[0]): row[1:3] for row in rows}
    assert lines["Detection rate (≥ 99.2 % · Must)"][0] == "met\nMeasured on 900 m."
    assert lines["Place and total"] == ["2 · 98.00", "3 · 97.00"]
    assert all(cell.data_type in ("s", "n") for row in sheet.iter_rows() for cell in row)

    colleague = UserFactory(represents=[judged.needs[0].seeker])
    client.sign_in(colleague)
    assert client.get(address).status_code == 404
    judged.entries[2].state = "withdrawn"
    client.sign_in(seeker_of(judged))
    assert client.get(address).status_code == 404
    assert "out of date" in client.get(page_of(judged)).text


def test_who_may_not_read_any_more_gets_no_workbook(client: Visitor, db: Session, judged: Judged) -> None:
    client.sign_in(seeker_of(judged))
    client.post(f"{page_of(judged)}/book")
    db.execute(sa.delete(Membership).where(Membership.user_id == seeker_of(judged).id))
    db.commit()
    drain()
    assert (book_of(db).state, book_of(db).sha256) == ("refused", None)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_for_one_offer_and_for_three(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    made = asked(db, judged_round(db, places=tuple(range(1, count + 1))))
    for offer in made.entries:
        noting.note(db, made.as_seeker(), offer.ref, "maybe", "Perhaps.")
    client.sign_in(seeker_of(made))
    client.get(page_of(made))
    with statements() as sent:
        assert client.get(page_of(made)).status_code == 200
    assert len(sent) <= 14, sent


def test_an_offer_with_more_time_of_its_own_is_not_read_yet(client: Visitor, db: Session) -> None:
    made = court(db, judges=0, entries=1)
    late = entry(db, made.requirement)
    says(db, late, title="STILL WRITING")
    now = clock.now(db)
    late.extended_to, late.extended_at, late.extension_reason = now + HOUR, now, "Fire."
    client.sign_in(speaker_of(db, made))
    page = client.get(f"/seek/requirements/{made.requirement.ref}/offers").text
    assert made.entries[0].code in page
    assert "STILL WRITING" not in page
