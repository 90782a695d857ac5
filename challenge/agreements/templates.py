"""The texts that agreements begin from: those of a programme, or those that the product brings along."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements.models import AgreementTemplate
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.rounds.models import Programme
from challenge.rules import agreement_checks
from challenge.rules.agreement_texts import LANGS
from challenge.rules.agreements import KINDS
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, Subject, require

_TEXTS = Path(__file__).parent / "texts"
MOST = agreement_checks.MOST_TEXT["clauses"]


@dataclass(frozen=True, slots=True)
class Template:
    """A text in force; `own`: the programme's; `version` is of its changes, 0 before the first."""

    kind: str
    lang: str
    text: str
    version: int = 0
    own: bool = False

    @property
    def name(self) -> str:
        """How an agreement says where it began: 'development/zh/2', or 'development/zh/shipped'."""
        return f"{self.kind}/{self.lang}/{self.version if self.own else 'shipped'}"


def subject_of(programme: Programme) -> Subject:
    """The facts of a programme's texts."""
    return Subject(kind="agreement_template", programme_id=programme.id, host_id=programme.host_id)


@cache
def shipped(kind: str, lang: str) -> str:
    """The text that the product brings along; raises NotFound."""
    if kind not in KINDS or lang not in LANGS:
        raise NotFound
    return (_TEXTS / f"{kind}.{lang}.txt").read_text(encoding="utf-8").strip() + "\n"


def of(session: Session, programme_id: int, kind: str, lang: str) -> Template:
    """The text in force for a kind and a language (one statement); raises NotFound."""
    usual = shipped(kind, lang)
    row = session.scalar(_rows(programme_id).where(_is(kind, lang)))
    return _template(row, kind, lang, usual)


def all_of(session: Session, programme_id: int) -> list[Template]:
    """All that are in force in a programme (one statement)."""
    rows = {(row.kind, row.lang): row for row in session.scalars(_rows(programme_id))}
    return [
        _template(rows.get((kind, lang)), kind, lang, shipped(kind, lang))
        for kind, lang in product(KINDS, LANGS)
    ]


def save(
    session: Session, actor: Actor, programme: Programme, kind: str, lang: str, text: str, seen: int
) -> Template:
    """Put a programme's own text in force. The same again changes nothing.

    Raises Invalid `text`: empty, too long, or with fields that there are not, which it names.
    """
    usual = shipped(kind, lang)
    begin_write(session)
    require(actor, Action.AGREEMENT_TEMPLATE, subject_of(programme))
    text = text.replace("\r\n", "\n").strip() + "\n"
    if not text.strip():
        raise Invalid("text", "required")
    if len(text) > MOST:
        raise Invalid("text", "too_long", most=MOST, length=len(text))
    faults = list(agreement_checks.clauses(text, "text"))
    if faults:
        raise InvalidMany(faults)
    known = of(session, programme.id, kind, lang)
    if known.text == text:
        return known
    return _put(session, actor, programme, known, None if text == usual else text, seen)


def restore(session: Session, actor: Actor, programme: Programme, kind: str, lang: str) -> Template:
    """The shipped text again; agreements that began from the own one keep what they say."""
    shipped(kind, lang)
    begin_write(session)
    require(actor, Action.AGREEMENT_TEMPLATE, subject_of(programme))
    known = of(session, programme.id, kind, lang)
    return _put(session, actor, programme, known, None, known.version) if known.own else known


def _put(
    session: Session, actor: Actor, programme: Programme, known: Template, text: str | None, seen: int
) -> Template:
    now = clock.now(session)
    this = _is(known.kind, known.lang)
    row = session.scalar(_rows(programme.id).where(this).with_for_update())
    if row is not None and row.version != seen:
        raise WrongState("changed_meanwhile", at=row.updated_at)
    if row is None:
        row = AgreementTemplate(programme_id=programme.id, kind=known.kind, lang=known.lang, version=0)
        session.add(row)
    row.text, row.author_id, row.updated_at = text, actor.user_id, now
    row.version += 1
    session.flush()
    made = _template(row, known.kind, known.lang, shipped(known.kind, known.lang))
    subject = f"programme:{programme.id}"
    chain.record(session, actor, "agreement.template_set", subject, at=now, template=made.name)
    return made


def _rows(programme_id: int) -> sa.Select[AgreementTemplate]:
    return sa.select(AgreementTemplate).where(AgreementTemplate.programme_id == programme_id)


def _is(kind: str, lang: str) -> sa.ColumnElement[bool]:
    return sa.and_(AgreementTemplate.kind == kind, AgreementTemplate.lang == lang)


def _template(row: AgreementTemplate | None, kind: str, lang: str, usual: str) -> Template:
    if row is None:
        return Template(kind, lang, usual)
    return Template(kind, lang, row.text or usual, row.version, row.text is not None)
