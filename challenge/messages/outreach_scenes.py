"""What letters about needs on their way speak of: news of searches and follows, a posting, a meeting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy.orm import Session, joinedload

from challenge.accounts import watching
from challenge.accounts.models import User
from challenge.base import clock
from challenge.distribution import answering, delivering, tokens
from challenge.docking import timeline
from challenge.docking.models import Docking, DockingPair
from challenge.requirements import public
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.supply.models import Achievement

Scene = dict[str, Any]


def _achievement(session: Session, achievement_id: int) -> Scene:
    return {"achievement": session.get_one(Achievement, achievement_id)}


def _news(_session: Session, news: Mapping[str, Any]) -> Scene:
    """What is new for a reader, as things with titles in two languages."""

    def things(rows: list[dict[str, Any]]) -> list[SimpleNamespace]:
        return [SimpleNamespace(**row) for row in rows]

    searches = [SimpleNamespace(text=each["text"], finds=things(each["finds"])) for each in news["searches"]]
    return {"news": SimpleNamespace(searches=searches, follows=things(news["follows"]))}


def _stop(session: Session, user_id: int) -> Scene:
    return {"stop": watching.stop_token(session.get_one(User, user_id))}


def _posting(session: Session, posting_id: int) -> Scene:
    """What a recipient of a distribution reads: public faces alone, so nobody who is anonymous is in it."""
    posting = answering.posting_of_id(session, posting_id)
    needs = public.public_rows(session, delivering.needs_of(session, posting_id))
    return {
        "posting": posting,
        "needs": needs,
        "said": posting.sending.note,
        "forwarded": posting.sending.origin == "forward",
        "shared": posting.sending.origin == "share",
        "again": posting.sending.again,
        "zone": needs[0].zone if needs else None,
        "token": tokens.write(tokens.ANSWER, posting.ref),
        "leave": tokens.write(tokens.LEAVE, posting.recipient.ref),
    }


def _docking(session: Session, docking_id: int) -> Scene:
    """A meeting: its need, and the seeker's name only where the candidate may know it."""
    pair = joinedload(Docking.pair)
    of_pair = (pair.joinedload(DockingPair.requirement).joinedload(Requirement.seeker),)
    names = [pair.joinedload(each) for each in timeline.CANDIDATE]
    docking = session.get_one(Docking, docking_id, options=[*of_pair, *names])
    need = docking.pair.requirement
    return {
        "docking": docking,
        "need": need,
        "candidate": timeline.candidate_name(docking.pair),
        "named": docking.pair.names_seeker,
        "zone": session.get_one(Round, need.round_id).zone,
        "written_at": clock.now(session),
    }


OUTREACH: Mapping[str, Callable[[Session, Any], Scene]] = {
    "achievement_id": _achievement,
    "news": _news,
    "stop_id": _stop,
    "posting_id": _posting,
    "docking_id": _docking,
}
