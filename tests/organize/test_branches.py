"""A centre with two branches: who sees what, and screening in two steps."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import branching, services
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme
from challenge.rules.errors import NotAllowed
from tests.factories import (
    GrantFactory,
    OrganizationFactory,
    ProgrammeFactory,
    RoundFactory,
    UserFactory,
    actor_of,
)
from tests.organize.centres import Tree, centre
from tests.requirements.needs import need
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.seek.pages import typed

REVIEW = "To review: Low-light surface-flaw vision"


@pytest.fixture
def tree(db: Session) -> Tree:
    return centre(db)


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


def test_a_seeker_chooses_the_branch_or_leaves_it_to_the_region(
    client: Visitor, db: Session, tree: Tree
) -> None:
    drafts = [
        services.create(db, actor_of(tree.speaker), tree.round.id, tree.seeker.id, need(title_en=name))
        for name in ("chosen", "left open")
    ]
    stranger = OrganizationFactory(name_en="Elsewhere")
    client.sign_in(tree.speaker)
    for draft, branch in zip(drafts, (tree.south, None), strict=True):
        page = f"/seek/requirements/{draft.ref}/edit"
        shown = client.get(page).text
        assert "Southern Branch" in shown
        assert client.post(page, data=typed(shown, branch=stranger.ref)).status_code == 422
        sent = typed(shown, branch=branch.ref if branch else "")
        assert client.post(page, data=sent).status_code == 302
        services.submit(db, actor_of(tree.speaker), draft.ref)
    db.expire_all()
    assert [draft.branch_id for draft in drafts] == [tree.south.id, tree.north.id]
    services.give_back(db, actor_of(tree.sibling), drafts[0].ref, "More figures, please.")
    db.commit()
    again = client.get(f"/seek/requirements/{drafts[0].ref}/edit").text
    assert "Southern Branch" not in again  # from handing in on it is the organizer's to change
