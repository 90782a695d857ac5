"""The ONE permission table: action -> who, for what, in which state. Default is no.

A row is a tuple of predicates that must all hold; any row of an action suffices. Predicates read facts
of an `Actor` and a `Subject`, both plain values, so the whole matrix is walked without a database.
"""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.actors import ANONYMOUS, SYSTEM, Actor, Grant, Subject
from challenge.rules.admin_rows import ADMINISTRATION
from challenge.rules.agreement_rows import AGREEMENTS
from challenge.rules.audit_rows import OVERSIGHT
from challenge.rules.award_rows import AWARDS, OUTCOME
from challenge.rules.branch_rows import BRANCHES
from challenge.rules.change_rows import CHANGES
from challenge.rules.diagnosis import DIAGNOSES
from challenge.rules.errors import FactorNeeded, NotAllowed
from challenge.rules.face_rows import FACES
from challenge.rules.figure_rows import FIGURES
from challenge.rules.lifecycles import CHANGEABLE, TAKEN, UNLOCKED
from challenge.rules.looking import lent
from challenge.rules.milestone_rows import MILESTONES
from challenge.rules.objections import OBJECTIONS
from challenge.rules.outcome_rows import OUTCOMES
from challenge.rules.outreach import OUTREACH
from challenge.rules.page_rows import PAGES
from challenge.rules.predicates import (
    Predicate,
    Row,
    admin,
    after_close,
    anyone,
    assigned,
    at,
    author,
    chair,
    during,
    in_state,
    member,
    not_owner,
    not_sealed,
    open_mailbox,
    organizer,
    owner,
    public,
    representative,
    seeker,
    signed_in,
    system,
    without_conflict,
)
from challenge.rules.record import RECORDS
from challenge.rules.requirement_rows import REQUIREMENTS
from challenge.rules.service_rows import SERVICES
from challenge.rules.signing_rows import SIGNING
from challenge.rules.stages import Stage
from challenge.rules.supply_permissions import SUPPLY
from challenge.rules.training_rows import TRAINING

__all__ = [
    "ANONYMOUS",
    "SYSTEM",
    "TABLE",
    "Action",
    "Actor",
    "Grant",
    "Predicate",
    "Row",
    "Subject",
    "author",
    "can",
    "organizer",
    "require",
]

RUNNING = at(Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD)
NOT_OVER = at(Stage.DRAFT, Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD)
DECIDED = ("selected", "not_selected")

TABLE: Mapping[Action, tuple[Row, ...]] = {
    # The public site
    Action.PAGE_READ: ((anyone,),),
    Action.READER_SET: ((anyone,),),
    Action.ACCOUNT_ENTER: ((anyone,),),
    Action.INVITATION_ACCEPT: ((signed_in,),),
    # Whoever holds the link may say no, without an account too.
    Action.INVITATION_DECLINE: ((anyone,),),
    Action.ROUND_READ: ((public,), (organizer,), (admin,)),
    Action.RESULTS_READ: ((public,), (organizer,), (admin,)),
    Action.MAILBOX_READ: ((open_mailbox,), (admin,)),
    # One's own account and organizations
    Action.ACCOUNT_USE: ((signed_in,),),
    Action.ORGANIZATION_CREATE: ((signed_in,), (system,)),
    Action.TOKEN_MAKE: ((author,), (representative,)),
    Action.TOKEN_REVOKE: ((author,), (representative,), (admin,)),
    Action.ORGANIZATION_EDIT: ((representative,), (admin,)),
    **BRANCHES,
    # The platform
    Action.ORGANIZER_APPOINT: ((admin,), (organizer,), (system,)),
    Action.BROKER_APPOINT: ((organizer,), (admin,)),
    **ADMINISTRATION,
    # Programmes and rounds
    Action.ROUND_CONTROL: ((organizer,), (admin,)),
    Action.ROUND_EDIT: ((organizer, NOT_OVER),),
    # Sent twice, a launch and a cancel find themselves done: the second is answered, and changes nothing.
    Action.ROUND_LAUNCH: ((organizer, NOT_OVER),),
    Action.ROUND_EXTEND: ((organizer, RUNNING),),
    Action.ROUND_CLOSE_EARLY: ((organizer, RUNNING),),
    # What the close will do: who is entered, what is missing where (never what is written), who is told.
    # After it: who came too late, and who has more time, for as long as more time can be given.
    Action.ROUND_FORESEE: ((organizer, at(Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING)),),
    Action.ROUND_CANCEL: ((organizer, NOT_OVER), (organizer, at(Stage.CANCELLED))),
    Action.ANNOUNCEMENT_POST: ((organizer, at(*Stage)),),
    # The form that solvers answer, until the last of them could: a closed window has none to build.
    Action.FORM_EDIT: (
        (organizer, at(Stage.DRAFT, Stage.REQUIREMENTS)),
        (organizer, during(Stage.SUBMISSION)),
    ),
    **PAGES,
    **REQUIREMENTS,
    **DIAGNOSES,
    **FACES,
    **CHANGES,
    # Submissions
    Action.SUBMISSION_CREATE: ((signed_in, public, during(Stage.SUBMISSION)),),
    Action.SUBMISSION_EDIT: ((member, in_state(*CHANGEABLE), during(Stage.SUBMISSION)),),
    Action.SUBMISSION_SUBMIT: ((member, in_state(*CHANGEABLE)),),
    Action.SUBMISSION_WITHDRAW: ((owner, in_state("submitted")),),
    Action.SUBMISSION_REINSTATE: ((owner, in_state("withdrawn")),),
    # What is held against an entry is answered by its team, whatever the windows say: a case has a period.
    Action.SUBMISSION_REPLY: ((member, in_state("submitted")),),
    Action.TEAM_MANAGE: ((owner, in_state(*CHANGEABLE), during(Stage.SUBMISSION)),),
    # How one is named oneself; the owner's TEAM_MANAGE is about everybody.
    Action.TEAM_DESCRIBE: ((member, in_state(*CHANGEABLE), during(Stage.SUBMISSION)),),
    # A submission always has its owner; everyone else may go until the close.
    Action.TEAM_LEAVE: ((member, not_owner, in_state(*CHANGEABLE), during(Stage.SUBMISSION)),),
    Action.SUBMISSION_READ: (
        (member,),
        (organizer, without_conflict, not_sealed, in_state("submitted", "ineligible", *DECIDED)),
        (
            seeker,
            without_conflict,
            not_sealed,
            in_state("submitted", *DECIDED),
            after_close(Stage.SUBMISSION),
        ),
    ),
    # Pseudonyms, counts and times; of a sealed round there is nothing more to see.
    Action.SUBMISSION_LIST: ((organizer,),),
    # One of them alone may come later, while it can still be judged; a draft is not read for that.
    Action.SUBMISSION_EXTEND: (
        (
            organizer,
            without_conflict,
            in_state(*CHANGEABLE),
            at(Stage.SUBMISSION, Stage.JUDGING),
        ),
    ),
    # "Enter my last complete draft at the close", which the product then does.
    Action.SUBMISSION_OPT_IN: ((owner, in_state(*CHANGEABLE), during(Stage.SUBMISSION)),),
    Action.SUBMISSION_ENTER: ((system, in_state(*CHANGEABLE)),),
    # Asking for a correction, announcing a ruling out, and what follows from the reply.
    Action.SUBMISSION_SCREEN: ((organizer, without_conflict, not_sealed, in_state("submitted")),),
    Action.SUBMISSION_RULE_OUT: ((organizer, without_conflict, not_sealed, in_state("submitted")),),
    # The board of a round, until solutions can no longer be submitted; it knows nothing of drafts.
    Action.TEAMMATES_READ: (
        (signed_in, public, at(Stage.REQUIREMENTS)),
        (signed_in, public, during(Stage.SUBMISSION)),
        (organizer,),
    ),
    Action.TEAMMATES_WRITE: (
        (signed_in, public, at(Stage.REQUIREMENTS)),
        (signed_in, public, during(Stage.SUBMISSION)),
    ),
    Action.TEAMMATES_EDIT: ((author, at(Stage.REQUIREMENTS)), (author, during(Stage.SUBMISSION))),
    Action.TEAMMATES_HIDE: ((organizer,),),
    # Nobody looks for likenesses among rivals.
    Action.LIKENESS_READ: ((organizer, without_conflict, not_sealed, after_close(Stage.SUBMISSION)),),
    # Results are out once a submission is selected or not; what was ruled out never is.
    Action.GALLERY_DECIDE: ((owner, in_state("selected", "not_selected")),),
    # Judging
    Action.JUDGE_INVITE: ((organizer, NOT_OVER),),
    # Of a phase that is planned while an earlier one is judged, too.
    Action.RUBRIC_EDIT: (
        (organizer, at(Stage.DRAFT, Stage.REQUIREMENTS, Stage.SUBMISSION)),
        (organizer, at(Stage.JUDGING), in_state("planned")),
    ),
    Action.PHASE_EDIT: ((organizer, at(Stage.DRAFT, Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING)),),
    Action.PHASE_CARRY: ((organizer, at(Stage.JUDGING, Stage.AWARD), in_state("over")),),
    Action.PHASE_CLOSE: ((system,),),
    # A final on site: set up and drawn by the organizer, led by its chair until the results are out.
    Action.ON_SITE_EDIT: ((organizer, at(Stage.DRAFT, Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING)),),
    Action.DRAW_MAKE: ((organizer, after_close(Stage.SUBMISSION), at(Stage.SUBMISSION, Stage.JUDGING)),),
    Action.STAGE_CHAIR: (
        (organizer, at(Stage.JUDGING, Stage.AWARD)),
        (chair, at(Stage.JUDGING, Stage.AWARD)),
    ),
    # Public by the organizer's word, or to whoever has its secret address.
    Action.SCREEN_READ: ((public,), (organizer,), (chair,)),
    Action.PAPER_ENTER: ((organizer, at(Stage.JUDGING)),),
    # It shows teams, so not before a seal is off; nobody decides about a conflict who has one.
    Action.CONFLICT_READ: ((organizer, not_sealed),),
    Action.CONFLICT_DECIDE: ((organizer, without_conflict, not_sealed, at(Stage.SUBMISSION, Stage.JUDGING)),),
    # Past agreements and co-authorships as a file: of a programme, or by the operator for all of them.
    Action.TIE_BRING: ((organizer,), (admin,), (system,)),
    # A judge's own ballot or comparisons; the entries in them are those of their assignments.
    Action.PHASE_JUDGE: ((assigned, not_sealed, after_close(Stage.SUBMISSION)),),
    Action.VOTE_CAST: ((signed_in, public, without_conflict),),
    Action.JUDGE_ASSIGN: ((organizer, at(Stage.SUBMISSION, Stage.JUDGING)),),
    # Nobody reads a proposal while others may still be written.
    Action.ASSIGNMENT_READ: (
        (
            assigned,
            without_conflict,
            not_sealed,
            in_state(*TAKEN),
            after_close(Stage.SUBMISSION),
        ),
    ),
    Action.ASSIGNMENT_DECLARE: ((assigned, in_state("invited")),),
    Action.ASSIGNMENT_RECUSE: ((assigned, in_state(*UNLOCKED)),),
    # No scorecard from me, and no conflict either: a reason that is the judge's own.
    Action.ASSIGNMENT_ABSTAIN: ((assigned, in_state(*UNLOCKED)),),
    Action.ASSIGNMENT_REPLACE: ((organizer, at(Stage.SUBMISSION, Stage.JUDGING)),),
    # A completed card is the judge's own still; that it is locked is told by its state, not by the role.
    Action.SCORE_SAVE: ((assigned, without_conflict, in_state(*TAKEN)),),
    Action.SCORE_LOCK: ((assigned, without_conflict, in_state(*TAKEN)),),
    # What single judges gave: for those who answer for the round, and of no entry that they are behind.
    Action.SCORE_READ: ((organizer, without_conflict),),
    # Opening a lock again: its judge asks, an organizer without a stake in the entry does it. That the phase
    # is open is told by its service, in words.
    Action.SCORE_ASK: ((assigned, without_conflict, in_state("completed")),),
    Action.SCORE_REOPEN: ((organizer, without_conflict),),
    # That all of one's own are locked is told by its service.
    Action.DISCUSSION_WRITE: ((assigned, without_conflict, in_state("completed"), at(Stage.JUDGING)),),
    Action.RANKING_READ: ((organizer,), (admin,)),
    # That of an earlier phase decides who goes on, so it is fixed while judging goes on.
    Action.RANKING_FIX: (
        (organizer, after_close(Stage.JUDGING), OUTCOME),
        (organizer, at(Stage.JUDGING), in_state("over")),
        (system,),
    ),
    Action.TIE_DECIDE: (
        (organizer, after_close(Stage.JUDGING), OUTCOME),
        (organizer, at(Stage.JUDGING), in_state("over")),
    ),
    # What single judges do and say is for those who answer for the round, and for nobody else.
    Action.JUDGE_WATCH: ((organizer,),),
    Action.JUDGE_REMIND: ((organizer, at(Stage.JUDGING)), (system,)),
    # What teams get to read. Whoever is in a team decides nothing about the words to it.
    Action.FEEDBACK_READ: ((organizer,),),
    Action.FEEDBACK_EDIT: (
        (organizer, without_conflict, at(Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD, Stage.CLOSED)),
    ),
    Action.FEEDBACK_RELEASE: ((organizer, at(Stage.JUDGING, Stage.AWARD, Stage.CLOSED)),),
    **AWARDS,
    **OBJECTIONS,
    **SUPPLY,
    **OUTREACH,
    **SERVICES,
    **TRAINING,
    **RECORDS,
    **AGREEMENTS,
    **SIGNING,
    **MILESTONES,
    **OUTCOMES,
    **FIGURES,
    **OVERSIGHT,
}


def can(actor: Actor, action: Action, subject: Subject | None = None) -> bool:
    """Whether some row of the action holds for this actor and subject. Unlisted means no."""
    subject = subject or Subject()
    if actor.seen_by is not None and not lent(actor, action, subject):
        return False
    return any(all(predicate(actor, subject) for predicate in row) for row in TABLE.get(action, ()))


def require(actor: Actor, action: Action, subject: Subject | None = None) -> None:
    """Raise `NotAllowed` unless `can`; the actor remembers that it was asked, so a door can tell."""
    actor.asked.add(action)
    if not can(actor, action, subject):
        raise (FactorNeeded if can(actor.with_factor(), action, subject) else NotAllowed)(action=action.value)
