"""A solver's way through the rooms: begin, write, send files, submit, keep the receipt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.files.models import Attachment
from challenge.submissions import submitting
from challenge.submissions.models import LateArrival, Submission, Version
from tests.factories import RequirementFactory, RoundFactory, SubmissionFactory, UserFactory, actor_of
from tests.files import specimens
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.solve.editor import save, upload
from tests.submissions.stories import (
    again,
    close,
    owner_of,
    ready,
    round_of,
    versions,
    window,
    with_file,
    write,
)


def test_the_whole_way_from_a_requirement_to_a_receipt(client: Visitor, db: Session) -> None:
    requirement = RequirementFactory(title_en="Surface flaws")
    client.sign_in(UserFactory())
    page = client.get(f"/solve/new/{requirement.ref}")
    assert page.status_code == 200
    assert "Surface flaws" in page.text

    begun = client.post(f"/solve/new/{requirement.ref}")
    draft = db.scalars(sa.select(Submission)).one()
    assert begun.headers["Location"].endswith(f"/solve/{draft.ref}/edit")
    assert client.get(begun.headers["Location"]).status_code == 200

    saved = save(client, db, draft, files=[upload(), upload("figure.png", specimens.png())], next="review")
    assert saved.headers["Location"].endswith(f"/solve/{draft.ref}/review")
    assert again(draft).values["quote"] == 60_000_000
    review = client.get(saved.headers["Location"]).text
    assert "报告.pdf" in review
    assert "figure.png" in review

    done = client.post(f"/solve/{draft.ref}/submit")
    assert done.status_code == 302
    receipt = client.get(done.headers["Location"])
    assert "Submitted. This is your receipt; keep it." in receipt.text
    (version,) = versions(draft)
    for entry in version.manifest:
        assert entry["sha256"] in receipt.text
        assert entry["sha256"] in review

    paper = client.get(f"/solve/{draft.ref}/receipts/1.json")
    assert json.loads(paper.text) == version.receipt
    assert paper.headers["Content-Disposition"].startswith("attachment")
    verified = client.post("/verify", data={"text": paper.text})
    assert "Valid." in verified.text
    assert client.get("/solve/").text.count(draft.code) >= 1


@pytest.mark.parametrize("files", [1, 3])
def test_a_submit_costs_at_most_fourteen_statements(
    client: Visitor, db: Session, statements: Counting, files: int
) -> None:
    draft = ready(requirement=RequirementFactory(indicators=[{}] * files), team=[UserFactory()] * 1)
    for number in range(files):
        with_file(draft, f"{number}.pdf", b"%PDF-1.7 " + bytes([number]))
    client.sign_in(owner_of(draft))
    # Not the very first thing that happens in the round: its audit chain has begun.
    submitting.submit(db, actor_of(owner_of(other := ready(requirement=draft.requirement))), other.ref)
    url = f"/solve/{draft.ref}/submit"
    with statements() as first:
        assert client.post(url).status_code == 302
    assert len(versions(draft)) == 1
    assert len(first) <= 14, first
    write(draft, title="Another")
    db.commit()
    with statements() as second:
        client.post(url)
    assert len(versions(draft)) == 2
    assert len(second) <= 14, second


def test_too_late_is_said_with_what_was_kept_and_a_paper_to_keep(client: Visitor, db: Session) -> None:
    draft = ready()
    with_file(draft)
    client.sign_in(owner_of(draft))
    close(draft, clock.now(db))
    for _ in range(2):
        answer = client.post(f"/solve/{draft.ref}/submit")
        assert answer.status_code == 409
        assert "Closed. Your draft is kept but was not entered." in answer.text
    arrival = db.scalars(sa.select(LateArrival)).one()
    paper = client.get(f"/solve/{draft.ref}/late/{arrival.id}.json")
    assert json.loads(paper.text) == arrival.refusal
    assert "Valid: a refusal." in client.post("/verify", data={"text": paper.text}).text
    assert "Arrived too late" in client.get(f"/solve/{draft.ref}").text
    assert client.get(f"/solve/{draft.ref}/edit").status_code == 302
    assert save(client, db, draft, title="Later").status_code == 409
    assert again(draft).heading != "Later"


def test_an_incomplete_submit_leads_to_what_is_missing(client: Visitor, db: Session) -> None:
    draft = SubmissionFactory(quote=None, original=0)
    client.sign_in(owner_of(draft))
    answer = client.post(f"/solve/{draft.ref}/submit", follow_redirects=True)
    assert "It cannot be submitted yet." in answer.text
    assert "Fill this in." in answer.text
    assert "4 parts missing" not in client.get("/solve/").text
    assert "3 parts missing: Indicators, Quote, Own work" in client.get("/solve/").text


def test_withdrawing_asks_first(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    client.post(f"/solve/{draft.ref}/submit")
    assert "nobody judges it" in client.get(f"/solve/{draft.ref}/withdraw").text
    for _ in range(2):
        assert client.post(f"/solve/{draft.ref}/withdraw").status_code == 302
    assert again(draft).state == "withdrawn"


def test_a_second_press_on_begin_leads_to_the_same_draft(client: Visitor, db: Session) -> None:
    requirement = RequirementFactory()
    client.sign_in(UserFactory())
    for _ in range(2):
        client.post(f"/solve/new/{requirement.ref}")
    assert db.scalar(sa.select(sa.func.count(Submission.id))) == 1


def test_a_round_without_requirements_is_answered_itself(client: Visitor, db: Session) -> None:
    round_ = RoundFactory()
    client.sign_in(UserFactory())
    assert client.get(f"/solve/new-in/{round_.slug}").status_code == 200
    client.post(f"/solve/new-in/{round_.slug}")
    draft = db.scalars(sa.select(Submission)).one()
    page = client.get(f"/solve/{draft.ref}/edit").text
    assert "Indicators" not in page


def test_visitors_are_asked_to_sign_in(client: Visitor, db: Session) -> None:
    draft = ready()
    for path in ("/solve/", f"/solve/{draft.ref}", f"/solve/new/{draft.requirement.ref}", "/solve/nosuchref"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert "/login" in answer.headers["Location"]


def test_other_peoples_submissions_are_not_there(
    client: Visitor, db: Session, visitor: Callable[..., Visitor]
) -> None:
    """Whoever guesses an address learns nothing, whatever the method: neither draft nor file nor receipt."""
    draft = ready(title="CANARY")
    with_file(draft, "CANARY.pdf")
    submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    file_ref = db.scalars(sa.select(Attachment.ref)).one()
    other = ready(requirement=draft.requirement)
    client.sign_in(owner_of(other))
    base = f"/solve/{draft.ref}"
    got = ("", "/edit", "/review", "/team", "/team/1", "/withdraw", "/receipts/1", "/receipts/1.json")
    got += ("/versions", "/versions/1", "/versions/1/files/1", f"/files/{file_ref}", "/late/1.json")
    for path in got:
        answer = client.get(base + path)
        assert answer.status_code == 404, path
        assert "CANARY" not in answer.text
    for path in ("/edit", "/submit", "/withdraw", "/team", "/team/1", "/team/1/remove", "/leave"):
        answer = client.post(base + path, data={"email": "a@example.org", "name": "x"})
        assert answer.status_code == 404, path
    # A file of somebody else is not reached through a submission of one's own either.
    assert client.get(f"/solve/{other.ref}/files/{file_ref}").status_code == 404


def test_every_page_of_a_submitted_one_opens_in_both_languages(client: Visitor, db: Session) -> None:
    draft = ready(team=[UserFactory()])
    with_file(draft)
    client.sign_in(owner_of(draft))
    client.post(f"/solve/{draft.ref}/submit")
    paths = ("", "/edit", "/review", "/team", "/withdraw", "/receipts/1", "/versions/1")
    for language in ("en_US", "zh_CN"):
        client.set_cookie("locale", language)
        for path in paths:
            assert client.get(f"/solve/{draft.ref}{path}").status_code == 200, path
    assert db.scalar(sa.select(sa.func.count(Version.id))) == 1


def test_a_round_without_requirements_leads_to_a_solution_from_its_own_page(
    client: Visitor, db: Session
) -> None:
    bare, full = RoundFactory(), RequirementFactory(round__requirement_count=1).round
    assert f"/solve/new-in/{bare.slug}" in client.get(f"/rounds/{bare.slug}").text
    assert "/solve/new-in/" not in client.get(f"/rounds/{full.slug}").text


def test_the_time_left_stands_with_the_close_in_the_round_s_zone_and_in_one_s_own(
    client: Visitor, db: Session
) -> None:
    draft = ready(owner=UserFactory(zone="America/New_York"))
    closes_at = window(draft).closes_at
    assert closes_at is not None
    in_round = f"{closes_at.astimezone(ZoneInfo(round_of(draft).zone)):%H:%M}"
    one_s_own = f"{closes_at.astimezone(ZoneInfo('America/New_York')):%H:%M}"
    client.sign_in(owner_of(draft))
    for page in ("", "/edit", "/review"):
        text = client.get(f"/solve/{draft.ref}{page}").text
        found = re.search(r'<div class="due-box">(.*?)Closes (.*?)Your time: (.*?)</div>', text)
        assert found is not None, page
        left, closes, own = found.groups()
        assert f'data-left datetime="{closes_at.isoformat()}"' in left
        assert in_round in closes
        assert "Beijing (UTC+8)" in closes
        assert one_s_own in own
        assert "New York" in own
