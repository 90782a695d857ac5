"""The organizer's judging rooms through their doors."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import panel, ranking, rubric
from challenge.judging.models import Criterion, PanelJudge, Ranking
from challenge.rounds.models import Round
from challenge.rules.stages import Stage
from tests.factories import GrantFactory, RoundFactory, UserFactory, organizer_of
from tests.judging.stories import Court, assign, court, lock_all
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

ROOMS = ("rubric", "panel", "assignments", "assignments?fit=1&short=1", "progress", "ranking")


def url(round_: Round, room: str) -> str:
    return f"/organize/rounds/{round_.slug}/{room}"


def rubric_form(**change: str) -> dict[str, str]:
    row = {"name_en": "Idea", "minimum": "0", "maximum": "10", "step": "1", "weight": "5", **change}
    return {"per_entry": "2", **{f"criteria-0-{name}": value for name, value in row.items()}}


@pytest.mark.parametrize("room", ROOMS)
def test_room_is_drawn_before_anything_is_set_up(client: Visitor, db: Session, room: str) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    client.sign_in(organizer_of(round_.programme))
    assert client.get(url(round_, room)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("room", "most"),
    [
        ("rubric", 4),
        ("panel", 6),
        ("assignments", 9),
        ("assignments?fit=1", 10),
        ("progress", 5),
        ("ranking", 5),
    ],
)
def test_room_asks_the_same_whatever_it_shows(
    client: Visitor, db: Session, statements: Counting, room: str, most: int, count: int
) -> None:
    made = court(db, judges=count, entries=count, per_entry=count)
    for number in range(count):
        lock_all(made, number, *[(8, 6)] * count)
    client.sign_in(made.organizer)
    target = url(made.round, room)
    with statements() as asked:
        assert client.get(target).status_code == 200
    assert len(asked) <= most, asked


def test_default_rubric_is_offered_saved_and_changed(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    client.sign_in(organizer_of(round_.programme))
    page = client.get(url(round_, "rubric")).text
    assert "Fit to indicators" in page
    answer = client.post(url(round_, "rubric"), data=rubric_form())
    assert answer.location == url(round_, "rubric")
    assert [c.name_en for c in db.scalars(sa.select(Criterion))] == ["Idea"]


def test_fault_in_a_row_comes_back_at_its_field(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    client.sign_in(organizer_of(round_.programme))
    answer = client.post(url(round_, "rubric"), data=rubric_form(step="0.3"))
    assert answer.status_code == 422
    assert "Steps of this size do not lead from the start of the scale to its end." in answer.text
    assert rubric.phase_of(db, round_.id) is None, "nothing was stored"


def test_rows_come_and_go_without_a_script(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    client.sign_in(organizer_of(round_.programme))
    more = client.post(url(round_, "rubric"), data={**rubric_form(), "add": "criteria"})
    assert 'name="criteria-1-name_en"' in more.text
    fewer = client.post(url(round_, "rubric"), data={**rubric_form(), "remove": "criteria-0"})
    assert 'name="criteria-0-name_en"' not in fewer.text
    assert rubric.phase_of(db, round_.id) is None


def test_method_is_published_or_refused_at_its_field(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    client.sign_in(organizer_of(round_.programme))
    form = {"rule": "median", "basis": "total", "places": "3", "ties": "median-weightiest"}
    assert client.post(url(round_, "method"), data=form).status_code == 302
    phase = rubric.phase_of(db, round_.id)
    assert phase is not None
    assert rubric.method_of(phase).ties == ("median", "weightiest", "shared")
    for wrong in ({"rule": "best"}, {"places": "9"}, {"places": "x"}, {"ties": ""}):
        assert client.post(url(round_, "method"), data={**form, **wrong}).status_code == 422


def test_rubric_is_only_shown_once_judging_has_opened(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.organizer)
    page = client.get(url(made.round, "rubric")).text
    assert "stand as they were published" in page
    assert "criteria-0-name_en" not in page
    assert client.post(url(made.round, "rubric"), data=rubric_form()).status_code == 403


def test_invited_judge_gets_a_letter_and_joins_by_its_link(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    made = court(db, judges=1)
    guest = UserFactory(email="guest@lzu.edu.cn")
    client.sign_in(made.organizer)
    answer = client.post(url(made.round, "panel"), data={"email": "guest@lzu.edu.cn", "how": "invite"})
    assert answer.location == url(made.round, "panel")
    assert "guest@lzu.edu.cn" in client.get(url(made.round, "panel")).text
    link = mailbox.link("guest@lzu.edu.cn")
    client.sign_in(guest)
    assert client.post(link).status_code == 302
    seat = db.scalars(sa.select(PanelJudge).where(PanelJudge.user_id == guest.id)).one()
    assert seat.label == "J2"


def test_person_with_an_account_is_added_at_once(client: Visitor, db: Session) -> None:
    made = court(db, judges=1)
    UserFactory(email="known@lzu.edu.cn", name="Known Person")
    client.sign_in(made.organizer)
    client.post(url(made.round, "panel"), data={"email": "known@lzu.edu.cn", "how": "add"})
    assert "Known Person" in client.get(url(made.round, "panel")).text
    unknown = client.post(url(made.round, "panel"), data={"email": "no@lzu.edu.cn", "how": "add"})
    assert unknown.status_code == 422
    assert "Send an invitation instead." in unknown.text


def test_invitation_is_sent_again_or_taken_back(client: Visitor, db: Session) -> None:
    made, other = court(db), court(db)
    panel.invite(db, made.as_organizer, made.round.id, "guest@lzu.edu.cn")
    client.sign_in(made.organizer)
    assert client.post(url(made.round, "panel/invitations/1/again")).status_code == 302
    client.sign_in(other.organizer)
    assert client.post(url(other.round, "panel/invitations/1/revoke")).status_code == 404
    client.sign_in(made.organizer)
    for _ in range(2):
        assert client.post(url(made.round, "panel/invitations/1/revoke")).status_code == 302
    assert "guest@lzu.edu.cn" not in client.get(url(made.round, "panel")).text


def test_judge_is_taken_off_before_any_assignment(client: Visitor, db: Session) -> None:
    made = court(db, assigned=False)
    client.sign_in(made.organizer)
    target = url(made.round, f"panel/{made.judges[0].id}/remove")
    for _ in range(2):
        assert client.post(target).status_code == 302
    busy = court(db)
    client.sign_in(busy.organizer)
    assert client.post(url(busy.round, f"panel/{busy.judges[0].id}/remove")).status_code == 409


def test_assignment_is_given_to_another_judge(client: Visitor, db: Session) -> None:
    made = court(db, assigned=False)
    assign(made.phase, made.judges[0], made.entries[0])
    client.sign_in(made.organizer)
    target = url(made.round, f"assignments/{made.assignment().ref}")
    assert "Give it to another judge" in client.get(target).text
    bare = client.post(target, data={"judge": str(made.judges[1].id), "reason": ""})
    assert bare.status_code == 422
    assert "Fill this in." in bare.text
    answer = client.post(target, data={"judge": str(made.judges[1].id), "reason": "ill"})
    assert answer.location == url(made.round, "assignments")
    assert (made.assignment(0).state, made.assignment(1).state) == ("replaced", "invited")
    assert "Another judge has taken it over." in client.get(target).text


def test_ranking_is_fixed_once_and_anew_with_a_reason(client: Visitor, db: Session) -> None:
    made = court(db, entries=2)
    lock_all(made, 0, (8, 6))
    lock_all(made, 1, (8, 6))
    client.sign_in(made.organizer)
    live = client.get(url(made.round, "ranking")).text
    assert "1=" in live
    assert client.post(url(made.round, "ranking")).status_code == 403
    made.close()
    for _ in range(2):
        assert client.post(url(made.round, "ranking")).location == url(made.round, "ranking")
    assert "Fixed " in client.get(url(made.round, "ranking")).text
    made.entries[0].state, made.entries[0].state_reason = "ineligible", "copied"
    db.flush()
    assert client.post(url(made.round, "ranking"), data={"reason": ""}).status_code == 422
    assert client.post(url(made.round, "ranking"), data={"reason": "one was ruled out"}).status_code == 302
    assert "one was ruled out" in client.get(url(made.round, "ranking")).text
    assert db.scalar(sa.select(sa.func.count()).select_from(Ranking)) == 2
    assert client.get(url(made.round, "ranking?view=live&after=garbage")).status_code == 200


def doors(made: Court) -> list[tuple[str, str]]:
    """Every door of these rooms."""
    one = made.assignment().ref
    posts = (
        *("rubric", "method", "panel", "panel/invitations/1/again", "panel/invitations/1/revoke"),
        *(
            "panel/1/remove",
            "assignments",
            "assignments/proposed",
            f"assignments/{one}",
            "ranking",
            "assignments/search",
            "assignments/aside",
            f"assignments/{one}/pin",
        ),
    )
    gets = (*ROOMS, f"assignments/{one}")
    return [("GET", url(made.round, room)) for room in gets] + [("POST", url(made.round, r)) for r in posts]


def test_rooms_open_to_the_rounds_organizers_only(client: Visitor, db: Session) -> None:
    made, other = court(db), court(db)
    host = UserFactory()
    GrantFactory(
        user_id=host.id, role="organizer", scope="organization", scope_id=made.round.programme.host_id
    )
    outsiders = (
        made.people[0],
        other.organizer,
        UserFactory(),
        UserFactory(represents=[made.requirement.seeker]),
    )
    walk = doors(made)
    for person in outsiders:
        client.sign_in(person)
        answers = {(method, path): client.open(path, method=method).status_code for method, path in walk}
        assert set(answers.values()) == {403}, answers
    client.sign_out()
    assert {client.open(path, method=method).status_code for method, path in walk} == {302}
    client.sign_in(host)
    assert {client.get(path).status_code for method, path in walk if method == "GET"} == {200}


def test_administrator_reads_and_changes_nothing(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(UserFactory(admin=True))
    answers = {(method, path): client.open(path, method=method).status_code for method, path in doors(made)}
    assert {code for (method, _), code in answers.items() if method == "GET"} == {200}
    assert {code for (method, _), code in answers.items() if method == "POST"} == {403}


def test_the_rail_leads_an_administrator_into_no_closed_room(client: Visitor, db: Session) -> None:
    made = court(db)
    pages = {}
    for person in (made.organizer, UserFactory(admin=True)):
        client.sign_in(person)
        rooms = re.findall(r'href="(/organize/rounds/[^"]+)"', client.get(url(made.round, "ranking")).text)
        pages[person.admin] = {
            path.rpartition("/")[2] for path in rooms if client.get(path).status_code == 200
        }
        assert {path.rpartition("/")[2] for path in rooms} == pages[person.admin]
    closed = {"conflicts", "deadline", "discussion", "feedback", "judges", "submissions", "what-if"}
    closed |= {"contacts", "distribution", "docking", "agreements", "stories", "forum"}
    assert pages[False] - pages[True] == closed


def test_fixed_ranking_is_read_in_five_statements(client: Visitor, db: Session, statements: Counting) -> None:
    made = court(db, entries=3)
    for number in range(3):
        lock_all(made, number, (8, number))
    made.close()
    ranking.fix(db, made.as_organizer, made.round.id)
    client.sign_in(made.organizer)
    target = url(made.round, "ranking")
    with statements() as asked:
        assert client.get(target).status_code == 200
    assert len(asked) <= 5, asked
