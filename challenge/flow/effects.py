"""What follows from an event: (event) -> reactions, each giving rows of work. The one place to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from challenge.flow import (
    agreement_papers,
    calibrating,
    counting,
    deriving,
    distributing,
    docking_letters,
    freezing,
    indexing,
    likeness,
    mails,
    need_letters,
    papers,
    recommending,
    webhooks,
)
from challenge.judging import moving, rechecking
from challenge.reports import agreed_texts
from challenge.rules.stages import Stage
from challenge.tasks.queue import Work

Reaction = Callable[[Session, Mapping[str, Any]], Sequence[Work]]


def _recheck(session: Session, facts: Mapping[str, Any]) -> Sequence[Work]:
    """Other people stand behind an entry: its judges' conflicts are computed anew."""
    rechecking.recheck(session, facts["round_id"], facts["submission_id"])
    return ()


def _move_phases(session: Session, facts: Mapping[str, Any]) -> Sequence[Work]:
    """Judging as a whole moved along with an earlier stage: so do the times of its phases."""
    if Stage.JUDGING in facts.get("moved", ()):
        moving.move_along(session, facts["round_id"], facts["override_id"])
    return ()


def _recheck_seat(session: Session, facts: Mapping[str, Any]) -> Sequence[Work]:
    """A judge joined, or was given entries: what ties them is searched."""
    rechecking.of_seat(session, facts["judge_id"])
    return ()


def _recheck_person(session: Session, facts: Mapping[str, Any]) -> Sequence[Work]:
    """What a person belongs to, or said, has changed; an agreement is of organizations alone."""
    if facts.get("user_id") is None:
        rechecking.everywhere(session)
    else:
        rechecking.of_person(session, facts["user_id"])
    return ()


def _recheck_programme(session: Session, facts: Mapping[str, Any]) -> Sequence[Work]:
    """A file stated ties, or they were withdrawn: in the rounds of its programme, or in all."""
    rechecking.everywhere(session, programme_id=facts.get("programme_id"))
    return ()


def _recheck_all(session: Session, facts: Mapping[str, Any]) -> Sequence[Work]:
    """All entries of a round are in, or an organization has another name."""
    rechecking.everywhere(session, facts.get("round_id"))
    return ()


REACTIONS: Mapping[str, tuple[Reaction, ...]] = {
    # What moves the funnel's figures and nothing else (see `counting`)
    **dict.fromkeys(("docking.settled", "requirement.moved", "requirement.repeats"), ()),
    **dict.fromkeys(mails.TABLE, (mails.follow,)),
    "requirement.changed": (mails.follow, need_letters.without_account, need_letters.told),
    "agreement.signed": (mails.follow, agreement_papers.of_signed),
    **dict.fromkeys(("report.unpublished", "report.public_proposed"), (mails.follow, agreed_texts.follow)),
    "invitation.created": (mails.invitation,),
    "account.suspended": (mails.suspended,),
    "achievement.opened": (mails.opening,),
    "submission.submitted": (mails.follow, deriving.of_version, papers.of_version, likeness.of_entry),
    "submission.refused_late": (mails.follow, papers.of_refusal),
    "round.submission_closed": (
        mails.follow,
        freezing.hasten,
        deriving.of_round,
        likeness.of_round,
        _recheck_all,
    ),
    "round.unsealed": (mails.follow, deriving.of_round, likeness.of_round),
    "round.judging_opened": (mails.follow, deriving.of_round),
    "round.extended": (mails.follow, _move_phases),
    "team.changed": (_recheck,),
    "scorecard.locked": (calibrating.of_lock,),
    "ranking.fixed": (mails.follow, calibrating.of_ranking),
    "judge.joined": (_recheck_seat,),
    "assignment.made": (mails.follow, _recheck_seat),
    "phase.carried_on": (mails.follow, _recheck_all),
    "sending.made": (distributing.follow,),
    **dict.fromkeys(docking_letters.TEMPLATES, (docking_letters.follow,)),
    "ties.changed": (_recheck_person,),
    "ties.brought": (_recheck_programme,),
    "organization.renamed": (_recheck_all,),
}


# What everyone reads of a thing may have changed: the search index reads it anew.
INDEXED: Mapping[str, Reaction] = {
    **{
        f"round.{stage}_{step}": indexing.of_round
        for stage in ("requirements", "submission", "judging", "award")
        for step in ("opened", "closed")
    },
    **dict.fromkeys(
        ("round.launched", "round.changed", "round.extended", "round.cancelled", "awards.published"),
        indexing.of_round,
    ),
    "requirement.published": indexing.of_requirement,
    "requirement.withdrawn": indexing.of_requirement,
    "requirement.changed": indexing.of_requirement,
    "agreement.signed": indexing.of_requirement,
    "requirement.delivered": indexing.of_requirement,
    "achievement.changed": indexing.of_achievement,
    "expert.changed": indexing.of_expert,
    "person.changed": indexing.of_expert,
    "ties.changed": indexing.of_expert,  # an affiliation too
    "organization.renamed": indexing.of_organization,
}


# What is needed or offered may have changed, or who belongs where: requirements are matched anew.
COMPARED: Mapping[str, Reaction] = {
    **dict.fromkeys(
        (
            *("requirement.published", "requirement.changed", "requirement.withdrawn"),
            *("round.launched", "round.cancelled"),
        ),
        recommending.of_need,
    ),
    **dict.fromkeys(
        (
            *("achievement.changed", "expert.changed", "ties.changed"),
            *("dispatch.interested", "dispatch.declined"),
        ),
        recommending.of_supply,
    ),
}


def _all() -> dict[str, tuple[Reaction, ...]]:
    found = dict(REACTIONS)
    for table in (INDEXED, COMPARED):
        for event, reaction in table.items():
            found[event] = (*found.get(event, ()), reaction)
    return found


EFFECTS: Mapping[str, tuple[Reaction, ...]] = _all()


def follow(session: Session, payload: Mapping[str, Any]) -> list[Work]:
    """All work that follows from one event; an event without a row moves the funnel's figures at most."""
    works = [work for reaction in EFFECTS.get(payload["event"], ()) for work in reaction(session, payload)]
    return [*works, *webhooks.follow(session, payload), *counting.follow(session, payload)]
