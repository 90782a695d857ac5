"""What a search for the best assignment is made of: what entries show to judges, what judges work on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import entries, expertise
from challenge.judging.models import Phase
from challenge.judging.places import Columns, Row
from challenge.requirements.models import Requirement
from challenge.rules import naming
from challenge.rules.assignment import Options, World
from challenge.submissions import asking, reading
from challenge.submissions.models import Submission, SubmissionForm, Version


def of_phase(session: Session, phase: Phase, world: World, options: Options) -> dict[str, Any]:
    """What the engine is asked, everything by its place in the world (three statements)."""
    texts = _texts(session, phase)
    known = expertise.of_panel(session, phase.id)
    places = {entry: place for place, entry in enumerate(world.entries)}
    seats = {judge: place for place, judge in enumerate(world.judges)}
    movable = world.movable if options.move else set()
    stands = set(world.reading)
    left = set(world.states) - stands
    return {
        "entries": [texts.get(entry, "") for entry in world.entries],
        "judges": [
            {
                "texts": [*_keywords(known.get(judge)), *(known[judge].texts if judge in known else ())],
                "languages": sorted(known[judge].languages) if judge in known else [],
                "least": options.least,
                "most": world.most(judge, options),
            }
            for judge in world.judges
        ],
        "per_entry": options.per_entry,
        "weight": options.weight,
        **{
            name: sorted([places[entry], seats[judge]] for judge, entry in pairs if entry in places)
            for name, pairs in (
                ("fixed", stands - movable),
                ("existing", movable),
                ("never", left | world.obstacles.keys()),
            )
        },
    }


def _keywords(known: expertise.Expertise | None) -> list[str]:
    return [", ".join(known.keywords)] if known and known.keywords else []


_ASKED = ("title_zh", "title_en", "summary_zh", "summary_en", "problem_zh", "problem_en", "goals", "keywords")


def _texts(session: Session, phase: Phase) -> Mapping[int, str]:
    """What each entry shows to judges, and what its requirement says in public: no team, nothing hidden."""
    query: Columns = (
        sa.select(
            Submission.id,
            Version.content,
            SubmissionForm.version.label("form_version"),
            SubmissionForm.digest.label("form_digest"),
            SubmissionForm.spec.label("form_spec"),
            Requirement.id.is_not(None).label("asked_for"),
            *(getattr(Requirement, name) for name in _ASKED),
        )
        .outerjoin(Version, sa.and_(Version.submission_id == Submission.id, Version.current))
        .outerjoin(SubmissionForm, reading.answered())
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .where(entries.of_phase(phase))
    )
    return {
        row.id: "\n".join(filter(None, [*_written(row), *(_plain(getattr(row, name)) for name in _ASKED)]))
        for row in session.execute(query)
    }


def _written(row: Row) -> Iterator[str]:
    content = row.content or {}
    if row.form_spec is None:
        spec = asking.usual(row.asked_for).spec
    else:
        spec = asking.parsed(row.form_version, row.form_digest, row.form_spec).spec
    yield str(content.get("title") or "")
    for part in reading.parts(spec, content, (), None):
        for item in part.items:
            yield from naming.words_in(item.value)
            yield from (str(answer.get("evidence") or "") for answer in item.answers)


def _plain(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value or "")
