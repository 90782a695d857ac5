"""When requirements are matched: soon after what they are compared with has changed, all at once.

Vectors first, a part at a time, each kept as it comes; then the needs whose matches are of something else.
Killed anywhere, the next try goes on where it was.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import fresh_session, one_view
from challenge.distribution import past
from challenge.matches import keeping, subjects
from challenge.matches.subjects import Need, Subject
from challenge.tasks import queue
from challenge.tasks.queue import Leased, Work

log = structlog.get_logger()
PAUSE = dt.timedelta(minutes=1)  # needs of one minute are matched together
EVERY = dt.timedelta(minutes=10)  # a change of what is offered touches all needs: at most this often
SECONDS = 25.0  # of one row of work, with its last child less than a lease; what is left goes on in another
TEXTS, NEEDS = 64, 40  # of one child
MOST = 100  # of a kind, for one requirement
ASKS = ":need"  # a model reads a question otherwise than an answer


@dataclass(frozen=True, slots=True)
class Engine:
    """What a handler brings: `engines/suggesting.py`, and the models that are installed."""

    models: Sequence[str]
    vectors: Callable[[str, Sequence[str], bool], list[str]]
    match: Callable[[Mapping[str, Any]], list[list[dict[str, Any]]]]
    fault: type[Exception]  # where no answer comes


def of_need(session: Session, _facts: Mapping[str, Any]) -> list[Work]:
    """A requirement opened, changed or is gone: one row of work a minute, however many do."""
    return [_work(f"{clock.now(session):%Y-%m-%dT%H:%M}", PAUSE)]


def of_supply(session: Session, _facts: Mapping[str, Any]) -> list[Work]:
    """What is offered has changed: one row of work at the end of its ten minutes."""
    now = clock.now(session)
    number = int(now.timestamp() // EVERY.total_seconds())
    end = dt.datetime.fromtimestamp((number + 1) * EVERY.total_seconds(), dt.UTC)
    return [_work(f"supply/{number}", end - now)]


def asked(session: Session) -> Work:
    """Somebody asked for it now."""
    return _work(clock.now(session).isoformat())


def _work(mark: str, delay: dt.timedelta = dt.timedelta(0)) -> Work:
    return Work("recommend", f"recommend/{mark}", {}, delay)


@dataclass(slots=True)
class _View:
    """All that is compared, read at one instant."""

    needs: list[Need]
    everyone: list[Subject]
    models: list[str]
    vectors: dict[tuple[str, str], str] = field(default_factory=dict)

    def lacking(self) -> tuple[str, bool, dict[str, str]] | None:
        """A model, whether its texts ask, and the next texts (by digest) that it has not read yet."""
        answers = {text.digest: text.text for each in self.everyone for text in each.texts}
        questions = {need.text.digest: need.text.text for need in self.needs}
        for model in self.models:
            for asks, name, texts in ((False, model, answers), (True, model + ASKS, questions)):
                missing = [each for each in texts if (name, each) not in self.vectors][:TEXTS]
                if missing:
                    return model, asks, {each: texts[each] for each in missing}
        return None


def run(task: Leased, engine: Engine, seconds: float = SECONDS) -> None:
    """Match every open requirement whose matches are no longer of what there is."""
    began = time.monotonic()
    view = _read(engine.models)
    while True:
        more = _step(view, engine)
        if more and time.monotonic() - began < seconds:
            continue
        with fresh_session() as session:
            if more:
                queue.put(session, Work("recommend", f"{task.key}+", task.payload))
            queue.finish(session, task)
        return


def _read(models: Sequence[str]) -> _View:
    with fresh_session() as session:
        one_view(session)
        view = _View(subjects.needs(session), subjects.everyone(session, past.answers(session)), list(models))
        view.vectors = keeping.vectors(session, [*models, *(model + ASKS for model in models)])
    return view


def _step(view: _View, engine: Engine) -> bool:
    """One child's work, kept in a transaction of its own; False once nothing is left."""
    lacking = view.lacking()
    if lacking is not None:
        _embed(view, engine, *lacking)
        return True
    others = subjects.digest_of(view.everyone, view.models)
    digests = {need.id: subjects.digest_with(need, others) for need in view.needs}
    with fresh_session() as session:
        stale = keeping.stale(session, view.needs, digests)
        if not stale:
            wanted = [text.digest for each in view.everyone for text in each.texts]
            keeping.forget_vectors(session, [*wanted, *(need.text.digest for need in view.needs)])
            keeping.forget_closed(session, view.needs)
            return False
    part = stale[:NEEDS]
    for need, found in zip(part, engine.match(_question(view, part)), strict=True):
        with fresh_session() as session:
            keeping.keep(session, need, view.everyone, found, digests[need.id], view.models)
    return len(stale) > NEEDS or _step(view, engine)


def _embed(view: _View, engine: Engine, model: str, asks: bool, texts: Mapping[str, str]) -> None:
    """Read a part of the texts; a model that breaks down is left out, and the words remain."""
    try:
        numbers = engine.vectors(model, list(texts.values()), asks)
    except engine.fault as fault:
        log.warning("a model is left out of matching", model=model, error=str(fault))
        view.models.remove(model)
        return
    name = model + ASKS if asks else model
    made = dict(zip(texts, numbers, strict=True))
    with fresh_session() as session:
        keeping.keep_vectors(session, name, made)
    view.vectors.update({(name, digest): numbers for digest, numbers in made.items()})


def _question(view: _View, needs: Sequence[Need]) -> dict[str, Any]:
    """What the engine is asked, as plain values."""
    return {
        "models": view.models,
        "most": MOST,
        "profiles": [
            {
                "kind": each.kind,
                "facts": each.facts.to_json(),
                "past": [each.past.interested, each.past.declined, each.past.silent],
                "texts": [
                    {"text": text.text, "shown": text.shown, "vectors": _vectors(view, text.digest, "")}
                    for text in each.texts
                ],
            }
            for each in view.everyone
        ],
        "needs": [
            {
                "text": need.text.text,
                "vectors": _vectors(view, need.text.digest, ASKS),
                "facts": need.facts.to_json(),
                "barred": [at for at, each in enumerate(view.everyone) if need.seeker_id in each.people],
            }
            for need in needs
        ],
    }


def _vectors(view: _View, digest: str, suffix: str) -> dict[str, str]:
    return {model: view.vectors[model + suffix, digest] for model in view.models}
