"""Solvers look for teammates: a post, a message by mail, an invitation; and what never leaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.rounds.models import Round, RoundWindow
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, NotFound, WrongState
from challenge.rules.stages import Stage
from challenge.submissions import board, board_pages
from challenge.submissions.board import PostFacts
from challenge.submissions.board_models import TeammateMessage, TeammatePost
from challenge.submissions.models import Submission, TeamMember
from tests.factories import (
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
    actor_of,
    organizer_of,
)
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

FACTS = PostFacts("Optics and a test bench.", "Somebody who knows line-scan software.", ("optics",), "en")


def posted(db: Session, round_: Round | None = None, **who: object) -> tuple[Round, User, TeammatePost]:
    round_ = round_ or RoundFactory(stage=Stage.SUBMISSION)
    author = UserFactory(**who)
    return round_, author, board.write(db, actor_of(author), round_.id, FACTS)


def url(round_: Round, rest: str = "") -> str:
    return f"/rounds/{round_.slug}/teammates{rest}"


def test_one_post_each_that_its_author_changes_closes_and_opens_again(db: Session) -> None:
    round_, author, post = posted(db)
    me = actor_of(author)
    assert board.write(db, me, round_.id, FACTS).id == post.id
    told = sa.select(sa.func.count()).where(AuditEntry.action == "teammates.posted")
    assert db.scalar(told) == 1
    for _ in range(2):
        assert board.close(db, me, post.ref).state == "closed"
    assert board_pages.posts(db, round_.id) == []
    assert board.write(db, me, round_.id, FACTS).state == "open"
    assert len(db.scalars(sa.select(TeammatePost)).all()) == 1
    with pytest.raises(NotAllowed):
        board.close(db, actor_of(UserFactory()), post.ref)


def test_limits_come_back_at_their_fields(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    facts = PostFacts("x" * 601, " ", (*(f"skill {n}" for n in range(9)), "y" * 31), "fr")
    with pytest.raises(InvalidMany) as refused:
        board.write(db, actor_of(UserFactory()), round_.id, facts)
    assert [(each.field, each.code) for each in refused.value.faults] == [
        ("brings", "too_long"),
        ("seeks", "required"),
        ("skills", "keywords_count"),
        ("skills", "keyword_long"),
        ("lang", "not_a_choice"),
    ]


def test_skills_are_typed_with_any_comma_and_each_counts_once() -> None:
    assert board.skills_of("光学、 FPGA，optics,, optics ; c++ ") == ("光学", "FPGA", "optics", "c++")


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.JUDGING, Stage.CLOSED, Stage.CANCELLED])
def test_the_board_lives_until_solutions_close(client: Visitor, db: Session, stage: Stage) -> None:
    round_ = RoundFactory(stage=stage)
    with pytest.raises(NotAllowed):
        board.write(db, actor_of(UserFactory()), round_.id, FACTS)
    client.sign_in(UserFactory())
    assert client.get(url(round_)).status_code == 403


def test_posts_expire_with_the_window(client: Visitor, db: Session) -> None:
    round_, _author, post = posted(db)
    reader = UserFactory()
    client.sign_in(reader)
    assert FACTS.brings in client.get(url(round_)).text
    window = sa.update(RoundWindow).where(
        RoundWindow.round_id == round_.id, RoundWindow.stage == "submission"
    )
    past = clock.now(db) - dt.timedelta(minutes=1)
    db.execute(window.values(closes_at=past, ends_at=past))
    assert client.get(url(round_)).status_code == 403
    assert client.post(url(round_, f"/{post.ref}"), data={"body": "x", "consent": "y"}).status_code == 403


def test_a_visitor_is_asked_to_sign_in_and_an_address_stands_nowhere(client: Visitor, db: Session) -> None:
    round_, author, _post = posted(db, name="Wei Optik", email="hidden-address@example.org")
    assert client.get(url(round_)).location.startswith("/login")
    client.sign_in(UserFactory())
    for path in (url(round_), url(round_, f"/{_post.ref}")):
        page = client.get(path).text
        assert "Wei Optik" in page
        assert author.email not in page


def test_drafts_and_anonymous_seekers_never_show(client: Visitor, db: Session) -> None:
    round_, author, post = posted(db)
    need = RequirementFactory(round=round_, anonymous=True, seeker__name="密名公司")
    SubmissionFactory(requirement=need, owner=author, title="Canary draft of the author")
    reader = UserFactory()
    SubmissionFactory(requirement=need, owner=reader, title="My own draft")
    client.sign_in(reader)
    for path in (url(round_), url(round_, f"/{post.ref}"), url(round_, "/mine")):
        page = client.get(path).text
        assert "Canary draft" not in page
        assert "密名公司" not in page
    assert "My own draft" in client.get(url(round_, f"/{post.ref}")).text


def test_a_message_goes_by_mail_with_the_sender_s_address_after_consent(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    round_, author, post = posted(db)
    sender = UserFactory(name="Sender", email="sender@example.org")
    client.sign_in(sender)
    there = url(round_, f"/{post.ref}")
    assert client.post(there, data={"body": "Shall we?"}).status_code == 422
    assert client.post(there, data={"body": "", "consent": "y"}).status_code == 422
    for _ in range(2):
        assert client.post(there, data={"body": "Shall we?", "consent": "y"}).status_code == 302
    (letter,) = mailbox.to(author.email)
    assert "> Shall we?" in letter.body
    assert "sender@example.org" in letter.body
    assert mailbox.to("sender@example.org") == []
    assert len(db.scalars(sa.select(TeammateMessage)).all()) == 1


def test_nobody_writes_to_themselves_or_too_often(db: Session) -> None:
    _round, author, post = posted(db)
    with pytest.raises(WrongState, match="own_post"):
        board.send(db, actor_of(author), post.ref, "Hello me", consent=True)
    sender = actor_of(UserFactory())
    for number in range(board.MOST_A_DAY):
        board.send(db, sender, post.ref, f"Number {number}", consent=True)
    with pytest.raises(Invalid, match="too_many_messages"):
        board.send(db, sender, post.ref, "One more", consent=True)


def test_an_owner_invites_from_the_board_and_the_author_joins_by_the_link(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    round_, author, post = posted(db, name="Wei Optik")
    owner = UserFactory(name="Owner")
    draft = SubmissionFactory(requirement=RequirementFactory(round=round_), owner=owner)
    client.sign_in(owner)
    for _ in range(2):
        answer = client.post(url(round_, f"/{post.ref}/invite"), data={"submission": draft.ref})
        assert answer.status_code == 302
    assert author.email not in client.get(f"/solve/{draft.ref}/team").text
    assert len(mailbox.to(author.email)) == 1
    link = mailbox.link(author.email)
    client.sign_in(author)
    assert client.get(link).status_code == 200
    assert client.post(link, data={"name": "Wei Optik"}).status_code == 302
    team = sa.select(TeamMember.user_id).where(TeamMember.submission_id == draft.id)
    assert set(db.scalars(team)) == {owner.id, author.id}


def test_only_one_s_own_team_of_this_round_invites(db: Session) -> None:
    round_, _author, post = posted(db)
    stranger = UserFactory()
    foreign: Submission = SubmissionFactory(requirement=RequirementFactory(round=round_))
    elsewhere: Submission = SubmissionFactory(owner=stranger)
    with pytest.raises(NotFound):
        board.invite(db, actor_of(stranger), post.ref, foreign.ref)
    with pytest.raises(Invalid, match="not_a_choice"):
        board.invite(db, actor_of(stranger), post.ref, elsewhere.ref)


def test_the_organizer_hides_a_post_with_a_reason_that_its_author_is_told(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    round_, author, post = posted(db)
    organizer = organizer_of(round_.programme)
    client.sign_in(organizer)
    here = f"/organize/rounds/{round_.slug}/teammates"
    assert client.post(f"{here}/{post.ref}/hide", data={"reason": " "}).status_code == 422
    assert client.post(f"{here}/{post.ref}/hide", data={"reason": "Advertising."}).status_code == 302
    assert "Advertising." in client.get(here).text
    assert len(mailbox.to(author.email)) == 1
    client.sign_in(UserFactory())
    assert FACTS.brings not in client.get(url(round_)).text
    assert client.get(url(round_, f"/{post.ref}")).status_code == 404
    client.sign_in(author)
    assert "Advertising." in client.get(url(round_)).text
    with pytest.raises(WrongState, match="post_hidden"):
        board.write(db, actor_of(author), round_.id, FACTS)
    with pytest.raises(NotAllowed):
        board.hide(db, actor_of(UserFactory()), post.ref, "No.")


def test_the_organizer_switches_the_board_off_and_on(client: Visitor, db: Session) -> None:
    round_, author, _post = posted(db)
    client.sign_in(organizer_of(round_.programme))
    here = f"/organize/rounds/{round_.slug}/teammates"
    assert "Teammates" in client.get(f"/rounds/{round_.slug}").text
    client.post(f"{here}/switch", data={"on": "no"})
    assert url(round_) not in client.get(f"/rounds/{round_.slug}").text
    client.sign_in(author)
    assert client.get(url(round_)).status_code == 404
    with pytest.raises(WrongState, match="board_off"):
        board.write(db, actor_of(author), round_.id, FACTS)
    client.sign_in(organizer_of(round_.programme))
    client.post(f"{here}/switch", data={"on": "yes"})
    client.sign_in(author)
    assert client.get(url(round_)).status_code == 200


def test_a_post_is_written_on_its_page(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.REQUIREMENTS)
    me = UserFactory()
    client.sign_in(me)
    form = {"brings": "Sensors", "seeks": "Software", "skills": "光学、FPGA", "lang": "both"}
    assert client.post(url(round_, "/mine"), data={**form, "lang": ""}).status_code == 422
    assert client.post(url(round_, "/mine"), data=form).status_code == 302
    assert "光学, FPGA" in client.get(url(round_, "/mine")).text
    post = db.scalars(sa.select(TeammatePost)).one()
    assert client.post(url(round_, f"/{post.ref}/close")).status_code == 302
    assert "Put it back on the board" in client.get(url(round_)).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_asks_the_same_whatever_it_shows(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    for _ in range(count):
        posted(db, round_)
    client.sign_in(UserFactory())
    with statements() as asked:
        assert client.get(url(round_)).status_code == 200
    who = 3
    assert len(asked) <= who + 4, asked


def test_a_flood_from_one_person_is_stopped_at_the_door(make_app: Callable[..., Flask], db: Session) -> None:
    round_, _author, post = posted(db)
    sender = UserFactory()
    db.commit()
    visitor = make_app(rate_limits=True).test_client()
    visitor.sign_in(sender)
    data = {"body": "Shall we?", "consent": "y"}
    answers = [visitor.post(url(round_, f"/{post.ref}"), data=data).status_code for _ in range(11)]
    assert answers[:10] == [302] * 10
    assert answers[10] == 429
