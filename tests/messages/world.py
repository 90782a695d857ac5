"""A round with somebody in each role, half of them reading Chinese, and some who are never written to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.awards.models import Award, Decision
from challenge.base import clock, ids
from challenge.judging.models import Assignment, Phase
from challenge.requirements.models import Question, Requirement
from challenge.rounds.models import Announcement, Override, Round
from challenge.rules import formspec
from challenge.rules.stages import Stage
from challenge.rules.usual_form import FOR_A_ROUND
from challenge.submissions import board, places
from challenge.submissions.board_models import TeammateMessage, TeammatePost
from challenge.submissions.models import (
    ScreeningCase,
    Submission,
    SubmissionForm,
    TeamLink,
    TeamMember,
    Version,
)
from challenge.tasks import queue
from challenge.tasks.models import Task
from tests.factories import (
    AssignmentFactory,
    GrantFactory,
    OrganizationFactory,
    PanelJudgeFactory,
    PhaseFactory,
    PrizeFactory,
    ProgrammeFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.messages.outreach import outreach

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@dataclass
class World:
    """The people by their part, and the things that events name."""

    db: Session
    people: dict[str, User]
    round: Round
    requirement: Requirement
    submission: Submission
    question: Question
    announcement: Announcement
    override: Override
    decision: Decision
    assignment_id: int
    judge_id: int
    phase_id: int
    on_the_board: dict[str, Any]
    reached_out: dict[str, dict[str, Any]]

    def names(self, addresses: set[str]) -> set[str]:
        """Whose addresses these are."""
        known = {person.email: name for name, person in self.people.items()}
        return {known[address] for address in addresses}

    def after_the_lock(self, event: str) -> dict[str, dict[str, Any]]:
        """What is sent along about a card and its discussion, in which somebody else says a word."""
        if event == "discussion.said":
            self.db.get_one(Assignment, self.assignment_id).state = "completed"
        entry = {"submission_id": self.submission.id}
        card = {"assignment_id": self.assignment_id, "reason": "A slip of the pen."}
        return {"scorecard": entry | card, "discussion": entry | {"phase_id": self.phase_id, "judge_id": 0}}

    def publish_form(self) -> int:
        """Give the round a form of its own; its version."""
        spec = formspec.write(FOR_A_ROUND)
        self.db.add(SubmissionForm(round_id=self.round.id, version=1, spec=spec, digest="d", note="Less."))
        self.db.flush()
        return 1

    def announce(self, event: str, subject: str, **facts: Any) -> None:
        """Say that something happened, as a service does."""
        queue.announce(self.db, event, subject, round_id=self.round.id, **facts)
        self.db.commit()


def build(db: Session) -> World:
    """The world; everyone is called by their part."""
    host = OrganizationFactory()
    programme = ProgrammeFactory(host=host)
    round_ = RoundFactory(
        programme=programme, stage=Stage.JUDGING, title_zh="春季赛", title_en="Spring round"
    )
    seeker, other_seeker = OrganizationFactory(name="甲公司", name_en="Jia Ltd"), OrganizationFactory()
    people: dict[str, User] = {}

    def person(name: str, **kwargs: Any) -> User:
        locale = "zh_CN" if len(people) % 2 else "en_US"
        email = f"{name.replace('_', '-')}@example.org"
        people[name] = UserFactory(email=email, name=name, locale=locale, **kwargs)
        return people[name]

    person("organizer", organizes=[programme])
    host_organizer = person("host_organizer")
    GrantFactory(user_id=host_organizer.id, role="organizer", scope="organization", scope_id=host.id)
    person("representative", represents=[seeker])
    author = person("author")
    person("other_representative", represents=[other_seeker])
    person("outsider", represents=[OrganizationFactory()], organizes=[ProgrammeFactory()])
    person("admin", admin=True)
    person("closed_organizer", organizes=[programme], active=False)
    requirement = RequirementFactory(
        round=round_, seeker=seeker, author_id=author.id, title_zh="检测", title_en="Inspection"
    )
    other = RequirementFactory(round=round_, seeker=other_seeker)
    submission = _submissions(db, person, requirement, other)
    phase, assignment_id, judge_id = _judging(db, person, round_, submission)
    return World(
        db,
        people,
        round_,
        requirement,
        submission,
        *_things(db, person, round_, requirement, submission, phase),
        assignment_id,
        judge_id,
        phase.id,
        _on_the_board(db, round_, submission, people),
        outreach(db, requirement, people["asker"]),
    )


def _on_the_board(
    db: Session, round_: Round, submission: Submission, people: dict[str, User]
) -> dict[str, Any]:
    """The drafter looks for teammates: a hidden post, the winner's message, a place in the winner's team."""
    author, winner = people["drafter"], people["winner"]
    at = clock.now(db)
    post = TeammatePost(
        round_id=round_.id,
        author_id=author.id,
        brings="Radar",
        seeks="Vision",
        lang="both",
        state="hidden",
        state_reason="Advertising.",
        updated_at=at,
    )
    db.add(post)
    db.flush()
    message = TeammateMessage(post_id=post.id, sender_id=winner.id, body="Shall we?", sent_at=at)
    token = places.token_of(submission.id, winner.id, board.key_of(post))
    link = TeamLink(
        submission_id=submission.id,
        token_digest=ids.digest(token),
        created_by=winner.id,
        created_at=at,
        expires_at=at,
    )
    db.add_all([message, link])
    db.flush()
    return {
        "post_id": post.id,
        "message_id": message.id,
        "team_place": [link.id, post.id],
        "submission_id": submission.id,
        "user_id": author.id,
    }


def _submissions(db: Session, person: Any, requirement: Requirement, other: Requirement) -> Submission:
    winner, teammate = person("winner"), person("teammate")
    gone = person("unconfirmed", confirmed_at=None)
    submission: Submission = SubmissionFactory(
        requirement=requirement,
        owner=winner,
        team=[teammate, gone],
        state="selected",
        title="Polarised vision",
    )
    db.add(TeamMember(submission_id=submission.id, email="invited@example.org", name="Invited"))
    SubmissionFactory(requirement=requirement, owner=person("loser"), state="not_selected", title="Sonar")
    drafter = person("drafter")
    SubmissionFactory(requirement=requirement, owner=drafter, state="draft", title="Radar")
    SubmissionFactory(requirement=other, owner=winner, state="draft", title="Also begun")
    SubmissionFactory(requirement=other, owner=person("quitter"), state="withdrawn")
    manifest = [{"name": "方案.pdf", "sha256": DIGEST, "size": 18_200_000, "media_type": "application/pdf"}]
    at = clock.now(db)
    db.add(
        Version(
            submission_id=submission.id,
            number=3,
            current=True,
            content={},
            manifest=manifest,
            submitted_at=at,
            submitted_by=winner.id,
            receipt={},
        )
    )
    db.flush()
    return submission


def _judging(db: Session, person: Any, round_: Round, submission: Submission) -> tuple[Phase, int, int]:
    phase: Phase = PhaseFactory(round_id=round_.id)
    judge = PanelJudgeFactory(phase_id=phase.id, user=person("judge"))
    PanelJudgeFactory(phase_id=phase.id, user=person("idle_judge"))
    former = PanelJudgeFactory(phase_id=phase.id, user=person("former_judge"))
    mine = AssignmentFactory(phase_id=phase.id, judge_id=judge.id, submission_id=submission.id)
    AssignmentFactory(
        phase_id=phase.id, judge_id=former.id, submission_id=submission.id, state="replaced", reason="Ill"
    )
    return phase, mine.id, judge.id


def _things(
    db: Session, person: Any, round_: Round, requirement: Requirement, submission: Submission, phase: Phase
) -> tuple[Question, Announcement, Override, Decision]:
    now = clock.now(db)
    asker = person("asker")
    question = Question(
        round_id=round_.id,
        requirement_id=requirement.id,
        asker_id=asker.id,
        body="How dark is it?",
        answer="Below 1 lux.",
        answered_at=now,
        public=True,
    )
    announcement = Announcement(
        round_id=round_.id, title_zh="现场答疑", title_en="Open day", body_zh="周五。", body_en="On Friday."
    )
    override = Override(
        round_id=round_.id, stage="judging", kind="extend", before_at=now, after_at=now, reason="A storm."
    )
    decision = Decision(requirement_id=requirement.id, round_id=round_.id, proposed_id=submission.id)
    prize = PrizeFactory(round_id=round_.id)
    award = Award(
        round_id=round_.id,
        prize_id=prize.id,
        submission_id=submission.id,
        state="confirmed",
        confirmed_at=now,
    )
    db.add(
        ScreeningCase(
            submission_id=submission.id,
            kind="rule_out",
            reasons=["rights"],
            text="Whose patent is it?",
            opened_at=now,
            reply_until=now,
        )
    )
    requirement.state_reason = "The unit of indicator 3 is missing."
    submission.state_reason = "No originality declaration."
    round_.cancel_reason = "Not enough judges."
    db.add_all([question, announcement, override, decision, award])
    db.flush()
    return question, announcement, override, decision


def reached(world: World) -> set[tuple[str, str, str]]:
    """(event, template, name) of every letter that was put, read from the keys of their tasks."""
    names = {f"user:{person.id}": name for name, person in world.people.items()}
    keys = world.db.scalars(sa.select(Task.key).where(Task.kind == "mail"))
    parts = [key.split("/") for key in keys]
    return {(key[1], key[-2], names[key[-1]]) for key in parts}
