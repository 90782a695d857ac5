"""A round's discussion: who says what under which name, who is told, and what organizers do about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.forum import posting
from challenge.forum.models import ForumPost, ForumThread
from challenge.judging.models import PanelJudge, Phase
from challenge.rounds.models import Programme, Round
from challenge.rules.stages import Stage
from tests.factories import PhaseFactory, RoundFactory, UserFactory, organizer_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

WORDS = "Who joins me for **camera 4**?"


class Hall:
    """A round with a discussion, its organizer, and somebody who wants to talk."""

    def __init__(self, db: Session, visitor: Any) -> None:
        self.round: Round = RoundFactory(stage=Stage.SUBMISSION)
        programme: Programme = self.round.programme
        self.organizer = organizer_of(programme)
        self.speaker = UserFactory(name="CANARY Speaker")
        self.path = f"/rounds/{self.round.slug}/discussion"
        self.rooms = f"/organize/rounds/{self.round.slug}/forum"
        self.visitor, self.db = visitor, db

    def begin(self, title: str = "Partners", named: str = "number", who: Any = None) -> str:
        """Begin a thread; its path."""
        form = {"title": title, "body": WORDS, "named": named}
        answer = self.visitor(who or self.speaker).post(self.path, data=form)
        assert answer.status_code == 302, answer.text
        return str(answer.location)

    def post(self) -> ForumPost:
        """The newest post."""
        return self.db.scalars(sa.select(ForumPost).order_by(ForumPost.id.desc()).limit(1)).one()


@pytest.fixture
def hall(db: Session, visitor: Any) -> Hall:
    return Hall(db, visitor)


def test_a_thread_is_answered_and_its_followers_and_organizers_are_told(
    hall: Hall, visitor: Any, mailbox: Mailbox
) -> None:
    thread = hall.begin()
    other = UserFactory()
    assert visitor(other).post(thread, data={"body": "I do.", "named": "own"}).status_code == 302
    shown = visitor().get(thread).text
    assert "<strong>camera 4</strong>" in shown
    assert "I do." in shown
    assert "Partners" in visitor().get(hall.path).text
    templates = [each.template for each in mailbox.to(hall.organizer.email)]
    assert templates == ["forum_begun"]
    letters = mailbox.to(hall.speaker.email)
    assert [each.template for each in letters] == ["forum_answered"]  # not about one's own words
    assert "I do." not in letters[0].body
    visitor(hall.speaker).post(thread + "/unfollow")
    visitor(other).post(thread, data={"body": "Still.", "named": "own"})
    assert len(mailbox.to(hall.speaker.email)) == 1


def test_whoever_stays_a_number_is_named_nowhere(hall: Hall, visitor: Any, mailbox: Mailbox) -> None:
    thread = hall.begin(named="number")
    judge = _judge(hall)
    for reader in (visitor(), visitor(UserFactory()), visitor(judge), visitor(hall.organizer)):
        for path in (hall.path, thread):
            page = reader.get(path).text
            assert "CANARY" not in page
    assert "Participant" in visitor().get(thread).text
    assert not [
        each for each in mailbox.letters if "CANARY" in each.body and each.recipient != hall.speaker.email
    ]
    again = hall.begin(title="Another", named="own")  # what was chosen first stays
    assert "CANARY" not in visitor().get(again).text


def test_a_name_is_shown_where_it_was_chosen(hall: Hall, visitor: Any) -> None:
    assert "CANARY Speaker" in visitor().get(hall.begin(named="own")).text


def _judge(hall: Hall) -> Any:
    judge = UserFactory(name="Judge")
    phase: Phase = PhaseFactory(round_id=hall.round.id)
    hall.db.add(PanelJudge(phase_id=phase.id, user_id=judge.id, label="A"))
    hall.db.flush()
    return judge


def test_judges_read_and_do_not_write(hall: Hall, visitor: Any) -> None:
    thread = hall.begin()
    judge = visitor(_judge(hall))
    assert judge.get(thread).status_code == 200
    assert judge.post(thread, data={"body": "As a judge", "named": "own"}).status_code == 403
    assert judge.post(hall.path, data={"title": "T", "body": "B", "named": "own"}).status_code == 403


def test_only_whoever_is_signed_in_writes_while_the_round_runs(hall: Hall, visitor: Any, db: Session) -> None:
    form = {"title": "T", "body": "B", "named": "own"}
    assert visitor().post(hall.path, data=form).status_code == 302
    assert db.scalars(sa.select(ForumThread)).all() == []
    over = RoundFactory(stage=Stage.CLOSED)
    assert visitor(hall.speaker).post(f"/rounds/{over.slug}/discussion", data=form).status_code == 403
    draft = RoundFactory(stage=Stage.DRAFT)
    assert visitor(hall.speaker).get(f"/rounds/{draft.slug}/discussion").status_code == 403


def test_sent_twice_is_said_once(hall: Hall, visitor: Any, db: Session) -> None:
    assert hall.begin() == hall.begin()
    thread = hall.begin()
    for _ in range(2):
        visitor(hall.speaker).post(thread, data={"body": "Once", "named": "own"})
    assert db.scalars(sa.select(ForumThread)).one().posts == 2


def test_a_flood_is_slowed_down(hall: Hall, visitor: Any) -> None:
    thread = hall.begin()
    person = visitor(hall.speaker)
    answers = [person.post(thread, data={"body": f"Word {n}", "named": "own"}) for n in range(6)]
    assert [each.status_code for each in answers] == [302] * 4 + [422] * 2
    assert "a lot in a short time" in answers[-1].text


def test_one_s_own_words_are_mended_within_a_quarter_of_an_hour(hall: Hall, visitor: Any) -> None:
    hall.begin()
    person, post = visitor(hall.speaker), hall.post()
    edit = f"{hall.path}/posts/{post.ref}/edit"
    assert "camera 4" in person.get(edit).text
    assert person.post(edit, data={"body": "Camera 5."}).status_code == 302
    assert (hall.post().body, hall.post().edited_at is not None) == ("Camera 5.", True)
    assert visitor(UserFactory()).get(edit).status_code == 404
    assert visitor(UserFactory()).post(edit, data={"body": "Mine"}).status_code == 403
    hall.post().created_at -= posting.EDITABLE + dt.timedelta(seconds=1)
    answer = person.post(edit, data={"body": "Too late."})
    assert answer.status_code == 422
    assert "quarter of an hour" in answer.text


def test_a_reported_post_is_hidden_with_its_reason_and_can_come_back(
    hall: Hall, visitor: Any, mailbox: Mailbox
) -> None:
    thread = hall.begin()
    ref = hall.post().ref
    reporter = visitor(UserFactory(name="CANARY Reporter"))
    for _ in range(2):
        reporter.post(f"{hall.path}/posts/{ref}/report", data={"reason": "Advertising"})
    assert [each.template for each in mailbox.to(hall.organizer.email)].count("forum_reported") == 1
    organizer = visitor(hall.organizer)
    waiting = organizer.get(hall.rooms).text
    assert "Advertising" in waiting
    assert "CANARY Reporter" not in waiting
    hide = f"{hall.rooms}/posts/{ref}/hide"
    assert organizer.post(hide, data={"reason": ""}).status_code == 422
    assert organizer.post(hide, data={"reason": "No advertising here."}).status_code == 302
    shown = visitor().get(thread).text
    assert "camera 4" not in shown
    assert "No advertising here." in shown
    assert "No advertising here." in mailbox.to(hall.speaker.email)[-1].body
    assert "Nothing waits" in organizer.get(hall.rooms).text
    organizer.post(f"{hall.rooms}/posts/{ref}/show")
    assert "camera 4" in visitor().get(thread).text


def test_organizers_close_and_pin_and_nobody_else(hall: Hall, visitor: Any, db: Session) -> None:
    thread = hall.begin()
    ref = thread.rpartition("/")[2]
    organizer = visitor(hall.organizer)
    stranger = visitor(UserFactory())
    assert stranger.post(f"{hall.rooms}/threads/{ref}/close").status_code == 403
    assert stranger.get(hall.rooms).status_code == 403
    assert (
        stranger.post(f"{hall.rooms}/posts/{hall.post().ref}/hide", data={"reason": "x"}).status_code == 403
    )
    organizer.post(f"{hall.rooms}/threads/{ref}/pin")
    organizer.post(f"{hall.rooms}/threads/{ref}/close")
    assert "Pinned" in visitor().get(hall.path).text
    late = visitor(hall.speaker).post(thread, data={"body": "Late", "named": "own"})
    assert late.status_code == 422
    organizer.post(f"{hall.rooms}/threads/{ref}/reopen")
    assert visitor(hall.speaker).post(thread, data={"body": "Late", "named": "own"}).status_code == 302
    elsewhere = Hall(db, visitor)
    other = visitor(elsewhere.organizer)
    assert other.post(f"{elsewhere.rooms}/posts/{hall.post().ref}/show").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_a_thread_costs_the_same_with_one_and_with_three(
    hall: Hall, visitor: Any, statements: Counting, count: int
) -> None:
    thread = hall.begin()
    for number in range(count):
        visitor(UserFactory()).post(thread, data={"body": f"Word {number}", "named": "own"})
    reader: Visitor = visitor(UserFactory())
    with statements() as counted:
        reader.get(thread)
    assert len(counted) <= 10, counted
