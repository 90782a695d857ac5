"""What a judge reads: the introduction, the desk, one document, the queue; never whose proposal it is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.files.models import Attachment, Blob
from challenge.judging import piles, queries, scoring
from challenge.rules.errors import NotAllowed, NotFound, WrongState
from challenge.rules.permissions import Action
from challenge.rules.stages import Stage
from challenge.submissions.models import Version
from tests.factories import MembershipFactory, UserFactory, actor_of
from tests.files import papers
from tests.judging.stories import assign, court, entry
from tests.submissions.stories import with_file

DECLARE = Action.ASSIGNMENT_DECLARE


def test_desk_shows_the_proposal_beside_the_rubric(db: Session) -> None:
    made = court(db)
    view = queries.sheet(db, made.as_judge(), made.assignment().ref)
    assert view is not None
    assert (view.code, view.state, view.place.open) == (made.entries[0].code, "accepted", True)
    assert view.proposal.title == "Polarised low-light vision"
    assert [(d.number, d.kind, d.state) for d in view.proposal.documents] == [(1, "PDF", "waiting")]
    assert [answer.name_en for answer in view.proposal.answers] == ["Detection rate"]
    assert [(mark.name_en, mark.weight, mark.value) for mark in view.card.marks] == [
        ("Fit", Decimal(3), None),
        ("Innovation", Decimal(2), None),
    ]
    assert (view.card.done, view.card.total, view.card.most) == (0, Decimal(0), Decimal(50))


def test_desk_shows_only_the_judges_own_scores(db: Session) -> None:
    made = court(db)
    scoring.save(db, made.as_judge(1), made.assignment(1).ref, made.entered(9, 9))
    scoring.save(db, made.as_judge(0), made.assignment(0).ref, made.entered(4, ""))
    view = queries.sheet(db, made.as_judge(0), made.assignment(0).ref)
    assert view is not None
    assert [mark.value for mark in view.card.marks] == [Decimal(4), None]


def test_without_a_declaration_the_desk_stays_shut(db: Session) -> None:
    made = court(db, state="invited")
    assert queries.sheet(db, made.as_judge(), made.assignment().ref) is None
    shown = queries.introduction(db, made.as_judge(), made.assignment().ref, DECLARE)
    assert shown.title == "Polarised low-light vision"
    assert shown.seeker_name_en == made.requirement.seeker.name_en


def test_anonymous_seeker_stays_unnamed(db: Session) -> None:
    made = court(db, state="invited")
    made.requirement.anonymous = True
    db.flush()
    shown = queries.introduction(db, made.as_judge(), made.assignment().ref, DECLARE)
    assert (shown.seeker_name, shown.seeker_name_en) == (None, None)


@pytest.mark.parametrize("state", ["abstained", "declined", "recused", "replaced"])
def test_former_judge_reads_nothing(db: Session, state: str) -> None:
    made = court(db, state=state)
    with pytest.raises(NotAllowed):
        queries.sheet(db, made.as_judge(), made.assignment().ref)
    with pytest.raises(NotAllowed):
        queries.document(db, made.as_judge(), made.assignment().ref, 1)


def test_others_read_nothing(db: Session) -> None:
    made = court(db)
    for actor in (
        made.as_judge(1),
        made.as_organizer,
        actor_of(UserFactory()),
        actor_of(UserFactory(admin=True)),
    ):
        with pytest.raises(NotAllowed):
            queries.sheet(db, actor, made.assignment(0).ref)
    with pytest.raises(NotFound):
        queries.sheet(db, made.as_judge(), "nosuchref222")


def test_judge_who_came_into_conflict_reads_no_more(db: Session) -> None:
    made = court(db)
    MembershipFactory(user_id=made.people[0].id, organization=made.requirement.seeker)
    with pytest.raises(NotAllowed):
        queries.sheet(db, made.as_judge(), made.assignment().ref)
    with pytest.raises(NotAllowed):
        scoring.save(db, made.as_judge(), made.assignment().ref, made.entered(8, 8))
    with pytest.raises(NotAllowed):
        scoring.lock(db, made.as_judge(), made.assignment().ref, made.entered(8, 8))


def test_nobody_reads_while_proposals_may_still_come(db: Session) -> None:
    made = court(db, stage=Stage.SUBMISSION)
    with pytest.raises(NotAllowed):
        queries.sheet(db, made.as_judge(), made.assignment().ref)


def test_withdrawn_proposal_is_read_no_more(db: Session) -> None:
    made = court(db)
    made.entries[0].state = "withdrawn"
    db.flush()
    with pytest.raises(WrongState, match="entry_not_judged"):
        queries.sheet(db, made.as_judge(), made.assignment().ref)


def test_document_has_a_neutral_name(db: Session) -> None:
    made = court(db, entries=0)
    submission = entry(db, made.requirement, files=[])
    with_file(submission, "first.pdf", papers.pdf("Acme", pages=1))
    digest = with_file(submission, "Acme Ltd proposal.pdf", papers.pdf("Acme Ltd", pages=3))
    mine = sa.select(Version).where(Version.submission_id == submission.id)
    db.scalars(mine).one().manifest = list(manifest_of(db))
    db.flush()
    made.entries.append(submission)
    assign(made.phase, made.judges[0], submission)
    found = queries.document(db, made.as_judge(), made.assignment().ref, 2)
    assert (found.document.state, found.document.kind) == ("waiting", "PDF")
    with pytest.raises(NotFound):
        _ = found.clean
    papers.derive_all(db)
    found = queries.document(db, made.as_judge(), made.assignment().ref, 2)
    assert (found.stem, found.document.extension) == (f"{made.entries[0].code}-2", "pdf")
    assert (found.document.pages, found.document.size) == (3, found.clean.size)
    assert found.clean.sha256 != digest
    assert found.page(3).media_type == "image/jpeg"
    for number in (0, 4):
        with pytest.raises(NotFound):
            found.page(number)
    for number in (0, 3):
        with pytest.raises(NotFound):
            queries.document(db, made.as_judge(), made.assignment().ref, number)


def manifest_of(db: Session) -> Iterator[dict[str, Any]]:
    """What was attached, as a version would name it."""
    for name, blob in db.execute(sa.select(Attachment.name, Blob).join(Blob).order_by(Attachment.id)):
        about = {"sha256": blob.sha256, "size": blob.size, "media_type": blob.media_type}
        yield {"name": name, **about}


def test_queue_holds_ones_own_assignments_and_what_comes_next(db: Session) -> None:
    made = court(db, entries=3)
    scoring.lock(db, made.as_judge(), made.assignment(0, 0).ref, made.entered(8, 8))
    scoring.save(db, made.as_judge(), made.assignment(0, 2).ref, made.entered(8, ""))
    (pile,) = piles.piles(db, made.as_judge())
    assert (pile.progress.locked, pile.progress.count) == (1, 3)
    assert [(line.state, line.scored, line.criteria) for line in pile.lines] == [
        ("completed", 2, 2),
        ("accepted", 0, 2),
        ("accepted", 1, 2),
    ]
    assert piles.next_ref(db, made.as_judge(), made.assignment(0, 0).ref) == made.assignment(0, 2).ref
    assert piles.piles(db, actor_of(UserFactory())) == []


def test_own_scores_side_by_side(db: Session) -> None:
    made = court(db, entries=2)
    scoring.save(db, made.as_judge(1), made.assignment(1, 0).ref, made.entered(1, 1))
    scoring.save(db, made.as_judge(), made.assignment(0, 0).ref, made.entered(4, 4))
    scoring.lock(db, made.as_judge(), made.assignment(0, 1).ref, made.entered(8, 6))
    shown = piles.own_scores(db, made.as_judge(), made.phase.id)
    first, second = made.criteria
    assert [(row.code, row.values, row.total) for row in shown.rows] == [
        (made.entries[1].code, {first.id: Decimal(8), second.id: Decimal(6)}, Decimal(36)),
        (made.entries[0].code, {first.id: Decimal(4), second.id: Decimal(4)}, Decimal(20)),
    ]
    with pytest.raises(NotFound):
        piles.own_scores(db, actor_of(UserFactory()), made.phase.id)
