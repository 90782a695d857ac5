"""What would name the seeker of a requirement, and texts without it, for those who may not know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, Organization, OrganizationAlias, User
from challenge.requirements.content import Content
from challenge.requirements.face_models import Face
from challenge.requirements.models import Requirement
from challenge.rules import redaction
from challenge.rules.redaction import Place, Trace

BAR = "███"
TEXTS = (
    *("title_zh", "title_en", "summary_zh", "summary_en", "problem_zh", "problem_en"),
    *("goals", "partners", "ip_wish"),
)


def places(content: Content, files: Sequence[str] = ()) -> Iterator[Place]:
    """What everyone reads, piece by piece; `files` are names of public ones."""
    for name in TEXTS:
        yield Place(name, getattr(content, name))
    for word in content.keywords:
        yield Place("keywords", word)
    for number, row in enumerate(content.indicators, start=1):
        yield Place(f"indicator {number}", f"{row.name_zh} {row.name_en} {row.unit}".strip())
    for name in files:
        yield Place("files", name)


def traces_of(session: Session, requirement: Requirement, content: Content) -> list[Trace]:
    """What leads to its seeker (four statements at most)."""
    seeker = session.get_one(Organization, requirement.seeker_id)
    of_seeker = sa.select(OrganizationAlias.name).where(OrganizationAlias.organization_id == seeker.id)
    members = (
        sa.select(User.name, User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == seeker.id)
    )
    seats = session.execute(members).all()
    marks = session.scalar(sa.select(Face.marks).where(Face.requirement_id == requirement.id)) or []
    people = [("legal_representative", seeker.legal_representative), ("contact", content.contact_name)]
    people += [("person", name) for name, _email in seats]
    known = redaction.traces_of(
        [name for name in (seeker.name, seeker.name_en) if name],
        session.scalars(of_seeker).all(),
        [*people, ("phone", content.contact_phone)],
        [content.contact_email, *(email for _name, email in seats)],
        marks,
    )
    # An old or foreign code has no check figure: this very one is looked for.
    return [*known, *([Trace("credit_code", code)] if (code := seeker.registration_code or "") else [])]


def veiled(session: Session, requirement: Requirement, content: Content) -> Content:
    """What an expert reads: nobody's contact and, of an anonymous seeker, bars in place of what names it."""
    bare = replace(content, contact_name="", contact_phone="", contact_email="")
    if not content.anonymous:
        return bare
    traces = traces_of(session, requirement, content)

    def bar(text: str) -> str:
        return redaction.veiled(text, traces, BAR)

    texts: dict[str, Any] = {name: bar(getattr(content, name)) for name in (*TEXTS, "confidential_part")}
    rows = (
        replace(row, name_zh=bar(row.name_zh), name_en=bar(row.name_en), unit=bar(row.unit))
        for row in content.indicators
    )
    return replace(bare, **texts, keywords=tuple(map(bar, content.keywords)), indicators=tuple(rows))
