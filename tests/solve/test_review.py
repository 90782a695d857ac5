"""Before submitting: all as it will be entered, what is missing and where, and names that tell too much."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from challenge.submissions.models import Version
from tests.factories import OrganizationFactory, PhaseFactory, UserFactory
from tests.judging.test_reading_by_form import EARLIER, VALUES
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.solve.wide import wide_draft
from tests.submissions.stories import again, owner_of, ready, with_file, write


def test_the_review_shows_every_section_with_what_judges_never_see_marked(
    client: Visitor, db: Session
) -> None:
    draft = wide_draft({**VALUES, "quote": 4_200})
    digest = with_file(draft, "costs.pdf", field="costs")
    client.sign_in(owner_of(draft))
    page = client.get(f"/solve/{draft.ref}/review").text
    for said in ("The idea", "Market 1, Market 3", "m/s", "TRL 5", "Build", "accepted, version 2", digest):
        assert said in page, said
    marked = re.findall(r"<(?:dt|h3)>([^<]+) <span class=\"badge\">.{0,200}?hidden from judges", page)
    assert marked == ["Quote", "Costs"]
    assert "CNY 42" in page


def test_what_is_missing_leads_to_its_field(client: Visitor, db: Session) -> None:
    draft = wide_draft({"title": "Polarised vision"})
    client.sign_in(owner_of(draft))
    page = client.get(f"/solve/{draft.ref}/review").text
    for key in ("summary", "route", "quote", "terms"):
        assert f'href="/solve/{draft.ref}/edit#{key}"' in page
    assert 'name="route"' in client.get(f"/solve/{draft.ref}/edit").text


def test_names_in_what_blind_judges_read_are_told_and_do_not_stop_it(client: Visitor, db: Session) -> None:
    owner = UserFactory(name="Lin Mei", email="lin@optics.example", affiliation="Institute of Optics")
    works = OrganizationFactory(name="陇光公司", name_en="Longguang Ltd")
    draft = ready(owner=owner, team_name="Team Light", organization_id=works.id)
    (key,) = draft.values["indicators"]
    write(
        draft,
        summary="By Lin Mei and TEAM LIGHT.",
        proposal="由陇光公司完成。",
        indicators={key: {"met": "met", "evidence": "Ask lin@optics.example"}},
    )
    client.sign_in(owner)
    page = client.get(f"/solve/{draft.ref}/review").text
    assert "Names stand in what blind judges read." in page
    told = re.findall(r'edit#(\w+)">[^<]+</a>: <span lang="">([^<]+)</span>', page)
    assert told == [
        ("summary", "Team Light"),
        ("summary", "Lin Mei"),
        ("proposal", "陇光公司"),
        ("indicators", "lin@optics.example"),
    ]
    assert client.post(f"/solve/{draft.ref}/submit").status_code == 302
    assert again(draft).state == "submitted"


def test_an_open_phase_may_read_names(client: Visitor, db: Session) -> None:
    draft = ready(owner=UserFactory(name="Lin Mei"))
    write(draft, summary="By Lin Mei.")
    PhaseFactory(round_id=draft.round_id, blindness="open")
    client.sign_in(owner_of(draft))
    assert "Names stand" not in client.get(f"/solve/{draft.ref}/review").text


def test_versions_of_every_age_are_read_by_their_team(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    client.post(f"/solve/{draft.ref}/submit")
    version = db.query(Version).filter_by(submission_id=draft.id).one()
    version.content = EARLIER
    page = client.get(f"/solve/{draft.ref}/versions/1").text
    for said in (
        "An older one",
        "Summed up.",
        "As we did.",
        "Soon.",
        "TRL 4",
        "CNY 5,000",
        "accepted, version 1",
    ):
        assert said in page, said


def test_the_review_costs_the_same_for_one_name_and_three(
    client: Visitor, db: Session, statements: Counting
) -> None:
    costs = []
    for count in (0, 3):
        draft = ready(team=[UserFactory() for _ in range(count)])
        client.sign_in(owner_of(draft))
        with statements() as asked:
            assert client.get(f"/solve/{draft.ref}/review").status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]
