"""Places in a team by link, and an owner who hands over."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rules.errors import Invalid, NotAllowed, NotFound, Refused, TooLate
from challenge.submissions import places, submitting, team
from challenge.submissions.entering import NotEligible
from challenge.submissions.limits import EntryRefused
from challenge.submissions.models import Submission, TeamLink, TeamMember
from challenge.tasks.models import Task
from tests.factories import UserFactory, actor_of
from tests.judging.test_at_once import together
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.submissions.stories import again, close, owner_of, ready, round_of


def offer(db: Session, draft: Submission, key: str = "k", name: str = "") -> str:
    token = places.offer(db, actor_of(owner_of(draft)), draft.ref, key, name)
    db.commit()
    return token


def members(db: Session, draft: Submission) -> list[tuple[str, str]]:
    mine = sa.select(TeamMember.name, TeamMember.affiliation).where(TeamMember.submission_id == draft.id)
    return [(name, affiliation) for name, affiliation in db.execute(mine.order_by(TeamMember.id))]


def test_whoever_opens_the_link_joins_with_name_and_affiliation_once(db: Session) -> None:
    draft = ready()
    token = offer(db, draft)
    assert offer(db, draft) == token  # the same form is the same place
    zhao, late = actor_of(UserFactory()), actor_of(UserFactory())
    db.commit()
    for _ in range(2):
        places.take(db, zhao, token, "Zhao Lei", "Lanzhou University")
        db.commit()
    assert members(db, draft)[1:] == [("Zhao Lei", "Lanzhou University")]
    with pytest.raises(Refused) as refusal:
        places.take(db, late, token, "Late", "")
    assert refusal.value.code == "invitation_used"
    db.rollback()
    submitting.submit(db, zhao, draft.ref)


def test_of_five_who_open_a_link_at_once_one_joins(app: Flask, db: Session) -> None:
    draft = ready()
    token = offer(db, draft)
    people = [actor_of(UserFactory()) for _ in range(5)]
    db.commit()
    came = together(
        app, [lambda s, who=each: places.take(s, who, token, "N", "") and None for each in people]
    )
    assert sorted(str(each) for each in came) == ["None"] + ["invitation_used"] * 4
    assert len(members(db, draft)) == 2


def test_no_row_keeps_the_token_and_a_place_that_was_taken_back_or_is_old_admits_nobody(db: Session) -> None:
    draft = ready()
    owner, stranger = actor_of(owner_of(draft)), actor_of(UserFactory())
    token, other = offer(db, draft), offer(db, draft, "k2", "Wu")
    links = list(db.scalars(sa.select(TeamLink).order_by(TeamLink.id)))
    assert token not in str([vars(each) for each in links])
    for _ in range(2):
        places.revoke(db, owner, draft.ref, links[0].id)
        db.commit()
    links[1].expires_at = clock.now(db) - dt.timedelta(seconds=1)
    db.commit()
    codes = []
    for each in (token, other, "never"):
        with pytest.raises(Refused) as refusal:
            places.take(db, stranger, each, "N", "")
        codes.append(refusal.value.code)
        db.rollback()
    assert codes == ["invitation_revoked", "invitation_expired", "invitation_unknown"]
    with pytest.raises(NotFound):
        places.revoke(db, actor_of(owner_of(ready())), draft.ref, links[0].id)


def test_a_place_waits_within_the_limit_of_the_team(db: Session) -> None:
    draft = ready(requirement__round__max_members=3)
    offer(db, draft, "one")
    offer(db, draft, "two")
    for act in (
        lambda: places.offer(db, actor_of(owner_of(draft)), draft.ref, "three"),
        lambda: team.invite(db, actor_of(owner_of(draft)), draft.ref, "a@example.org", "A"),
    ):
        with pytest.raises(Invalid) as refusal:
            act()
        assert refusal.value.code == "team_full"
        db.rollback()


def test_a_place_that_was_offered_before_the_limit_was_lowered_makes_no_team_too_large(
    client: Visitor, db: Session
) -> None:
    draft = ready(requirement__round__max_members=2)
    token, late = offer(db, draft), UserFactory()
    round_of(draft).max_members = 1
    db.commit()
    client.sign_in(late)
    answer = client.post(f"/solve/join/{token}", data={"name": "N"}, follow_redirects=True)
    assert "A team has at most 1 members." in answer.text
    assert len(members(db, draft)) == 1


def test_after_the_close_and_beyond_the_limit_of_a_person_nobody_joins(db: Session) -> None:
    solver = UserFactory()
    entry = ready(requirement__round__max_per_solver=1, owner=solver)
    submitting.submit(db, actor_of(solver), entry.ref)
    other = ready(requirement=entry.requirement)
    submitting.submit(db, actor_of(owner_of(other)), other.ref)
    token = offer(db, other)
    with pytest.raises(EntryRefused):
        places.take(db, actor_of(solver), token, "N", "")
    db.rollback()
    close(other, clock.now(db) - dt.timedelta(seconds=1))
    db.commit()
    with pytest.raises(TooLate):
        places.take(db, actor_of(UserFactory()), token, "N", "")


def test_an_invited_address_that_uses_a_link_takes_the_row_that_waits(db: Session) -> None:
    draft = ready()
    team.invite(db, actor_of(owner_of(draft)), draft.ref, "zhao@example.org", "Zhao Lei")
    token = offer(db, draft)
    places.take(db, actor_of(UserFactory(email="Zhao@example.org")), token, "Zhao L.", "LZU")
    assert members(db, draft)[1:] == [("Zhao L.", "LZU")]


def test_the_page_shows_the_link_once_and_a_stranger_registers_or_signs_in_to_join(
    client: Visitor, db: Session, visitor: Callable[..., Visitor]
) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    page = client.get(f"/solve/{draft.ref}/team").text
    key = re.search(r'name="key"[^>]*value="([^"]+)"', page)
    assert key
    form = {"key": key.group(1), "place_name": "Wu Fang"}
    for _ in range(2):
        assert client.post(f"/solve/{draft.ref}/team/links", data=form).status_code == 302
    page = client.get(f"/solve/{draft.ref}/team").text
    link = re.search(r'value="http://[^"]*(/solve/join/[^"]+)"', page)
    assert link
    assert page.count("Wu Fang") == 2  # one place: its name, and the words of its button
    assert "/solve/join/" not in client.get(f"/solve/{draft.ref}/team").text
    path = link.group(1)
    nobody = visitor()
    assert "Create an account" in nobody.get(path).text
    assert nobody.post(path, data={"name": "X"}).status_code == 302  # to the sign-in page
    wu = visitor(UserFactory(name="Other"))
    assert 'value="Wu Fang"' in wu.get(path).text
    assert wu.post(path, data={"name": "", "affiliation": ""}).status_code == 422
    assert wu.post(path, data={"name": "Wu Fang", "affiliation": "Works"}).status_code == 302
    assert wu.get(f"/solve/{draft.ref}").status_code == 200
    assert "You have joined" in wu.get(path).text
    assert visitor(UserFactory()).get(path).status_code == 410
    assert wu.post(f"/solve/{draft.ref}/team/links", data=form).status_code == 403
    assert client.get("/solve/join/never-made").status_code == 404


def test_a_member_corrects_the_own_name_and_nobody_else_s(client: Visitor, db: Session) -> None:
    member = UserFactory(name="Old")
    draft = ready(team=[member])
    client.sign_in(member)
    url = f"/solve/{draft.ref}/team/me"
    assert 'value="Old"' in client.get(url).text
    assert client.post(url, data={"name": "New", "affiliation": "LZU"}).status_code == 302
    assert members(db, draft)[1] == ("New", "LZU")
    first = db.scalars(sa.select(TeamMember.id).order_by(TeamMember.id)).first()
    assert client.post(f"/solve/{draft.ref}/team/{first}", data={"name": "Mine"}).status_code == 403
    with pytest.raises(NotAllowed):
        team.describe(db, actor_of(member), draft.ref, first or 0, "Mine", "")


def test_the_owner_hands_over_and_everybody_is_told(client: Visitor, db: Session, mailbox: Mailbox) -> None:
    member = UserFactory(email="next@example.org")
    draft = ready(team=[member])
    owner = owner_of(draft)
    key = db.scalars(sa.select(TeamMember.id).order_by(TeamMember.id.desc())).first()
    client.sign_in(owner)
    for _ in range(2):
        assert client.post(f"/solve/{draft.ref}/team/{key}/owner").status_code == 302
    assert again(draft).owner_id == member.id
    assert len(mailbox.to("next@example.org")) == 1
    assert len(mailbox.to(owner.email)) == 1
    assert client.post(f"/solve/{draft.ref}/withdraw").status_code == 403
    assert client.post(f"/solve/{draft.ref}/leave").status_code == 302
    recorded = db.execute(sa.text("SELECT count(*) FROM audit_entry WHERE action = 'team.handed_over'"))
    assert recorded.scalar_one() == 1


def test_only_somebody_who_joined_and_could_enter_becomes_the_owner(db: Session) -> None:
    draft = ready(
        team=[UserFactory(email="zhao@elsewhere.test")],
        requirement__round__eligibility={"invited": ["example.org"]},
    )
    owner = actor_of(owner_of(draft))
    team.invite(db, owner, draft.ref, "waits@example.org", "Waits")
    db.commit()
    keys = list(db.scalars(sa.select(TeamMember.id).order_by(TeamMember.id)))
    with pytest.raises(NotEligible):
        team.hand_over(db, owner, draft.ref, keys[1])
    db.rollback()
    for key in (keys[2], 999):
        with pytest.raises(Invalid):
            team.hand_over(db, owner, draft.ref, key)
        db.rollback()


def test_members_who_are_made_owner_at_once_leave_one_owner_of_the_team(app: Flask, db: Session) -> None:
    draft = ready(team=UserFactory.create_batch(4))
    owner = actor_of(owner_of(draft))
    keys = list(db.scalars(sa.select(TeamMember.id).order_by(TeamMember.id)))[1:]
    db.commit()
    came = together(
        app, [lambda s, key=each: team.hand_over(s, owner, draft.ref, key) and None for each in keys]
    )
    assert sorted(map(str, came)) == ["None"] + ["not_allowed"] * 3
    owners = sa.select(sa.func.count()).where(
        TeamMember.submission_id == draft.id, TeamMember.user_id == again(draft).owner_id
    )
    assert db.scalar(owners) == 1


def test_every_change_of_a_team_is_said_so_that_conflicts_are_asked_again(db: Session) -> None:
    member = UserFactory()
    draft = ready(team=[member])
    owner = actor_of(owner_of(draft))
    team.invite(db, owner, draft.ref, "zhao@example.org", "Zhao")
    db.commit()
    places.take(db, actor_of(UserFactory()), offer(db, draft), "N", "")
    db.commit()
    keys = list(db.scalars(sa.select(TeamMember.id).order_by(TeamMember.id)))
    team.remove(db, owner, draft.ref, keys[2])
    db.commit()
    team.leave(db, actor_of(member), draft.ref)
    db.commit()
    team.hand_over(db, owner, draft.ref, keys[3])
    db.commit()
    said = db.scalars(sa.select(Task.key).where(Task.key.startswith("event/team.changed/"))).all()
    assert len(said) == 5


def test_the_page_of_the_team_costs_the_same_for_one_and_for_three(
    client: Visitor, db: Session, statements: Counting
) -> None:
    draft = ready(team=[UserFactory()])
    client.sign_in(owner_of(draft))
    costs = []
    for count in (1, 3):
        for n in range(count):
            offer(db, draft, f"{count}-{n}")
            team.invite(db, actor_of(owner_of(draft)), draft.ref, f"{count}-{n}@example.org", "N")
        db.commit()
        with statements() as asked:
            assert client.get(f"/solve/{draft.ref}/team").status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1], asked
