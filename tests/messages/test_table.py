"""The table of mail, row by row: each event reaches exactly these people, in their language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.flow import distributing, docking_letters, effects, mailing, mails, training_letters
from challenge.flow.errands import drain
from challenge.submissions.models import Extension, LateArrival
from challenge.tasks.models import Task
from tests.changes.stories import CHANGED, change_facts
from tests.factories import SubmissionFactory
from tests.messages.outcome import OUTCOMES, outcome
from tests.messages.outreach import DIAGNOSES, diagnosis
from tests.messages.world import World, build, reached
from tests.rigs.mail import Mailbox

ORGANIZERS = "organizer host_organizer"
SEEKER = "representative author"
SEEKERS = f"{SEEKER} other_representative"
TEAM = "winner teammate"
ENTRANTS = f"{TEAM} loser"
SOLVERS = f"{ENTRANTS} drafter"
PANEL = "judge idle_judge former_judge"

# event -> template -> who
EXPECTED: dict[str, dict[str, str]] = {
    "round.launched": {"round_launched": ORGANIZERS},
    "round.requirements_opened": {"stage_opened": ORGANIZERS},
    "round.requirements_closed": {"requirements_closed": ORGANIZERS},
    "round.submission_opened": {"stage_opened": ORGANIZERS, "solutions_open": SEEKERS},
    "round.submission_closed": {
        "entry_stands": ENTRANTS,
        "draft_not_entered": "drafter",
        "submission_closed": ORGANIZERS,
    },
    "round.unsealed": {"receipts_released": TEAM},
    "round.judging_opened": {"stage_opened": ORGANIZERS, "judging_open": "judge"},
    "round.judging_closed": {"judging_closed": ORGANIZERS},
    "round.award_opened": {"stage_opened": ORGANIZERS},
    "round.award_closed": {"award_closed": ORGANIZERS},
    "round.extended": {"round_extended": f"{ORGANIZERS} {SEEKERS} {SOLVERS} judge"},
    "round.cancelled": {"round_cancelled": f"{ORGANIZERS} {SEEKERS} {SOLVERS} {PANEL}"},
    "requirement.submitted": {"requirement_submitted": ORGANIZERS},
    "requirement.confirmed": {"requirement_confirmed": "author"},
    "requirement.returned": {"requirement_returned": SEEKER},
    "requirement.rejected": {"requirement_rejected": SEEKER},
    "requirement.published": {"requirement_published": SEEKER},
    "requirement.withdrawn": {"requirement_withdrawn": ORGANIZERS, "requirement_gone": "drafter"},
    **CHANGED,
    "question.asked": {"question_asked": ORGANIZERS, "question_for_seeker": SEEKER},
    "question.answered": {"question_answered": "asker"},
    "announcement.posted": {"announcement": SOLVERS, "announcement_copy": ORGANIZERS},
    "submission.submitted": {"submission_submitted": TEAM},
    "submission.refused_late": {"submission_refused_late": TEAM},
    "submission.withdrawn": {"submission_withdrawn": TEAM},
    "submission.reinstated": {"submission_reinstated": TEAM},
    "submission.correction_asked": {"screening_correction": TEAM},
    "submission.ruling_announced": {"screening_announced": TEAM},
    "submission.replied": {"screening_replied": ORGANIZERS},
    "submission.found_eligible": {"screening_dismissed": TEAM},
    "submission.ruled_out": {"submission_ruled_out": TEAM},
    "submission.extended": {"submission_extended": TEAM},
    "submission.not_entered": {"submission_not_entered": TEAM},
    "judge.invited": {"judge_added": "judge"},
    "assignment.made": {"assignments_made": "judge"},
    "assignment.accepted": {},
    "assignment.declined": {"assignment_declined": ORGANIZERS},
    "assignment.recused": {"assignment_recused": ORGANIZERS},
    "assignment.abstained": {"assignment_abstained": ORGANIZERS},
    "assignment.conflicted": {"assignment_conflicted": ORGANIZERS},
    "assignment.replaced": {"assignment_replaced": "judge"},
    "scorecard.locked": {},
    "scorecard.reopen_asked": {"scorecard_wish": ORGANIZERS},
    "scorecard.reopened": {"scorecard_reopened": "judge"},
    "discussion.said": {"discussion_said": "judge"},
    "ranking.fixed": {"ranking_fixed": ORGANIZERS},
    "awards.proposed": {"awards_proposed": ORGANIZERS},
    "decision.asked": {"decision_asked": SEEKER},
    "decision.made": {"decision_made": ORGANIZERS},
    "notice.started": {"notice_started": ENTRANTS, "notice_runs": ORGANIZERS},
    "awards.published": {
        "award_won": TEAM,
        "award_not_won": "loser",
        "results_published": SEEKERS,
        "results_out": ORGANIZERS,
    },
    "form.changed": {"form_changed": SOLVERS},
    "teammates.written": {"teammate_message": "drafter"},
    "teammates.invited": {"teammate_invited": "drafter"},
    "teammates.hidden": {"teammate_hidden": "drafter"},
    "team.invited": {},
    "team.handed_over": {"team_handed_over": TEAM},
    "team.changed": {},
    "dispatch.interested": {"dispatch_interested": ORGANIZERS},
    "dispatch.declined": {},
    "dispatch.forwarded": {},
    "care.offered": {"care_offered": "asker"},
    "care.claimed": {"care_claimed": ORGANIZERS},
    "care.refused": {"care_refused": ORGANIZERS},
    **DIAGNOSES,
    **OUTCOMES,
    "docking.next_due": {"docking_next": f"{ORGANIZERS} {SEEKER}"},
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def happen(world: World, event: str) -> None:
    """Announce the event as its service does."""
    kind = event.split(".", maxsplit=1)[0]
    judge = {"judge_id": world.judge_id, "user_id": world.people["judge"].id}
    facts: dict[str, dict[str, Any]] = {
        "requirement": {"requirement_id": world.requirement.id},
        "question": {"requirement_id": world.requirement.id, "question_id": world.question.id},
        "announcement": {"announcement_id": world.announcement.id},
        "submission": {"submission_id": world.submission.id},
        "team": {"submission_id": world.submission.id},
        "judge": judge,
        "assignment": {"assignment_id": world.assignment_id, "count": 3, **judge},
        **world.after_the_lock(event),
        "ranking": {"ranking_id": 1, "again": False},
        "decision": {
            "decision_id": world.decision.id,
            "requirement_id": world.requirement.id,
            "verdict": "confirmed",
        },
        "notice": {"ends_at": "2026-12-01T10:00:00+00:00"},
        "round": {"override_id": world.override.id},
        "teammates": world.on_the_board,
    }
    facts |= {"diagnosis": diagnosis(world)} if kind == "diagnosis" else {}
    facts |= {kind: outcome(world, kind)} if event in OUTCOMES else {}
    if kind in ("dispatch", "care", "docking"):
        facts |= world.reached_out
    if kind == "change" or event == "requirement.changed":
        facts[kind] = change_facts(world.db, world.requirement)
    if event == "submission.submitted":
        facts["submission"]["version"] = 3
    if event == "form.changed":
        facts["form"] = {"form_version": world.publish_form()}
    if event == "submission.refused_late":
        late = LateArrival(
            submission_id=world.submission.id, arrived_at=clock.now(world.db), manifest=[], refusal={}
        )
        world.db.add(late)
        world.db.flush()
        facts["submission"]["late_id"] = late.id
    if event == "submission.extended":
        at = clock.now(world.db)
        given = Extension(submission_id=world.submission.id, until_at=at, reason="Line down.", created_at=at)
        world.db.add(given)
        world.db.flush()
        facts["submission"]["extension_id"] = given.id
    if event == "submission.not_entered":
        label = {"label_zh": "公开摘要", "label_en": "Public summary"}
        facts["submission"] |= {"why": "invalid_many", "missing": [{"field": "summary", **label}]}
    world.announce(event, f"{kind}:1", **facts.get(kind, {}))


def test_each_event_reaches_exactly_these_people_in_their_language(
    app: Flask, db: Session, mailbox: Mailbox
) -> None:
    """The whole table at once, through the queue: who, in which language, and where each link leads."""
    world = build(db)
    for event in EXPECTED:
        happen(world, event)
    letters = mailbox.letters
    assert reached(world) == {
        (event, template, name)
        for event, row in EXPECTED.items()
        for template, names in row.items()
        for name in names.split()
    }
    locales = {person.email: person.locale for person in world.people.values()}
    doors = app.url_map.bind("localhost")
    for letter in letters:
        reason = letter.body.rstrip().splitlines()[-2]
        assert bool(CHINESE.search(reason)) == (locales[letter.recipient] == "zh_CN"), letter.body
        assert "%(" not in letter.subject + letter.body
        links = re.findall(r"http://localhost(/\S*)", letter.body)
        assert links, letter.body
        for link in links:
            doors.match(link, method="GET")


def test_every_event_of_the_product_has_a_row() -> None:
    """A service that announces something new says here who is told, be it nobody."""
    root = Path(mails.__file__).parents[1]
    rooms = ("accounts", "rounds", "requirements", "submissions", "distribution", "docking")
    rooms += ("judging", "awards")
    announced: set[str] = set()
    for room in rooms:
        for path in (root / room).glob("*.py"):
            for call in re.findall(
                r"(?:announce|_?tell|_say|say)\([^)]*?\"([a-z]+\.[a-z_]+)\"", path.read_text("utf-8")
            ):
                announced.add(call)
    assert announced
    assert announced <= effects.EFFECTS.keys()
    stages = {
        f"round.{stage}_{end}"
        for stage in ("requirements", "submission", "judging", "award")
        for end in ("opened", "closed")
    }
    assert stages <= effects.EFFECTS.keys()
    assert EXPECTED.keys() <= effects.EFFECTS.keys()


def test_every_template_is_in_the_table_or_named_by_what_sends_it() -> None:
    root = Path(__file__).parents[2]
    written = {path.stem for path in (root / "templates" / "mail").glob("*.txt")} - {"layout"}
    table = {mailing.template for row in mails.TABLE.values() for mailing in row}
    apart = {"invitation", "achievement_opened", "offers_stale", "search_news", "digest", "group_message"}
    apart |= {
        f"account_{what}" for what in ("changed", "confirm", "exists", "reset", "reset_notice", "suspended")
    }
    apart |= {f"identity_{what}" for what in ("letter", "linked", "unlinked")}
    apart |= {distributing.TEMPLATE, training_letters.REMINDER, *docking_letters.LETTERS}  # by their work
    assert table == written - apart
    # Which letters can be wished or worded otherwise sends none of them.
    lists = {"rules/letters.py", "rules/wordings.py", "web/letter_words.py"}
    code = root / "challenge"
    senders = [path for path in code.rglob("*.py") if str(path.relative_to(code)) not in lists]
    said = "".join(path.read_text("utf-8") for path in senders)
    assert [name for name in sorted(written - table) if f'"{name}"' not in said] == []


def test_an_event_expanded_twice_mails_once(db: Session, mailbox: Mailbox) -> None:
    world = build(db)
    happen(world, "announcement.posted")
    first = len(mailbox.letters)
    for task in db.scalars(sa.select(Task).where(Task.kind == "event")):
        task.state = "queued"
    happen(world, "announcement.posted")
    assert len(mailbox.letters) == first


def test_a_large_audience_is_told_in_batches(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "BATCH", 3)
    world = build(db)
    for _ in range(7):
        SubmissionFactory(requirement=world.requirement, state="submitted")
    happen(world, "round.submission_closed")
    drain()
    db.expire_all()
    mailed = db.scalars(
        sa.select(Task.key).where(Task.kind == "mail", Task.key.contains("/entry_stands/"))
    ).all()
    batches = db.scalar(
        sa.select(sa.func.count()).where(Task.kind == "mailing", Task.key.contains("/entry_stands/"))
    )
    assert len(mailed) == 7 + len(ENTRANTS.split())
    assert batches == 3


def test_what_a_letter_quotes_is_what_was_said_when_it_happened(db: Session, mailbox: Mailbox) -> None:
    world = build(db)
    happen(world, "requirement.returned")
    from challenge.flow.errands import work_once

    work_once()  # the event is expanded; its letters are not written yet
    world.db.expire_all()
    world.requirement.state_reason = "Something else, later."
    letters = mailbox.letters
    assert letters
    assert all("> The unit of indicator 3 is missing." in letter.body for letter in letters)


def test_whoever_is_two_things_gets_one_letter_about_one_thing(db: Session, mailbox: Mailbox) -> None:
    world = build(db)
    organizer = world.people["organizer"]
    SubmissionFactory(requirement=world.requirement, owner=organizer, state="submitted")
    happen(world, "announcement.posted")
    assert len(mailbox.to(organizer.email)) == 1


def test_nothing_of_a_solver_reaches_a_judge_by_mail(db: Session, mailbox: Mailbox) -> None:
    world = build(db)
    of_round = ("round.judging_opened", "round.extended", "round.cancelled")
    for event in ("assignment.made", "judge.invited", *of_round):
        happen(world, event)
    letters = mailbox.to("judge@example.org")
    assert len(letters) >= 4
    secrets = ("Polarised", "winner", "teammate", world.submission.code)
    assert not [word for letter in letters for word in secrets if word in letter.body + (letter.html or "")]
