"""The public vote: one vote an account, none for one's own, no figure before the close, not the jury's."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.judging import ranking, voting
from challenge.judging.ways_models import PublicVote
from challenge.rounds import queries
from challenge.rules.errors import NotAllowed, NotFound, TooLate, WrongState
from challenge.rules.permissions import ANONYMOUS
from challenge.submissions.models import TeamMember
from tests.factories import UserFactory, actor_of
from tests.judging.stories import Court, court, lock_all
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.submissions.stories import owner_of


def polled(db: Session, entries: int = 3, kind: str = "changeable") -> Court:
    """A round at judging whose entries but the last stand in a public vote."""
    made = court(db, judges=1, entries=entries, public_vote=kind)
    made.round.public_vote = True
    refs = [entry.ref for entry in made.entries[: max(1, entries - 1)]]
    voting.put_up(db, made.as_organizer, made.round.id, 1, refs)
    return made


def votes(made: Court) -> dict[int, int]:
    """Account -> the entry voted for, by its place in the story."""
    numbers = {entry.id: number for number, entry in enumerate(made.entries)}
    rows = made.db.execute(sa.select(PublicVote.user_id, PublicVote.submission_id))
    return {user: numbers[entry] for user, entry in rows}


def cast(made: Court, user: object, entry: int) -> None:
    voting.cast(made.db, actor_of(user), made.round.id, made.entries[entry].ref)  # type: ignore[arg-type]


def test_an_account_has_one_vote_and_may_change_it(db: Session) -> None:
    made, person = polled(db), UserFactory()
    for entry in (0, 0, 1):
        cast(made, person, entry)
    assert votes(made) == {person.id: 1}


def test_where_declared_so_a_vote_stays(db: Session) -> None:
    made, person = polled(db, kind="final"), UserFactory()
    cast(made, person, 0)
    cast(made, person, 0)
    with pytest.raises(WrongState, match="voted_already"):
        cast(made, person, 1)
    assert votes(made) == {person.id: 0}


def test_nobody_votes_for_their_own_team(db: Session) -> None:
    made, member = polled(db), UserFactory()
    db.add(TeamMember(submission_id=made.entries[0].id, user_id=member.id, name="M", email=member.email))
    db.flush()
    for person in (member, owner_of(made.entries[0])):
        with pytest.raises(WrongState, match="own_entry"):
            cast(made, person, 0)
    cast(made, member, 1)
    assert votes(made) == {member.id: 1}


def test_only_for_what_stands_in_it_while_it_is_open_by_accounts(db: Session) -> None:
    made, person = polled(db), UserFactory()
    with pytest.raises(WrongState, match="not_in_vote"):
        cast(made, person, 2)
    with pytest.raises(NotAllowed):
        voting.cast(db, ANONYMOUS, made.round.id, made.entries[0].ref)
    made.entries[1].state = "withdrawn"
    db.flush()
    with pytest.raises(WrongState, match="not_in_vote"):
        cast(made, person, 1)
    made.close()
    with pytest.raises(TooLate):
        cast(made, person, 0)
    assert votes(made) == {}
    plain = court(db, judges=1)
    with pytest.raises(WrongState, match="no_public_vote"):
        cast(plain, person, 0)


def test_what_was_voted_for_and_taken_out_does_not_count(db: Session) -> None:
    made = polled(db)
    for entry in (0, 0, 1):
        cast(made, UserFactory(), entry)
    voting.put_up(db, made.as_organizer, made.round.id, 1, [made.entries[1].ref])
    made.close()
    round_, now = queries.by_slug_now(db, made.round.slug)
    shown = voting.of_phase(db, round_, made.phase, now)
    assert [(each.code, each.votes) for each in shown.candidates] == [(made.entries[1].code, 1)]
    with pytest.raises(NotAllowed):
        voting.put_up(db, made.as_organizer, made.round.id, 1, [])
    with pytest.raises(NotFound):
        voting.poll(db, ANONYMOUS, court(db, judges=1).round, clock.now(db))


def test_no_figure_is_seen_before_the_close_and_all_of_them_after(client: Visitor, db: Session) -> None:
    made = polled(db)
    # Names without figures: what is looked for below is a count.
    made.round.slug, made.round.title_zh, made.round.title_en = "the-vote", "公众投票", "The vote"
    made.organizer.name = "Olive Organizer"
    db.commit()
    page = f"/rounds/{made.round.slug}/vote"
    room = f"/organize/rounds/{made.round.slug}/phases/1/vote"
    before = client.get(page).text
    for _ in range(41):
        cast(made, UserFactory(), 0)
    cast(made, UserFactory(), 1)
    db.commit()

    def plain(text: str) -> str:
        """The page without what differs each time: the clock, a token."""
        return "\n".join(line for line in text.splitlines() if "data-now" not in line and "csrf" not in line)

    assert plain(client.get(page).text) == plain(before), "41 votes leave no trace, not even in the order"
    client.sign_in(made.organizer)
    office = client.get(room).text
    assert "42" in office, "how many have voted"
    assert not re.search(r"(?<![\w:-])41(?!\w)", plain(office)), "nor how many each has"
    assert client.get(f"{room}.csv").status_code == 404
    made.close()
    db.commit()
    assert "41 votes" in client.get(page).text
    assert f"{made.entries[0].code},41" in client.get(f"{room}.csv").text


def test_the_vote_never_enters_the_ranking(db: Session) -> None:
    made = polled(db)
    digests = []
    for number in range(3):
        lock_all(made, number, (5 + number, 5))
    for voters in (0, 7):
        for _ in range(voters):
            cast(made, UserFactory(), 0)
        (computed,) = ranking.compute(db, [made.phase.id])
        digests.append((computed.digest, [each.code for each in computed.results]))
    assert digests[0] == digests[1]


def test_the_page_takes_a_vote_and_says_why_not(client: Visitor, db: Session) -> None:
    made, person = polled(db), UserFactory()
    db.commit()
    page = f"/rounds/{made.round.slug}/vote"
    seen = client.get(page).text
    assert "Sign in to vote" in seen
    assert made.entries[0].title in seen or "Vote for this" not in seen
    assert "Public vote" in client.get(f"/rounds/{made.round.slug}").text
    client.sign_in(person)
    assert client.post(page, data={"entry": made.entries[0].ref}).status_code == 302
    assert "Your vote" in client.get(page).text
    refused = client.post(page, data={"entry": made.entries[2].ref})
    assert refused.status_code == 409
    assert "not, or no longer, in the public vote" in refused.text


def test_the_organizer_puts_entries_up_once_their_teams_agreed(client: Visitor, db: Session) -> None:
    made = court(db, judges=1, entries=2, public_vote="changeable")
    client.sign_in(made.organizer)
    room = f"/organize/rounds/{made.round.slug}/phases/1/vote"
    assert client.post(room, data={"entry": made.entries[0].ref}).status_code == 422
    assert client.post(room, data={"entry": made.entries[0].ref, "agreed": "y"}).status_code == 302
    assert [up for *_, up in voting.choices(db, made.phase)] == [True, False]


def test_the_page_asks_as_much_with_three_entries_as_with_one(
    client: Visitor, db: Session, statements: Counting
) -> None:
    asked = []
    for entries in (1, 4):
        made = polled(db, entries)
        db.commit()
        client.sign_in(UserFactory())
        with statements() as public:
            client.get(f"/rounds/{made.round.slug}/vote")
        client.sign_in(made.organizer)
        with statements() as office:
            client.get(f"/organize/rounds/{made.round.slug}/phases/1/vote")
        asked.append((len(public), len(office)))
    assert asked[0] == asked[1]
