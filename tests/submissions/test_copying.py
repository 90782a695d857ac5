"""A draft for another requirement from this one's: what fits comes along, what does not is named."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.files.models import Attachment, Blob
from challenge.rules.errors import NotFound, TooLate
from challenge.submissions import copying
from challenge.submissions.models import Submission
from tests.factories import RequirementFactory, RoundFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.submissions.stories import again, owner_of, ready, with_file


def test_what_fits_another_requirement_is_copied_with_files_by_reference(db: Session) -> None:
    source = ready(title="Vision", team_name="Light", team=[UserFactory()])
    with_file(source)
    same = RequirementFactory(round=source.requirement.round, currency="EUR")
    owner = actor_of(owner_of(source))
    db.commit()
    done = copying.copy(db, owner, source.ref, same.ref)
    db.commit()
    again(source)
    copy = db.get_one(Submission, done.submission.id)
    assert copy.id != source.id
    assert (copy.heading, copy.team_name, copy.state) == ("Vision", "Light", "draft")
    # Same name and unit of the indicator: the answer comes along; a consent and another currency do not.
    assert list(copy.values["indicators"].values()) == list(source.values["indicators"].values())
    assert copy.values["indicators"].keys() != source.values["indicators"].keys()
    assert {each.field.key: each.why for each in done.plan.carried.left} == {
        "original": "consent",
        "quote": "currency",
    }
    attached = db.scalars(sa.select(Attachment.sha256).where(Attachment.owner_id == copy.id)).all()
    assert len(attached) == 1
    assert db.scalar(sa.select(sa.func.count(Blob.sha256))) == 1
    again_done = copying.copy(db, owner, source.ref, same.ref)
    assert (again_done.submission.id, again_done.there) == (copy.id, False)
    assert db.scalar(sa.select(sa.func.count(Attachment.id)).where(Attachment.owner_id == copy.id)) == 1


def test_a_draft_with_words_of_its_own_is_not_written_over(db: Session) -> None:
    source = ready(title="Source")
    own = ready(
        requirement=RequirementFactory(round=source.requirement.round), owner=owner_of(source), title="Mine"
    )
    db.commit()
    done = copying.copy(db, actor_of(owner_of(source)), source.ref, own.requirement.ref)
    db.commit()
    assert (done.submission.id, done.there) == (own.id, True)
    assert again(own).heading == "Mine"


def test_files_beyond_the_limits_of_the_other_round_stay_behind(db: Session) -> None:
    source = ready()
    for n in range(3):
        with_file(source, f"{n}.pdf", b"%PDF-1.7 " + bytes([48 + n]))
    other = RequirementFactory(
        round=RoundFactory(max_files=2), indicators=[{"name_en": "Speed", "name_zh": "速度"}]
    )
    db.commit()
    done = copying.copy(db, actor_of(owner_of(source)), source.ref, other.ref)
    assert [each.name for each in done.plan.files] == ["0.pdf", "1.pdf"]
    assert [each.name for each in done.plan.files_left] == ["2.pdf"]
    assert done.submission.values["indicators"] == {}
    assert [row.name_en for row in done.plan.carried.rows_left] == ["Detection rate"]


def test_only_the_team_copies_and_only_to_what_is_open(db: Session) -> None:
    source = ready()
    other = RequirementFactory(round=source.requirement.round)
    shut = RequirementFactory(round=RoundFactory(stage="judging"))
    db.commit()
    with pytest.raises(NotFound):
        copying.copy(db, actor_of(UserFactory()), source.ref, other.ref)
    db.rollback()
    with pytest.raises(TooLate):
        copying.copy(db, actor_of(owner_of(source)), source.ref, shut.ref)
    db.rollback()
    with pytest.raises(NotFound):
        copying.copy(db, actor_of(owner_of(source)), source.ref, "nosuchref")


def test_the_page_says_what_is_not_carried_over_before_it_copies(client: Visitor, db: Session) -> None:
    source = ready()
    other = RequirementFactory(
        round=source.requirement.round, indicators=[{"name_en": "Speed", "name_zh": "速度", "unit": "m/s"}]
    )
    client.sign_in(owner_of(source))
    assert "Copy to another requirement" in client.get(f"/solve/{source.ref}").text
    assert str(other.title_en) in client.get(f"/solve/{source.ref}/copy").text
    page = client.get(f"/solve/{source.ref}/copy?to={other.ref}").text
    for words in (
        "Own work: it has to be accepted for each round",
        "Detection rate",
        "The team: invite it again",
    ):
        assert words in page
    answers = [client.post(f"/solve/{source.ref}/copy", data={"to": other.ref}) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert "Not carried over: Own work" in client.get(answers[0].headers["Location"]).text
    assert client.get(f"/solve/{source.ref}/copy?to=nosuchref").status_code == 404
