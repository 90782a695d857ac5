"""What everyone may read: lists with filters and pages, one requirement, and never who is anonymous."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.requirements import counts, public
from challenge.requirements.public import Filters
from challenge.rules.errors import NotFound
from challenge.rules.stages import Stage
from tests.factories import DAY, OrganizationFactory, RequirementFactory, RoundFactory, UserFactory
from tests.rigs.statements import Counting

CANARY = "CANARY"


def refs(db: Session, **filters: Any) -> list[str]:
    """What a list narrowed like this shows."""
    return [row.ref for row in public.public_list(db, Filters(**filters))]


def test_newest_first_and_page_by_page(db: Session) -> None:
    round_ = RoundFactory()
    made = [RequirementFactory(round=round_).ref for _ in range(5)]
    first = public.public_list(db, limit=2)
    second = public.public_list(db, after=first[-1].id, limit=2)
    assert [row.ref for row in (*first, *second)] == made[:0:-1]


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "rejected", "withdrawn"])
def test_what_is_not_published_is_not_there(db: Session, state: str) -> None:
    hidden = RequirementFactory(state=state, state_reason="why")
    assert refs(db) == []
    with pytest.raises(NotFound):
        public.public_detail(db, hidden.ref)


def test_what_belongs_to_a_round_that_is_not_public_is_not_there(db: Session) -> None:
    hidden = RequirementFactory(round__stage=Stage.DRAFT)
    assert refs(db) == []
    assert all(each.count == 0 for each in public.field_counts(db))
    with pytest.raises(NotFound):
        public.public_detail(db, hidden.ref)


def test_filters_narrow_by_round_field_mode_budget_and_words(db: Session) -> None:
    round_ = RoundFactory()
    wanted = RequirementFactory(round=round_, title_zh="弱光瑕疵视觉检测", modes=["joint", "other"])
    wanted.title_en = "Low-light vision"
    cheap = RequirementFactory(field="energy", modes=["licence"], budget_min_minor=None)
    cheap.budget_max_minor = 500_000
    vision, battery = wanted.ref, cheap.ref
    assert refs(db) == [battery, vision]
    assert refs(db, round_id=round_.id) == [vision]
    assert refs(db, field="energy") == [battery]
    assert refs(db, mode="other") == [vision]
    assert refs(db, text="瑕疵") == [vision]
    assert refs(db, text="LOW vision") == [vision]
    assert refs(db, text="100%") == []
    assert refs(db, budget_from=60_000_000) == [vision]
    assert refs(db, budget_to=500_000) == [battery]
    assert refs(db, budget_from=90_000_000, budget_to=90_000_000) == [vision]


def test_an_anonymous_seeker_is_in_no_public_answer(db: Session) -> None:
    seeker = OrganizationFactory(name=f"{CANARY}机构", name_en=f"{CANARY} Ltd", region=CANARY)
    author = UserFactory(name=CANARY, email=f"{CANARY}@example.org")
    hidden = RequirementFactory(
        seeker=seeker, anonymous=True, author_id=author.id, confidential_part=CANARY, title_en="Vision"
    )
    shown = (public.public_list(db), public.public_detail(db, hidden.ref), public.field_counts(db))
    assert CANARY not in repr(shown)
    assert refs(db, text=CANARY) == []
    assert shown[1].row.seeker_zh is None
    assert shown[1].row.anonymous


def test_a_named_seeker_is_named_and_the_confidential_part_is_not_shown(db: Session) -> None:
    seeker = OrganizationFactory(name="陇原铝业", name_en="Longyuan Aluminium")
    named = RequirementFactory(seeker=seeker, confidential_part=CANARY)
    row = public.public_detail(db, named.ref)
    assert (row.row.seeker_zh, row.row.seeker_en) == ("陇原铝业", "Longyuan Aluminium")
    assert CANARY not in repr(row)


def test_it_closes_with_its_round_or_before(db: Session) -> None:
    round_ = RoundFactory()
    close = next(each.closes_at for each in round_.windows if each.stage == Stage.SUBMISSION)
    early = RequirementFactory(round=round_, closes_at=close - DAY)
    usual = RequirementFactory(round=round_)
    assert public.public_detail(db, early.ref).row.closes_at == close - DAY
    assert public.public_detail(db, usual.ref).row.closes_at == close


def test_a_list_shows_two_indicators_and_a_page_all(db: Session) -> None:
    made = RequirementFactory(indicators=[{"name_en": name} for name in ("one", "two", "three")])
    row = public.public_list(db)[0]
    assert ([line.name_en for line in row.indicators], row.indicator_count) == (["one", "two"], 3)
    lines = public.public_detail(db, made.ref).row.indicators
    assert [line.name_en for line in lines] == ["one", "two", "three"]


def test_fields_are_counted_up_to_a_bound(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "COUNTED", 2)
    round_ = RoundFactory()
    for _ in range(3):
        RequirementFactory(round=round_, field="energy")
    RequirementFactory(field="materials")
    found = {each.field: (each.count, each.more) for each in public.field_counts(db)}
    assert found["energy"] == (2, True)
    assert found["materials"] == (1, False)
    inside = {each.field: each.count for each in public.field_counts(db, round_.id)}
    assert (inside["energy"], inside["materials"]) == (2, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_two_statements_however_long(db: Session, statements: Counting, count: int) -> None:
    round_ = RoundFactory()
    refs_ = [RequirementFactory(round=round_).ref for _ in range(count)]
    with statements() as asked:
        assert len(public.public_list(db)) == count
    assert len(asked) == 2, asked
    with statements() as asked:
        public.public_detail(db, refs_[0])
    assert len(asked) == 2, asked
    with statements() as asked:
        public.field_counts(db)
    assert len(asked) == 1, asked
