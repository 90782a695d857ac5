"""Who reads what single judges gave: the round's organizers who are not behind the entry, nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.judging import ballots, ranking, watching
from challenge.submissions.models import TeamMember
from tests.factories import UserFactory
from tests.judging.stories import Court, court, lock_all
from tests.rigs.application import Visitor


def judged(db: Session) -> Court:
    """Three judges, of whom the third is far off on the first entry, and writes to the organizer."""
    made = court(db, judges=3, entries=3)
    lock_all(made, 0, (8, 6), (8, 6), (1, 6))
    for number in (1, 2):
        lock_all(made, number, (8, 6), (8, 6), (8, 6))
    card = made.card(2, 0)
    assert card is not None
    card.comment_organizer = "between us"
    db.commit()
    return made


def behind(made: Court) -> None:
    """The organizer belongs to the team of the first entry."""
    me = made.organizer
    made.db.add(TeamMember(submission_id=made.entries[0].id, user_id=me.id, email=me.email, name="Me"))
    made.db.commit()


def rooms(made: Court, entry: int = 0) -> dict[str, str]:
    """Every organizer's page that tells one judge's scores from another's."""
    place, ref = f"/organize/rounds/{made.round.slug}", made.entries[entry].ref
    return {
        "explained": f"{place}/ranking/entries/{ref}",
        "what if": f"{place}/ranking/what-if",
        "board": f"{place}/discussion",
        "talk": f"{place}/discussion/{ref}",
        "card": f"{place}/discussion/cards/{made.assignment(2, entry).ref}",
        "figures": f"{place}/judges",
    }


def answers(client: Visitor, made: Court, entry: int = 0) -> dict[str, int]:
    return {name: client.get(address).status_code for name, address in rooms(made, entry).items()}


@pytest.mark.parametrize("who", ["admin", "seeker", "judge", "admin of the seeker"])
def test_nobody_but_the_organizers_reads_them(client: Visitor, db: Session, who: str) -> None:
    made = judged(db)
    seeker = db.get_one(Organization, made.requirement.seeker_id)
    client.sign_in(
        {
            "admin": lambda: UserFactory(admin=True),
            "seeker": lambda: UserFactory(represents=[seeker]),
            "judge": lambda: made.people[1],
            "admin of the seeker": lambda: UserFactory(admin=True, represents=[seeker]),
        }[who]()
    )
    assert set(answers(client, made).values()) == {403}
    made.close()
    entry = client.get(f"/organize/submissions/{made.entries[0].ref}")
    assert "between us" not in entry.text
    assert "What the judges wrote" not in entry.text


def test_administrator_reads_the_ranking_without_the_way_to_single_scores(
    client: Visitor, db: Session
) -> None:
    made = judged(db)
    place = f"/organize/rounds/{made.round.slug}/ranking"
    people = (made.organizer, UserFactory(admin=True))
    pages = [client.sign_in(person).get(place).text for person in people]
    hidden = ("/ranking/entries/", "/ranking/what-if")
    assert [[each in page for each in hidden] for page in pages] == [[True, True], [False, False]]
    assert all(made.entries[0].code in page for page in pages)


def test_organizer_reads_them_all_but_of_an_entry_of_the_own(client: Visitor, db: Session) -> None:
    made = judged(db)
    client.sign_in(made.organizer)
    assert set(answers(client, made).values()) == {200}
    assert "Judges left out" in client.get(rooms(made)["what if"]).text
    assert made.entries[0].code in client.get(rooms(made)["board"]).text
    behind(made)
    found = answers(client, made)
    assert {name for name, code in found.items() if code == 403} == {"explained", "talk", "card"}
    assert set(answers(client, made, entry=1).values()) == {200}
    board = client.get(rooms(made)["board"]).text
    assert "1 entry is left out" in board
    assert [each.code in board for each in made.entries] == [False, True, True]
    without = f"{rooms(made)['what if']}?rule=mean&basis=criterion&places=2&ties=shared"
    weights = "".join(f"&weight-{each.id}=1" for each in made.criteria)
    assert "Judges left out" not in client.get(without + weights).text
    assert client.get(f"{without}{weights}&without={made.judges[0].id}").status_code == 422


def test_far_score_on_an_entry_of_the_own_is_not_told(client: Visitor, db: Session) -> None:
    made = judged(db)
    before = watching.watch(db, made.as_organizer, made.round.id)
    behind(made)
    after = watching.watch(db, made.as_organizer, made.round.id)
    assert before is not None
    assert after is not None
    assert ([each.label for each in before.odd], after.odd, after.odd_count) == (["J3"], (), 0)


@pytest.mark.parametrize("who", ["organizer", "organizer behind an entry", "admin"])
def test_single_ballots_are_for_organizers_without_a_stake(client: Visitor, db: Session, who: str) -> None:
    made = court(db, judges=3, entries=3, way="ranked", seats=1)
    for judge, order in enumerate(((0, 1), (0, 2), (1, 0))):
        places = {made.assignment(judge, entry).ref: str(n) for n, entry in enumerate(order, start=1)}
        ballots.lock(db, made.as_judge(judge), made.phase.id, places)
    made.close()
    ranking.fix(db, made.as_organizer, made.round.id)
    if who == "organizer behind an entry":
        behind(made)
    client.sign_in(UserFactory(admin=True) if who == "admin" else made.organizer)
    page = client.get(f"/organize/rounds/{made.round.slug}/phases/1/count").text
    assert "Stages of the count" in page
    assert ("The order on each ballot" in page) is (who == "organizer")
