"""Partners of a programme and questions that are asked often: added, shown, ordered, removed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.files import services as files
from challenge.files.models import Blob
from challenge.files.receiving import Kept
from challenge.rounds.models import Programme
from challenge.rounds.programme_models import LEVELS, ProgrammeAnswer, ProgrammePartner
from challenge.rounds.programme_pages import moved
from challenge.rounds.programmes import TITLE, length_faults, subject_of
from challenge.rounds.resources import url_faults
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action, Actor, require

MOST = 60
ANSWER = 3000
QUESTION = 300
LOGO_TYPES = ("image/png", "image/jpeg", "image/webp")
LOGO_BYTES = 1024 * 1024
Part = type[ProgrammePartner] | type[ProgrammeAnswer]
PARTS: dict[str, Part] = {"partners": ProgrammePartner, "answers": ProgrammeAnswer}


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """A partner as it is written."""

    name_zh: str = ""
    name_en: str = ""
    url: str = ""
    level: str = "partner"


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """A frequent question with its answer; Markdown works in the answer."""

    question_zh: str = ""
    question_en: str = ""
    answer_zh: str = ""
    answer_en: str = ""
    shown: bool = True


def add_partner(
    session: Session, actor: Actor, programme: Programme, facts: PartnerFacts, logo: Kept | None
) -> ProgrammePartner:
    """Name one more partner, with or without its logo; the same once more is the one that is there."""
    now = _hold(session, actor, programme)
    faults = length_faults(facts, {"name_zh": TITLE, "name_en": TITLE})
    url = facts.url.strip()
    if not facts.name_zh.strip() and not facts.name_en.strip():
        faults.append(Invalid("name_zh", "one_language"))
    if url:
        faults += url_faults(url)
    if facts.level not in LEVELS:
        faults.append(Invalid("level", "not_a_choice"))
    if logo is not None and logo.media_type not in LOGO_TYPES:
        faults.append(Invalid("files", "logo_not_a_picture"))
    values = {
        **{name: getattr(facts, name).strip() or None for name in ("name_zh", "name_en")},
        "url": url or None,
        "level": facts.level,
        "logo": logo.sha256 if logo else None,
    }
    known = _known(session, programme, ProgrammePartner, values, faults)
    if isinstance(known, ProgrammePartner):
        return known
    if logo is not None:
        files.store(session, [logo], now)
    return _added(session, actor, programme, "partners", ProgrammePartner(**values, created_at=now))


def add_answer(session: Session, actor: Actor, programme: Programme, facts: AnswerFacts) -> ProgrammeAnswer:
    """One more question with its answer; the same once more is the one that is there."""
    now = _hold(session, actor, programme)
    values = _texts(facts)
    known = _known(session, programme, ProgrammeAnswer, values, _answer_faults(facts))
    if isinstance(known, ProgrammeAnswer):
        return known
    made = ProgrammeAnswer(**values, shown=facts.shown, created_at=now)
    return _added(session, actor, programme, "answers", made)


def edit_answer(session: Session, actor: Actor, programme: Programme, ref: str, facts: AnswerFacts) -> None:
    """Change a question and its answer; raises `InvalidMany`, NotFound."""
    _hold(session, actor, programme)
    row = by_ref(session, programme, "answers", ref)
    if faults := _answer_faults(facts):
        raise InvalidMany(faults)
    for name, value in {**_texts(facts), "shown": facts.shown}.items():
        setattr(row, name, value)
    _record(session, actor, programme, "answers_edited", ref)


def move(session: Session, actor: Actor, programme: Programme, kind: str, ref: str, by: int) -> None:
    """Move a partner or a question one place up (-1) or down (1)."""
    _hold(session, actor, programme)
    by_ref(session, programme, kind, ref)
    if moved(list(_of(session, programme.id, PARTS[kind])), ref, by):
        _record(session, actor, programme, f"{kind}_ordered", ref)


def remove(session: Session, actor: Actor, programme: Programme, kind: str, ref: str) -> None:
    """Take one away; raises NotFound."""
    _hold(session, actor, programme)
    session.delete(by_ref(session, programme, kind, ref))
    _record(session, actor, programme, f"{kind}_removed", ref)


def by_ref(session: Session, programme: Programme, kind: str, ref: str) -> Any:
    """A partner or a question of the programme; raises NotFound."""
    model = PARTS[kind]
    row = session.scalar(sa.select(model).where(model.programme_id == programme.id, model.ref == ref))
    if row is None:
        raise NotFound
    return row


def partners(session: Session, programme_id: int) -> Sequence[ProgrammePartner]:
    """The partners: the levels in their order, in each as they were put."""
    rows: Sequence[ProgrammePartner] = _of(session, programme_id, ProgrammePartner)
    return sorted(rows, key=lambda row: (LEVELS.index(row.level), row.position, row.id))


def answers(session: Session, programme_id: int, *, shown: bool) -> Sequence[ProgrammeAnswer]:
    """The frequent questions in their order: those shown, or all."""
    rows: Sequence[ProgrammeAnswer] = _of(session, programme_id, ProgrammeAnswer)
    return [row for row in rows if row.shown or not shown]


def logo_of(session: Session, programme_slug: str, ref: str) -> Blob:
    """A partner's stored logo; raises NotFound."""
    query = sa.select(Blob).join(ProgrammePartner, ProgrammePartner.logo == Blob.sha256)
    query = query.join(Programme, Programme.id == ProgrammePartner.programme_id)
    found = session.scalar(query.where(Programme.slug == programme_slug, ProgrammePartner.ref == ref))
    if found is None:
        raise NotFound
    return found


def _of(session: Session, programme_id: int, model: Part) -> Sequence[Any]:
    query = sa.select(model).where(model.programme_id == programme_id)
    return session.scalars(query.order_by(model.position, model.id)).all()


def _hold(session: Session, actor: Actor, programme: Programme) -> dt.datetime:
    require(actor, Action.PROGRAMME_EDIT, subject_of(programme))
    begin_write(session)
    session.execute(sa.select(Programme.id).where(Programme.id == programme.id).with_for_update())
    return clock.now(session)


def _known(
    session: Session, programme: Programme, model: Part, values: dict[str, Any], faults: list[Invalid]
) -> Any:
    there = _of(session, programme.id, model)
    same = (row for row in there if all(getattr(row, name) == value for name, value in values.items()))
    known = next(same, None)
    if known is None and len(there) >= MOST:
        field = "name_zh" if model is ProgrammePartner else "question_zh"
        faults.append(Invalid(field, "too_many_rows", most=MOST))
    if faults:
        raise InvalidMany(faults)
    return known


Row = TypeVar("Row", ProgrammePartner, ProgrammeAnswer)


def _added(session: Session, actor: Actor, programme: Programme, kind: str, row: Row) -> Row:
    there = _of(session, programme.id, PARTS[kind])
    row.programme_id, row.position = programme.id, max((each.position for each in there), default=0) + 1
    session.add(row)
    session.flush()
    _record(session, actor, programme, f"{kind}_added", row.ref)
    return row


def _texts(facts: AnswerFacts) -> dict[str, Any]:
    names = ("question_zh", "question_en", "answer_zh", "answer_en")
    return {name: getattr(facts, name).strip().replace("\r\n", "\n") or None for name in names}


def _answer_faults(facts: AnswerFacts) -> list[Invalid]:
    most = {"question_zh": QUESTION, "question_en": QUESTION, "answer_zh": ANSWER, "answer_en": ANSWER}
    faults = length_faults(facts, most)
    for lang in ("zh", "en"):
        question, answer = getattr(facts, f"question_{lang}"), getattr(facts, f"answer_{lang}")
        if bool(question.strip()) != bool(answer.strip()):
            faults.append(Invalid(f"{'answer' if question.strip() else 'question'}_{lang}", "required"))
    if not facts.question_zh.strip() and not facts.question_en.strip() and not faults:
        faults.append(Invalid("question_zh", "one_language"))
    return faults


def _record(session: Session, actor: Actor, programme: Programme, action: str, ref: str) -> None:
    session.flush()
    chain.record(session, actor, f"programme.{action}", f"programme:{programme.id}", part=ref)
