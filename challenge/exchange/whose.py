"""Whose a row is: for each column that names a person, whether it is theirs, elsewhere, or of an office."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.accounts import act_models, api_models, factor_models, identity_models
from challenge.agreements import milestone_models, signing_models
from challenge.agreements import models as agreement_models
from challenge.awards import anew_models, certificate_models, objection_models, offer_models
from challenge.forum import models as forum_models
from challenge.judging import ways_models
from challenge.matches import models as matches_models
from challenge.reports import figure_models, look_models, story_models
from challenge.requirements import diagnosis_models, face_models, intake_models, version_models
from challenge.rounds import resource_models
from challenge.search import models as search_models
from challenge.services import models as service_models
from challenge.submissions import board_models
from challenge.supply import models as supply_models

TABLES = (
    act_models,
    api_models,
    factor_models,
    agreement_models,
    diagnosis_models,
    figure_models,
    story_models,
    face_models,
    forum_models,
    identity_models,
    look_models,
    intake_models,
    version_models,
    milestone_models,
    resource_models,
    board_models,
    matches_models,
    search_models,
    service_models,
    supply_models,
    ways_models,
    offer_models,
    signing_models,
    objection_models,
    anew_models,
    certificate_models,
)  # loaded, so that their tables are known here
# (table, the column that names the person) -> columns that stand elsewhere in the zip, or are not theirs.
OWN: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("access_log", "reader_id"): (),
    ("achievement", "person_id"): (),
    # What administrators did to the account and why; who it was is an office's.
    ("admin_act", "user_id"): ("author_id",),
    # What they signed names who signed with them: that paper is the agreement's.
    ("agreement_signature", "user_id"): (),
    # That they stand on a side; what was agreed on is all its parties', and read on its page.
    ("agreement_party", "user_id"): (),
    # Neither the digest of a secret nor who took it back is theirs to take along.
    ("api_token", "user_id"): ("digest", "revoked_by"),
    ("attachment", "uploaded_by"): (),
    # What proves who they are is no use elsewhere, and of use to a thief.
    ("authenticator", "user_id"): ("secret", "step"),
    ("award_certificate_holder", "user_id"): (),
    ("calendar_link", "user_id"): ("token_digest",),
    ("care", "broker_id"): (),
    ("certificate_holder", "user_id"): (),
    ("certificate_wish", "user_id"): (),
    ("delivery", "delivered_by"): ("reason",),  # why it was given back are the other side's words
    ("enrolment", "user_id"): (),
    # What they were shown of the requirement is its seeker's.
    ("diagnosis", "expert_id"): ("seen",),
    ("diagnosis_opening", "reader_id"): (),
    ("expert", "user_id"): (),
    ("external_identity", "user_id"): (),
    ("factor_reset", "user_id"): ("asked_by",),
    ("face_access", "user_id"): (),
    ("face_opening", "user_id"): (),
    ("expert_document", "user_id"): (),
    ("follow", "user_id"): (),
    ("forum_follow", "user_id"): (),
    ("forum_name", "user_id"): (),
    ("forum_post", "author_id"): ("hidden_by",),
    ("forum_report", "user_id"): (),
    ("forum_thread", "author_id"): (),
    # Who looked on as them is told by name on a page of theirs.
    ("look_on", "person_id"): ("looker_id",),
    ("late_arrival", "user_id"): ("manifest", "refusal"),
    ("letter_wish", "user_id"): (),
    ("membership", "user_id"): (),
    ("nda_acceptance", "user_id"): (),
    # Who answered is an office; which seat a judge has is not theirs to take along.
    ("objection", "author_id"): ("answered_by", "judge_id"),
    ("figure_book", "author_id"): (),
    ("offer_book", "author_id"): (),
    ("offer_note", "author_id"): (),
    ("recovery_code", "user_id"): ("code_digest",),
    ("register_entry", "user_id"): (),
    ("requirement_match", "expert_id"): (),
    ("panel_judge", "user_id"): (),
    ("passkey", "user_id"): ("credential", "public_key", "count"),
    ("public_vote", "user_id"): (),
    ("question", "asker_id"): (),
    ("resource_opening", "user_id"): (),
    ("role_grant", "user_id"): (),
    ("saved_search", "user_id"): (),
    ("service_note", "author_id"): (),
    ("service_request", "author_id"): (),
    ("screening_case", "replied_by"): (),
    ("sign_in", "user_id"): ("token_digest", "device_digest"),
    ("signing_file", "user_id"): (),
    ("supply_book", "author_id"): (),
    ("team_link", "accepted_by"): (),
    ("team_member", "user_id"): (),
    ("teammate_message", "sender_id"): (),
    ("teammate_post", "author_id"): (),
    ("terms_acceptance", "user_id"): (),
    ("upload", "user_id"): (),
}
# In files of their own making, below, or beside what OWN gives.
APART = frozenset(
    {
        ("achievement_opening", "email"),
        ("audit_entry", "actor"),
        ("contact", "recipient_id"),
        ("dispatch", "recipient_id"),
        ("docking_pair", "recipient_id"),
        ("docking_pair", "user_id"),
        ("invitation", "accepted_by"),
        ("invitation", "email"),
        ("letter", "recipient"),
        ("letter", "user_id"),
        ("posting", "recipient_id"),
        ("recipient", "user_id"),
        ("requirement", "contact_email"),
        ("tie", "other_email"),
        ("tie", "other_id"),
        ("tie", "person_email"),
        ("tie", "person_id"),
        ("user_account", "email"),
    }
)
# Written in an office or as one of a team: what they did is in audit.jsonl, the thing is not theirs alone.
IN_OFFICE = frozenset(
    {
        ("factor_reset", "asked_by"),
        ("achievement", "author_id"),
        ("admin_act", "author_id"),
        ("audit_check", "author_id"),
        ("api_token", "revoked_by"),
        ("agreement", "author_id"),
        ("agreement_template", "author_id"),
        ("agreement_version", "author_id"),
        ("achievement_opening", "opened_by"),
        ("announcement", "author_id"),
        ("anew_consent", "decided_by"),
        ("anew_offer", "answered_by"),
        ("anew_offer", "author_id"),
        ("anew_search", "author_id"),
        ("award_certificate", "author_id"),
        ("award_certificate", "revoked_by"),
        ("agreement_payment", "author_id"),
        ("attendance", "author_id"),
        ("closing_report", "author_seeker_id"),
        ("closing_report", "author_solver_id"),
        ("delivery", "ruled_by"),
        ("look_on", "looker_id"),
        ("payment_entry", "author_id"),
        ("care", "offered_by"),
        ("certificate", "author_id"),
        ("certificate", "revoked_by"),
        ("certificate_run", "author_id"),
        ("course", "author_id"),
        ("contact_list", "author_id"),
        ("diagnosis", "asked_by"),
        ("docking", "author_id"),
        ("docking_pair", "author_id"),
        ("conflict_case", "decided_by"),
        ("comment_ruling", "decided_by"),
        ("criterion_ruling", "decided_by"),
        ("assignment_run", "author_id"),
        ("face_access", "decided_by"),
        ("gallery_entry", "decided_by"),
        ("invitation", "invited_by"),
        ("phase_feedback", "released_by"),
        ("nda", "author_id"),
        ("objection", "answered_by"),
        ("on_site", "chair_id"),
        ("public_notice", "author_id"),
        ("result_release", "approved_by"),
        ("result_release", "prepared_by"),
        ("result_release", "stopped_by"),
        ("question", "answered_by"),
        ("ranking", "author_id"),
        ("need_book", "author_id"),
        ("redaction_mark", "author_id"),
        ("answer_correction", "answered_by"),
        ("requirement_change", "author_id"),
        ("requirement_change", "decided_by"),
        ("requirement_version", "author_id"),
        ("requirement_version", "publisher_id"),
        ("registry_step", "author_id"),
        ("requirement", "author_id"),
        ("requirement", "confirmed_by"),
        ("resource", "author_id"),
        ("resource_terms", "author_id"),
        ("round_override", "author_id"),
        ("tie_decision", "author_id"),
        ("score_book", "author_id"),
        ("scorecard", "entered_by"),
        ("scorecard_revision", "author_id"),
        ("screening_case", "decided_by"),
        ("screening_case", "opened_by"),
        ("seeker_decision", "decided_by"),
        ("service", "author_id"),
        ("story", "author_id"),
        ("webhook", "author_id"),
        ("forum_post", "hidden_by"),
        ("programme_page_version", "author_id"),
        ("service_request", "assigned_id"),
        ("sending", "author_id"),
        ("share_link", "author_id"),
        ("submission", "owner_id"),  # every owner is in the team
        ("submission_extension", "author_id"),
        ("submission_form", "author_id"),
        ("submission_form_draft", "author_id"),
        ("submission_version", "submitted_by"),
        ("team_link", "created_by"),
        ("team_member", "email"),  # of somebody who has not accepted: the invitation says it
        ("tie_file", "author_id"),
        ("wording_taken", "taken_by"),
    }
)
