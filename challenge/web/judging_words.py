"""The reader's words for what judging refuses; a part of the one table in `words`."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.rules.conflicts import SOFT

WORDS: Mapping[str, LazyString] = {
    # The rubric and the method
    "rubric_in_use": _("Scores have been given by this rubric, so it stays as it is."),
    "too_fine_or_large": _("At most %(places)s decimals, and no more than %(most)s."),
    "above_minimum": _("The scale must end above where it begins."),
    "above_zero": _("Write a number above zero."),
    "step_does_not_fit": _("Steps of this size do not lead from the start of the scale to its end."),
    "too_large": _("At most %(most)s."),
    # The panel
    "on_panel_already": _("This person is on the panel already."),
    "no_account": _("Nobody has an account with this address. Send an invitation instead."),
    "capacity_range": _("Write how many entries at most, from 1 to %(most)s, or leave it empty."),
    "listed_twice": _("This address stands in the list twice."),
    "too_many_keywords": _("At most %(most)s keywords."),
    "not_a_language": _("Languages are zh and en."),
    "too_many_documents": _("At most %(most)s texts. Take one away first."),
    "too_many_ties": _("At most %(most)s ties. Take one back first."),
    "not_yet": _("This day has not come yet."),
    "tie_stays": _(
        "Family and shares stay while you judge without knowing whose proposals they are. If this is wrong,"
        " tell the organizer, who can lift the conflict."
    ),
    "alias_stays": _(
        "Names stay while you judge without knowing whose proposals they are. Others who speak for the"
        " organization may take one away."
    ),
    "say_when": _("Say when it was: the year is enough."),
    "year_or_days": _("Give the year, or since when and until when, not both."),
    # A file of past ties
    "not_a_table": _("This is no CSV file that can be read. Save it as UTF-8, or as XLSX."),
    "choose_table": _("Choose a file first: XLSX or CSV."),
    "column_needed": _("A column is missing: %(wanted)s."),
    "column_twice": _("This column is there already: %(found)s"),
    "tie_none": _("No row says anything below the heads of the columns."),
    "tie_kind": _("Write agreement or co-authorship: %(found)s"),
    "tie_end_missing": _("Say who: a mail address, or an organization."),
    "tie_needs_address": _("Of a co-authorship the first is a person: give the mail address."),
    "tie_address": _("This is no mail address: %(found)s"),
    "tie_unknown": _(
        "No organization is registered under this name or code: %(found)s. Of two organizations both must be."
    ),
    "tie_same_ends": _("Both are the same."),
    "tie_year": _("Write a year from %(first)s to %(last)s."),
    "judge_assigned": _(
        "This judge has proposals already and stays on the panel. Replace them there instead."
    ),
    # Assignments
    "assignment_outdated": _("Entries, judges or assignments have changed since. Look at the new proposal."),
    "assignment_ended": _("This assignment has ended. Only one that stands can be pinned."),
    "below_least": _("The most must not be below the least."),
    "not_on_panel": _("Choose a judge of this panel."),
    "judge_reads_it": _("This judge has this entry already."),
    "judge_declined": _("This judge has declined this entry."),
    "judge_recused": _("This judge has declared a conflict with this entry."),
    "judge_abstained": _("This judge abstains on this entry."),
    "judge_replaced": _("This judge was replaced on this entry."),
    "conflict_team": _("Not assigned: this judge belongs to the team."),
    "conflict_organization": _(
        "Not assigned: this judge and the solver share an organization, its parent or a branch."
    ),
    "conflict_seeker": _("Not assigned: this judge belongs to the organization that posted the requirement."),
    "conflict_domain": _("Not assigned: this judge and the team share a mail domain."),
    "conflict_family": _("Not assigned: this judge named family in the team."),
    "conflict_alias": _(
        "Not assigned: this judge and the solver share an organization under another of its names."
    ),
    "conflict_equity": _("Not assigned: this judge holds shares of an organization behind this entry."),
    "conflict_declared": _("Not assigned: this judge declared a conflict with this entry in another phase."),
    **{
        f"conflict_{kind}": _("Not assigned: a conflict was confirmed. The page Conflicts shows it.")
        for kind in SOFT
    },
    "conflict_known": _(
        "Our records tie you to this proposal, so you cannot judge it. Declare the conflict; if the records"
        " are wrong, tell the organizer."
    ),
    "entry_not_judged": _("This proposal was withdrawn or ruled out. It is no longer judged."),
    # Scores
    "no_such_criterion": _("This criterion is not part of the rubric. Reload the page."),
    "score_not_a_number": _("Write the score in figures, with a point: 7.5."),
    "saved_elsewhere": _(
        "Meanwhile “%(stored)s” was saved in another window. What you typed is shown: save again to keep it."
    ),
    "emptied_elsewhere": _(
        "Meanwhile this was emptied in another window. What you typed is shown: save again to keep it."
    ),
    "score_missing": _("This criterion has no score yet. A card is locked whole."),
    "lock_yours_first": _("Lock your own scorecards first: %(count)s are still open."),
    "not_locked": _("This scorecard is not locked, so there is nothing to open."),
    "closed_for_reopening": _(
        "This phase closed at %(at)s, so the scorecard stays locked. Scorecards are opened again while their"
        " phase is open; before it closes, the organizer can let it close later."
    ),
    "percent_from_to": _("Write a whole percentage from %(least)s to %(most)s."),
    "declare_first": _("Declare first whether you have a conflict: %(codes)s. Then all can be locked."),
    "scorecard_locked": _("This scorecard is locked. Only the organizer can open it again."),
    # The ranking
    "tie_outdated": _("These entries are not level any more. Look at the ties as they are now."),
    "chair_must_order": _("Give each entry a place of its own, from 1 on."),
    "nothing_locked": _("No scorecard is locked yet, so there is nothing to rank."),
}

# Why a judge gets nothing of a document: states and reasons of its derivatives.
WHY_NOT: Mapping[str, LazyString] = {
    "waiting": _("is being prepared. Reload this page in a minute."),
    "none": _("is not shown to judges."),
    "failed": _("could not be prepared. The organizer has the original."),
    "archive": _("An archive is not shown to judges. The organizer has it."),
    "too_large": _("It is too large to be prepared. The organizer has the original."),
    "too_slow": _("It took too long to prepare. The organizer has the original."),
    "too_much_memory": _("It took too much memory to prepare. The organizer has the original."),
    "too_many_pixels": _("The picture is too large to be prepared. The organizer has the original."),
    "encrypted": _("It is protected by a password. The organizer has the original."),
    "damaged": _("It is damaged and cannot be shown. The organizer has the original."),
    "bomb": _("It unpacks to far more than it should. The organizer has the original."),
    "unsafe_names": _("Its parts have names that are not safe. The organizer has the original."),
    "unsafe_xml": _("It holds XML that is not safe. The organizer has the original."),
}
