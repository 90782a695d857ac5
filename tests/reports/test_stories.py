"""Stories: told with the word of both sides, never naming who stays anonymous; and results in figures."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.figures import keeping
from challenge.reports import public_figures, records, stories
from challenge.reports.public_figures import Row
from challenge.reports.stories import StoryFacts
from challenge.requirements import origins
from challenge.requirements.models import Requirement
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from challenge.rules.figures import Figures, disclosed
from tests.factories import RequirementFactory, RoundFactory, UserFactory, actor_of, organizer_of
from tests.reports import thirty
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

SAID = StoryFacts(
    title_en="A camera that sees defects",
    text_en="The first batch runs since June.",
    seeker_consent="Ms Li, by mail on 3 May",
    solver_consent="Mr Wang, by telephone on 4 May",
)


@pytest.fixture
def need(db: Session) -> Requirement:
    made: Requirement = RequirementFactory(state="delivered", number="R-2026-001")
    return made


@pytest.fixture
def organizer(need: Requirement) -> User:
    return organizer_of(need.round.programme)


def told(db: Session, organizer: User, need: Requirement, said: StoryFacts = SAID) -> str:
    me = actor_of(organizer)
    ref = stories.begin(db, me, need.round_id, "r-2026-001").ref
    stories.write(db, me, ref, said)
    stories.publish(db, me, ref)
    return ref


def test_a_story_is_written_published_and_read_by_everyone(
    client: Visitor, db: Session, need: Requirement, organizer: User
) -> None:
    client.sign_in(organizer)
    seeker = need.seeker.name_en or need.seeker.name
    desk = f"/organize/rounds/{need.round.slug}/stories"
    answer = client.post(desk, data={"number": "R-2026-001"})
    address = answer.headers["Location"]
    fields = {name: getattr(SAID, name) for name in StoryFacts.__slots__}
    assert client.post(address, data={**fields, "publish": "1"}).status_code == 302
    assert "A camera that sees defects" in client.get(desk).text
    client.sign_out()
    page = client.get("/results/stories")
    assert "A camera that sees defects" in page.text
    one = client.get(f"/results/stories/{address.rpartition('/')[2]}").text
    assert "The first batch runs since June." in one
    assert seeker in one
    assert "Ms Li" not in one, "who consented is for organizers alone"


def test_without_the_word_of_both_sides_nothing_is_published(
    db: Session, need: Requirement, organizer: User
) -> None:
    for missing in ("seeker_consent", "solver_consent", "text_en"):
        given = {name: getattr(SAID, name) for name in StoryFacts.__slots__} | {missing: " "}
        with pytest.raises(InvalidMany):
            told(db, organizer, need, StoryFacts(**given))


def test_an_anonymous_seeker_is_named_nowhere(
    client: Visitor, db: Session, need: Requirement, organizer: User
) -> None:
    need.anonymous = True
    named = f"Hear what {need.seeker.name} built"
    with pytest.raises(InvalidMany) as refused:
        told(db, organizer, need, StoryFacts(named, "", "它成了。", "", "x", "y"))
    assert {fault.code for fault in refused.value.faults} == {"story_names_seeker"}
    ref = told(db, organizer, need)
    for path in ("/results/stories", f"/results/stories/{ref}"):
        page = client.get(path).text
        assert need.seeker.name not in page
        assert (need.seeker.name_en or "\0") not in page


def test_a_story_is_taken_back_and_twice_is_once(
    client: Visitor, db: Session, need: Requirement, organizer: User
) -> None:
    ref, me = told(db, organizer, need), actor_of(organizer)
    assert stories.publish(db, me, ref).published_at == stories.publish(db, me, ref).published_at
    with pytest.raises(WrongState):
        stories.write(db, me, ref, SAID)
    for _twice in range(2):
        assert stories.withdraw(db, me, ref).state == "withdrawn"
    assert client.get(f"/results/stories/{ref}").status_code == 404
    assert stories.begin(db, me, need.round_id, "R-2026-001").ref == ref
    assert stories.publish(db, me, ref).state == "published"


def test_only_organizers_tell_and_only_of_what_is_public(
    db: Session, need: Requirement, organizer: User
) -> None:
    with pytest.raises(NotAllowed):
        stories.begin(db, actor_of(UserFactory()), need.round_id, "R-2026-001")
    with pytest.raises(Invalid):
        stories.begin(db, actor_of(organizer), need.round_id, "R-2026-002")
    need.state = "withdrawn"
    with pytest.raises(WrongState):
        stories.begin(db, actor_of(organizer), need.round_id, "R-2026-001")


def test_results_in_figures_name_no_sum_of_few_contracts(client: Visitor, db: Session) -> None:
    made = thirty.town(db)
    keeping.refresh(db, made.things(), records.facts(db, made.things()))
    db.commit()
    page = client.get("/results/stories").text
    assert "CNY 5,700,000" in page
    assert "USD" not in page, "one contract alone"
    assert "CNY 100,000" not in page, "the other programme has one contract in this currency"
    assert "CNY 5,600,000" not in page, "it would tell the other's by the difference"
    one = client.get(f"/results/stories?programme={made.programmes['A'].slug}").text
    assert "CNY 5,600,000" not in one
    assert f"/rounds/{made.rounds['A24'].slug}" in one


def test_sums_are_told_where_enough_stand_behind_them_and_behind_the_rest() -> None:
    assert disclosed({1: 3, 2: 4}, 7) == {1, 2}
    assert disclosed({1: 3, 2: 1}, 4) == frozenset()
    assert disclosed({1: 5, 2: 3, 3: 1}, 9) == {1}
    assert disclosed({1: 5, 2: 2, 3: 1}, 8) == {1}
    assert disclosed({1: 5, 2: 0}, 5) == {1}
    assert disclosed({1: 5, 2: 4}, 10) == {1}, "one more stands where nobody sees it"


def part(number: int, contracts: int) -> Row:
    return Row(number, str(number), None, None, Counter({"contracts:CNY": contracts, "amount:CNY": number}))


def test_editions_do_not_tell_together_what_their_programme_does_not() -> None:
    whole: Figures = Counter({"contracts:CNY": 8, "amount:CNY": 3})
    told = public_figures.told(whole)
    assert told == {"CNY"}
    programmes = public_figures.told_of([part(1, 7), part(2, 1)], whole, told)
    assert programmes == {1: frozenset(), 2: frozenset()}
    editions = [part(11, 3), part(12, 4)]
    assert public_figures.told_of(editions, part(1, 7).figures, programmes[1]) == {11: set(), 12: set()}
    assert public_figures.told_of(editions, part(1, 7).figures, told) == {11: told, 12: told}


def test_the_public_page_costs_the_same_with_three_stories_as_with_one(
    client: Visitor, db: Session, need: Requirement, organizer: User, statements: Counting
) -> None:
    told(db, organizer, need)
    costs = []
    for _each in range(2):
        with statements() as asked:
            client.get("/results/stories")
        costs.append(len(asked))
        more = RequirementFactory(round=need.round, state="delivered", number=f"R-2026-0{len(costs)}9")
        me = actor_of(organizer)
        ref = stories.begin(db, me, need.round_id, more.number).ref
        stories.write(db, me, ref, SAID)
        stories.publish(db, me, ref)
    assert costs[0] == costs[1]
    assert costs[0] <= 5


def test_a_need_that_repeats_another_is_one_with_it(db: Session, client: Visitor) -> None:
    first = RequirementFactory(number="R-2024-001")
    second = RequirementFactory(number="R-2025-001", round=RoundFactory(programme=first.round.programme))
    third = RequirementFactory(number="R-2026-001", round=RoundFactory(programme=first.round.programme))
    organizer = organizer_of(first.round.programme)
    me = actor_of(organizer)
    origins.repeat(db, me, third.ref, "R-2025-001")
    assert third.origin_id == second.id
    for _twice in range(2):
        origins.repeat(db, me, second.ref, " r-2024-001 ")
    db.expire_all()
    assert {second.origin_id, third.origin_id} == {first.id}, "the first of them, for all"
    origins.repeat(db, me, first.ref, "R-2026-001")
    assert first.origin_id is None, "the first stays the first"
    same = RequirementFactory(number="R-2024-002", round=first.round)
    for number, code in (("R-2024-001", "origin_same_round"), ("R-1999-001", "origin_unknown")):
        with pytest.raises(Invalid) as refused:
            origins.repeat(db, me, same.ref, number)
        assert refused.value.code == code
    with pytest.raises(NotAllowed):
        origins.repeat(db, actor_of(UserFactory()), second.ref, "")
    client.sign_in(organizer)
    page = f"/organize/rounds/{third.round.slug}/requirements/{third.ref}"
    assert 'value="R-2024-001"' in client.get(page).text
    client.post(f"{page}/repeats", data={"origin": ""})
    db.expire_all()
    assert third.origin_id is None
