"""Whether a judge scored entries that share the judge's affiliation, organization or region higher.

What is compared is each score's difference from the other judges of the same entry, so an entry that all
found good is no favour. It is a reason to look, never a verdict: who shares a region shares little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, Organization, User
from challenge.judging.models import Assignment, PanelJudge
from challenge.rules.conflicts import SAYS_NOTHING, name_key
from challenge.rules.favour import Favour, favour
from challenge.submissions.models import Submission, TeamMember

KINDS = ("affiliation", "organization", "region")
Marks = dict[str, set[str]]
"""Kind -> what somebody is known by."""


@dataclass(frozen=True, slots=True)
class Like:
    """One judge and one kind of tie; `unusual` once all comparisons of the phase are taken into account."""

    label: str
    kind: str
    found: Favour
    unusual: bool


@dataclass(slots=True)
class _Judge:
    label: str
    marks: Marks = field(default_factory=dict)


def of_panel(session: Session, phase_id: int, apart: Mapping[int, Mapping[int, Fraction]]) -> list[Like]:
    """Every comparison that can be made of the judges' differences, the likeliest favour first.

    Two statements. `apart`: judge -> entry -> difference from the others.
    """
    judges, entries = _judges(session, phase_id), _entries(session, phase_id)
    tried: list[tuple[str, str, Favour]] = []
    for number, judge in judges.items():
        mine = apart.get(number, {})
        for kind in KINDS:
            known = judge.marks.get(kind, set())
            tied = {entry for entry in mine if known & entries.get(entry, {}).get(kind, set())}
            found = favour(
                [mine[entry] for entry in sorted(tied)],
                [mine[entry] for entry in sorted(mine.keys() - tied)],
                f"{phase_id}/{judge.label}/{kind}",
            )
            if found is not None:
                tried.append((judge.label, kind, found))
    likes = [Like(label, kind, found, found.unusual(len(tried))) for label, kind, found in tried]
    return sorted(likes, key=lambda like: (like.found.chance, -like.found.difference))


def _judges(session: Session, phase_id: int) -> dict[int, _Judge]:
    query = (
        sa.select(
            PanelJudge.id,
            PanelJudge.label,
            User.affiliation,
            Organization.id,
            Organization.parent_id,
            Organization.region,
        )
        .join(User, User.id == PanelJudge.user_id)
        .outerjoin(Membership, Membership.user_id == User.id)
        .outerjoin(Organization, Organization.id == Membership.organization_id)
        .where(PanelJudge.phase_id == phase_id)
        .order_by(PanelJudge.id)
    )
    found: dict[int, _Judge] = {}
    for number, label, affiliation, own, parent, region in session.execute(query):
        judge = found.setdefault(number, _Judge(label))
        _mark(judge.marks, affiliation, own, parent, region)
    return found


def _entries(session: Session, phase_id: int) -> dict[int, Marks]:
    read = sa.select(Assignment.submission_id).where(Assignment.phase_id == phase_id)
    query = (
        sa.select(
            Submission.id,
            TeamMember.affiliation,
            Organization.id,
            Organization.parent_id,
            Organization.region,
        )
        .outerjoin(TeamMember, TeamMember.submission_id == Submission.id)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .where(Submission.id.in_(read))
    )
    found: dict[int, Marks] = {}
    for entry, affiliation, own, parent, region in session.execute(query):
        _mark(found.setdefault(entry, {}), affiliation, own, parent, region)
    return found


def _mark(
    marks: Marks, affiliation: str | None, own: int | None, parent: int | None, region: str | None
) -> None:
    """Add what one row says; branches of one organization share their parent."""
    name = name_key(affiliation or "")
    if name not in SAYS_NOTHING:
        marks.setdefault("affiliation", set()).add(name)
    for organization in (own, parent):
        if organization is not None:
            marks.setdefault("organization", set()).add(str(organization))
    if region:
        marks.setdefault("region", set()).add(region[:2])  # the province
