"""Who is behind an entry, for the judges of an open phase alone: the one read of judges that names a team."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.judging.models import Assignment, Phase
from challenge.judging.views import Person, Team
from challenge.submissions.models import Submission, TeamMember


def team(session: Session, ref: str) -> Team | None:
    """The team of an assignment's entry; None unless its phase is open (one statement).

    The caller has asked whether the judge may see the assignment.
    """
    query = (
        sa.select(
            *(Submission.team_name, Organization.name, Organization.name_en),
            *(sa.func.coalesce(each, "") for each in (TeamMember.name, TeamMember.affiliation)),
        )
        .select_from(Assignment)
        .join(Phase, Phase.id == Assignment.phase_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .outerjoin(TeamMember, TeamMember.submission_id == Submission.id)
        .where(Assignment.ref == ref, Phase.blindness == "open")
        .order_by(TeamMember.id)
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    name, organization, organization_en = rows[0][:3]
    people = tuple(Person(row[3], row[4]) for row in rows if row[3])
    return Team(name, organization, organization_en, people)
