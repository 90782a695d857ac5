"""Which letters a reader may have otherwise than at once by mail: their kinds, and what can be chosen.

What carries a deadline, a receipt or a decision is of no kind: it is mailed at once, whatever anybody wishes,
and so is a letter that nobody has sorted yet. Letters with a link of their own to end them (needs sent out,
news of searches) keep that.
"""

from __future__ import annotations

from collections.abc import Mapping

# At once by mail; once a day or a week as one mail; only in one's messages here.
WAYS = ("mail", "daily", "weekly", "inbox")
DIGESTS = ("daily", "weekly")

KINDS: Mapping[str, tuple[str, ...]] = {
    "news": ("announcement", "announcement_copy", "group_message"),
    "questions": ("question_asked", "question_for_seeker", "question_answered", "answer_corrected"),
    "organizing": (
        *("round_launched", "stage_opened", "requirements_closed", "submission_closed"),
        *("judging_closed", "award_closed", "phase_closed", "requirement_submitted"),
        *("requirement_for_branch", "requirement_from_branch", "requirement_withdrawn", "change_submitted"),
        *("assignment_declined", "assignment_recused", "assignment_abstained", "screening_replied"),
        *("scorecard_wish", "ranking_fixed", "awards_proposed", "decision_made", "results_out"),
        *("care_claimed", "care_refused"),
    ),
    "judging": ("discussion_said", "scorecard_left_out"),
    "teammates": ("teammate_message", "teammate_invited", "invitation_accepted", "invitation_declined"),
    "outreach": (
        *("dispatch_interested", "docking_next", "offers_stale"),
        *("anew_offered", "anew_interested", "anew_answered"),
    ),
    "services": ("service_asked", "service_assigned", "service_moved", "service_note", "service_done"),
    "outcome": ("feedback_released", "results_published", "award_certificates"),
}
KIND_OF: Mapping[str, str] = {template: kind for kind, group in KINDS.items() for template in group}

# Links by which an account is entered or won back, and what gathers other letters: no messages to keep.
NOT_KEPT = frozenset({"account_confirm", "account_exists", "account_reset", "digest"})
