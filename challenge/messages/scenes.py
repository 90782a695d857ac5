"""What a letter may speak of: the ids of its work row, loaded. Templates name what they need.

    round, track        round_id            question            question_id
    requirement         requirement_id      announcement        announcement_id
    submission          submission_id       decision            decision_id
    message, sender     message_id          post                post_id
    version             version, its number within the submission
    late                late_id, what came too late
    note, changes       form_version, a number within the round
    diagnosis, seen     diagnosis_id
    token of a way in   access_id
    achievement         achievement_id      news, stop          news, stop_id
    asked, service      service_request_id
    course              course_id           certificate         certificate_id
    agreement           carried_out_id      milestone           milestone_id
    payment             agreement_payment_id
    result              award_certificate_id offered            anew_offer_id
    agreement           agreement_id            milestone           milestone_id
    payment             agreement_payment_id
    step, parts, why    need_version_id     leave               recipient_id
    agreement           agreement_id
    invitation, place   invitation_id       <name>_at           an instant
    objection           objection_id            webhook             webhook_id
    gathered            letter_ids, of a digest         group               group_message_id

`show` asks for what belongs to the reader: `entries` and `awards` in the round, `receipts` of all they handed
in to it, `desk` the judge's open assignments; several with a plus between them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session, joinedload, selectinload

from challenge.accounts import invitations, links
from challenge.accounts.models import Invitation, Organization, User
from challenge.awards.models import Award, Decision
from challenge.awards.objection_models import Objection
from challenge.base import clock
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.messages import agreement_scenes, diagnosis_scenes, need_changes, service_scenes
from challenge.messages.form_changes import sentence
from challenge.messages.forum_scenes import of_thread
from challenge.messages.group_models import GroupMessage
from challenge.messages.identity_scenes import IDENTITIES
from challenge.messages.milestone_scenes import MILESTONES
from challenge.messages.models import Letter
from challenge.messages.outcome_scenes import OUTCOMES
from challenge.messages.outreach_scenes import OUTREACH
from challenge.messages.training_scenes import TRAINING
from challenge.messages.webhook_scenes import of_webhook
from challenge.requirements import face_invitations
from challenge.requirements.models import Question, Requirement
from challenge.rounds.models import Announcement, Programme, Round
from challenge.rounds.tracks import track
from challenge.rules.lifecycles import UNLOCKED
from challenge.submissions import board
from challenge.submissions import places as team_places
from challenge.submissions.board_models import TeammateMessage, TeammatePost
from challenge.submissions.formversions import change_of
from challenge.submissions.models import LateArrival, Submission, TeamLink, TeamMember, Version

Scene = dict[str, Any]


def load(session: Session, person: User | None, about: Mapping[str, Any]) -> Scene:
    """Everything a template may name; one or two statements for each id."""
    zone = (person.zone if person else None) or current_app.config["SETTINGS"].default_zone
    scene: Scene = {"person": person, "name": person.name if person else "", "zone": zone}
    for key, value in about.items():
        if value is None:
            continue
        if key in LOADERS:
            scene |= LOADERS[key](session, value)
        elif key == "missing":  # parts of a form, each with a label in two languages
            scene[key] = [SimpleNamespace(**each) for each in value]
        elif key.endswith("_at"):
            scene[key] = dt.datetime.fromisoformat(value)
        elif key == "show" and person is not None:
            scene |= _shown(session, person, about["round_id"], value)
        else:
            scene[key] = value
    if isinstance(about.get("version"), int) and "submission_id" in about:
        scene["version"] = _version(session, about["submission_id"], about["version"])
    if isinstance(about.get("form_version"), int):
        scene |= _form(session, about["round_id"], about["form_version"])
    if "scope" in scene and "place" not in scene:
        scene |= place_of(session, scene["scope"], scene["scope_id"])
    return scene


def _shown(session: Session, person: User, round_id: int, show: str) -> Scene:
    return {each: SHOWS[each](session, person, round_id) for each in show.split("+")}


def _round(session: Session, round_id: int) -> Scene:
    query = (
        sa.select(Round)
        .where(Round.id == round_id)
        .options(joinedload(Round.programme).joinedload(Programme.host), selectinload(Round.windows))
    )
    round_ = session.scalars(query).one()
    now = clock.now(session)
    return {"round": round_, "track": track(round_, now), "zone": round_.zone, "now": now}


def _requirement(session: Session, requirement_id: int) -> Scene:
    options = joinedload(Requirement.seeker)
    return {"requirement": session.get_one(Requirement, requirement_id, options=[options])}


def _submission(session: Session, submission_id: int) -> Scene:
    return {"submission": session.get_one(Submission, submission_id)}


def _version(session: Session, submission_id: int, number: int) -> Version:
    this = sa.and_(Version.submission_id == submission_id, Version.number == number)
    return session.scalars(sa.select(Version).where(this)).one()


def _form(session: Session, round_id: int, number: int) -> Scene:
    version, found = change_of(session, round_id, number)
    return {"note": version.note, "changes": [sentence(each) for each in found]}


def _question(session: Session, question_id: int) -> Scene:
    return {"question": session.get_one(Question, question_id)}


def _announcement(session: Session, announcement_id: int) -> Scene:
    return {"announcement": session.get_one(Announcement, announcement_id)}


def _decision(session: Session, decision_id: int) -> Scene:
    return {"decision": session.get_one(Decision, decision_id, options=[joinedload(Decision.chosen)])}


def _objection(session: Session, objection_id: int) -> Scene:
    return {"objection": session.get_one(Objection, objection_id)}


def _invitation(session: Session, invitation_id: int) -> Scene:
    invitation = session.get_one(Invitation, invitation_id)
    inviter = session.get(User, invitation.invited_by) if invitation.invited_by else None
    scene = place_of(session, invitation.scope, invitation.scope_id)
    token = invitations.token_of(invitation)
    return {"invitation": invitation, "inviter": inviter.name if inviter else "", "token": token, **scene}


def place_of(session: Session, scope: str, scope_id: int) -> Scene:
    """What a role is for: `place`, a thing with a name or title in two languages, and the round around it."""
    if scope == "organization":
        return {"place": session.get_one(Organization, scope_id), "round": None}
    if scope == "programme":
        return {"place": session.get_one(Programme, scope_id), "round": None}
    if scope in ("round", "phase"):
        scene = _round(session, scope_id if scope == "round" else session.get_one(Phase, scope_id).round_id)
        return {**scene, "place": scene["round"]}
    if scope == "face":  # the need by its public title: whose it is may be what nobody is told
        asked = session.get_one(Requirement, scope_id)
        return {**_round(session, asked.round_id), "place": asked}
    if scope == "requirement":
        asked = session.get_one(Requirement, scope_id, options=[joinedload(Requirement.seeker)])
        return {**_round(session, asked.round_id), "place": asked.seeker}
    submission = session.get_one(Submission, scope_id)
    scene = _round(session, submission.round_id)
    return {**scene, "place": scene["round"], "submission": submission}


def _account(session: Session, user_id: int) -> Scene:
    person = session.get_one(User, user_id)
    return {"confirm_token": links.confirmation_token(person), "reset_token": links.reset_token(person)}


def _entries(session: Session, person: User, round_id: int) -> list[Submission]:
    query = (
        sa.select(Submission)
        .join(TeamMember, TeamMember.submission_id == Submission.id)
        .where(TeamMember.user_id == person.id, Submission.round_id == round_id)
        .order_by(Submission.id)
    )
    return list(session.scalars(query))


def _receipts(session: Session, person: User, round_id: int) -> list[tuple[Submission, Version]]:
    query = (
        sa.select(Submission, Version)
        .join(Version, Version.submission_id == Submission.id)
        .join(TeamMember, TeamMember.submission_id == Submission.id)
        .where(TeamMember.user_id == person.id, Submission.round_id == round_id)
        .order_by(Submission.id, Version.number)
    )
    return [(submission, version) for submission, version in session.execute(query)]


def _awards(session: Session, person: User, round_id: int) -> list[Award]:
    query = (
        sa.select(Award)
        .join(TeamMember, TeamMember.submission_id == Award.submission_id)
        .where(TeamMember.user_id == person.id, Award.round_id == round_id, Award.state == "confirmed")
        .options(joinedload(Award.prize), joinedload(Award.submission))
        .order_by(Award.id)
    )
    return list(session.scalars(query))


def _desk(session: Session, person: User, round_id: int) -> int:
    query = (
        sa.select(sa.func.count(Assignment.id))
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .where(PanelJudge.user_id == person.id, Phase.round_id == round_id)
        .where(Assignment.state.in_(UNLOCKED))
    )
    return session.scalar(query) or 0


def _gathered(session: Session, letter_ids: list[int]) -> Scene:
    """The letters of a digest, the newest first, in the language in which each was written."""
    query = sa.select(Letter.subject).where(Letter.id.in_(letter_ids)).order_by(Letter.id.desc())
    return {"gathered": session.execute(query).all()}


def _group(session: Session, message_id: int) -> Scene:
    return {"group": session.get_one(GroupMessage, message_id)}


def _late(session: Session, late_id: int) -> Scene:
    return {"late": session.get_one(LateArrival, late_id)}


def _message(session: Session, message_id: int) -> Scene:
    message = session.get_one(TeammateMessage, message_id)
    return {"message": message, "sender": session.get(User, message.sender_id or 0)}


def _post(session: Session, post_id: int) -> Scene:
    return {"post": session.get_one(TeammatePost, post_id)}


def _team_place(session: Session, numbers: list[int]) -> Scene:
    """A place in a team that was offered to the author of a post; its link is written again from its key."""
    link, post = session.get_one(TeamLink, numbers[0]), session.get_one(TeammatePost, numbers[1])
    token = team_places.token_of(link.submission_id, link.created_by, board.key_of(post))
    inviter = session.get(User, link.created_by or 0)
    return {"token": token, "inviter": inviter.name if inviter else ""}


LOADERS: Mapping[str, Callable[[Session, Any], Scene]] = {
    **OUTREACH,
    **TRAINING,
    **MILESTONES,
    **OUTCOMES,
    "letter_ids": _gathered,
    "group_message_id": _group,
    "late_id": _late,
    "round_id": _round,
    "requirement_id": _requirement,
    "submission_id": _submission,
    "question_id": _question,
    "announcement_id": _announcement,
    "decision_id": _decision,
    "invitation_id": _invitation,
    "objection_id": _objection,
    "account_id": _account,
    **IDENTITIES,
    "message_id": _message,
    "post_id": _post,
    "team_place": _team_place,
    "service_request_id": service_scenes.of_request,
    "agreement_id": agreement_scenes.of_agreement,
    "webhook_id": of_webhook,
    "forum_thread_id": of_thread,
    "diagnosis_id": diagnosis_scenes.load,
    "access_id": face_invitations.way_in,
    "need_version_id": need_changes.scene,
    "recipient_id": need_changes.leave,
}
SHOWS: Mapping[str, Callable[[Session, User, int], Any]] = {
    "entries": _entries,
    "awards": _awards,
    "receipts": _receipts,
    "desk": _desk,
}
