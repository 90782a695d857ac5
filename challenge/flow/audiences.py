"""Who is told: each audience is a selection of user ids from an event's facts. Nobody is loaded for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from challenge.accounts.models import Invitation, Membership, RoleGrant
from challenge.awards.models import Award
from challenge.judging import discussing
from challenge.judging.models import Assignment, PanelJudge, Phase, PhaseEntry, Ranking, RankingRow
from challenge.judging.scorecards import JUDGED
from challenge.messages import pending
from challenge.requirements.models import Question, Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.lifecycles import ENTERED, READING
from challenge.submissions.models import Submission, TeamMember, Version

Facts = Mapping[str, Any]
Ids = sa.Select[Any] | sa.CompoundSelect[Any]
Audience = Callable[[Facts], Ids]

AT_WORK = ("draft", "submitted")


def organizers(facts: Facts) -> Ids:
    """Organizers of the round's programme and of its host, and the host's own managers (not those above)."""
    programme = sa.select(Round.programme_id).where(Round.id == facts["round_id"])
    host = (
        sa.select(Programme.host_id)
        .join(Round, Round.programme_id == Programme.id)
        .where(Round.id == facts["round_id"])
    )
    of_programme = sa.and_(
        RoleGrant.scope == "programme", RoleGrant.scope_id.in_(programme.scalar_subquery())
    )
    of_host = sa.and_(RoleGrant.scope == "organization", RoleGrant.scope_id.in_(host.scalar_subquery()))
    return sa.select(RoleGrant.user_id).where(
        sa.or_(
            sa.and_(RoleGrant.role == "organizer", sa.or_(of_programme, of_host)),
            sa.and_(RoleGrant.role == "manager", of_host),
        )
    )


def screeners(facts: Facts) -> Ids:
    """The same, unless it goes over a branch's desk first: they get a letter when the branch has accepted."""
    waits = sa.exists().where(Requirement.round_id == Round.id, *_by_branch(facts))
    people = organizers(facts).subquery()
    return sa.select(people.c.user_id).where(sa.not_(waits))


def _by_branch(facts: Facts) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Requirement.id == facts["requirement_id"],
        Requirement.branch_id.is_not(None),
        Round.screening_steps == 2,
    )


def branch_managers(facts: Facts) -> Ids:
    """Who manages the branch at whose desk the requirement lies; nobody where it lies elsewhere."""
    return (
        sa.select(RoleGrant.user_id)
        .join(Requirement, Requirement.branch_id == RoleGrant.scope_id)
        .join(Round, Round.id == Requirement.round_id)
        .where(RoleGrant.role == "manager", RoleGrant.scope == "organization", *_by_branch(facts))
        .where(Requirement.branch_accepted_at.is_(None))
    )


def seeker(facts: Facts) -> Ids:
    """The representatives of the requirement's seeker, and whoever wrote the requirement."""
    return behind_needs(Requirement.id == facts["requirement_id"])


def author(facts: Facts) -> Ids:
    """Whoever wrote the requirement down."""
    this = Requirement.id == facts["requirement_id"]
    return sa.select(Requirement.author_id).where(this, Requirement.author_id.is_not(None))


def seekers(facts: Facts) -> Ids:
    """Representatives of every seeker with a requirement in the round, and the authors."""
    return behind_needs(Requirement.round_id == facts["round_id"])


def seekers_at_work(facts: Facts) -> Ids:
    """Those of the round's seekers with a requirement that was begun or returned, and is not handed in."""
    return behind_needs(Requirement.round_id == facts["round_id"], Requirement.state.in_(pending.UNSENT))


def behind_needs(*these: sa.ColumnElement[bool]) -> Ids:
    """Who speaks for the seekers of these needs, and who wrote them."""
    speakers = (
        sa.select(Membership.user_id)
        .join(Requirement, Requirement.seeker_id == Membership.organization_id)
        .where(*these, Membership.representative.is_(True))
    )
    return sa.union(
        speakers, sa.select(Requirement.author_id).where(*these, Requirement.author_id.is_not(None))
    )


def question_seeker(facts: Facts) -> Ids:
    """The seeker's people where a question is about one requirement."""
    return seeker(facts) if facts.get("requirement_id") else _nobody()


def asker(facts: Facts) -> Ids:
    """Whoever asked the question."""
    return sa.select(Question.asker_id).where(
        Question.id == facts["question_id"], Question.asker_id.is_not(None)
    )


def team(facts: Facts) -> Ids:
    """The people behind a submission."""
    return _people(Submission.id == facts["submission_id"])


def entrants(facts: Facts) -> Ids:
    """The people behind every entry that was handed in to the round and stands."""
    return _people(Submission.round_id == facts["round_id"], Submission.state.in_(ENTERED))


def receipted(facts: Facts) -> Ids:
    """The people behind everything that was handed in to the round, whether it stands or was withdrawn."""
    versions = sa.select(Version.submission_id)
    return _people(Submission.round_id == facts["round_id"], Submission.id.in_(versions))


def only_drafts(facts: Facts) -> Ids:
    """Those in the round whose drafts were never handed in, nor will be at the close."""
    here = Submission.round_id == facts["round_id"]
    left = sa.and_(Submission.state == "draft", Submission.submit_at_close.is_(False))
    drafts = _people(here, left).where(TeamMember.user_id.not_in(entrants(facts)))
    return drafts.where(TeamMember.user_id.is_not(None))


def solvers(facts: Facts) -> Ids:
    """Everyone with a draft or an entry in the round."""
    return _people(Submission.round_id == facts["round_id"], Submission.state != "withdrawn")


def requirement_solvers(facts: Facts) -> Ids:
    """Everyone with a draft or an entry for the requirement."""
    return _people(Submission.requirement_id == facts["requirement_id"], Submission.state.in_(AT_WORK))


def winners(facts: Facts) -> Ids:
    """The people behind the round's awards: those that are final, and those that become it on publication."""
    won = sa.select(Award.submission_id).where(
        Award.round_id == facts["round_id"], Award.state.in_(("on_notice", "confirmed"))
    )
    return _people(Submission.id.in_(won))


def not_winners(facts: Facts) -> Ids:
    """Those whose entries stood (or stand still, before publication) and won nothing."""
    stood = _people(
        Submission.round_id == facts["round_id"],
        Submission.state.in_(("submitted", "selected", "not_selected")),
    )
    return stood.where(TeamMember.user_id.not_in(winners(facts)))


def judges(facts: Facts) -> Ids:
    """The round's judges who have something assigned."""
    return (
        sa.select(PanelJudge.user_id)
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .join(Assignment, Assignment.judge_id == PanelJudge.id)
        .where(Phase.round_id == facts["round_id"], Assignment.state.in_(READING))
        .where(PanelJudge.user_id.is_not(None))
    )


def judges_of_phase(facts: Facts) -> Ids:
    """Everyone on the panel of one phase."""
    return sa.select(PanelJudge.user_id).where(
        PanelJudge.phase_id == facts["phase_id"], PanelJudge.user_id.is_not(None)
    )


def going_on(facts: Facts) -> Ids:
    """The people behind the entries that go on from a phase to the next."""
    return _people(Submission.id.in_(_carried_from(facts)))


def staying_behind(facts: Facts) -> Ids:
    """Those whose entries were judged in the phase, and none of whose goes on."""
    behind = _people(Submission.id.in_(_ranked(facts)), Submission.id.not_in(_carried_from(facts)))
    return behind.where(TeamMember.user_id.not_in(going_on(facts)))


def _ranked(facts: Facts) -> sa.Select[int]:
    """The entries of the phase's ranking in force."""
    rows = sa.select(RankingRow.submission_id).join(Ranking, Ranking.id == RankingRow.ranking_id)
    return rows.where(Ranking.phase_id == facts["phase_id"], sa.not_(Ranking.superseded))


def _carried_from(facts: Facts) -> sa.Select[Any]:
    before = sa.select(Phase.round_id, Phase.number).where(Phase.id == facts["phase_id"]).subquery()
    return (
        sa.select(PhaseEntry.submission_id)
        .join(Phase, Phase.id == PhaseEntry.phase_id)
        .join(before, sa.and_(before.c.round_id == Phase.round_id, Phase.number == before.c.number + 1))
    )


def given_feedback(facts: Facts) -> Ids:
    """The people behind the entries that the phase's ranking in force has, and that still stand."""
    return _people(Submission.id.in_(_ranked(facts)), Submission.state.in_(JUDGED))


def panel(facts: Facts) -> Ids:
    """Everyone on a panel of the round."""
    return (
        sa.select(PanelJudge.user_id)
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .where(Phase.round_id == facts["round_id"], PanelJudge.user_id.is_not(None))
    )


def this_judge(facts: Facts) -> Ids:
    """The judge of one assignment."""
    return (
        sa.select(PanelJudge.user_id)
        .join(Assignment, Assignment.judge_id == PanelJudge.id)
        .where(Assignment.id == facts["assignment_id"], PanelJudge.user_id.is_not(None))
    )


def other_judges(facts: Facts) -> Ids:
    """The other judges of the entry who may read its discussion: all of their own cards are locked."""
    return (
        sa.select(PanelJudge.user_id)
        .join(Assignment, Assignment.judge_id == PanelJudge.id)
        .where(Assignment.phase_id == facts["phase_id"], Assignment.submission_id == facts["submission_id"])
        .where(Assignment.state == "completed", PanelJudge.id != facts["judge_id"])
        .where(PanelJudge.user_id.is_not(None), discussing.left_of(Assignment.judge_id.expression) == 0)
    )


def everyone(facts: Facts) -> Ids:
    """Organizers, seekers, solvers and panel of the round."""
    return sa.union(
        *(
            sa.select(each.subquery().c[0])
            for each in (organizers(facts), seekers(facts), solvers(facts), panel(facts))
        )
    )


def concerned(facts: Facts) -> Ids:
    """Everyone with a requirement, a draft, an entry or an assignment in the round, and its organizers."""
    return sa.union(
        *(
            sa.select(each.subquery().c[0])
            for each in (organizers(facts), seekers(facts), solvers(facts), judges(facts))
        )
    )


def inviter(facts: Facts) -> Ids:
    """Whoever sent the invitation."""
    return sa.select(Invitation.invited_by).where(
        Invitation.id == facts["invitation_id"], Invitation.invited_by.is_not(None)
    )


def this_person(facts: Facts) -> Ids:
    """The person whom the event names."""
    return sa.select(sa.literal(facts["user_id"], sa.Integer))


def _people(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    members = sa.select(TeamMember.user_id).join(Submission, Submission.id == TeamMember.submission_id)
    return members.where(TeamMember.user_id.is_not(None), *conditions)


def _nobody() -> Ids:
    return sa.select(Membership.user_id).where(sa.false())
