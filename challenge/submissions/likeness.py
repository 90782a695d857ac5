"""The likeness check of a round: its entries against each other and against earlier rounds of the programme.

Compared are the answers as they were entered, never files. It runs as work after the close, in steps that are
each whole: sketches of versions are made once and kept, and what a check found replaces what it found before.
It finds passages in common, and says nothing about who wrote them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, undefer

from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write, insert_into
from challenge.requirements.models import Indicator, Requirement
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round, RoundPage, RoundWindow
from challenge.rules import likeness, naming
from challenge.rules.lifecycles import ENTERED
from challenge.rules.permissions import SYSTEM
from challenge.rules.stages import Stage
from challenge.submissions.content import values_of
from challenge.submissions.likeness_models import LikenessPair, LikenessRun, LikenessSketch
from challenge.submissions.models import Submission, TeamMember, Version

BATCH = 100  # versions whose sketches are made in one step
SHARE, LEAST = 0.1, 6  # a tenth of the smaller entry's fingerprints, and some 24 shingles
MOST = 20  # what stands in more entries than this, or in more than half of a small round, is everybody's
_TAG = re.compile(r"<[^>]*>")


def begin(session: Session, round_id: int, at: dt.datetime) -> None:
    """Note that the round's check is to run (again); what was found before stays until then."""
    fresh = {"round_id": round_id, "state": "waiting", "asked_at": at, "figures": {}}
    again = {"state": "waiting", "asked_at": at}
    put = insert_into(session, LikenessRun).values(fresh)
    session.execute(put.on_conflict_do_update(index_elements=[LikenessRun.round_id], set_=again))


def known(session: Session, round_id: int) -> LikenessRun | None:
    """The round's check as it stands."""
    return session.get(LikenessRun, round_id, populate_existing=True)


def step(session: Session, round_id: int) -> bool:
    """One step of the check; whether there is another. Before the close, or while sealed, there is none."""
    begin_write(session)
    round_ = rounds.by_id(session, round_id)
    now = clock.now(session)
    subject = rounds.subject_of(round_, now)
    if Stage.SUBMISSION in subject.open or (round_.sealed and round_.unsealed_at is None):
        return False
    missing = _without_sketch(session, round_)
    if missing:
        _sketch(session, missing)
        return True
    _compare(session, round_, now)
    return False


def _compared(round_: Round) -> sa.ColumnElement[bool]:
    """Entries of the round, and of rounds of its programme whose submission closed before it."""
    mine, other = aliased(RoundWindow), aliased(RoundWindow)
    end = sa.select(mine.closes_at).where(mine.round_id == round_.id, mine.stage == Stage.SUBMISSION.value)
    earlier = (
        sa.select(Round.id)
        .join(other, sa.and_(other.round_id == Round.id, other.stage == Stage.SUBMISSION.value))
        .where(Round.programme_id == round_.programme_id, other.closes_at < end.scalar_subquery())
        .where(sa.or_(Round.sealed.is_(False), Round.unsealed_at.is_not(None)))
    )
    return sa.and_(
        Submission.state.in_(ENTERED),
        sa.or_(Submission.round_id == round_.id, Submission.round_id.in_(earlier)),
        Version.current,
        Version.sealed.is_(False),
    )


def _without_sketch(session: Session, round_: Round) -> Sequence[Version]:
    have = sa.and_(LikenessSketch.version_id == Version.id, LikenessSketch.method == likeness.METHOD)
    query = (
        sa.select(Version)
        .join(Submission, Submission.id == Version.submission_id)
        .where(_compared(round_), ~sa.exists().where(have))
        .options(undefer(Version.hidden))
        .order_by(Version.id)
        .limit(BATCH)
    )
    return session.scalars(query).all()


def _sketch(session: Session, versions: Sequence[Version]) -> None:
    rows = [
        {
            "version_id": version.id,
            "method": likeness.METHOD,
            "fingerprints": likeness.packed(likeness.fingerprints(text for _, text in texts_of(version))),
        }
        for version in versions
    ]
    put = insert_into(session, LikenessSketch).values(rows)
    newer = {"method": put.excluded.method, "fingerprints": put.excluded.fingerprints}
    session.execute(put.on_conflict_do_update(index_elements=[LikenessSketch.version_id], set_=newer))


def texts_of(version: Version) -> Iterator[tuple[str, str]]:
    """(field, text) of what was written in a version, its hidden answers (loaded) too; evidence last."""
    for key, value in {**values_of(version.content), **version.hidden}.items():
        if key != "title":
            yield from ((key, text) for text in naming.words_in(value))
    for answer in version.content.get("answers", ()):
        yield f"indicator-{answer['indicator']}", str(answer.get("evidence") or "")


def _compare(session: Session, round_: Round, now: dt.datetime) -> None:
    """Replace the pairs of the round, and say on record how many there are; one process at a time."""
    turn = sa.select(LikenessRun.round_id).where(LikenessRun.round_id == round_.id)
    session.execute(turn.with_for_update())
    query = (
        sa.select(Version.id, Submission.round_id, Submission.requirement_id, LikenessSketch.fingerprints)
        .join(Submission, Submission.id == Version.submission_id)
        .join(LikenessSketch, LikenessSketch.version_id == Version.id)
        .where(_compared(round_))
        .order_by(Version.id)
    )
    documents: dict[int, Sequence[int]] = {}
    asked: dict[int, tuple[int, int | None]] = {}
    for number, round_id, requirement_id, sketch in session.execute(query.execution_options(yield_per=500)):
        documents[number] = likeness.unpacked(sketch)
        asked[number] = (round_id, requirement_id)
    own = {number for number, (round_id, _) in asked.items() if round_id == round_.id}
    words = _asked_words(session, set(asked.values()))
    most = min(MOST, max(3, len(own) // 2))
    left_out = {number: words[thing] for number, thing in asked.items()}
    found = likeness.compare(documents, own, most=most, share=SHARE, least=LEAST, left_out=left_out)
    _store(session, round_.id, documents, found, left_out, now)
    figures = {
        "entries": len(own),
        "earlier": len(documents) - len(own),
        "pairs": len(found.pairs),
        "most": most,
        "left_out": len(found.too_common),
    }
    done = {"state": "done", "done_at": now, "figures": figures}
    session.execute(sa.update(LikenessRun).where(LikenessRun.round_id == round_.id).values(done))
    where, subject = chain.round_chain(round_.id), f"round:{round_.id}"
    chain.record(session, SYSTEM, "likeness.checked", subject, chain=where, at=now, **figures)


def _asked_words(
    session: Session, things: set[tuple[int, int | None]]
) -> dict[tuple[int, int | None], frozenset[int]]:
    """The shingles of what a round and a requirement say themselves: who repeats them copies nobody."""
    round_ids, needs = {each for each, _ in things}, {each for _, each in things if each is not None}
    texts: dict[tuple[str, int], list[str]] = {}
    pages = sa.select(RoundPage.round_id, RoundPage.source).where(RoundPage.round_id.in_(round_ids))
    for round_id, source in session.execute(pages):
        texts.setdefault(("round", round_id), []).append(_TAG.sub(" ", source))
    columns = (
        *(Requirement.title_zh, Requirement.title_en, Requirement.summary_zh, Requirement.summary_en),
        *(Requirement.problem_zh, Requirement.problem_en, Requirement.goals),
    )
    for number, *said in session.execute(
        sa.select(Requirement.id, *columns).where(Requirement.id.in_(needs))
    ):
        texts.setdefault(("need", number), []).extend(text for text in said if text)
    names = sa.select(Indicator.requirement_id, Indicator.name_zh, Indicator.name_en)
    for number, *said in session.execute(names.where(Indicator.requirement_id.in_(needs))):
        texts.setdefault(("need", number), []).extend(text for text in said if text)
    shingles = {thing: likeness.everything(said) for thing, said in texts.items()}
    nothing: frozenset[int] = frozenset()
    return {
        (round_id, need): shingles.get(("round", round_id), nothing)
        | shingles.get(("need", need or 0), nothing)
        for round_id, need in things
    }


def words_of(session: Session, submission: Submission) -> frozenset[int]:
    """The shingles that are left out for one submission as its round's and its requirement's own."""
    thing = (submission.round_id, submission.requirement_id)
    return _asked_words(session, {thing})[thing]


def _store(
    session: Session,
    round_id: int,
    documents: Mapping[int, Sequence[int]],
    found: likeness.Found,
    left_out: Mapping[int, frozenset[int]],
    now: dt.datetime,
) -> None:
    session.execute(sa.delete(LikenessPair).where(LikenessPair.round_id == round_id))
    people = _people(session, {each for pair in found.pairs for each in (pair.first, pair.second)})
    rows = []
    for pair in found.pairs:
        common = set(documents[pair.first]) & set(documents[pair.second]) - found.too_common
        common -= left_out[pair.first] | left_out[pair.second]
        row = {
            "round_id": round_id,
            "version_id": pair.first,
            "other_id": pair.second,
            "share": round(pair.share * 1000),
            "common": pair.count,
            "same_team": bool(people.get(pair.first, set()) & people.get(pair.second, set())),
            "marks": likeness.packed(common),
            "found_at": now,
        }
        rows.append(row)
    for start in range(0, len(rows), 500):
        session.execute(sa.insert(LikenessPair), rows[start : start + 500])


def _people(session: Session, version_ids: set[int]) -> dict[int, set[int]]:
    """The accounts behind versions: where two share one, a team has entered its own again."""
    found: dict[int, set[int]] = {}
    ids = sorted(version_ids)
    for start in range(0, len(ids), 500):
        query = (
            sa.select(Version.id, TeamMember.user_id)
            .join(TeamMember, TeamMember.submission_id == Version.submission_id)
            .where(Version.id.in_(ids[start : start + 500]), TeamMember.user_id.is_not(None))
        )
        rows: Any = session.execute(query)
        for version_id, user_id in rows:
            found.setdefault(version_id, set()).add(user_id)
    return found
