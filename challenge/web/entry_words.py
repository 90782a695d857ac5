"""The reader's words for what the rules of entry and the screening refuse; a part of the table in `words`."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "changed_since_review": _(
        "Somebody of your team changed the draft after you opened this page. Nothing was entered. Look at it"
        " as it is now, and submit again."
    ),
    "not_eligible": _("The rules of who may take part in this round are not met. Your draft is kept."),
    "limit_team": _(
        "The team has %(size)s members; this round takes at most %(most)s. Its owner can take some off under"
        " Team."
    ),
    "limit_solver": _(
        "You are in as many entries of this round as it takes of one person: %(most)s. Withdraw one first, or"
        " leave its team."
    ),
    "limit_member": _(
        "%(name)s is in as many entries of this round as it takes of one person: %(most)s. One of them has to"
        " be withdrawn first, or the member has to leave a team."
    ),
    "limit_organization": _(
        "This organization has as many entries in this round as it takes of one: %(most)s. One of them has to"
        " be withdrawn first."
    ),
    "limit_requirement": _(
        "This organization has as many entries for this requirement as the round takes of one: %(most)s. One"
        " of them has to be withdrawn first."
    ),
    "entry_region_unknown": _(
        "%(region)s is no region. Write a province or a code of six digits, such as 620100."
    ),
    "not_an_address_or_domain": _("%(entry)s is neither a mail address nor a domain such as lzu.edu.cn."),
    "not_joined": _("Only a member who has joined can own the submission."),
    # Screening
    "own_conflict": _("You have a conflict of interest with this entry. Another organizer decides about it."),
    "announce_first": _("This round gives teams the right of reply: announce the ruling out first."),
    "no_reply_here": _("This round gives no right of reply. Rule the entry out at once, with the reason."),
    "case_open": _("Something is held against this entry already. Decide about that first."),
    "reply_pending": _("The team may reply until %(at)s. Decide after its reply, or after that time."),
    "reply_over": _("The time for a reply ended at %(at)s. Write to the organizer."),
    "replied_already": _("Your team replied at %(at)s. A reply stays as it was given."),
    "team_reads_reason": _("Give the reason. The team reads it."),
}
