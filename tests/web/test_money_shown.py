"""Sums are shown in 万元 or CNY as the reader chose, and as is usual in the language where nobody chose."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from challenge.requirements.models import Requirement
from tests.requirements.needs import open_call
from tests.rigs.application import Visitor


def published(low: int, high: int) -> Requirement:
    return open_call().requirement(state="published", budget_min_minor=low, budget_max_minor=high)


@pytest.mark.parametrize(
    ("language", "chosen", "shown"),
    [
        ("zh-CN", None, "60–100 万元"),
        ("zh-CN", "unit", "600,000–1,000,000 元"),
        ("en", None, "CNY 600,000–1,000,000"),
        ("en", "wan", "60–100 万元"),
    ],
)
def test_the_reader_chooses_the_unit(
    client: Visitor, db: Session, language: str, chosen: str | None, shown: str
) -> None:
    need = open_call().requirement(
        state="published", budget_min_minor=60_000_000, budget_max_minor=100_000_000
    )
    heads = {"Accept-Language": language}
    if chosen:
        answer = client.post(
            "/reader", data={"money": chosen, "next": f"/requirements/{need.ref}"}, headers=heads
        )
        assert answer.location == f"/requirements/{need.ref}"
    assert shown in client.get(f"/requirements/{need.ref}", headers=heads).text


def test_no_sum_is_rounded_into_another(client: Visitor, db: Session) -> None:
    need = open_call().requirement(
        state="published", budget_min_minor=60_123_456, budget_max_minor=60_123_456
    )
    page = client.get(f"/requirements/{need.ref}", headers={"Accept-Language": "zh-CN"}).text
    assert "60.123456 万元" in page
