"""What an expert reads: what waits to be decided, nobody's contact, nothing that names a hidden seeker."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.requirements import diagnosis_reads as reads
from challenge.requirements import opining
from challenge.requirements.content import Content
from challenge.requirements.diagnosis_models import DiagnosisOpening
from challenge.requirements.face_models import Face
from challenge.rules.errors import NotAllowed
from tests.factories import MembershipFactory, UserFactory, actor_of
from tests.requirements.experts import Table, table


def read_by_expert(db: Session, at: Table, ref: str) -> Content:
    """What stands on the expert's desk."""
    content = opining.desk(db, at.as_expert, ref, clock.now(db)).content
    assert content is not None
    return content


def test_an_expert_reads_what_waits_and_never_what_its_author_is_changing(db: Session) -> None:
    at = table(db)
    found = at.accepted(with_closed=True)
    desk = opining.desk(db, at.as_expert, found.ref, clock.now(db))
    assert desk.opened
    assert desk.content is not None
    assert desk.content.confidential_part == "The line is number 4 in the north hall."
    assert (desk.content.contact_name, desk.content.contact_email) == ("", "")
    at.returned()
    desk = opining.desk(db, at.as_expert, found.ref, clock.now(db))
    assert (desk.content, desk.opened, desk.writes) == (None, False, False)
    with pytest.raises(NotAllowed):
        opining.save(db, at.as_expert, found.ref, at.opinion())
    with pytest.raises(NotAllowed):
        opining.desk(db, actor_of(UserFactory()), found.ref, clock.now(db))


def test_whoever_joins_the_seeker_afterwards_reads_nothing_more_and_can_only_decline(db: Session) -> None:
    at = table(db)
    found = at.accepted(with_closed=True)
    MembershipFactory(user_id=at.expert.id, organization=at.call.seeker, representative=False)
    assert opining.desk(db, at.as_expert, found.ref, clock.now(db)).content is None
    with pytest.raises(NotAllowed):
        opining.hand_in(db, at.as_expert, found.ref, at.opinion())
    assert opining.decline(db, at.as_expert, found.ref, "I work there now.").state == "declined"


def test_what_names_an_anonymous_seeker_is_barred_wherever_an_expert_reads(db: Session) -> None:
    at = table(
        db,
        anonymous=True,
        title_en="Vision for Longyuan Aluminium",
        problem_en="Longyuan Aluminium's line misses 3.1 % of lithium flaws. Ask Ma Lin.",
        confidential_part="陇原铝业 runs it; call 0931-1234567 or ma@example.org.",
    )
    found = at.accepted(with_closed=True)
    assert found.seen["title_en"] == "Vision for ███"
    content = read_by_expert(db, at, found.ref)
    assert content.problem_en == "███'s line misses 3.1 % of lithium flaws. Ask ███."
    assert content.confidential_part == "███ runs it; call ███ or ███."
    opining.hand_in(db, at.as_expert, found.ref, at.opinion())
    assert found.wording == {}  # bars are no proposal


def test_products_other_spellings_and_grouped_numbers_are_barred_too(db: Session) -> None:
    at = table(
        db,
        anonymous=True,
        title_en="LY-9 Bright, low light",
        problem_en="ＬＯＮＧＹＵＡＮ Aluminium misses 3 %. See www.longyuan.example or call (0931) 123 4567.",
    )
    db.add(Face(requirement_id=at.need.id, opening="decide", marks=["LY-9 Bright"]))
    found = at.accepted()
    content = read_by_expert(db, at, found.ref)
    assert (found.seen["title_en"], content.title_en) == ("███, low light", "███, low light")
    assert content.problem_en == "███ misses 3 %. See ███ or call ███."


def test_an_opening_is_written_down_once_an_hour(db: Session) -> None:
    at = table(db)
    found = at.accepted(with_closed=True)
    noon = dt.datetime(2026, 12, 1, 12, 5, tzinfo=dt.UTC)
    for minutes in (0, 10, 60):
        opining.note_opening(db, found.id, at.as_expert, noon + dt.timedelta(minutes=minutes))
    assert len(db.scalars(sa.select(DiagnosisOpening)).all()) == 2
    assert [each.opened_at for each in reads.shared(db, at.need.id)] == [
        noon + dt.timedelta(hours=1),
        noon,
    ]
