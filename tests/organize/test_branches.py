"""A centre with two branches: who sees what, screening in two steps, queues and figures by branch."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.awards.models import Award
from challenge.requirements import branching, services
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.errors import NotAllowed
from challenge.rules.stages import Stage
from tests.factories import (
    GrantFactory,
    OrganizationFactory,
    PrizeFactory,
    ProgrammeFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
    actor_of,
    organizer_of,
)
from tests.requirements.needs import need
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.seek.pages import text_of

REVIEW = "To review: Low-light surface-flaw vision"


@dataclass
class Tree:
    """A national centre that hosts a round, its two branches, a seeker of the first, and who manages what."""

    db: Session
    centre: Organization
    north: Organization
    south: Organization
    round: Round
    seeker: Organization
    speaker: User
    boss: User
    chief: User
    sibling: User
    organizer: User

    def handed_in(self, seeker: Organization | None = None, **changes: object) -> Requirement:
        """A need that the north's seeker (or another) hands in to the centre's round."""
        seeker = seeker or self.seeker
        speaker = self.speaker if seeker is self.seeker else UserFactory(represents=[seeker])
        draft = services.create(self.db, actor_of(speaker), self.round.id, seeker.id, need(**changes))
        return services.submit(self.db, actor_of(speaker), draft.ref)


def manager_of(organization: Organization) -> User:
    person: User = UserFactory()
    GrantFactory(user_id=person.id, role="manager", scope="organization", scope_id=organization.id)
    return person


@pytest.fixture
def tree(db: Session) -> Tree:
    centre = OrganizationFactory(name="国家中心", name_en="National Centre", kind="agency")
    north = OrganizationFactory(
        name="北方分中心", name_en="Northern Branch", parent_id=centre.id, region="620000"
    )
    south = OrganizationFactory(
        name="南方分中心", name_en="Southern Branch", parent_id=centre.id, region="440000"
    )
    seeker = OrganizationFactory(name_en="Aluminium Works", region="620000")
    round_ = RoundFactory(
        stage=Stage.REQUIREMENTS, programme=ProgrammeFactory(host=centre), screening_steps=2
    )
    return Tree(
        *(db, centre, north, south, round_, seeker, UserFactory(represents=[seeker])),
        *(manager_of(centre), manager_of(north), manager_of(south)),
        organizer_of(round_.programme),
    )


def state(tree: Tree, requirement: Requirement) -> tuple[str, bool]:
    """Where it stands, and whether its branch has accepted it."""
    query = sa.select(Requirement.state, Requirement.branch_accepted_at.is_not(None))
    return tuple(tree.db.execute(query.where(Requirement.id == requirement.id)).one())  # type: ignore[return-value]


def test_a_branch_manager_sees_only_the_branch(client: Visitor, db: Session, tree: Tree) -> None:
    ours = tree.handed_in(title_en="NORTHERN NEED", anonymous=True)
    away = OrganizationFactory(name_en="Porcelain Works", region="440000")
    theirs = tree.handed_in(away, title_en="SOUTHERN NEED")
    own = RoundFactory(
        programme=ProgrammeFactory(host=tree.north), title_en="ROUND OF THE NORTH", public=False
    )
    other = RoundFactory(
        programme=ProgrammeFactory(host=tree.south), title_en="ROUND OF THE SOUTH", public=False
    )
    shown = {tree.chief: "N", tree.sibling: "S", tree.boss: "NS"}
    for person, sees in shown.items():
        client.sign_in(person)
        tables = client.get("/organize/branches").text + client.get("/organize/branches.csv").text
        assert ("Northern Branch" in tables) is ("N" in sees)
        assert ("Southern Branch" in tables) is ("S" in sees)
        assert ("National Centre" in tables) is (sees == "NS")
        rooms = client.get("/organize/").text + client.get("/work").text
        assert ("ROUND OF THE NORTH" in rooms) is ("N" in sees)
        assert ("ROUND OF THE SOUTH" in rooms) is ("S" in sees)
        assert ("NORTHERN NEED" in rooms) is ("N" in sees)
        assert ("SOUTHERN NEED" in rooms) is ("S" in sees)
        for branch, letter in ((tree.north, "N"), (tree.south, "S")):
            answer = client.get(f"/organize/branches/{branch.ref}")
            assert answer.status_code == (200 if letter in sees else 403)
            managers = client.get(f"/organize/branches/{branch.ref}/managers")
            assert managers.status_code == (200 if letter in sees else 403)
        for needed, letter in ((ours, "N"), (theirs, "S")):
            answer = client.get(f"/organize/branches/requirements/{needed.ref}")
            assert answer.status_code == (200 if letter in sees else 404)
            assert ("north hall" in answer.text) is (letter in sees)
        for round_, letter in ((own, "N"), (other, "S")):
            answer = client.get(f"/organize/rounds/{round_.slug}")
            assert answer.status_code == (200 if letter in sees else 403)
        # The centre's own round is the centre's alone.
        control = client.get(f"/organize/rounds/{tree.round.slug}/requirements")
        assert control.status_code == (200 if sees == "NS" else 403)


def test_the_branch_accepts_first_and_the_centre_publishes(
    client: Visitor, db: Session, tree: Tree, mailbox: Mailbox
) -> None:
    waiting = tree.handed_in()
    assert waiting.branch_id == tree.north.id
    desk = f"/organize/branches/requirements/{waiting.ref}"
    centre = f"/organize/rounds/{tree.round.slug}/requirements/{waiting.ref}"
    client.sign_in(tree.organizer)
    assert client.post(f"{centre}/publish").status_code == 403
    assert "It lies at its branch." in client.get(centre).text
    listed = client.get(f"/organize/rounds/{tree.round.slug}/requirements").text
    assert "Low-light" not in listed
    assert "Low-light" in client.get(f"/organize/rounds/{tree.round.slug}/requirements?state=branch").text
    assert [letter.subject for letter in mailbox.to(tree.chief.email)] == [REVIEW]
    assert not mailbox.to(tree.organizer.email)
    client.sign_in(tree.sibling)
    assert client.post(f"{desk}/accept").status_code == 403
    client.sign_in(tree.chief)
    assert "Accept it for the branch" in client.get(desk).text
    for _ in range(2):
        assert client.post(f"{desk}/accept").status_code == 302
    assert state(tree, waiting) == ("submitted", True)
    assert client.post(f"{centre}/publish").status_code == 403
    client.sign_in(tree.organizer)
    assert client.post(f"{centre}/publish").status_code == 302
    assert state(tree, waiting) == ("published", True)
    assert [letter.subject for letter in mailbox.to(tree.organizer.email)] == [REVIEW]
    assert not mailbox.to(tree.sibling.email)


def test_what_the_branch_returns_comes_back_to_the_branch(client: Visitor, db: Session, tree: Tree) -> None:
    waiting = tree.handed_in()
    desk = f"/organize/branches/requirements/{waiting.ref}"
    client.sign_in(tree.chief)
    assert client.post(f"{desk}/return", data={"reasons": " "}).status_code == 422
    assert client.post(f"{desk}/return", data={"reasons": "Add a unit."}).status_code == 302
    assert state(tree, waiting) == ("returned", False)
    services.submit(db, actor_of(tree.speaker), waiting.ref)
    branching.accept(db, actor_of(tree.chief), waiting.ref)
    services.give_back(db, actor_of(tree.organizer), waiting.ref, "And a target.")
    services.submit(db, actor_of(tree.speaker), waiting.ref)
    assert state(tree, waiting) == ("submitted", False)
    client.post(f"{desk}/reject", data={"reasons": "Not ours."})
    assert state(tree, waiting) == ("rejected", False)


def test_a_manager_who_belongs_to_the_seeker_reads_nothing_closed_and_decides_nothing(
    client: Visitor, db: Session, tree: Tree
) -> None:
    waiting = tree.handed_in()
    insider = UserFactory(represents=[tree.seeker])
    GrantFactory(user_id=insider.id, role="manager", scope="organization", scope_id=tree.north.id)
    with pytest.raises(NotAllowed):
        branching.accept(db, actor_of(insider), waiting.ref)
    assert branching.accept(db, actor_of(tree.boss), waiting.ref).branch_accepted_at is not None


def test_an_organizer_gives_it_to_another_branch_or_takes_it_back(
    client: Visitor, db: Session, tree: Tree
) -> None:
    waiting = tree.handed_in()
    page = f"/organize/rounds/{tree.round.slug}/requirements/{waiting.ref}"
    client.sign_in(tree.organizer)
    client.post(f"{page}/branch", data={"branch": tree.south.ref})
    with pytest.raises(NotAllowed):
        branching.accept(db, actor_of(tree.chief), waiting.ref)
    client.post(f"{page}/branch", data={"branch": tree.seeker.ref})
    assert "Choose one of the list." in client.get(page).text
    client.post(f"{page}/branch", data={"branch": ""})
    assert client.post(f"{page}/publish").status_code == 302
    assert state(tree, waiting) == ("published", False)


def test_with_one_step_the_branch_only_looks_on(client: Visitor, db: Session, tree: Tree) -> None:
    client.sign_in(tree.organizer)
    page = f"/organize/rounds/{tree.round.slug}/branches"
    client.post(page, data={"steps": "1"})
    waiting = tree.handed_in()
    client.sign_in(tree.chief)
    desk = f"/organize/branches/requirements/{waiting.ref}"
    assert "Accept it for the branch" not in client.get(desk).text
    assert client.post(f"{desk}/accept").status_code == 403
    client.sign_in(tree.organizer)
    assert (
        client.post(f"/organize/rounds/{tree.round.slug}/requirements/{waiting.ref}/publish").status_code
        == 302
    )


def table(client: Visitor, address: str) -> dict[str, list[int]]:
    """The figures of a CSV by branch: its own, then with all below."""
    rows = list(csv.reader(io.StringIO(client.get(address).text.removeprefix("\ufeff"))))
    return {row[0]: [int(cell) for cell in row[3:]] for row in rows[1:]}


def test_figures_count_each_thing_once(client: Visitor, db: Session, tree: Tree) -> None:
    tree.handed_in()
    mine = {"round": tree.round, "branch_id": tree.north.id}
    solved = RequirementFactory(**mine)
    for draft in ("draft", "withdrawn"):
        RequirementFactory(**mine, state=draft)
    unplaced = RequirementFactory(round=tree.round)
    winner = SubmissionFactory(requirement=solved, state="selected")
    SubmissionFactory(requirement=solved, state="draft")
    SubmissionFactory(requirement=unplaced, state="submitted")
    prize = PrizeFactory(round_id=tree.round.id)
    db.add(Award(round_id=tree.round.id, prize_id=prize.id, submission_id=winner.id, state="confirmed"))
    own = RoundFactory(programme=ProgrammeFactory(host=tree.north))
    RequirementFactory(round=own)
    for requirement in db.scalars(sa.select(Requirement).where(Requirement.state == "published")):
        requirement.published_at = requirement.created_at
    client.sign_in(tree.boss)
    assert table(client, "/organize/branches.csv") == {
        "National Centre": [1, 1, 1, 0, 4, 3, 2, 1],
        "Northern Branch": [3, 2, 1, 1, 3, 2, 1, 1],
        "Southern Branch": [0, 0, 0, 0, 0, 0, 0, 0],
    }
    assert table(client, f"/organize/rounds/{tree.round.slug}/branches.csv")["Northern Branch"] == [
        *(2, 1, 1, 1),
        *(2, 1, 1, 1),
    ]
    assert "Northern Branch" in text_of(client.get(f"/organize/rounds/{tree.round.slug}/branches").text)


def test_a_name_is_no_formula_in_a_table(client: Visitor, db: Session, tree: Tree) -> None:
    tree.north.name_en = "=HYPERLINK(1)"
    client.sign_in(tree.chief)
    assert "'=HYPERLINK(1)" in client.get("/organize/branches.csv").text


def test_pages_ask_the_same_for_one_row_and_for_three(
    client: Visitor, db: Session, tree: Tree, statements: Counting
) -> None:
    pages = (
        "/organize/branches",
        f"/organize/branches/{tree.north.ref}",
        f"/organize/rounds/{tree.round.slug}/branches",
        f"/organize/rounds/{tree.round.slug}/requirements?state=branch",
    )
    client.sign_in(tree.boss)
    asked: list[list[int]] = []
    for _ in range(2):
        tree.handed_in()
        OrganizationFactory(parent_id=tree.north.id)
        counts = []
        for page in pages:
            with statements() as sent:
                assert client.get(page).status_code == 200
            counts.append(len(sent))
        asked.append(counts)
        tree.handed_in()
    assert asked[0] == asked[1], (pages, asked)
    assert max(asked[0]) <= 9, asked


def test_a_stranger_and_an_organizer_have_no_branches(client: Visitor, db: Session, tree: Tree) -> None:
    for person in (UserFactory(), tree.organizer, tree.speaker):
        client.sign_in(person)
        assert client.get("/organize/branches").status_code == 403
        assert client.get(f"/organize/branches/{tree.north.ref}").status_code == 403


def test_an_administrator_reads_no_hidden_name_at_a_branch(client: Visitor, db: Session, tree: Tree) -> None:
    tree.handed_in(anonymous=True)
    client.sign_in(UserFactory(admin=True))
    assert "Aluminium Works" not in client.get(f"/organize/branches/{tree.north.ref}").text
    client.sign_in(tree.chief)
    assert "Aluminium Works" in client.get(f"/organize/branches/{tree.north.ref}").text


def test_a_programme_of_a_branch_is_run_by_its_manager(client: Visitor, db: Session, tree: Tree) -> None:
    client.sign_in(tree.chief)
    client.post("/organize/programmes/new", data={"host": tree.north.ref, "title_en": "Northern prize"})
    assert (
        db.scalar(sa.select(Programme.host_id).where(Programme.title_en == "Northern prize")) == tree.north.id
    )
    client.post("/organize/programmes/new", data={"host": tree.south.ref, "title_en": "Southern prize"})
    assert db.scalar(sa.select(Programme.id).where(Programme.title_en == "Southern prize")) is None
