"""Who may read a submission: asked of the permission table itself, as it stands and as after the close.

Roles with how many people hold them here; names where the team may know them. Last of all everyone, where the
owner lets the public gallery show something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.branches import organizing
from challenge.accounts.models import Membership, User
from challenge.awards import gallery
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.rules.lifecycles import READING
from challenge.rules.permissions import Action, Actor, Grant, Subject, can
from challenge.rules.stages import Stage
from challenge.submissions.queries import Shown

_SOMEBODY = 0  # no account has this number: the table is asked about the role alone


@dataclass(frozen=True, slots=True)
class Circle:
    """People who hold a role for this submission; `now` and `later` say whether they may read it.

    Everyone reads what the `gallery` shows, and no more.
    """

    role: str
    count: int
    now: bool
    later: bool
    names: tuple[str, ...] = ()
    gallery: gallery.Shown | None = None


def circles(session: Session, shown: Shown) -> list[Circle]:
    """Everybody who may ever read it through this application, the team first; four statements."""
    subject, team = shown.subject, shown.material
    organizers = _organizers(session, subject)
    speakers = _speakers(session, subject)
    judges = _judges(session, shown.submission.id)
    host, requirement = shown.round.programme.host, shown.requirement
    named = requirement is not None and not requirement.anonymous and requirement.seeker is not None
    found = [
        Circle("team", len(team.members), True, True, tuple(each.name for each in team.members)),
        _circle("organizer", organizers, subject, (host.name,)),
    ]
    if subject.seeker_id is not None:
        names = (requirement.seeker.name,) if named and requirement is not None else ()
        found.append(_circle("seeker", speakers, subject, names))
    open_names = tuple(name for blindness, name in judges if blindness == "open" and name)
    found.append(_circle("judge", len(judges), subject, open_names))
    found.append(_circle("admin", 0, subject))
    shelf = gallery.seen_of(session, shown.submission.id)
    if shelf is not None:
        found.append(Circle("everyone", 0, True, True, gallery=shelf))
    return found


def _circle(role: str, count: int, subject: Subject, names: tuple[str, ...] = ()) -> Circle:
    # As it will be once it was handed in, the window has closed and, in a sealed round, the key is released.
    judging = frozenset({Stage.JUDGING})
    after = replace(subject, state="submitted", stage=Stage.JUDGING, open=judging, sealed=False)
    return Circle(role, count, _may(role, subject), _may(role, after), names)


def _may(role: str, subject: Subject) -> bool:
    if role == "judge":
        entered = subject.state in ("submitted", "selected", "not_selected")
        assignment = replace(subject, state="accepted", judge_id=_SOMEBODY)
        return entered and can(Actor(user_id=_SOMEBODY), Action.ASSIGNMENT_READ, assignment)
    actors = {
        "organizer": Actor(
            user_id=_SOMEBODY, grants=frozenset({Grant("organizer", "programme", subject.programme_id or 0)})
        ),
        "seeker": Actor(user_id=_SOMEBODY, represents=frozenset({subject.seeker_id or 0})),
        "admin": Actor(user_id=_SOMEBODY, admin=True),
    }
    return can(actors[role], Action.SUBMISSION_READ, subject)


def _organizers(session: Session, subject: Subject) -> int:
    """People who run the programme, without those who are in the team."""
    run = organizing(subject.programme_id, subject.host_id).subquery()
    query = sa.select(sa.func.count(run.c.user_id.distinct())).where(run.c.user_id.not_in(list(subject.team)))
    return session.scalar(query) or 0


def _speakers(session: Session, subject: Subject) -> int:
    """People who speak for the seeker, without those who are in the team."""
    query = sa.select(sa.func.count(Membership.user_id)).where(
        Membership.organization_id == subject.seeker_id,
        Membership.representative.is_(True),
        Membership.user_id.not_in(list(subject.team)),
    )
    return session.scalar(query) or 0


def _judges(session: Session, submission_id: int) -> Sequence[Any]:
    """(blindness, name where the phase is open) of every judge to whom it is assigned."""
    name = sa.case((Phase.blindness == "open", User.name), else_=None)
    query = (
        sa.select(Phase.blindness, name)
        .join(Assignment, Assignment.phase_id == Phase.id)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .outerjoin(User, User.id == PanelJudge.user_id)
        .where(Assignment.submission_id == submission_id, Assignment.state.in_(READING))
    )
    return session.execute(query).all()
