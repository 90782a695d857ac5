"""What would name the seeker of a requirement, and texts without it, for those who may not know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from challenge.accounts import organizations
from challenge.accounts import queries as people
from challenge.accounts.models import Organization
from challenge.requirements import hints
from challenge.requirements.content import Content, IndicatorRow
from challenge.requirements.models import Requirement

BAR = "███"
_TEXTS = (*hints.PUBLIC_TEXTS, "confidential_part")


def known_names(session: Session, requirement: Requirement) -> list[str]:
    """By what its seeker is known: names, aliases, code, people and their addresses (three statements)."""
    seeker = session.get_one(Organization, requirement.seeker_id)
    members = people.members_of(session, seeker.id)
    known = [text for seat in members for text in (seat.user.name, seat.user.email)]
    known += filter(None, (seeker.legal_representative, seeker.registration_code))
    aliases = [each.name for each in organizations.aliases_of(session, seeker.id)]
    return hints.names_of(seeker.name, seeker.name_en, known, aliases)


def veiled(session: Session, requirement: Requirement, content: Content) -> Content:
    """What an expert reads: nobody's contact and, of an anonymous seeker, bars in place of what names it."""
    contact = (content.contact_name, content.contact_phone, content.contact_email)
    content = replace(content, contact_name="", contact_phone="", contact_email="")
    if not content.anonymous:
        return content
    pattern = _pattern([*known_names(session, requirement), *contact])

    def bar(text: str) -> str:
        return pattern.sub(BAR, text)

    texts: dict[str, Any] = {name: bar(getattr(content, name)) for name in _TEXTS}
    return replace(
        content,
        **texts,
        keywords=tuple(map(bar, content.keywords)),
        indicators=tuple(_barred(row, pattern) for row in content.indicators),
    )


def _barred(row: IndicatorRow, pattern: re.Pattern[str]) -> IndicatorRow:
    return replace(row, name_zh=pattern.sub(BAR, row.name_zh), name_en=pattern.sub(BAR, row.name_en))


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    """Any of the names, the longest first; in Latin letters as whole words: Li stays in lithium."""
    found = []
    for name in sorted({name for name in names if len(name) > 1}, key=len, reverse=True):
        left = r"(?<![A-Za-z0-9])" if name[0].isascii() and name[0].isalnum() else ""
        right = r"(?![A-Za-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
        found.append(left + re.escape(name) + right)
    return re.compile("|".join(found), re.IGNORECASE)
