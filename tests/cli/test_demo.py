"""The demo world: alive on the day it is loaded, and true in itself. Loaded by the command, as people do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.agreements.milestone_models import ClosingReport, Milestone
from challenge.agreements.models import Agreement
from challenge.audit import chain
from challenge.awards.certificate_models import AwardCertificate
from challenge.awards.models import GalleryEntry, Notice
from challenge.awards.objection_models import Objection
from challenge.base import clock
from challenge.cli.demo.stories import _instant
from challenge.distribution.models import Care, Dispatch
from challenge.docking.models import Docking
from challenge.judging.models import Assignment, Phase
from challenge.judging.on_site_models import OnSite, StageTurn
from challenge.requirements.diagnosis_models import Diagnosis
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round, RoundWindow, Theme
from challenge.rounds.resource_models import Acceptance, Resource
from challenge.services.models import ServiceRequest
from challenge.submissions.board_models import TeammatePost
from challenge.submissions.likeness_models import LikenessRun
from challenge.submissions.models import Submission, Version
from challenge.supply.models import Achievement, Expert
from challenge.tasks.models import Task
from challenge.training.models import Certificate, CertificateHolder, Enrolment, RegisterEntry
from tests.rigs.demo import MakeDemo
from tests.rigs.server import LiveServer

AROUND = (Theme, Resource, Acceptance, TeammatePost, GalleryEntry)


@pytest.fixture
def loaded(make_demo: MakeDemo) -> LiveServer:
    """A server, not started, whose database holds the demo world."""
    return make_demo()


@pytest.fixture
def world(loaded: LiveServer) -> Iterator[Session]:
    """A session on the demo's database."""
    engine = sa.create_engine(loaded.database_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.timeout(120, func_only=True)  # the world may be another test’s to load first
@pytest.mark.sqlite  # lived through by services that are tested on both; its clock has a test of its own
def test_the_demo_world_is_alive_and_true(loaded: LiveServer, world: Session) -> None:
    stages = set(world.scalars(sa.select(Round.stage)))
    assert stages == {"draft", "requirements", "submission", "judging", "award", "closed"}
    now = clock.now(world)
    assert abs(now - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)  # the real clock again
    soon = RoundWindow.closes_at.between(now, now + dt.timedelta(minutes=30))
    assert len(list(world.scalars(sa.select(RoundWindow).where(soon)))) == 1  # one closes in minutes
    assert chain.verify(world)[1] == []
    # What is not done is to come: reminders of a meeting, of its next step, of the service that is under way.
    ahead = world.execute(sa.select(Task.kind, Task.run_at).where(Task.state != "done")).all()
    known = {"docking_remind", "docking_next", "service_due", "objection_due"}
    assert {kind for kind, _at in ahead} == known
    assert min(at for _kind, at in ahead) > now
    published = sa.select(sa.func.count()).select_from(Notice).where(Notice.published_at.is_not(None))
    assert world.scalar(published) == 1
    states = set(world.scalars(sa.select(Requirement.state)))
    assert {"published", "submitted", "returned", "agreed", "delivered"} <= states
    receipts_lie_in_their_windows(world)
    around_the_rounds(world)
    an_expert_was_asked(world)
    a_final_is_under_way(world)
    a_need_is_sent_out_and_docked(world)
    a_centre_serves_and_teaches(world)
    what_was_awarded_is_agreed_on_and_delivered(world)
    world.rollback()
    slugs = list(world.scalars(sa.select(Round.slug).order_by(Round.id)))
    loaded.flask("demo", "--load-only")  # a second start keeps the data
    world.rollback()
    assert list(world.scalars(sa.select(Round.slug).order_by(Round.id))) == slugs


def around_the_rounds(world: Session) -> None:
    """Tracks with needs in them, resources behind accepted terms, posts, entries in the gallery, a check."""
    placed = sa.select(sa.func.count()).where(Requirement.theme_id.is_not(None))
    assert world.scalar(placed) == 6
    rows = {model: world.scalar(sa.select(sa.func.count()).select_from(model)) for model in AROUND}
    assert rows == {Theme: 2, Resource: 2, Acceptance: 1, TeammatePost: 2, GalleryEntry: 2}
    assert set(world.scalars(sa.select(LikenessRun.state))) == {"done"}


def a_centre_serves_and_teaches(world: Session) -> None:
    """Three requests are rated, one is under way, one lies still, one is new; two passed, and are listed."""
    states = sorted(world.scalars(sa.select(ServiceRequest.state)))
    assert states == ["accepted", "asked", *["closed"] * 3, "running"]
    still = ServiceRequest.quiet_at <= clock.now(world)
    lying = sa.select(ServiceRequest.state).where(still, ServiceRequest.state.in_(("asked", "accepted")))
    assert world.scalars(lying).all() == ["accepted"]
    passed = sa.select(CertificateHolder.user_id).order_by(CertificateHolder.user_id)
    listed = sa.select(RegisterEntry.user_id).order_by(RegisterEntry.user_id)
    assert len(list(world.scalars(sa.select(Certificate.number)))) == 2
    assert len(world.scalars(passed).all()) == 2
    assert world.scalars(passed).all() == world.scalars(listed).all()
    assert sorted(world.scalars(sa.select(Enrolment.state))) == [*["enrolled"] * 5, "waiting"]


def what_was_awarded_is_agreed_on_and_delivered(world: Session) -> None:
    """A contract is completed and told; of another a batch is accepted, one is late, one waits."""
    agreements = sa.select(Agreement.kind, Agreement.state, Agreement.submission_id.is_(None))
    assert [tuple(row) for row in world.execute(agreements.order_by(Agreement.number))] == [
        ("development", "completed", False),
        ("intent", "signed", False),
        ("development", "signed", False),
        ("intent", "in_signature", True),
    ]
    today = clock.now(world).date()
    steps = sa.select(Milestone.state, Milestone.due_on < today).order_by(Milestone.id)
    late = [("accepted", True), ("planned", True), ("delivered", False)]
    assert [tuple(row) for row in world.execute(steps)] == [("accepted", True), ("accepted", True), *late]
    assert world.scalars(sa.select(Objection.state)).all() == ["dismissed"]
    assert len(list(world.scalars(sa.select(AwardCertificate.id)))) == 5
    told = sa.select(ClosingReport.public_title).where(ClosingReport.agreed_public_at.is_not(None))
    assert len(list(world.scalars(told))) == 1
    assert {"agreed", "delivered"} <= set(world.scalars(sa.select(Requirement.state)))


def an_expert_was_asked(world: Session) -> None:
    """One opinion came back with a returned need, one is being written."""
    query = sa.select(Requirement.state, Diagnosis.state, Diagnosis.given_at.is_not(None), Diagnosis.wording)
    rows = world.execute(query.join(Diagnosis, Diagnosis.requirement_id == Requirement.id)).all()
    assert {(need, state, given) for need, state, given, _ in rows} == {
        ("returned", "handed_in", True),
        ("submitted", "accepted", False),
    }
    assert all(list(wording) == ["problem_zh"] for *_, wording in rows)


def a_final_is_under_way(world: Session) -> None:
    """A drawn order of three: one scored by all, one on stage, one to come; nothing shown."""
    site = world.scalars(sa.select(OnSite)).one()
    assert (site.seed_digest is not None, site.drawn_at is not None, site.reveal) == (True, True, "hidden")
    query = (
        sa.select(StageTurn.submission_id, sa.func.count().filter(Assignment.state == "completed"))
        .join(Assignment, Assignment.submission_id == StageTurn.submission_id)
        .where(StageTurn.phase_id == site.phase_id, Assignment.phase_id == site.phase_id)
        .group_by(StageTurn.submission_id, StageTurn.position)
        .order_by(StageTurn.position)
    )
    turns = list(world.execute(query))
    assert [locked for _, locked in turns] == [3, 2, 0]
    assert site.current_id == turns[1][0]
    assert world.scalars(sa.select(Phase.number).where(Phase.closed_at.is_not(None))).all() == [1]
    assert len(list(world.scalars(sa.select(Expert.user_id)))) == 5 + 3  # the judges, and who is listed


def a_need_is_sent_out_and_docked(world: Session) -> None:
    """Every answer that there is, two meetings with one candidate, a branch with its needs, a firm's link."""
    assert sorted(world.scalars(sa.select(Dispatch.state))) == sorted(
        ["interested", "declined", "forwarded", "bounced", "opened", *["sent"] * 3]
    )
    meetings = sa.select(Docking.state, Docking.number).order_by(Docking.number, Docking.id)
    assert world.execute(meetings).all() == [("held", 1), ("no_show", 1), ("planned", 2)]
    assert world.scalars(sa.select(Docking.starts_at).where(Docking.number == 2)).one() > clock.now(world)
    assert world.scalars(sa.select(Care.state)).all() == ["claimed"]
    assert world.scalar(sa.select(sa.func.count()).where(Achievement.state == "published")) == 4
    branch = sa.select(Organization.region).join(Requirement, Requirement.branch_id == Organization.id)
    assert world.scalars(branch).all() == ["610500"] * 3
    entered = world.scalars(sa.select(Requirement).where(Requirement.on_behalf)).one()
    assert (entered.state, entered.confirmed_at) == ("draft", None)


def receipts_lie_in_their_windows(world: Session) -> None:
    """Every receipt of the past is dated between the opening and the close of its round."""
    query = (
        sa.select(Version.submitted_at, RoundWindow.opens_at, RoundWindow.closes_at)
        .join(Submission, Submission.id == Version.submission_id)
        .join(RoundWindow, RoundWindow.round_id == Submission.round_id)
        .where(RoundWindow.stage == "submission")
    )
    rows = list(world.execute(query))
    assert len(rows) >= 20
    for at, opens_at, closes_at in rows:
        assert opens_at is not None
        assert closes_at is not None
        assert opens_at <= at < closes_at


@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2030, 1, 1)),  # noqa: DTZ001 - given its zone below
    st.integers(-300, 300).filter(lambda day: day != 0),
)
def test_whole_stages_turn_at_18_in_beijing_and_never_after_their_day(start: dt.datetime, day: int) -> None:
    start = start.replace(tzinfo=dt.UTC)
    moment = _instant(start, day)
    assert (moment.hour, moment.minute) == (10, 0)
    assert dt.timedelta(0) <= start + dt.timedelta(days=day) - moment < dt.timedelta(days=1)
