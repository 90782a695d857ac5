"""A closing report that both sides made public becomes a story, and stops being one when a side says so."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from challenge.agreements import closing_reports
from challenge.reports import agreed_texts, stories
from challenge.reports.stories import StoryFacts
from challenge.reports.story_models import Story
from challenge.rules.errors import NotAllowed, NotFound
from tests.agreements.milestone_stories import Deal, signed
from tests.factories import UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def told(db: Session, title: str = "Fewer flaws") -> Deal:
    """A contract that was carried out, and a text on it that both sides made public."""
    deal = signed(db)
    deal.need.number = f"R-2026-{deal.need.id:03d}"
    deal.delivered_and_accepted()
    closing_reports.complete(db, deal.as_buyer, deal.ref)
    made = closing_reports.propose_public(db, deal.as_buyer, deal.ref, title, "Half a per cent.")
    closing_reports.consent(db, deal.as_maker, deal.ref, made.public_revision, yes=True)
    return deal


def published(deal: Deal) -> Story:
    """Its story, before everyone."""
    story = agreed_texts.begin(deal.db, deal.as_organizer, deal.need.round_id, deal.ref)
    return stories.publish(deal.db, deal.as_organizer, story.ref)


def follow(deal: Deal) -> None:
    """What follows from what the sides said, done twice."""
    for _twice in range(2):
        agreed_texts.follow(deal.db, {"round_id": deal.need.round_id, "agreement_id": deal.agreement.id})


def test_an_organizer_begins_a_story_with_what_both_sides_agreed_on(client: Visitor, db: Session) -> None:
    deal = told(db)
    db.commit()
    client.sign_in(deal.organizer)
    desk = f"/organize/rounds/{deal.need.round.slug}/stories"
    assert "Fewer flaws" in client.get(desk).text
    begun = {client.post(f"{desk}/of/{deal.ref}").headers["Location"] for _twice in range(2)}
    (address,) = begun
    page = client.get(address).text
    assert "Half a per cent." in page
    assert page.count(f"In the closing report of {deal.agreement.number}") == 2
    assert f"{desk}/of/" not in client.get(desk).text, "it has its story"
    assert client.post(f"{address}/publish").status_code == 302
    client.sign_out()
    assert "Fewer flaws" in client.get("/results/stories").text


def test_what_only_one_side_wants_public_is_not_offered(db: Session) -> None:
    deal = told(db)
    closing_reports.propose_public(db, deal.as_maker, deal.ref, "Fewer flaws", "Another text.")
    assert agreed_texts.offered(db, deal.need.round_id) == []
    with pytest.raises(NotFound):
        agreed_texts.begin(db, deal.as_organizer, deal.need.round_id, deal.ref)


def test_who_does_not_run_the_round_begins_none(client: Visitor, db: Session) -> None:
    deal, other = told(db), told(db)
    db.commit()
    for person in (deal.buyer, deal.maker, deal.broker, other.organizer):
        with pytest.raises(NotAllowed):
            agreed_texts.begin(db, actor_of(person), deal.need.round_id, deal.ref)
    with pytest.raises(NotFound):
        agreed_texts.begin(db, other.as_organizer, other.need.round_id, deal.ref)
    client.sign_in(UserFactory())
    assert client.post(f"/organize/rounds/{deal.need.round.slug}/stories/of/{deal.ref}").status_code == 403


def test_a_story_that_was_begun_by_hand_keeps_its_words(db: Session) -> None:
    deal = told(db)
    me, round_id = deal.as_organizer, deal.need.round_id
    mine = stories.begin(db, me, round_id, deal.need.number or "")
    stories.write(db, me, mine.ref, StoryFacts(title_zh="瑕疵少了"))
    again = agreed_texts.begin(db, me, round_id, deal.ref)
    assert (again.ref, again.title_zh, again.title_en) == (mine.ref, "瑕疵少了", None)


@pytest.mark.parametrize("how", ["taken back", "another text"])
def test_a_story_falls_with_the_word_of_a_side(db: Session, how: str) -> None:
    deal = told(db)
    story = published(deal)
    if how == "taken back":
        closing_reports.consent(db, deal.as_maker, deal.ref, 1, yes=False)
    else:
        closing_reports.propose_public(db, deal.as_buyer, deal.ref, "Fewer flaws", "None at all.")
    follow(deal)
    assert (story.state, story.solver_consent) == ("withdrawn", "")
    assert story.seeker_consent, "the other side said nothing"
    assert stories.told(db) == []


def test_a_story_with_consents_of_its_own_stays(db: Session) -> None:
    deal = told(db)
    me = deal.as_organizer
    story = agreed_texts.begin(db, me, deal.need.round_id, deal.ref)
    said = StoryFacts(title_en="Fewer flaws", text_en="Half.", seeker_consent="Mail", solver_consent="Mail")
    stories.write(db, me, story.ref, said)
    stories.publish(db, me, story.ref)
    closing_reports.consent(db, deal.as_maker, deal.ref, 1, yes=False)
    follow(deal)
    assert story.state == "published"


def test_offers_are_one_statement(db: Session, statements: Counting) -> None:
    deal = told(db)
    with statements() as asked:
        assert len(agreed_texts.offered(db, deal.need.round_id)) == 1
    assert len(asked) == 1
