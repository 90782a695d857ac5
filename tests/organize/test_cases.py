"""Screening of an entry by its pages: both sides, with the letters between them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import screening
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.submissions.models import Submission
from tests.factories import RequirementFactory, actor_of, organizer_of
from tests.judging.test_entry_screening import CORRECTION, handed_in, opened, organizer_for
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.submissions.stories import again, owner_of, round_of


def test_the_whole_way_by_pages_and_letters(client: Visitor, db: Session, mailbox: Mailbox) -> None:
    entry = handed_in(db, title="Vision")
    organizer, solver = organizer_for(entry), owner_of(entry)
    client.sign_in(organizer)
    url = f"/organize/submissions/{entry.ref}/screening"
    assert "Is something wrong with it?" in client.get(url).text
    form = {"kind": "rule_out", "reasons": ["rights"], "text": "Whose <b>patent</b> is it?"}
    assert client.post(url, data={**form, "reasons": []}).status_code == 422
    for _ in range(2):
        assert client.post(url, data=form).status_code == 302
    assert "waits for the reply" in client.get(f"/organize/rounds/{round_of(entry).slug}/submissions").text
    letter = mailbox.to(solver.email)[-1]
    assert "may be ruled out" in letter.subject
    assert "It is unclear whether the team may offer it" in letter.body
    assert client.post(f"{url}/uphold", data={"decision": "Now."}).status_code == 409
    client.sign_in(solver)
    page = client.get(f"/solve/{entry.ref}").text
    assert "A ruling out was announced" in page
    assert "<b>patent</b>" not in page
    assert client.post(f"/solve/{entry.ref}/reply", data={"reply": ""}).status_code == 422
    for _ in range(2):
        assert client.post(f"/solve/{entry.ref}/reply", data={"reply": "Ours: CN 1234."}).status_code == 302
    assert "> Ours: CN 1234." in mailbox.to(organizer.email)[-1].body
    client.sign_in(organizer)
    assert "1 entry that you screen waits" in client.get(f"/organize/rounds/{round_of(entry).slug}").text
    assert "Ours: CN 1234." in client.get(url).text
    assert client.post(f"{url}/uphold", data={"decision": ""}).status_code == 422
    for _ in range(2):
        assert client.post(f"{url}/uphold", data={"decision": "No licence."}).status_code == 302
    assert "> No licence." in mailbox.to(solver.email)[-1].body
    assert "ruled out" in client.get(url).text
    audit = client.get(f"/organize/rounds/{round_of(entry).slug}/audit").text
    for words in ("A ruling out was announced", "A team replied", "A submission was ruled out"):
        assert words in audit


@pytest.mark.parametrize("page", ["screening", ""])
def test_a_page_of_an_entry_costs_the_same_however_long_its_record(
    client: Visitor, db: Session, statements: Counting, page: str
) -> None:
    entry = handed_in(db)
    organizer = organizer_for(entry)
    who = actor_of(organizer)
    client.sign_in(organizer)
    costs = []
    for rows in (1, 2):
        for _ in range(rows):
            opened(db, entry, who, CORRECTION)
            screening.dismiss(db, who, entry.ref)
            db.commit()
        client.get(f"/organize/submissions/{entry.ref}/{page}".rstrip("/"))  # who reads is noted once
        with statements() as asked:
            assert client.get(f"/organize/submissions/{entry.ref}/{page}".rstrip("/")).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_the_rules_of_entry_are_set_by_their_page_and_flag_what_stands(client: Visitor, db: Session) -> None:
    entry = handed_in(db, title="Entered before")
    organizer, slug = organizer_for(entry), round_of(entry).slug
    client.sign_in(organizer)
    url = f"/organize/rounds/{slug}/entry"
    form = {
        "max_members": "5",
        "max_per_solver": "2",
        "max_per_organization": "",
        "max_per_requirement": "",
        "kinds": ["university", "institute"],
        "regions": "甘肃, 610100",
        "account_days": "30",
        "invited": "lzu.edu.cn",
        "reply_days": "5",
    }
    for wrong, words in (
        ({"regions": "Atlantis"}, "is no region"),
        ({"invited": "not one"}, "neither a mail address nor a domain"),
        ({"max_members": "0"}, "from 1 to 100"),
        ({"max_per_solver": "many"}, "Not a valid integer"),
        ({"kinds": ["club"]}, "Choose one of the list"),
    ):
        answer = client.post(url, data={**form, **wrong})
        assert answer.status_code == 422
        assert words in answer.text
    for _ in range(2):
        assert client.post(url, data=form).status_code == 302
    page = client.get(url).text
    assert "Entered before" in page
    assert "not on the list of those invited" in page
    assert "620000, 610100" in page
    assert "does not meet the rules" in client.get(f"/organize/submissions/{entry.ref}/screening").text
    rules = client.get(f"/rounds/{slug}/rules").text
    for words in (
        "University, Research institute",
        "Gansu, Xi’an, Shaanxi 610100",
        "at least 30 days",
        "5 days to reply",
    ):
        assert words in rules
    assert "lzu.edu.cn" not in rules


def test_only_organizers_reach_the_rules_of_entry_and_the_screening(client: Visitor, db: Session) -> None:
    entry = handed_in(db)
    slug = round_of(entry).slug
    stranger_round = handed_in(db)
    for who in (owner_of(entry), organizer_for(stranger_round)):
        client.sign_in(who)
        assert client.get(f"/organize/rounds/{slug}/entry").status_code == 403
        assert client.post(f"/organize/rounds/{slug}/entry").status_code == 403
        for path in ("screening", "differences"):
            assert client.get(f"/organize/submissions/{entry.ref}/{path}").status_code in (403, 404)
        for path in ("screening", "screening/dismiss", "screening/uphold", "rule-out"):
            answer = client.post(
                f"/organize/submissions/{entry.ref}/{path}", data={"decision": "x", "reason": "x"}
            )
            assert answer.status_code in (403, 404), path


def test_lists_of_cases_and_of_flagged_entries_cost_the_same_for_one_and_for_three(
    client: Visitor, db: Session, statements: Counting
) -> None:
    requirement = RequirementFactory()
    entries: list[Submission] = []
    organizer, slug = organizer_of(requirement.round.programme), requirement.round.slug
    who = actor_of(organizer)
    client.sign_in(organizer)
    costs: dict[str, set[int]] = {"submissions": set(), "entry": set()}
    for more in (1, 2):
        db.execute(sa.update(Round).values(eligibility={}))
        entries += [handed_in(db, requirement=db.get_one(Requirement, requirement.id)) for _ in range(more)]
        db.execute(sa.update(Round).values(eligibility={"invited": ["lzu.edu.cn"]}))
        codes = [(each.ref, each.code) for each in map(again, entries)]
        for ref, _code in codes:
            screening.open_case(db, who, ref, CORRECTION)
            db.commit()
        for page, seen in costs.items():
            with statements() as asked:
                text = client.get(f"/organize/rounds/{slug}/{page}").text
            assert all(code in text for _ref, code in codes)
            seen.add(len(asked))
    assert {page: len(seen) for page, seen in costs.items()} == {"submissions": 1, "entry": 1}
