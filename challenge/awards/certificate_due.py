"""Who gets which certificate of a round: from confirmed awards, and from entries that stood beside them.

An entry with awards gets one for each; any other at most one, as a finalist or as a participant. Each goes to
the team, and to every member who wished for one of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.awards.certificate_models import AwardCertificate, CertificateWish
from challenge.awards.models import Award
from challenge.awards.standing import ranking_in_force
from challenge.judging.models import Phase, Ranking, RankingRow
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds.models import Prize
from challenge.submissions.models import Submission, TeamMember

DECIDED = ("selected", "not_selected")


@dataclass(frozen=True, slots=True)
class Due:
    """One certificate that is lacking: what for, whose, and what it will say beside the round."""

    kind: str
    subject: str
    submission_id: int
    requirement_id: int | None
    award_id: int | None
    user_id: int | None  # of a member; a team has none
    name: str
    said: dict[str, Any]


def due(session: Session, round_id: int, kinds: Collection[str]) -> list[Due]:
    """All that are lacking of these kinds, awards in the order of their prizes first (four statements)."""
    rows = [*_awarded(session, round_id), *_others(session, round_id, kinds)]
    members = _members(session, round_id)
    here = sa.and_(AwardCertificate.round_id == round_id, AwardCertificate.revoked_at.is_(None))
    known = set(session.scalars(sa.select(AwardCertificate.subject).where(here)))
    return [each for each in _each(rows, members, kinds) if each.subject not in known]


def counted(found: Iterable[Due]) -> dict[str, int]:
    """How many of each kind."""
    counts: dict[str, int] = {}
    for each in found:
        counts[each.kind] = counts.get(each.kind, 0) + 1
    return counts


Members = dict[int, list[tuple[int, int, str]]]
"""Entry -> its members with a wish: place in the team, account, name."""


def _each(rows: Iterable[Any], members: Members, kinds: Collection[str]) -> Iterator[Due]:
    for row in rows:
        if row.kind not in kinds:
            continue
        thing = f"award:{row.award_id}" if row.kind == "award" else f"{row.kind}:{row.submission_id}"
        said = {
            "of": row.kind,
            "prize": {"name_zh": row.name_zh, "name_en": row.name_en} if row.kind == "award" else None,
            # What others handed in is shown to nobody by its certificate.
            "entry": {"code": row.code, "title": row.title} if row.kind == "award" else {"code": row.code},
            "requirement": _need(row),
        }
        given = (row.kind, row.submission_id, row.requirement_id, row.award_id)
        yield _one(given, f"{thing}/team", None, row.team, said)
        for place, user_id, name in members.get(row.submission_id, ()):
            yield _one(given, f"{thing}/member:{place}", user_id, name, said)


def _one(
    given: tuple[str, int, int | None, int | None],
    subject: str,
    user_id: int | None,
    name: str,
    said: dict[str, Any],
) -> Due:
    kind, submission_id, requirement_id, award_id = given
    whose = "team" if user_id is None else "member"
    return Due(
        kind, subject, submission_id, requirement_id, award_id, user_id, name, {**said, "holder": whose}
    )


def _need(row: Any) -> dict[str, Any] | None:
    if row.need_zh is None and row.need_en is None:
        return None
    return {"number": row.number, "title_zh": row.need_zh, "title_en": row.need_en}


_TEAM = sa.func.coalesce(sa.func.nullif(Submission.team_name, ""), Organization.name, Submission.code)
_ENTRY = (
    *(Submission.id.label("submission_id"), Submission.requirement_id),
    *(Submission.code, Submission.title, _TEAM.label("team")),
    *(Requirement.title_zh.label("need_zh"), Requirement.title_en.label("need_en"), Requirement.number),
)
_SHOWN = sa.and_(Requirement.id == Submission.requirement_id, Requirement.state.in_(PUBLIC_STATES))


def _awarded(session: Session, round_id: int) -> list[Any]:
    query = (
        sa.select(
            *_ENTRY,
            *(sa.literal("award").label("kind"), Award.id.label("award_id"), Prize.name_zh, Prize.name_en),
        )
        .select_from(Award)
        .join(Prize, Prize.id == Award.prize_id)
        .join(Submission, Submission.id == Award.submission_id)
        .outerjoin(Requirement, _SHOWN)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .where(Award.round_id == round_id, Award.state == "confirmed", Submission.state.in_(DECIDED))
        .order_by(Prize.position, Prize.id, Award.requirement_id, Award.slot, Award.id)
    )
    return list(session.execute(query))


def _others(session: Session, round_id: int, kinds: Collection[str]) -> list[Any]:
    """Entries that stood and won nothing: finalists where the last of several phases ranked them.

    An entry that has either stays with it, whatever is issued next.
    """
    several = sa.select(sa.func.count()).select_from(Phase).where(Phase.round_id == round_id)
    last = sa.exists().where(
        RankingRow.submission_id == Submission.id,
        RankingRow.ranking_id == Ranking.id,
        Ranking.id == ranking_in_force(round_id),
        several.scalar_subquery() > 1,
    )
    wanted = sa.and_(last, sa.literal("finalist" in kinds))
    has = sa.select(AwardCertificate.kind).where(
        *(AwardCertificate.submission_id == Submission.id, AwardCertificate.kind != "award"),
        AwardCertificate.revoked_at.is_(None),
    )
    fresh = sa.case((wanted, "finalist"), else_="participation")
    kind = sa.func.coalesce(has.limit(1).scalar_subquery(), fresh).label("kind")
    won = sa.exists().where(Award.submission_id == Submission.id, Award.state == "confirmed")
    nothing = (sa.null().label("award_id"), sa.null().label("name_zh"), sa.null().label("name_en"))
    query = (
        sa.select(*_ENTRY, kind, *nothing)
        .select_from(Submission)
        .outerjoin(Requirement, _SHOWN)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .where(Submission.round_id == round_id, Submission.state.in_(DECIDED), sa.not_(won))
        .order_by(Submission.id)
    )
    return list(session.execute(query))


def _members(session: Session, round_id: int) -> Members:
    mine = sa.and_(
        TeamMember.submission_id == CertificateWish.submission_id,
        TeamMember.user_id == CertificateWish.user_id,
    )
    query = (
        sa.select(CertificateWish.submission_id, TeamMember.id, CertificateWish.user_id, CertificateWish.name)
        .join(TeamMember, mine)
        .join(Submission, Submission.id == CertificateWish.submission_id)
        .join(User, User.id == CertificateWish.user_id)
        .where(Submission.round_id == round_id)
        .order_by(TeamMember.id)
    )
    found: Members = {}
    for submission_id, place, user_id, name in session.execute(query):
        found.setdefault(submission_id, []).append((place, user_id, name))
    return found
