"""How much a round takes of one and the same: members of a team, entries of a person or an organization.

What counts is what was handed in and not withdrawn; a draft takes nobody's place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.rounds.models import Round
from challenge.rules.errors import WrongState
from challenge.rules.lifecycles import ENTERED
from challenge.submissions.models import Submission, TeamMember


class EntryRefused(WrongState):
    """The round does not take this entry: a limit is reached."""


@dataclass(slots=True)
class Taken:
    """How many entries count already: of a person, of an organization, of it for one requirement."""

    people: Counter[int] = field(default_factory=Counter)
    bodies: Counter[int] = field(default_factory=Counter)
    asked: Counter[tuple[int, int]] = field(default_factory=Counter)

    def count(self, team: Iterable[int], body: int | None, requirement: int | None, by: int = 1) -> None:
        """One entry of these more, or less."""
        for each in team:
            self.people[each] += by
        if body is not None:
            self.bodies[body] += by
            if requirement is not None:
                self.asked[body, requirement] += by


@dataclass(frozen=True, slots=True)
class Behind:
    """Who stands behind an entry: names by account of those who joined, the size of the team, for whom."""

    names: Mapping[int, str]
    size: int = 1
    body: int | None = None
    requirement: int | None = None


def refusals(round_: Round, taken: Taken, behind: Behind) -> list[EntryRefused]:
    """What the limits have against one entry more of these; no statement."""
    return [*_of_team(round_, taken, behind), *_of_body(round_, taken, behind)]


def _of_team(round_: Round, taken: Taken, behind: Behind) -> Iterator[EntryRefused]:
    if behind.size > round_.max_members:
        yield EntryRefused("limit_team", most=round_.max_members, size=behind.size)
    most = round_.max_per_solver
    for user_id in sorted(behind.names):
        if most is not None and taken.people[user_id] >= most:
            name = behind.names[user_id]
            named = EntryRefused("limit_member", most=most, name=name)
            yield named if name else EntryRefused("limit_solver", most=most)


def _of_body(round_: Round, taken: Taken, behind: Behind) -> Iterator[EntryRefused]:
    body, in_round, in_one = behind.body, round_.max_per_organization, round_.max_per_requirement
    if body is None:
        return
    if in_round is not None and taken.bodies[body] >= in_round:
        yield EntryRefused("limit_organization", most=in_round)
    requirement = behind.requirement
    if in_one is not None and requirement is not None and taken.asked[body, requirement] >= in_one:
        yield EntryRefused("limit_requirement", most=in_one)


def beside(session: Session, round_: Round, submission: Submission | None, behind: Behind) -> Taken:
    """What counts of these beside the submission itself; a round without limits costs no statement."""
    others = [_standing(round_)]
    if submission is not None:
        others.append(Submission.id != submission.id)
    taken = Taken()
    if round_.max_per_solver is not None and behind.names:
        mine = TeamMember.user_id.in_(list(behind.names))
        taken.people.update(_rows(session, _by_person().where(*others, mine)))
    if behind.body is not None and _limits_bodies(round_):
        own = Submission.entered_organization_id == behind.body
        _put_bodies(taken, session.execute(_by_body().where(*others, own)))
    return taken


def of_round(session: Session, round_: Round) -> Taken:
    """All that counts in a round: at most two statements, none for what has no limit."""
    taken = Taken()
    if round_.max_per_solver is not None:
        joined = TeamMember.user_id.is_not(None)
        taken.people.update(_rows(session, _by_person().where(_standing(round_), joined)))
    if _limits_bodies(round_):
        own = Submission.entered_organization_id.is_not(None)
        _put_bodies(taken, session.execute(_by_body().where(_standing(round_), own)))
    return taken


def exceeded(session: Session, round_: Round) -> dict[int, list[EntryRefused]]:
    """The entries that are more than the round takes, by id, each with what it exceeds.

    They were handed in before the limit was what it is. At most four statements.
    """
    found: dict[int, list[EntryRefused]] = {}

    def note(code: str, most: int | None, query: sa.Select[int | None]) -> None:
        for key in session.scalars(query):
            if key is not None:
                found.setdefault(key, []).append(EntryRefused(code, most=most))

    here = sa.and_(Submission.round_id == round_.id, Submission.state == "submitted")
    teams = sa.select(TeamMember.submission_id).join(Submission).where(here)
    size = sa.func.count() > round_.max_members
    note("limit_team", round_.max_members, teams.group_by(TeamMember.submission_id).having(size))
    if (most := round_.max_per_solver) is not None:
        over = (
            _by_person()
            .where(_standing(round_))
            .having(sa.func.count() > most)
            .with_only_columns(TeamMember.user_id)
        )
        note("limit_solver", most, teams.where(TeamMember.user_id.in_(over)).distinct())
    for code, most, columns in (
        ("limit_organization", round_.max_per_organization, (Submission.entered_organization_id,)),
        (
            "limit_requirement",
            round_.max_per_requirement,
            (Submission.entered_organization_id, Submission.requirement_id),
        ),
    ):
        if most is not None:
            note(code, most, _over(round_, most, columns).where(here))
    return found


def _over(
    round_: Round, most: int, columns: tuple[sa.orm.InstrumentedAttribute[int | None], ...]
) -> sa.Select[int]:
    """The submissions among those of which more than so many have the same in these columns."""
    same = sa.select(*columns).where(_standing(round_)).group_by(*columns).having(sa.func.count() > most)
    crowd = same.subquery()
    alike = [column == other for column, other in zip(columns, crowd.c, strict=True)]
    return sa.select(Submission.id).join(crowd, sa.and_(*alike))


def _standing(round_: Round) -> sa.ColumnElement[bool]:
    return sa.and_(Submission.round_id == round_.id, Submission.state.in_(ENTERED))


def _limits_bodies(round_: Round) -> bool:
    return round_.max_per_organization is not None or round_.max_per_requirement is not None


def _by_person() -> sa.Select[int | None, int]:
    return (
        sa.select(TeamMember.user_id, sa.func.count())
        .join(Submission, Submission.id == TeamMember.submission_id)
        .group_by(TeamMember.user_id)
    )


def _by_body() -> sa.Select[int | None, int | None, int]:
    body, requirement = Submission.entered_organization_id, Submission.requirement_id
    return sa.select(body, requirement, sa.func.count()).group_by(body, requirement)


def _rows(session: Session, query: sa.Select[int | None, int]) -> dict[int, int]:
    return {key: number for key, number in session.execute(query) if key is not None}


def _put_bodies(taken: Taken, rows: Iterable[sa.Row[int | None, int | None, int]]) -> None:
    for body, requirement, number in rows:
        if body is not None:
            taken.bodies[body] += number
            if requirement is not None:
                taken.asked[body, requirement] += number
