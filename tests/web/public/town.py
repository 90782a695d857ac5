"""A small town of rounds for tests of the public site: one open, one judged and decided, one cancelled."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from challenge.awards.models import Award, Decision, Notice
from challenge.base import clock
from challenge.base.texts import markdown
from challenge.flow import indexing
from challenge.judging.models import Ranking, RankingRow
from challenge.reports.story_models import Story
from challenge.requirements.face_models import Nda
from challenge.requirements.models import Question, Requirement
from challenge.rounds.models import Announcement, Round, RoundPage
from challenge.rules.scoring import Method
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission
from challenge.training import certificates, courses
from tests.factories import (
    DAY,
    PanelJudgeFactory,
    PhaseFactory,
    PrizeFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.training.stories import school


@dataclass
class Town:
    """What stands in it."""

    open: Round
    need: Requirement
    secret_need: Requirement
    decided: Round
    cancelled: Round


def in_training(db: Session) -> str:
    """A course that everyone reads, with a place and people that nobody else does; its address."""
    made = school(db, place="canary-room", online="https://canary.example.org/")
    made.joins("Canary Student")
    draft = courses.CourseFacts(level="senior", title_en="canary-draft-course")
    courses.create(db, made.by, made.programme, draft)
    over = school(db)
    [number] = over.passed(over.joins("Canary Holder"))
    certificates.revoke(db, over.by, number, "canary-reason")
    return f"/training/{made.ref}"


def town(db: Session) -> Town:
    """An open round with two needs and everything its tabs show, a decided one, a cancelled one."""
    open_ = RoundFactory(slug="open", title_en="Open round", title_zh="进行中的赛季", requirement_count=2)
    need = RequirementFactory(round=open_, title_en="Flaw vision", title_zh="瑕疵检测", number="R-1")
    secret = RequirementFactory(
        round=open_,
        anonymous=True,
        title_en="Quiet pump",
        title_zh="静音泵",
        seeker__name="机密甲公司",
        seeker__name_en="Canary Seeker Ltd",
        confidential_part="canary-confidential-part",
    )
    db.add(Nda(round_id=open_.id, number=1, text_zh="不得外传。", text_en="Tell nobody.", sha256="0" * 64))
    texts(db, open_)
    asked(db, need, body="Are samples available?", answer="After an NDA.")
    db.add(Announcement(round_id=open_.id, title_en="Q&A session", title_zh="答疑会", body_en="Online."))
    PrizeFactory(round_id=open_.id)
    phase = PhaseFactory(round_id=open_.id)
    PanelJudgeFactory(phase_id=phase.id, label="J1", user__name="Canary Judge")
    RequirementFactory(round=open_, state="submitted", title_en="canary-not-published", title_zh="未发布")
    decided = decided_round(db, slug="decided")
    cancelled = RoundFactory(
        slug="cancelled",
        stage=Stage.CANCELLED,
        title_en="Cancelled round",
        cancel_reason="Funds were withdrawn.",
    )
    RoundFactory(slug="draft", stage=Stage.DRAFT, title_en="canary-draft-round")
    db.flush()
    return Town(open_, need, secret, decided, cancelled)


def texts(db: Session, round_: Round) -> None:
    """An about text in both languages, rules in English only."""
    for kind, lang, source in (
        ("about", "zh", "中文介绍"),
        ("about", "en", "About us"),
        ("rules", "en", "Be fair"),
    ):
        html = str(markdown(source))
        db.add(RoundPage(round_id=round_.id, kind=kind, lang=lang, source=source, html=html))


def asked(db: Session, need: Requirement, **values: Any) -> None:
    """A question, answered for everyone unless told otherwise."""
    asker = UserFactory(name="Canary Asker")
    usual = {"public": True, "answered_at": clock.now(db)}
    db.add(Question(round_id=need.round_id, requirement_id=need.id, asker_id=asker.id, **usual | values))


def decided_round(
    db: Session,
    *,
    slug: str,
    published: bool = True,
    starts: dt.timedelta = -20 * DAY,
    ends: dt.timedelta = -10 * DAY,
) -> Round:
    """A round whose notice ran from `starts` to `ends` from now: one winner, one loser, a ranking of both."""
    now = clock.now(db)
    round_ = RoundFactory(slug=slug, stage=Stage.CLOSED, title_en="Decided round", title_zh="已结束的赛季")
    need = RequirementFactory(round=round_, state="selected", title_en="Solved need", title_zh="已解决的需求")
    entries = [
        SubmissionFactory(
            requirement=need, state=state, title=title, team_name=team, code=code, owner__name="Canary Owner"
        )
        for state, title, team, code in (
            ("selected", "Winning idea", "Team North", "S-11"),
            ("not_selected", "canary-losing-title", "Canary Losing Team", "S-22"),
        )
    ]
    ranking = _ranking(db, round_, entries, now)
    prize = PrizeFactory(round_id=round_.id)
    db.add_all(
        (
            Notice(
                round_id=round_.id,
                ranking_id=ranking.id,
                starts_at=now + starts,
                ends_at=now + ends,
                published_at=now + ends if published else None,
            ),
            Award(
                round_id=round_.id,
                prize_id=prize.id,
                submission_id=entries[0].id,
                state="confirmed" if published else "on_notice",
            ),
            Decision(
                requirement_id=need.id,
                round_id=round_.id,
                proposed_id=entries[0].id,
                chosen_id=entries[0].id,
                verdict="confirmed",
            ),
        )
    )
    db.flush()
    return round_


def searchable(db: Session) -> None:
    """Let the search know what stands in the town."""
    db.commit()
    indexing.rebuild()


def _ranking(db: Session, round_: Round, entries: list[Submission], now: dt.datetime) -> Ranking:
    phase = PhaseFactory(round_id=round_.id, method=Method().to_json())
    ranking = Ranking(phase_id=phase.id, method=phase.method, input_digest="0" * 64, created_at=now)
    db.add(ranking)
    db.flush()
    for place, entry in enumerate(entries, start=1):
        db.add(
            RankingRow(
                ranking_id=ranking.id,
                submission_id=entry.id,
                position=place,
                place=place,
                total=Decimal("92.40") - place,
                panel={},
            )
        )
    db.flush()
    return ranking


def storied(db: Session, need: Requirement) -> str:
    """A story of a need; who consented is for its organizers alone. Its address."""
    consents = {"seeker_consent": "canary-consent", "solver_consent": "canary-consent"}
    told = {"title_en": "It runs", "text_en": "Since June.", "state": "published"}
    story = Story(requirement_id=need.id, published_at=clock.now(db), **told, **consents)
    db.add(story)
    db.flush()
    return f"/results/stories/{story.ref}"
