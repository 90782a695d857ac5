"""The likeness check of a round: what it finds, leaves out and never shows."""

from __future__ import annotations

import random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.flow import errands
from challenge.flow import likeness as flow
from challenge.rounds.models import Programme, Round
from challenge.rules.stages import Stage
from challenge.submissions import likeness, likeness_pages
from challenge.submissions.likeness_models import LikenessPair, LikenessRun, LikenessSketch
from challenge.submissions.models import Submission, TeamMember, Version
from challenge.tasks import queue
from challenge.tasks.models import Task
from tests.factories import (
    ProgrammeFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
    organizer_of,
)
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

WORDS = [f"word{number}" for number in range(5000)]


def prose(seed: int, length: int = 80) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


COPIED = prose(1000, 60)


def entered(round_: Round, proposal: str, **about: Any) -> Submission:
    """A submitted entry of the round with this proposal, as its current version."""
    need = about.pop("requirement", None) or RequirementFactory(round=round_)
    evidence, hidden = about.pop("evidence", ""), about.pop("hidden", {})
    sealed = about.pop("sealed", False)
    submission: Submission = SubmissionFactory(
        requirement=need, **{"state": "submitted", "title": f"Entry {proposal[:12]}", **about}
    )
    session = sa.orm.object_session(submission)
    assert session is not None
    content: dict[str, Any] = {"title": submission.title, "values": {"proposal": proposal, "trl_now": 6}}
    content["answers"] = [{"indicator": 1, "name_zh": "检出率", "name_en": "Rate", "evidence": evidence}]
    version = Version(
        submission_id=submission.id,
        number=1,
        current=True,
        content={} if sealed else content,
        hidden=hidden,
        manifest=[],
        submitted_at=clock.now(session),
        receipt={},
        sealed=sealed,
    )
    session.add(version)
    session.flush()
    return submission


def closed_round(programme: Programme | None = None, **facts: Any) -> Round:
    more = {"programme": programme} if programme else {}
    round_: Round = RoundFactory(stage=Stage.JUDGING, **more, **facts)
    return round_


def check(db: Session, round_: Round) -> set[tuple[str, str]]:
    """Run it; the codes of the pairs."""
    likeness.begin(db, round_.id, clock.now(db))
    while likeness.step(db, round_.id):
        pass
    db.expire_all()
    return {(row.code, row.other_code) for row in likeness_pages.pairs(db, round_.id)}


def test_two_entries_with_a_passage_in_common_are_a_pair(db: Session) -> None:
    round_ = closed_round()
    one = entered(round_, f"{prose(1)} {COPIED}")
    two = entered(round_, f"{COPIED} {prose(2)}")
    entered(round_, prose(3, 150))
    assert check(db, round_) == {(one.code, two.code)}
    run = likeness.known(db, round_.id)
    assert run is not None
    assert (run.state, run.figures["entries"], run.figures["pairs"]) == ("done", 3, 1)


def test_evidence_and_answers_that_judges_never_see_are_compared_too(db: Session) -> None:
    round_ = closed_round()
    one = entered(round_, prose(1), evidence=COPIED)
    two = entered(round_, prose(2), hidden={"team_story": COPIED})
    assert check(db, round_) == {(one.code, two.code)}


def test_earlier_rounds_of_the_programme_are_compared_and_no_others(db: Session) -> None:
    programme = ProgrammeFactory()
    before, elsewhere = (
        RoundFactory(stage=Stage.CLOSED, programme=programme),
        RoundFactory(stage=Stage.CLOSED),
    )
    round_, later = closed_round(programme), RoundFactory(stage=Stage.SUBMISSION, programme=programme)
    old, _foreign = entered(before, f"{COPIED} {prose(1)}"), entered(elsewhere, f"{COPIED} {prose(2)}")
    entered(before, f"{COPIED} {prose(9)}")
    entered(later, f"{COPIED} {prose(3)}")
    mine = entered(round_, f"{prose(4)} {COPIED}")
    found = check(db, round_)
    assert (mine.code, old.code) in found
    assert {pair[0] for pair in found} == {mine.code}  # pairs among the earlier ones are not this round's
    assert len(found) == 2


def test_the_requirement_s_words_and_what_everybody_writes_are_left_out(db: Session) -> None:
    round_ = closed_round()
    need = RequirementFactory(round=round_, problem_en=COPIED)
    for seed in range(2):
        entered(round_, f"{COPIED} {prose(seed)}", requirement=need)
    assert check(db, round_) == set()
    template = prose(2000, 60)
    crowd = closed_round()
    for seed in range(8):
        entered(crowd, f"{template} {prose(seed)}")
    assert check(db, crowd) == set()  # more than half of the eight have it
    run = likeness.known(db, crowd.id)
    assert run is not None
    assert run.figures["left_out"] > 0


def test_a_team_s_own_entries_are_named_as_such(db: Session) -> None:
    round_ = closed_round()
    person = UserFactory()
    entered(round_, f"{COPIED} {prose(1)}", owner=person)
    entered(round_, f"{COPIED} {prose(2)}", team=[person])
    check(db, round_)
    assert [row.same_team for row in likeness_pages.pairs(db, round_.id)] == [True]


def test_drafts_and_withdrawn_entries_are_not_read_ruled_out_ones_are(db: Session) -> None:
    round_ = closed_round()
    one = entered(round_, f"{COPIED} {prose(1)}")
    entered(round_, f"{COPIED} {prose(2)}", state="withdrawn")
    ruled = entered(round_, f"{COPIED} {prose(3)}", state="ineligible", state_reason="Late papers.")
    assert check(db, round_) == {(one.code, ruled.code)}


def test_checked_again_it_finds_the_same_once_and_reads_only_what_is_new(db: Session) -> None:
    round_ = closed_round()
    one, two = (entered(round_, f"{COPIED} {prose(seed)}") for seed in (1, 2))
    first = check(db, round_)
    made = dict(db.execute(sa.select(LikenessSketch.version_id, LikenessSketch.fingerprints)).all())
    assert check(db, round_) == first == {(one.code, two.code)}
    assert dict(db.execute(sa.select(LikenessSketch.version_id, LikenessSketch.fingerprints)).all()) == made
    three = entered(round_, f"{COPIED} {prose(3)}")
    assert (one.code, three.code) in check(db, round_)
    assert len(db.scalars(sa.select(LikenessPair)).all()) == 3


def test_nothing_is_compared_before_the_close(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    for seed in (1, 2):
        entered(round_, f"{COPIED} {prose(seed)}")
    assert check(db, round_) == set()
    assert db.scalars(sa.select(LikenessSketch.version_id)).all() == []


def test_a_sealed_round_waits_for_its_release(db: Session) -> None:
    round_ = closed_round(sealed=True)
    for seed in (1, 2):
        entered(round_, f"{COPIED} {prose(seed)}")
    assert check(db, round_) == set()
    round_.unsealed_at = clock.now(db)
    db.flush()
    assert len(check(db, round_)) == 1


def test_the_close_asks_for_it_and_work_does_it(app: object, db: Session) -> None:
    round_ = closed_round()
    for seed in (1, 2):
        entered(round_, f"{COPIED} {prose(seed)}")
    queue.put(db, *flow.of_round(db, {"round_id": round_.id}))
    db.commit()
    errands.drain()
    db.expire_all()
    assert db.scalars(sa.select(LikenessRun.state)).all() == ["done"]
    assert len(db.scalars(sa.select(LikenessPair)).all()) == 1


def test_a_long_check_goes_on_in_another_row_of_work(app: object, db: Session) -> None:
    round_ = closed_round()
    for seed in (1, 2):
        entered(round_, f"{COPIED} {prose(seed)}")
    queue.put(db, *flow.of_round(db, {"round_id": round_.id}))
    db.commit()
    (task,) = queue.lease(db)
    db.commit()
    flow.run(task, seconds=0)
    db.expire_all()
    assert db.scalars(sa.select(Task.state).order_by(Task.id)).all() == ["done", "queued"]
    errands.drain()
    db.expire_all()
    assert db.scalars(sa.select(LikenessRun.state)).all() == ["done"]


def test_an_entry_after_the_close_asks_once_more(db: Session) -> None:
    round_ = closed_round()
    entry = entered(round_, prose(1))
    assert flow.of_entry(db, {"submission_id": entry.id}) == []
    check(db, round_)
    (work,) = flow.of_entry(db, {"submission_id": entry.id})
    assert (work.kind, work.delay) == ("likeness", flow.PAUSE)
    assert db.scalars(sa.select(LikenessRun.state)).all() == ["waiting"]


def test_the_organizer_sees_pairs_and_their_passages_marked(client: Visitor, db: Session) -> None:
    round_ = closed_round()
    one = entered(round_, f"Mine first. {prose(1)}. {COPIED}.")
    two = entered(round_, f"{COPIED}; {prose(2)}")
    organizer = organizer_of(round_.programme)
    check(db, round_)
    client.sign_in(organizer)
    here = f"/organize/rounds/{round_.slug}/likeness"
    page = client.get(here).text
    assert one.code in page
    assert two.code in page
    assert "no verdict" in page
    (pair,) = client.get(f"{here}?as=json").get_json()
    assert {pair["code"], pair["other_code"]} == {one.code, two.code}
    beside = client.get(f"{here}/{one.ref}/{two.ref}")
    assert beside.status_code == 200
    assert beside.text.count(f"<mark>{COPIED}</mark>") == 2
    assert "Mine first." in beside.text
    assert client.get(f"{here}/{two.ref}/{one.ref}").status_code == 404
    assert client.post(here).status_code == 302


def test_who_is_in_a_team_of_the_round_sees_none_of_it(client: Visitor, db: Session) -> None:
    round_ = closed_round()
    organizer = organizer_of(round_.programme)
    one = entered(round_, f"{COPIED} {prose(1)}", title="Canary title")
    two = entered(round_, f"{COPIED} {prose(2)}")
    check(db, round_)
    db.add(TeamMember(submission_id=two.id, user_id=organizer.id, email=organizer.email, name="Me"))
    client.sign_in(organizer)
    here = f"/organize/rounds/{round_.slug}/likeness"
    page = client.get(here).text
    assert "Canary title" not in page
    assert "You are in a team of this round." in page
    assert client.get(f"{here}?as=json").get_json() == []
    assert client.get(f"{here}/{one.ref}/{two.ref}").status_code == 403
    assert client.post(here).status_code == 403


@pytest.mark.parametrize("who", ["stranger", "admin"])
def test_it_is_for_organizers_alone(client: Visitor, db: Session, who: str) -> None:
    round_ = closed_round()
    one, two = (entered(round_, f"{COPIED} {prose(seed)}", title="Canary title") for seed in (1, 2))
    check(db, round_)
    client.sign_in(UserFactory(admin=who == "admin"))
    here = f"/organize/rounds/{round_.slug}/likeness"
    answer = client.get(here)
    assert answer.status_code == (200 if who == "admin" else 403)
    assert "Canary title" not in answer.text
    assert client.get(f"{here}/{one.ref}/{two.ref}").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_whatever_it_shows(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    round_ = closed_round()
    for number in range(count):
        copied = prose(3000 + number, 60)
        for seed in (1, 2):
            entered(round_, f"{copied} {prose(seed * 100 + number)}")
    organizer = organizer_of(round_.programme)
    assert len(check(db, round_)) == count
    client.sign_in(organizer)
    with statements() as asked:
        assert client.get(f"/organize/rounds/{round_.slug}/likeness").status_code == 200
    assert len(asked) <= 7, asked
