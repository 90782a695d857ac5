"""Similar needs for good proposals: found by `flask work`, with the engine that finds achievements for needs.

By words and facts alone: a proposal is read once or twice in its life, which no model is loaded for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from challenge.awards import anew_bar, anew_reads
from challenge.awards.anew_bar import Offerable
from challenge.awards.anew_models import AnewConsent, AnewMatch
from challenge.base import clock
from challenge.base.db import begin_write, fresh_session
from challenge.matches import subjects
from challenge.matches.subjects import Need
from challenge.submissions.models import Submission
from challenge.tasks import queue
from challenge.tasks.queue import Leased

Match = Callable[[Mapping[str, Any]], list[list[dict[str, Any]]]]
MOST = 5  # entries for one need
NEEDS = 200  # of one child


def run(task: Leased, match: Match) -> None:
    """Put what is found now in the place of what was found for the round before."""
    round_id = task.payload["round_id"]
    with fresh_session() as session:
        search = anew_reads.search_of(session, round_id)
        needs = subjects.needs(session)
        entries = anew_bar.offerable(session, search) if search is not None else []
    found = [
        row
        for at in range(0, len(needs), NEEDS)
        for row in _rows(entries, needs[at : at + NEEDS], match)
        if entries
    ]
    with fresh_session() as session:
        begin_write(session)
        here = sa.select(Submission.id).where(Submission.round_id == round_id)
        session.execute(sa.delete(AnewMatch).where(AnewMatch.submission_id.in_(here)))
        # Whoever took their word back meanwhile is not found.
        agree = sa.select(AnewConsent.submission_id).where(AnewConsent.submission_id.in_(here))
        still = set(session.scalars(agree.with_for_update()))
        rows = [each for each in found if each["submission_id"] in still]
        if rows:
            session.execute(sa.insert(AnewMatch), rows)
        search = anew_reads.search_of(session, round_id)
        if search is not None:
            search.found_at = clock.now(session)
        queue.finish(session, task)


def _rows(entries: Sequence[Offerable], needs: Sequence[Need], match: Match) -> list[dict[str, Any]]:
    question = {
        "models": [],
        "most": MOST,
        "profiles": [_profile(each) for each in entries],
        "needs": [
            {
                "text": need.text.text,
                "vectors": {},
                "facts": need.facts.to_json(),
                "barred": [at for at, each in enumerate(entries) if _barred(each, need)],
            }
            for need in needs
        ],
    }
    return [
        {
            "submission_id": entries[each["place"]].subject.id,
            "requirement_id": need.id,
            "score": each["score"],
            "reasons": each["reasons"],
        }
        for need, found in zip(needs, match(question), strict=True)
        for each in found
    ]


def _profile(entry: Offerable) -> dict[str, Any]:
    return {
        "kind": entry.subject.kind,
        "facts": entry.subject.facts.to_json(),
        "past": [0, 0, 0],
        "texts": [{"text": text.text, "shown": True, "vectors": {}} for text in entry.subject.texts],
    }


def _barred(entry: Offerable, need: Need) -> bool:
    """An entry is not found for the need it was made for, nor for one of its own people's."""
    return need.id == entry.requirement_id or need.seeker_id in entry.subject.people
