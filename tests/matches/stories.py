"""A need for lithium recovery, those who could help, and those who could not."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base.db import db as database
from challenge.engines import suggesting
from challenge.flow import recommending
from challenge.matches.models import Match, MatchRun
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.supply import experts
from challenge.supply.models import Achievement
from challenge.tasks import queue
from tests.factories import RequirementFactory, actor_of
from tests.supply.stories import expert, offered

LITHIUM_ZH, LITHIUM_EN = "退役磷酸铁锂电池黑粉提锂", "Lithium from spent LFP black mass"
SECRET = "CANARY-NEED pilot line in Baiyin"
PRIVATE = "CANARY-TEXT Lithium leaching of spent batteries with oxalic acid in a rotating reactor."


@dataclass
class World:
    """Who is in the story."""

    slug: str  # of the round
    programme_id: int
    need: Requirement
    leacher: User
    cowherd: User
    silent: User  # fits best of all, and did not agree
    reactor: Achievement
    milking: Achievement

    @staticmethod
    def owner_of(offer: Achievement) -> User:
        """Who wrote an achievement, and speaks for its owner."""
        return database.session.get_one(User, offer.author_id)


def world(db: Session) -> World:
    """One need, three experts of whom two agreed, two achievements."""
    need = RequirementFactory(
        title_zh=LITHIUM_ZH,
        title_en=LITHIUM_EN,
        summary_zh="锂回收率不低于95%，少用强酸。",
        summary_en="Recover lithium without mineral acid.",
        problem_zh="年处理五千吨退役磷酸铁锂电池黑粉，铁磷渣重新制成正极材料。",
        problem_en="Five thousand tons of spent lithium iron phosphate batteries a year.",
        confidential_part=SECRET,
        field="energy",
        region="620102",
        keywords=["lithium"],
        modes=["licence"],
    )
    about = "锂电池回收，湿法冶金提锂。"
    leacher = expert(db, "Leach Li", about_zh=about, keywords="锂回收, 黑粉", region="620000", matched=True)
    experts.add_document(db, actor_of(leacher), "Oxalic acid", PRIVATE)
    cows = "奶牛发情监测与育种。"
    cowherd = expert(db, "Cow Gao", about_zh=cows, keywords="奶牛", field="agrifood", matched=True)
    silent = expert(db, "Silent Shi", about_zh=f"{LITHIUM_ZH}，{about}", keywords="锂回收", matched=False)
    reactor = offered(
        db,
        title_zh="黑粉选择性提锂反应器",
        title_en="Selective lithium leaching reactor",
        summary_zh="退役磷酸铁锂电池黑粉不用强酸提锂。",
        summary_en="Leaches lithium from spent LFP black mass without mineral acid.",
        detail="CANARY-DETAIL",
        field="energy",
        keywords=("lithium",),
    )
    milking = offered(
        db,
        title_zh="挤奶机器人",
        title_en="Milking robot",
        summary_zh="清洗奶牛乳头。",
        summary_en="Cleans teats of cows.",
        field="agrifood",
        keywords=("milk",),
    )
    db.commit()
    round_ = db.get_one(Round, need.round_id)
    return World(round_.slug, round_.programme_id, need, leacher, cowherd, silent, reactor, milking)


def compare(db: Session) -> None:
    """What the row of work does, by words alone: no model decides what these tests say."""
    db.commit()
    queue.put(db, recommending.asked(db))
    db.commit()
    [task] = queue.lease(db, kinds=["recommend"])
    db.commit()
    engine = recommending.Engine([], suggesting.vectors, suggesting.match, suggesting.SuggestionFault)
    recommending.run(task, engine)
    db.expire_all()


def matches(db: Session, need: Requirement, kind: str) -> list[Match]:
    """What is kept for a need, the best first."""
    query = sa.select(Match).where(Match.requirement_id == need.id, Match.kind == kind)
    return list(db.scalars(query.order_by(Match.place)))


def kept(db: Session) -> list[MatchRun]:
    """When needs were matched."""
    return list(db.scalars(sa.select(MatchRun).order_by(MatchRun.requirement_id)))
