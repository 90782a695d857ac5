"""Proposals offered anew: only with consent, only what it allows, once for each need, and ended at a word."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import anew, anew_bar, anew_reads
from challenge.awards.anew import Consent
from challenge.awards.anew_models import AnewConsent, AnewMatch, AnewOffer
from challenge.base import clock
from challenge.docking.models import DockingPair
from challenge.rules.errors import Invalid, NotAllowed, NotFound, WrongState
from challenge.submissions.models import Submission
from tests.awards.outcome_stories import agrees, joins, offered, out, owner_of, says, similar
from tests.awards.stories import happened
from tests.factories import UserFactory, actor_of, organizer_of
from tests.judging.test_at_once import together
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

ENGLISH = {"Accept-Language": "en"}
Visit = Callable[..., Visitor]


def state_of(db: Session, made: AnewOffer) -> str:
    db.expire_all()
    return db.get_one(AnewOffer, made.id).state


def test_without_consent_nothing_is_offered_and_consent_is_the_owner_s(db: Session) -> None:
    judged = out(db)
    winner, second, _third = judged.entries
    need, _seeker = similar(db, second)
    anew.search(db, judged.as_organizer, judged.round.id, "share", Decimal(100))
    with pytest.raises(WrongState) as none:
        anew.offer(db, judged.as_organizer, second.ref, need.ref)
    assert none.value.code == "anew_no_consent"
    member = joins(db, second, "Zhao Min")
    for somebody in (member, judged.organizer):
        with pytest.raises(NotAllowed):
            anew.consent(db, actor_of(somebody), second.ref, Consent("whole"))
    with pytest.raises(NotFound):
        anew.consent(db, actor_of(UserFactory()), second.ref, Consent("whole"))
    with pytest.raises(NotAllowed):  # what was selected has its need
        anew.consent(db, actor_of(owner_of(db, winner)), winner.ref, Consent("whole"))
    for _ in range(2):
        owner = agrees(db, second)
    assert happened(db, "anew.consented") == 1
    with pytest.raises(Invalid):
        anew.consent(db, owner, second.ref, Consent("everything"))
    for somebody in (actor_of(member), owner, actor_of(organizer_of(out(db).round.programme))):
        with pytest.raises((NotAllowed, NotFound)):
            anew.offer(db, somebody, second.ref, need.ref)
    assert anew.offer(db, judged.as_organizer, second.ref, need.ref).state == "offered"


def test_the_bar_decides_and_no_entry_is_offered_to_its_own_need(db: Session) -> None:
    judged = out(db, (1, 2, 3, 4, 5, 5, None))
    by, number = judged.as_organizer, judged.round.id
    _first, second, third, _fourth, fifth, _sixth, _unplaced = judged.entries
    for each in judged.entries[1:]:
        agrees(db, each)

    def above(bar: str, least: str) -> set[str]:
        ids = anew_bar.above(db, anew.search(db, by, number, bar, Decimal(least)))
        return {each.code for each in judged.entries if each.id in ids}

    codes = [each.code for each in judged.entries]
    assert above("share", "50") == set(codes[:3])  # half of six places
    assert above("share", "80") == set(codes[:6])  # who shares the last of them is in
    assert above("share", "1") == set(codes[:1])
    assert above("total", "97.0") == set(codes[:3])
    assert above("total", "97.0001") == set(codes[:2])
    for bar, least in (("share", "0"), ("share", "33.5"), ("share", "101"), ("luck", "1")):
        with pytest.raises(Invalid):
            anew.search(db, by, number, bar, Decimal(least))
    anew.search(db, by, number, "share", Decimal(50))
    need, seeker = similar(db, third)
    with pytest.raises(WrongState) as below:
        anew.offer(db, by, fifth.ref, need.ref)
    assert below.value.code == "anew_below_the_bar"
    with pytest.raises(WrongState) as own:
        anew.offer(db, by, second.ref, judged.needs[0].ref)
    assert own.value.code in ("anew_own_need", "anew_need_not_open")
    third.organization_id = need.seeker_id
    db.flush()
    with pytest.raises(WrongState) as theirs:
        anew.offer(db, by, third.ref, need.ref)
    assert theirs.value.code == "anew_own_need"
    need.state = "withdrawn"
    db.flush()
    with pytest.raises(WrongState) as closed:
        anew.offer(db, by, second.ref, need.ref)
    assert closed.value.code == "anew_need_not_open"
    assert seeker.email


def test_work_finds_similar_needs_for_those_who_agree(db: Session, mailbox: Mailbox, visitor: Visit) -> None:
    judged = out(db)
    _first, second, third = judged.entries
    need, _seeker = similar(db, second)
    other, _other_seeker = similar(
        db, second, title_en="Cold storage for apples", summary_en="Warehouse doors that close by themselves."
    )
    says(db, third, "Lithium carbonate from black mass, leached in one step.")
    agrees(db, second)  # the third team says nothing
    by, slug = visitor(judged.organizer), judged.round.slug
    page = f"/organize/rounds/{slug}/anew"
    assert by.post(page, data={"bar": "share", "least": "a lot"}).status_code == 422
    assert by.post(page, data={"bar": "share", "least": "100"}).status_code == 302
    assert mailbox.letters == []  # what is due is done: nobody is told of a search
    found = db.execute(sa.select(AnewMatch.submission_id, AnewMatch.requirement_id)).all()
    assert (second.id, need.id) in found
    assert third.id not in {row[0] for row in found}
    assert judged.needs[0].id not in {row[1] for row in found}
    text = by.get(page, headers=ENGLISH).text
    assert all(each in text for each in (second.code, "black mass", "whose teams agree"))
    assert by.post(f"/organize/submissions/{second.ref}/anew", data={"need": need.ref}).status_code == 302
    search = anew_reads.search_of(db, judged.round.id)
    assert search is not None
    left = anew_reads.suggestions(db, search, anew_bar.above(db, search), None)
    assert need.ref not in {each.need_ref for each in left}
    assert other.ref  # another need is a suggestion of its own, or none


def test_the_seeker_reads_what_was_allowed_and_no_more(db: Session, visitor: Visit, mailbox: Mailbox) -> None:
    judged = out(db)
    second = judged.entries[1]
    need, seeker = similar(db, second)
    owner = agrees(db, second)
    made = offered(db, judged, second, need)
    page = f"/seek/anew/{made.ref}"
    [letter] = mailbox.to(seeker.email)
    assert "leached selectively" in letter.body
    assert "Harrier" not in letter.body
    theirs = visitor(seeker)
    text = theirs.get(page, headers=ENGLISH).text
    assert "leached selectively" in text
    assert "Harrier" not in text
    assert "team is not named" in text
    anew.consent(db, owner, second.ref, Consent("whole", named=True))
    text = theirs.get(page, headers=ENGLISH).text
    assert "Harrier Works" in text
    assert theirs.get("/seek/anew", headers=ENGLISH).status_code == 200
    for somebody in (UserFactory(), judged.organizer, judged.seekers[0]):
        assert visitor(somebody).get(page).status_code == 403
        assert visitor(somebody).get(f"{page}/files/1").status_code == 403
    assert theirs.get(f"{page}/files/1").status_code == 404
    # Taken back, it is nowhere from that moment.
    for _ in range(2):
        anew.consent(db, owner, second.ref, None)
    assert happened(db, "anew.taken_back") == 1
    assert state_of(db, made) == "ended"
    text = theirs.get(page, headers=ENGLISH).text
    assert "does not want it offered any more" in text
    assert "leach" not in text.lower().split("<main")[1].replace("black mass", "")
    with pytest.raises(WrongState) as over:
        anew.answer(db, actor_of(seeker), made.ref, "interested")
    assert over.value.code == "anew_over"
    with pytest.raises(WrongState):
        anew.offer(db, judged.as_organizer, judged.entries[2].ref, need.ref)


def test_interest_brings_both_together_and_an_anonymous_seeker_stays_so(
    db: Session, mailbox: Mailbox, visitor: Visit
) -> None:
    judged = out(db)
    second = judged.entries[1]
    need, seeker = similar(db, second, anonymous=True)
    agrees(db, second, "whole")
    made = offered(db, judged, second, need)
    assert offered(db, judged, second, need).id == made.id
    with pytest.raises(NotAllowed):
        anew.answer(db, judged.as_organizer, made.ref, "interested")
    theirs, page = visitor(seeker), f"/seek/anew/{made.ref}"
    assert theirs.post(page, data={}).status_code == 422
    for _ in range(2):
        assert theirs.post(page, data={"verdict": "interested"}).status_code == 302
    [pair] = db.scalars(sa.select(DockingPair)).all()
    assert (pair.requirement_id, pair.user_id, pair.names_seeker) == (need.id, second.owner_id, False)
    owner = owner_of(db, second)
    [told] = [each for each in mailbox.to(owner.email) if "interested" in each.subject]
    names = (need.seeker.name, seeker.name)
    assert theirs.get(page).status_code == 200
    mine = visitor(owner)
    pages = [mine.get(f"/solve/{second.ref}/{each}", headers=ENGLISH).text for each in ("anew", "readers")]
    log = pages[1].split('id="did"')[-1]
    assert "seeker" in log.lower()  # that somebody read it is told, not who
    assert all(name not in text for name in names for text in (told.body, *pages))
    assert any("Answered" in each.subject for each in mailbox.to(judged.organizer.email))
    with pytest.raises(WrongState):
        anew.answer(db, actor_of(seeker), made.ref, "declined", "Too late.")
    assert chain.verify(db)[1] == []


def test_a_decline_has_a_reason_that_the_organizers_read(
    db: Session, mailbox: Mailbox, visitor: Visit
) -> None:
    judged = out(db)
    second = judged.entries[1]
    need, seeker = similar(db, second)
    agrees(db, second)
    made = offered(db, judged, second, need)
    theirs, page = visitor(seeker), f"/seek/anew/{made.ref}"
    assert theirs.post(page, data={"verdict": "declined"}).status_code == 422
    for _ in range(2):
        answer = {"verdict": "declined", "reason": "We bought a merlin already."}
        assert theirs.post(page, data=answer).status_code == 302
    by = visitor(judged.organizer).get(f"/organize/rounds/{judged.round.slug}/anew", headers=ENGLISH)
    assert "merlin" in by.text
    team = visitor(owner_of(db, second)).get(f"/solve/{second.ref}/anew", headers=ENGLISH)
    assert "Declined" in team.text
    assert "merlin" not in team.text
    assert all("merlin" not in each.body for each in mailbox.to(owner_of(db, second).email))


def test_the_table_itself_takes_one_offer_for_each_entry_and_need(db: Session) -> None:
    judged = out(db)
    second = judged.entries[1]
    need, _seeker = similar(db, second)
    agrees(db, second)
    made = offered(db, judged, second, need)
    twice = AnewOffer(submission_id=made.submission_id, requirement_id=need.id, created_at=clock.now(db))
    db.add(twice)
    with pytest.raises(IntegrityError):
        db.flush()


def test_the_owner_decides_on_a_page_of_their_own(db: Session, visitor: Visit) -> None:
    judged = out(db)
    second = judged.entries[1]
    mine, page = visitor(owner_of(db, second)), f"/solve/{second.ref}/anew"
    text = mine.get(f"/solve/{second.ref}", headers=ENGLISH).text
    assert "Offer it to similar needs" in text
    assert "has released nothing of the judging" in text
    assert "offered to nobody" in mine.get(page, headers=ENGLISH).text
    assert mine.post(page, data={}).status_code == 422
    assert mine.post(page, data={"part": "whole", "named": "y"}).status_code == 302
    row = db.get_one(AnewConsent, second.id, populate_existing=True)
    assert (row.part, row.named) == ("whole", True)
    assert mine.post(page, data={"part": "nothing"}).status_code == 302
    db.expire_all()
    assert db.get(AnewConsent, second.id) is None
    assert visitor(UserFactory()).get(page).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_pages_read_as_much_for_one_as_for_three(
    db: Session, visitor: Visit, statements: Counting, count: int
) -> None:
    judged = out(db, tuple(range(1, count + 2)))
    entries: list[Submission] = judged.entries[1:]
    need, seeker = similar(db, entries[0])
    for each in entries:
        agrees(db, each)
        offered(db, judged, each, need)
    pages = (
        (seeker, "/seek/anew", 5),
        (judged.organizer, f"/organize/rounds/{judged.round.slug}/anew", 14),
    )
    for person, page, most in pages:
        with statements() as asked:
            assert visitor(person).get(page).status_code == 200
        assert len(asked) <= most, str(asked)


def test_an_offer_at_once_with_the_word_taken_back_is_ended_or_never_made(app: Flask, db: Session) -> None:
    judged = out(db)
    second = judged.entries[1]
    need, _seeker = similar(db, second)
    owner = agrees(db, second)
    anew.search(db, judged.as_organizer, judged.round.id, "share", Decimal(100))
    by, ref, need_ref = judged.as_organizer, second.ref, need.ref
    db.commit()
    together(
        app,
        [
            lambda s: anew.offer(s, by, ref, need_ref).id,
            lambda s: anew.offer(s, by, ref, need_ref).id,
            lambda s: anew.consent(s, owner, ref, None),
        ],
    )
    db.expire_all()
    assert {each.state for each in db.scalars(sa.select(AnewOffer))} <= {"ended"}
    assert db.get(AnewConsent, second.id) is None
