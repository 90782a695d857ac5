"""Who may read a submission is asked of the permission table itself."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.awards.gallery import Consent
from challenge.base import clock
from challenge.reports import readers
from challenge.rules.stages import Stage
from challenge.submissions import queries
from challenge.submissions.models import Submission
from tests.awards.stories import judged_round, noticed, published
from tests.awards.test_gallery import show, with_paper
from tests.factories import MembershipFactory, SubmissionFactory, UserFactory
from tests.judging.stories import court
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.submissions.stories import owner_of


def may(db: Session, submission: Submission) -> dict[str, tuple[int, bool, bool]]:
    """By role: how many, whether now, whether after the close."""
    db.flush()
    shown = queries.shown(db, submission.ref, clock.now(db))
    return {each.role: (each.count, each.now, each.later) for each in readers.circles(db, shown)}


def test_who_may_is_what_the_permission_table_says(db: Session) -> None:
    made = court(db, judges=3, stage=Stage.SUBMISSION)
    MembershipFactory(user=UserFactory(), organization_id=made.requirement.seeker_id, representative=True)
    found = may(db, made.entries[0])
    assert found["team"] == (1, True, True)
    assert found["organizer"] == (1, True, True)
    assert found["seeker"] == (1, False, True)
    assert found["judge"] == (3, False, True)
    assert found["admin"] == (0, False, False)
    made.close(Stage.SUBMISSION)
    assert all(now == later for _count, now, later in may(db, made.entries[0]).values())


def test_a_draft_is_read_by_nobody_else(db: Session) -> None:
    found = may(db, SubmissionFactory())
    assert {role for role, (_count, now, _later) in found.items() if now} == {"team"}


def test_in_a_sealed_round_nobody_reads_before_the_release(db: Session) -> None:
    made = court(db, judges=1, stage=Stage.SUBMISSION)
    made.round.sealed = True
    found = may(db, made.entries[0])
    assert {role for role, (_count, now, _later) in found.items() if now} == {"team"}
    assert found["organizer"] == (1, False, True)


def test_everyone_reads_what_the_gallery_shows_while_it_does(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    entry, other = judged.entries[:2]
    digest = with_paper(db, entry)
    noticed(db, judged)
    published(db, judged)
    assert "everyone" not in may(db, entry)
    show(db, entry, Consent(shown=True, named=True, files=(digest,)))
    show(db, other)
    assert may(db, entry)["everyone"] == (0, True, True)
    page = client.sign_in(owner_of(entry)).get(f"/solve/{entry.ref}/readers").text
    assert "title, summary and 1 file, in the public gallery" in page
    assert "with the name of the team" in page
    page = client.sign_in(owner_of(other)).get(f"/solve/{other.ref}/readers").text
    assert "title and summary, in the public gallery" in page
    assert "with the name of the team" not in page
    show(db, entry, Consent())
    assert "everyone" not in may(db, entry)
    other.state, other.state_reason = "ineligible", "Forged."
    assert "everyone" not in may(db, other), "what is ruled out is shown to nobody"


def test_who_may_costs_the_same_whoever_they_are(db: Session, statements: Counting) -> None:
    made = court(db, judges=1, stage=Stage.SUBMISSION)
    few = queries.shown(db, made.entries[0].ref, clock.now(db))
    many = queries.shown(db, court(db, judges=3).entries[0].ref, clock.now(db))
    costs = []
    for shown in (few, many):
        with statements() as asked:
            readers.circles(db, shown)
        costs.append(len(asked))
    assert costs == [4, 4]


def test_the_page_names_whom_the_team_may_know(client: Visitor, db: Session) -> None:
    made = court(db, judges=2)
    entry, host = made.entries[0], made.round.programme.host.name
    client.sign_in(owner_of(entry))
    page = client.get(f"/solve/{entry.ref}/readers")
    assert page.status_code == 200
    assert host in page.text
    assert "2 assigned" in page.text
    assert "nobody, through this site" in page.text
    assert all(person.name not in page.text for person in made.people)
    client.sign_in(made.organizer)
    assert client.get(f"/solve/{entry.ref}/readers").status_code == 404
