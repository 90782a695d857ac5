"""What a visitor reads: every page in both languages, and what it says in each state of a round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rules.stages import Stage
from tests.factories import (
    DAY,
    OrganizationFactory,
    RequirementFactory,
    RoundFactory,
    UserFactory,
    organizer_of,
)
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.web.public.town import Town, decided_round, searchable, town

ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}
PAGES = {
    "/": ("Open round", "进行中的赛季"),
    "/rounds": ("Open round", "进行中的赛季"),
    "/rounds?show=all": ("Cancelled round", "第"),
    "/rounds?show=closed": ("Decided round", "已结束的赛季"),
    "/rounds/open": ("Flaw vision", "瑕疵检测"),
    "/rounds/open/prizes": ("First prize", "一等奖"),
    "/rounds/open/rules": ("Be fair", "中文介绍"),
    "/rounds/open/judges": ("Fit", "J1"),
    "/rounds/open/questions": ("Are samples available?", "After an NDA."),
    "/rounds/open/announcements": ("Q&amp;A session", "答疑会"),
    "/rounds/decided/results": ("Winning idea", "Team North"),
    "/requirements": ("Quiet pump", "静音泵"),
    "/results": ("Decided round", "已结束的赛季"),
    "/search?q=flaw": ("<mark>Flaw</mark> vision", "瑕疵检测"),
    "/search?q=瑕疵": ("Flaw vision", "<mark>瑕疵</mark>检测"),
    "/rules": ("argon2id", "argon2id"),
    "/accessibility": ("WCAG 2.2", "WCAG 2.2"),
}


@pytest.mark.parametrize("path", PAGES)
def test_page_is_read_in_both_languages(path: str, client: Visitor, db: Session) -> None:
    town(db)
    searchable(db)
    for headers, lang, words in zip((ENGLISH, CHINESE), ("en", "zh-CN"), PAGES[path], strict=True):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200
        assert f'<html lang="{lang}"' in answer.text
        assert words in answer.text


def test_requirement_shows_indicators_budget_and_answers(client: Visitor, db: Session) -> None:
    need = town(db).need
    page = client.get(f"/requirements/{need.ref}", headers=ENGLISH).text
    for words in (
        "Flaw vision",
        "瑕疵检测",
        "Detection rate",
        "≥ 99.2",
        "CNY 600,000–1,000,000",
        "After an NDA.",
    ):
        assert words in page
    assert "Organization" in page  # its seeker is named


def test_requirement_of_an_anonymous_seeker_says_so(client: Visitor, db: Session) -> None:
    page = client.get(f"/requirements/{town(db).secret_need.ref}", headers=ENGLISH).text
    assert "Anonymous seeker" in page
    assert "Canary Seeker" not in page


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "rejected", "withdrawn"])
def test_requirement_that_is_not_published_is_not_found(state: str, client: Visitor, db: Session) -> None:
    need = RequirementFactory(state=state, state_reason="Because.")
    assert client.get(f"/requirements/{need.ref}").status_code == 404


def test_draft_round_is_found_by_its_organizer_alone(
    client: Visitor, visitor: Callable[..., Visitor], db: Session
) -> None:
    draft = RoundFactory(stage=Stage.DRAFT, title_en="Soon")
    organizer = organizer_of(draft.programme)
    path = f"/rounds/{draft.slug}"
    assert client.get(path).status_code == 302  # to the sign-in
    assert visitor(UserFactory()).get(path).status_code == 403
    assert "Soon" in visitor(organizer).get(path).text


def test_cancelled_round_says_why_and_counts_nothing_down(client: Visitor, db: Session) -> None:
    town(db)
    page = client.get("/rounds/cancelled", headers=ENGLISH).text
    assert "Funds were withdrawn." in page
    assert "data-left" not in page


def test_requirement_of_a_cancelled_round_takes_no_solutions(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.CANCELLED)
    for window in round_.windows:
        window.live = False
    need = RequirementFactory(round=round_)
    page = client.get(f"/requirements/{need.ref}", headers=ENGLISH).text
    assert "Closed for solutions" in page
    assert "Propose a solution" not in page


def test_requirement_may_close_before_its_round(client: Visitor, db: Session) -> None:
    now = clock.now(db)
    need = RequirementFactory(closes_at=now - dt.timedelta(minutes=1))
    page = client.get(f"/requirements/{need.ref}", headers=ENGLISH).text
    assert "Closed for solutions" in page
    assert "Propose a solution" not in page


def test_open_requirement_leads_to_a_solution_and_a_question(client: Visitor, db: Session) -> None:
    need = RequirementFactory()
    page = client.get(f"/requirements/{need.ref}", headers=ENGLISH).text
    assert f'href="/solve/new/{need.ref}"' in page
    assert f'href="/requirements/{need.ref}/ask"' in page


def test_rolling_round_is_open_for_both(client: Visitor, db: Session) -> None:
    now = clock.now(db)
    both = (now - DAY, now + 10 * DAY)
    round_ = RoundFactory(
        rolling=True, windows={Stage.REQUIREMENTS: both, Stage.SUBMISSION: both}, requirement_count=1
    )
    need = RequirementFactory(round=round_)
    page = client.get(f"/rounds/{round_.slug}", headers=ENGLISH).text
    assert "Call for requirements: open now" in page
    assert "Submission: open now" in page
    assert "Open for solutions" in client.get(f"/requirements/{need.ref}", headers=ENGLISH).text


def test_round_that_has_not_begun_tells_when(client: Visitor, db: Session) -> None:
    now = clock.now(db)
    spans = {
        stage: (now + (2 * place + 1) * DAY, now + (2 * place + 2) * DAY)
        for place, stage in enumerate((Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD))
    }
    RoundFactory(stage=Stage.REQUIREMENTS, windows=spans, title_en="Not begun")
    page = client.get("/rounds", headers=ENGLISH).text
    assert "Not begun" in page
    assert "opens " in page


def test_public_notice_is_dated_and_hides_the_ranking(client: Visitor, db: Session) -> None:
    decided_round(db, slug="noticed", published=False, starts=-DAY, ends=4 * DAY)
    page = client.get("/rounds/noticed/results", headers=ENGLISH).text
    assert "On public notice" in page
    assert "Winning idea" in page
    assert "S-22" not in page
    assert "On public notice until" in client.get("/results", headers=ENGLISH).text


def test_published_results_name_winners_and_give_others_their_code(client: Visitor, db: Session) -> None:
    page = client.get(f"/rounds/{town(db).decided.slug}/results", headers=ENGLISH).text
    for words in ("Final.", "Team North", "Solution chosen", "S-22", "91.40", "90.40"):
        assert words in page
    assert "Canary Losing Team" not in page
    assert "canary-losing-title" not in page


def test_results_before_any_notice_say_so(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.JUDGING)
    assert "No results yet" in client.get(f"/rounds/{round_.slug}/results", headers=ENGLISH).text


def test_filters_stand_in_the_address(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(slug="many", requirement_count=3)
    for field, modes, low, high, title in (
        ("materials", ["joint"], 10, 20, "Foam"),
        ("energy", ["transfer"], 50, 90, "Battery"),
        ("energy", ["joint"], 200, 300, "Turbine"),
    ):
        RequirementFactory(
            round=round_,
            field=field,
            modes=modes,
            title_en=title,
            budget_min_minor=low * 1_000_000,
            budget_max_minor=high * 1_000_000,
        )
    for path in ("/rounds/many", "/requirements"):
        for query, found in (
            ("field=energy", {"Battery", "Turbine"}),
            ("mode=joint", {"Foam", "Turbine"}),
            ("from=60&to=100", {"Battery"}),
            ("q=foam", {"Foam"}),
            ("field=energy&mode=joint", {"Turbine"}),
            ("field=nonsense", {"Foam", "Battery", "Turbine"}),
        ):
            page = client.get(f"{path}?{query}", headers=ENGLISH).text
            assert {name for name in ("Foam", "Battery", "Turbine") if name in page} == found, query


def test_filter_that_is_no_amount_is_named_and_left_out(client: Visitor, db: Session) -> None:
    RequirementFactory(title_en="Foam")
    page = client.get("/requirements?from=lots", headers=ENGLISH).text
    assert "“lots” is not an amount" in page
    assert "Foam" in page


def test_lists_run_by_pages_of_fifty(client: Visitor, db: Session) -> None:
    round_ = RoundFactory()
    seeker = OrganizationFactory()
    for number in range(52):
        RequirementFactory(round=round_, seeker=seeker, title_en=f"Need {number:02d}", indicators=[])
    first = client.get("/requirements", headers=ENGLISH).text
    assert "Need 51" in first
    assert "Need 01" not in first
    after = first.split('rel="next" href="')[1].split('"')[0]
    second = client.get(after.replace("&amp;", "&"), headers=ENGLISH).text
    assert "Need 01" in second
    assert "Need 00" in second
    assert "Need 02" not in second


@pytest.mark.parametrize("path", ["/rounds", "/requirements", "/results", "/rounds/open/questions"])
@pytest.mark.parametrize("after", ["", "nonsense", "2026-01-01~x", "-1", "9" * 40, "0001-01-01T00:00:00Z~1"])
def test_place_in_a_list_that_is_none_begins_it(path: str, after: str, client: Visitor, db: Session) -> None:
    town(db)
    assert client.get(f"{path}?after={after}&show=all").status_code == 200


def test_search_needs_every_word_and_says_when_nothing_is_found(client: Visitor, db: Session) -> None:
    town(db)
    searchable(db)
    assert (
        "<mark>Flaw</mark> <mark>vision</mark>" in client.get("/search?q=vision+flaw", headers=ENGLISH).text
    )
    assert "Nothing found" in client.get("/search?q=flaw+nowhere", headers=ENGLISH).text
    assert client.get("/search?q=%25_%5C%27%22%3Cscript%3E").status_code == 200


COUNTED = {
    "/": 5,
    "/rounds?show=all": 3,
    "/requirements": 4,
    "/results": 2,
    "/rounds/{slug}": 4,
    "/rounds/{slug}/judges": 5,
    "/requirements/{ref}": 5,
}


@pytest.mark.parametrize("path", COUNTED)
def test_pages_ask_as_much_of_three_rows_as_of_one(
    path: str, client: Visitor, db: Session, statements: Counting
) -> None:
    made = town(db)
    address = path.format(slug=made.open.slug, ref=made.need.ref)
    with statements() as one:
        assert client.get(address).status_code == 200
    for number in range(3):
        RequirementFactory(round=made.open, indicators=[{}, {}])
        RoundFactory(slug=f"more-{number}")
        decided_round(db, slug=f"decided-{number}")
    with statements() as three:
        assert client.get(address).status_code == 200
    assert len(one) == len(three) <= COUNTED[path] <= 5, three


def test_results_page_asks_five_times(client: Visitor, db: Session, statements: Counting) -> None:
    made: Town = town(db)
    with statements() as asked:
        client.get(f"/rounds/{made.decided.slug}/results")
    assert len(asked) <= 5, asked
