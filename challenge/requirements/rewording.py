"""Wording as a plain value: a requirement's own, what an expert proposes, and a proposal taken over."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import diagnosis_reads as reads
from challenge.requirements import drafting, facts, faults, queries, trail, versions
from challenge.requirements.content import Content, IndicatorRow, read
from challenge.requirements.diagnosis_models import Diagnosis, WordingTaken
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules.diagnosis import TEXTS, WORDED
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor, require

# Field -> text, and `indicators` -> rows of cells: as JSON keeps them.
Wording = Mapping[str, Any]


def wording_of(content: Content) -> dict[str, Any]:
    """How a requirement is worded."""
    kept = versions.written(content)
    return {name: kept[name] for name in WORDED}


def proposed(before: Wording, typed: Wording) -> dict[str, Any]:
    """What was put into other words: a field left as it was, or emptied, proposes nothing."""
    found: dict[str, Any] = {
        name: text
        for name in TEXTS
        if (text := _plain(typed.get(name, ""))) and text != _plain(before.get(name, ""))
    }
    rows = [dataclasses.asdict(row.tidied()) for row in _rows(typed) if not row.empty]
    if rows and rows != [dataclasses.asdict(row.tidied()) for row in _rows(before)]:
        found["indicators"] = rows
    return found


def applied(content: Content, wording: Wording, fields: Collection[str] = WORDED) -> Content:
    """The content with these fields of a wording in place of its own."""
    changes: dict[str, Any] = {name: wording[name] for name in TEXTS if name in fields and name in wording}
    if "indicators" in fields and "indicators" in wording:
        changes["indicators"] = tuple(_rows(wording))
    return dataclasses.replace(content, **changes)


def faults_of(content: Content, wording: Wording, ceiling_minor: int) -> list[Invalid]:
    """What is wrong with the proposed fields, as if they were handed in."""
    found = faults.of_submission(applied(content, wording), ceiling_minor, None)
    return [each for each in found if each.field.partition("-")[0] in wording]


def draft_faults_of(content: Content, wording: Wording, ceiling_minor: int) -> list[Invalid]:
    """What even a draft of a proposal cannot have."""
    found = faults.of_draft(applied(content, wording), ceiling_minor)
    return [each for each in found if each.field.partition("-")[0] in wording]


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _rows(wording: Wording) -> list[IndicatorRow]:
    return [IndicatorRow(**row) for row in wording.get("indicators", ())]


def take(session: Session, actor: Actor, ref: str, fields: Collection[str] | None = None) -> list[str]:
    """Take a proposal over into the requirement: these fields, or all. Which were taken, by name.

    Only while its author may change the requirement. What stands in it already is not taken again.
    """
    diagnosis, requirement, now = _enter(session, actor, ref)
    chosen = [name for name in WORDED if name in diagnosis.wording and (fields is None or name in fields)]
    if not chosen:
        raise Invalid("fields", "choose_one")
    content = read(requirement, queries.closed_part(session, requirement.id))
    own = wording_of(content)
    taken = [name for name in chosen if own[name] != diagnosis.wording[name]]
    if not taken:
        return []
    drafting.edit(session, actor, requirement.ref, applied(content, diagnosis.wording, taken))
    rows = [
        {"diagnosis_id": diagnosis.id, "field": name, "taken_by": actor.user_id, "taken_at": now}
        for name in taken
    ]
    session.execute(sa.insert(WordingTaken), rows)
    trail.record(
        session, actor, "wording.taken", requirement, now, diagnosis=diagnosis.ref, fields=",".join(taken)
    )
    return taken


def _enter(session: Session, actor: Actor, ref: str) -> tuple[Diagnosis, Requirement, dt.datetime]:
    need = reads.need_of(session, ref)
    gate = gates.hold(session, need.round_id)
    requirement = queries.held(session, need.ref)
    require(actor, Action.WORDING_TAKE, facts.subject_of(requirement, gate.now))
    diagnosis = reads.held(session, ref)
    if diagnosis.given_at is None:
        raise NotFound  # its author does not know of it
    return diagnosis, requirement, gate.now
