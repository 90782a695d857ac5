"""A message to a group: nobody by default, the exact number, who was seen, one letter each, stopped."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.base.ids import new_ref
from challenge.flow import groups, segments
from challenge.flow.errands import drain
from challenge.flow.groups import Confirmed, Words
from challenge.messages.group_models import GroupMessage, GroupReader
from challenge.messages.models import Letter
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from challenge.rules.segments import ALL
from challenge.submissions.models import TeamMember
from challenge.tasks.models import Task
from tests.factories import SubmissionFactory, UserFactory, actor_of
from tests.messages.world import World, build
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

SAID = Words(subject_zh="现场答疑", body_zh="周五见。", subject_en="Open day", body_en="See you on Friday.")
EXPECTED = {
    "entries:draft": "winner drafter",
    "entries:selected": "winner teammate",
    "entries:withdrawn": "quitter",
    "needs:published": "representative author other_representative",
    "work:accepted": "judge",
    "people:panel": "judge idle_judge former_judge",
    "people:organizers": "organizer host_organizer",
}


def confirm(world: World, *parts: str, words: Words = SAID, **seen: object) -> GroupMessage:
    wanted = segments.segment(world.round.id, list(parts))
    digest = segments.reached(world.db, wanted).digest
    given = {"ref": new_ref(), "digest": digest, "typed": None, **seen}
    organizer = actor_of(world.people["organizer"])
    return groups.confirm(world.db, organizer, wanted, words, Confirmed(**given))  # type: ignore[arg-type]


def go(world: World) -> None:
    """Let the delay be over, and do what is due."""
    world.db.execute(sa.update(Task).where(Task.kind == "group").values(run_at=clock.now(world.db)))
    world.db.commit()
    drain()
    world.db.expire_all()


def got(world: World) -> set[str]:
    letters = world.db.scalars(sa.select(Letter).where(Letter.template == "group_message")).all()
    assert len(letters) == len({letter.recipient for letter in letters})
    return world.names({letter.recipient for letter in letters})


def test_each_part_reaches_exactly_its_people(db: Session) -> None:
    world = build(db)
    for part, names in EXPECTED.items():
        ids = db.scalars(segments.readers(segments.segment(world.round.id, [part]))).all()
        assert {name for name, person in world.people.items() if person.id in ids} == set(names.split()), part
    everybody = segments.segment(world.round.id, list(ALL))
    assert segments.reached(db, everybody).count == len(set(db.scalars(segments.readers(everybody))))


def test_it_goes_once_to_each_in_their_language_to_who_was_seen(db: Session) -> None:
    world = build(db)
    confirm(world, "entries:draft", "entries:selected")
    SubmissionFactory(requirement=world.requirement, owner=world.people["outsider"], state="draft")
    go(world)
    go(world)
    assert got(world) == {"winner", "teammate", "drafter"}
    for letter in db.scalars(sa.select(Letter).where(Letter.template == "group_message")):
        reader = db.scalars(sa.select(User).where(User.email == letter.recipient)).one()
        assert letter.subject == ("现场答疑" if reader.locale == "zh_CN" else "Open day")
    assert db.scalars(sa.select(GroupMessage.state)).all() == ["sent"]


def test_nobody_is_refused_and_nothing_is_chosen_by_itself(db: Session) -> None:
    world = build(db)
    with pytest.raises(Invalid, match="segment_empty"):
        confirm(world)
    with pytest.raises(Invalid, match="not_a_choice"):
        confirm(world, "everyone")
    with pytest.raises(Invalid, match="segment_nobody"):
        confirm(world, "needs:failed")
    with pytest.raises(InvalidMany):
        confirm(world, "people:panel", words=Words(subject_en="No text"))
    assert db.scalars(sa.select(GroupMessage)).all() == []


def test_whoever_came_meanwhile_is_looked_at_before_it_goes(db: Session) -> None:
    world = build(db)
    seen = segments.reached(db, segments.segment(world.round.id, ["entries:withdrawn"])).digest
    SubmissionFactory(requirement=world.requirement, state="withdrawn")
    with pytest.raises(Invalid, match="segment_changed"):
        confirm(world, "entries:withdrawn", digest=seen)


def test_many_are_confirmed_by_their_number(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    world = build(db)
    monkeypatch.setattr(groups, "CONFIRMED_ANEW", 2)
    for typed in (None, 2):
        with pytest.raises(Invalid, match="count_not_typed"):
            confirm(world, "people:panel", typed=typed)
    assert confirm(world, "people:panel", typed=3).count == 3


def test_the_same_form_twice_is_one_message(db: Session) -> None:
    world = build(db)
    ref = new_ref()
    assert confirm(world, "people:panel", ref=ref).id == confirm(world, "people:panel", ref=ref).id


def test_it_is_stopped_while_it_waits_and_not_after(db: Session) -> None:
    world = build(db)
    organizer = actor_of(world.people["organizer"])
    message = confirm(world, "people:panel")
    for _ in range(2):
        groups.stop(db, organizer, world.round.id, message.ref)
    go(world)
    assert got(world) == set()
    gone = confirm(world, "people:panel")
    go(world)
    with pytest.raises(WrongState):
        groups.stop(db, organizer, world.round.id, gone.ref)
    told = db.scalars(sa.select(AuditEntry.action).where(AuditEntry.action.startswith("group_message")))
    assert sorted(told) == [*["group_message.confirmed"] * 2, "group_message.stopped"]


def test_only_organizers_write(db: Session) -> None:
    world = build(db)
    wanted = segments.segment(world.round.id, ["people:panel"])
    for name in ("judge", "winner", "representative", "outsider", "admin"):
        with pytest.raises(NotAllowed):
            groups.confirm(db, actor_of(world.people[name]), wanted, SAID, Confirmed(new_ref(), "", None))


def test_a_large_group_is_expanded_in_batches(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    world = build(db)
    monkeypatch.setattr(groups, "BATCH", 2)
    confirm(world, "people:panel")
    go(world)
    assert got(world) == {"judge", "idle_judge", "former_judge"}
    assert db.scalar(sa.select(sa.func.count()).where(Task.kind == "group")) == 2


@pytest.mark.slow
def test_ten_thousand_are_confirmed_within_a_second(db: Session) -> None:
    world = build(db)
    at = clock.now(db)
    some = [{**row, "confirmed_at": at} for row in people(10_000)]
    db.execute(sa.insert(User), some)
    ids = db.scalars(sa.select(User.id).where(User.name == "Crowd")).all()
    outsider = world.people["outsider"]
    entry = SubmissionFactory(requirement=world.requirement, owner=outsider, state="withdrawn")
    team = [
        {"submission_id": entry.id, "user_id": each, "name": "", "email": f"{each}@example.org"}
        for each in ids
    ]
    db.execute(sa.insert(TeamMember), team)
    db.commit()
    started = time.monotonic()
    message = confirm(world, "entries:withdrawn", typed=10_002)
    db.commit()
    assert time.monotonic() - started < 1
    kept = sa.select(sa.func.count()).where(GroupReader.message_id == message.id)
    assert db.scalar(kept) == message.count == 10_002


def people(count: int) -> list[dict[str, object]]:
    return [
        {"email": f"crowd{number}@example.org", "name": "Crowd", "fs_uniquifier": f"crowd-{number}"}
        for number in range(count)
    ]


def value(page: str, name: str) -> str:
    """What a hidden field of a page holds."""
    return page.split(f'name="{name}"')[1].split('value="')[1].split('"', maxsplit=1)[0]


def form(**changes: object) -> dict[str, object]:
    said = {name: getattr(SAID, name) for name in Words.__dataclass_fields__}
    return {**said, "minutes": "5", "step": "preview", **changes}


def test_the_page_previews_names_no_draft_and_sends_what_was_seen(
    db: Session, client: Visitor, statements: Counting
) -> None:
    world = build(db)
    page, english = f"/organize/rounds/{world.round.slug}/groups", {"Accept-Language": "en"}
    client.sign_in(world.people["organizer"])
    assert client.post(page, data=form()).status_code == 422
    assert client.post(page, data=form(parts=["people:panel"], step="send")).status_code == 422
    draft = client.post(page, data=form(parts=["entries:draft"]), headers=english).text
    assert "It would go to 2 people" in draft
    assert "drafter" not in draft.partition("<fieldset")[0]
    with statements() as asked:
        shown = client.post(page, data=form(parts=["people:panel"]), headers=english).text
    assert len(asked) < 20
    assert "idle_judge" in shown
    marks = {name: value(shown, name) for name in ("ref", "digest")}
    assert client.post(page, data=form(parts=["people:panel"], step="send", **marks)).status_code == 302
    message = db.scalars(sa.select(GroupMessage)).one()
    assert message.count == 3
    assert "Stop it" in client.get(page, headers=english).text
    assert client.post(f"{page}/{message.ref}/stop").status_code == 302
    assert client.post(f"{page}/nobodyatall2/stop").status_code == 404
    assert client.sign_in(UserFactory()).get(page).status_code == 403
