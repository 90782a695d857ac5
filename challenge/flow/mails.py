"""Event -> who gets which letter. The one table of the product's mail; an empty row mails nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.act_models import AdminAct
from challenge.accounts.models import Invitation, User
from challenge.flow import agreement_audiences as agreements
from challenge.flow import audiences as who
from challenge.flow import diagnosis_letters as diagnoses
from challenge.flow import face_audiences as faces
from challenge.flow import milestone_letters, need_letters, sayings, signing_letters, webhooks
from challenge.flow import objection_letters as objections
from challenge.flow import outcome_audiences as outcome
from challenge.flow import outreach_audiences as outreach
from challenge.flow import release_audiences as results
from challenge.flow import service_audiences as services
from challenge.flow import training_letters as training
from challenge.flow.mailing import Facts, Mailing, batch, cause
from challenge.forum import reads as forum
from challenge.messages import letters
from challenge.tasks.queue import Work

TABLE: Mapping[str, tuple[Mailing, ...]] = {
    # A round's course
    "round.launched": (Mailing("round_launched", who.organizers),),
    "round.requirements_opened": (Mailing("stage_opened", who.organizers),),
    "round.requirements_closed": (Mailing("requirements_closed", who.organizers),),
    "round.submission_opened": (
        Mailing("stage_opened", who.organizers),
        Mailing("solutions_open", who.seekers),
    ),
    "round.submission_closed": (
        Mailing("entry_stands", who.entrants, show="entries"),
        Mailing("draft_not_entered", who.only_drafts, show="entries"),
        Mailing("submission_closed", who.organizers),
    ),
    "round.judging_opened": (
        Mailing("stage_opened", who.organizers),
        Mailing("judging_open", who.judges, show="desk"),
    ),
    "round.judging_closed": (Mailing("judging_closed", who.organizers),),
    "round.award_opened": (Mailing("stage_opened", who.organizers),),
    # A letter to each, with every receipt of theirs: while the seal lay on them none could be attached.
    "round.unsealed": (Mailing("receipts_released", who.receipted, show="receipts"),),
    "round.award_closed": (Mailing("award_closed", who.organizers),),
    "round.extended": (Mailing("round_extended", who.concerned, sayings.override),),
    # Before the close (see deadlines)
    "requirements.due": (Mailing("need_due", who.seekers_at_work),),
    "submission.due": (Mailing("draft_due", who.only_drafts, show="entries"),),
    "form.changed": (Mailing("form_changed", who.solvers),),
    "round.cancelled": (Mailing("round_cancelled", who.everyone),),
    # Requirements and what people ask
    "requirement.submitted": (
        Mailing("requirement_submitted", who.screeners),
        Mailing("requirement_for_branch", who.branch_managers),
    ),
    "requirement.branched": (Mailing("requirement_for_branch", who.branch_managers),),
    "requirement.branch_accepted": (Mailing("requirement_from_branch", who.organizers),),
    "requirement.confirmed": (Mailing("requirement_confirmed", who.author),),
    "requirement.returned": (Mailing("requirement_returned", who.seeker, sayings.requirement_reason),),
    "requirement.rejected": (Mailing("requirement_rejected", who.seeker, sayings.requirement_reason),),
    "requirement.published": (Mailing("requirement_published", who.seeker),),
    "requirement.withdrawn": (
        Mailing("requirement_withdrawn", who.organizers),
        Mailing("requirement_gone", who.requirement_solvers),
    ),
    **{
        event: tuple(Mailing(template, audience, said) for template, audience, said in rows)
        for event, rows in diagnoses.ROWS.items()
    },
    # The confidential part; an agreement that changed goes to whoever accepted what was in force before.
    "face.asked": (
        Mailing("face_asked", who.seeker),
        Mailing("face_asked", who.organizers, but=who.seeker),
    ),
    "face.granted": (Mailing("face_granted", who.this_person),),
    "face.refused": (Mailing("face_refused", who.this_person, sayings.access_reason),),
    "face.revoked": (Mailing("face_revoked", who.this_person, sayings.access_reason),),
    "nda.changed": (Mailing("nda_changed", faces.bound),),
    "change.submitted": (Mailing("change_submitted", who.organizers, sayings.change),),
    "change.returned": (Mailing("change_returned", who.seeker, sayings.change),),
    "requirement.changed": (
        Mailing("requirement_changed", need_letters.involved),
        Mailing("need_changed_seeker", who.seeker, but=need_letters.involved),
    ),
    "question.corrected": (Mailing("answer_corrected", who.asker),),
    "question.asked": (
        Mailing("question_asked", who.organizers),
        Mailing("question_for_seeker", who.question_seeker, but=who.organizers),
    ),
    "question.answered": (Mailing("question_answered", who.asker),),
    "announcement.posted": (
        Mailing("announcement", who.solvers),
        Mailing("announcement_copy", who.organizers, but=who.solvers),
    ),
    # Submissions
    "submission.submitted": (Mailing("submission_submitted", who.team),),
    "submission.refused_late": (Mailing("submission_refused_late", who.team),),
    "submission.withdrawn": (Mailing("submission_withdrawn", who.team),),
    "submission.reinstated": (Mailing("submission_reinstated", who.team),),
    "submission.correction_asked": (Mailing("screening_correction", who.team, sayings.case),),
    "submission.ruling_announced": (Mailing("screening_announced", who.team, sayings.case),),
    "submission.replied": (Mailing("screening_replied", who.organizers, sayings.case),),
    "submission.found_eligible": (Mailing("screening_dismissed", who.team, sayings.case),),
    "submission.extended": (Mailing("submission_extended", who.team, sayings.extension),),
    "submission.not_entered": (Mailing("submission_not_entered", who.team),),
    "submission.ruled_out": (Mailing("submission_ruled_out", who.team, sayings.submission_reason),),
    # Judging
    "phase.added": (),
    "phase.edited": (),
    "phase.removed": (),
    "draw.published": (),
    "draw.made": (),
    "phase.extended": (Mailing("phase_extended", who.judges_of_phase, sayings.phase),),
    "phase.closed": (Mailing("phase_closed", who.organizers, sayings.phase),),
    "phase.carried_on": (Mailing("phase_begun", who.judges_of_phase, sayings.phase),),
    "phase.announced": (
        Mailing("entry_goes_on", who.going_on, sayings.phase, show="entries"),
        Mailing("entry_stays_behind", who.staying_behind, sayings.phase, show="entries"),
    ),
    "judge.invited": (Mailing("judge_added", who.this_person),),
    "assignment.made": (Mailing("assignments_made", who.this_person),),
    "assignment.accepted": (),
    "assignment.declined": (Mailing("assignment_declined", who.organizers),),
    "assignment.recused": (Mailing("assignment_recused", who.organizers),),
    "assignment.abstained": (Mailing("assignment_abstained", who.organizers),),
    "assignment.conflicted": (Mailing("assignment_conflicted", who.organizers),),
    "assignment.replaced": (Mailing("assignment_replaced", who.this_judge),),
    "scorecard.locked": (),
    "judge.reminded": (Mailing("judge_reminded", who.this_person, sayings.phase),),
    "feedback.released": (Mailing("feedback_released", who.given_feedback, sayings.phase, show="entries"),),
    "scorecard.reopen_asked": (Mailing("scorecard_wish", who.organizers, sayings.wish),),
    "scorecard.reopened": (Mailing("scorecard_reopened", who.this_judge, sayings.said),),
    "scorecard.reopened_for_objection": (Mailing("scorecard_objected", who.this_judge, sayings.said),),
    "scorecard.left_out": (Mailing("scorecard_left_out", who.this_judge, sayings.said),),
    "discussion.said": (Mailing("discussion_said", who.other_judges),),
    "ranking.fixed": (Mailing("ranking_fixed", who.organizers),),
    # Awards
    "awards.proposed": (Mailing("awards_proposed", who.organizers),),
    "decision.asked": (Mailing("decision_asked", who.seeker),),
    "decision.made": (Mailing("decision_made", who.organizers),),
    "notice.started": (
        Mailing("notice_started", who.entrants),
        Mailing("notice_runs", who.organizers, but=who.entrants),
    ),
    **{
        event: tuple(Mailing(template, audience, but=but) for template, audience, but in rows)
        for event, rows in objections.ROWS.items()
    },
    "awards.published": (
        Mailing("award_won", who.winners, show="awards+entries"),
        Mailing("award_not_won", who.not_winners, outcome.feedback, show="entries"),
        Mailing("award_ruled_out", outcome.ruled_out, show="entries"),
        Mailing("results_published", who.seekers, but=who.entrants),
        Mailing("results_out", who.organizers),
    ),
    "release.prepared": (Mailing("release_prepared", who.organizers, but=who.this_person),),
    "release.approved": (Mailing("release_approved", results.holders),),
    "release.stopped": (Mailing("release_stopped", results.holders),),
    # Distribution: what came back goes to whoever sent it or looks after it
    "dispatch.interested": (Mailing("dispatch_interested", outreach.carers, sayings.dispatch),),
    "dispatch.declined": (),
    "dispatch.forwarded": (),
    "care.offered": (Mailing("care_offered", who.this_person, sayings.care),),
    "care.claimed": (Mailing("care_claimed", who.organizers, sayings.care, but=who.this_person),),
    "care.refused": (Mailing("care_refused", who.organizers, sayings.care, but=who.this_person),),
    "docking.next_due": (Mailing("docking_next", outreach.carers_and_seeker),),
    # Services: whoever did it themselves gets no letter about it
    "service.asked": (Mailing("service_asked", services.offering, but=who.this_person),),
    "service.accepted": (Mailing("service_moved", services.asking, but=who.this_person),),
    "service.assigned": (
        Mailing("service_assigned", services.assigned, but=who.this_person),
        Mailing("service_moved", services.asking, but=who.this_person),
    ),
    "service.begun": (Mailing("service_moved", services.asking, but=who.this_person),),
    "service.finished": (Mailing("service_done", services.asking, but=who.this_person),),
    "service.refused": (Mailing("service_moved", services.asking, but=who.this_person),),
    "service.cancelled": (Mailing("service_ended", services.serving, but=who.this_person),),
    "service.closed": (Mailing("service_ended", services.serving, but=who.this_person),),
    "service.noted": (Mailing("service_note", services.both_sides, services.note, but=who.this_person),),
    "service.noted_inside": (Mailing("service_note", services.serving, services.note, but=who.this_person),),
    "service.due": (Mailing("service_due", services.serving),),
    # Agreements carried out
    **{
        event: tuple(Mailing(template, audience, but=but) for template, audience, but in rows)
        for event, rows in milestone_letters.ROWS.items()
    },
    # Agreements: all that act for a party, and who began it
    "agreement.proposed": (Mailing("agreement_proposed", agreements.concerned, but=who.this_person),),
    "agreement.changed": (Mailing("agreement_changed", agreements.concerned, but=who.this_person),),
    "agreement.terminated": (Mailing("agreement_terminated", agreements.concerned, but=who.this_person),),
    # Training
    "course.enrolled": (Mailing("course_enrolled", who.this_person),),
    "course.queued": (Mailing("course_queued", who.this_person),),
    "course.moved_up": (Mailing("course_moved_up", who.this_person),),
    "course.changed": (Mailing("course_changed", training.inside),),
    "course.cancelled": (Mailing("course_cancelled", training.inside),),
    "certificate.issued": (Mailing("certificate_issued", who.this_person),),
    "certificate.revoked": (Mailing("certificate_revoked", who.this_person),),
    # Signing: whom a confirmation is waited for, all who are bound, all whose signatures fell
    **{
        event: tuple(Mailing(template, audience) for template, audience in rows)
        for event, rows in signing_letters.ROWS.items()
    },
    # The public discussion of a round
    "forum.begun": (Mailing("forum_begun", who.organizers, but=who.this_person),),
    "forum.answered": (Mailing("forum_answered", forum.followers, but=who.this_person),),
    "forum.reported": (Mailing("forum_reported", who.organizers),),
    "forum.hidden": (Mailing("forum_hidden", who.this_person),),
    "webhook.switched_off": (Mailing("webhook_off", webhooks.answering),),
    # What follows the results
    **{
        event: tuple(Mailing(template, audience) for template, audience in rows)
        for event, rows in outcome.ROWS.items()
    },
    # The board of teammates
    "teammates.written": (Mailing("teammate_message", who.this_person),),
    "teammates.invited": (Mailing("teammate_invited", who.this_person),),
    "teammates.hidden": (Mailing("teammate_hidden", who.this_person),),
    # Accounts. Whoever is invited to a team or as an organizer gets the invitation's own letter.
    "account.factors_changed": (Mailing("account_factors_changed", who.this_person),),
    "account.reset_asked": (Mailing("account_reset_asked", who.this_person),),
    "account.new_device": (Mailing("account_new_device", who.this_person),),
    "team.invited": (),
    "team.handed_over": (Mailing("team_handed_over", who.team),),
    "invitation.declined": (Mailing("invitation_declined", who.inviter, sayings.declined),),
    "invitation.accepted": (Mailing("invitation_accepted", who.inviter),),
    "organizer.appointed": (Mailing("organizer_appointed", who.this_person),),
    "manager.appointed": (Mailing("manager_appointed", who.this_person),),
    "auditor.appointed": (Mailing("auditor_appointed", who.this_person),),
    "erasure.asked": (Mailing("erasure_asked", who.this_person),),
    "erasure.cancelled": (Mailing("erasure_cancelled", who.this_person),),
    "account.reopened": (Mailing("account_reopened", who.this_person, sayings.act),),
    "administrator.appointed": (Mailing("administrator_appointed", who.this_person, sayings.act),),
    "administrator.dismissed": (Mailing("administrator_dismissed", who.this_person, sayings.act),),
    "look.begun": (Mailing("looked_on", who.this_person, sayings.look),),
}


def follow(session: Session, facts: Facts) -> list[Work]:
    """The letters that follow from an event (`facts` carries its `key`), or the first batch of them."""
    return [work for mailing in TABLE[facts["event"]] for work in batch(session, mailing, facts, after=0)]


def follow_on(session: Session, payload: Mapping[str, Any]) -> list[Work]:
    """The next batch of a large audience."""
    mailing = next(each for each in TABLE[payload["facts"]["event"]] if each.template == payload["template"])
    return batch(session, mailing, payload["facts"], after=payload["after"])


def invitation(session: Session, facts: Facts) -> list[Work]:
    """The letter with the link of an invitation, to its address; in the reader's language if we know them."""
    row = session.get_one(Invitation, facts["invitation_id"])
    known = sa.select(User.locale).where(User.email == row.email)
    inviter = sa.select(User.locale).where(User.id == row.invited_by)
    locale = session.scalar(known) or session.scalar(inviter)
    letter = letters.mail(cause(facts), "invitation", address=row.email, locale=locale, invitation_id=row.id)
    return [letter]


def suspended(session: Session, facts: Facts) -> list[Work]:
    """Whose account was closed learns it at their address: to an account that is closed nothing goes."""
    act = session.get_one(AdminAct, facts["act_id"])
    person = session.get(User, act.user_id)
    if person is None:
        return []
    to: dict[str, Any] = {"address": person.email, "locale": person.locale}
    return [letters.mail(cause(facts), "account_suspended", **to, said=act.reason)]


def opening(session: Session, facts: Facts) -> list[Work]:
    """Whoever an achievement's confidential part was opened to learns of it, at their address."""
    known = sa.select(User.locale).where(User.email == facts["email"])
    to = {"address": facts["email"], "locale": session.scalar(known)}
    return [letters.mail(cause(facts), "achievement_opened", **to, achievement_id=facts["achievement_id"])]
