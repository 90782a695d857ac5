"""The reader's words for what files and submissions refuse; a part of the one table in `words`."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    # Files
    "no_file": _("Choose a file first."),
    "file_empty": _("%(name)s is empty. Nothing of this upload was kept."),
    "file_too_large": _("%(name)s is above the limit of %(limit)s. Nothing of this upload was kept."),
    "upload_too_large": _("This is more than the %(limit)s that may still be added. Nothing was kept."),
    "too_many_files": _(
        "There may be %(most)s files altogether. Remove one first; nothing of this upload was kept."
    ),
    "file_type_not_allowed": _(
        "%(name)s is of a type that is not taken. Send PDF, Office, ODF, PNG, JPEG, ZIP or text."
    ),
    "file_type_differs": _("%(name)s is really %(real)s. Give it its right name or send another file."),
    "file_damaged": _("%(name)s is not a readable %(expected)s file. Save it anew and send it again."),
    "file_missing": _(
        "This file is not in the storage. It was recorded; the operator can restore it from a backup."
    ),
    "upload_unreadable": _(
        "The upload could not be read. Nothing was kept. Reload the page and send it again."
    ),
    "upload_without_length": _("The upload did not say how long it is. Nothing was kept."),
    "upload_cut_off": _("The connection broke off. Nothing of this upload was kept; send it again."),
    "files_too_large": _("All files together may have %(limit)s. Remove one first; this one was not kept."),
    "file_infected": _("%(name)s holds %(found)s, says the virus scanner. It was not kept."),
    "file_not_scanned": _("%(name)s is too large for the virus scanner. It was not kept."),
    "scanner_away": _(
        "The virus scanner does not answer just now. Your draft is kept; try again in a minute."
    ),
    "storage_away": _("The storage does not answer just now. Nothing was lost; try again in a minute."),
    "upload_overtaken": _("This upload goes on over another connection."),
    "upload_offset": _("%(good)s bytes of this file are here. Go on from there."),
    "upload_version": _("This server speaks tus %(version)s."),
    "upload_not_a_chunk": _("The bytes of a file come as application/offset+octet-stream."),
    "upload_checksum": _("The bytes were damaged on their way and were not kept. Send them again."),
    "upload_checksum_unknown": _("Only %(algorithm)s is checked."),
    "upload_cut_off_kept": _("The connection broke off. What came is kept; go on from there."),
    "no_room": _("The disk is full. Nothing partial was kept. The operator has been told in the log."),
    # Handing in
    "round_not_running": _("This round takes no solutions: it was cancelled, or is not announced yet."),
    "requirement_not_open": _("This requirement takes no solutions any more."),
    "choose_a_requirement": _("This round has requirements. Choose the one that you want to answer."),
    "missing": _("Fill this in."),
    "missing_consent": _("Accept this, in the version that stands now."),
    "field_full": _(
        "Files of this field: at most %(most)s, those still under way included. "
        "Remove one first; nothing of this upload was kept."
    ),
    "files_over": _("Files of this field: at most %(most)s. Remove %(count)s."),
    "missing_files": _("%(count)s more files are needed."),
    "too_few": _("Choose at least %(least)s."),
    "too_many_choices": _("Choose at most %(most)s."),
    "not_a_link": _("Write a whole address that begins with https://."),
    "not_a_date": _("Write a date like 2026-12-04."),
    "below_minimum": _("At least %(minimum)s."),
    "above_maximum": _("At most %(maximum)s."),
    "missing_answers": _("%(count)s indicators have no answer yet."),
    "missing_evidence": _("%(count)s answers say “met” or “partly” without evidence."),
    "missing_team": _("Each member of the team needs a name."),
    # Drafts
    "field_gone": _("The form was changed: this is not asked any more. Copy what you need, then reload."),
    "signed_out": _(
        "You are signed out. What you typed is kept in this browser and is sent after you sign in."
    ),
    "stale_draft": _(
        "Somebody of your team saved this draft after you opened it. Where both of you wrote, theirs is"
        " stored and shown below yours; save again to put yours in its place."
    ),
    "not_your_organization": _("You do not represent this organization."),
    "trl_goes_back": _("At delivery it cannot be less mature than now."),
    "quote_slip": _("%(typed)s is far above the budget. Did you mean %(meant)s?"),
    # Team
    "team_full": _("A team has at most %(most)s members."),
    "owner_stays": _("The owner stays in the team: somebody has to answer for the submission."),
    "not_named_any_more": _("You are not named in this team any more. Ask its owner to invite you again."),
    # The close
    "extension_past_judging": _("Judging closes at %(at)s. Choose that or an earlier moment."),
    "extension_past_release": _(
        "This round is sealed and opens at %(at)s. Nobody can have more time than until then."
    ),
    "sealing_key_missing": _(
        "This round is sealed, and the sealing key %(key)s is not on this server. Nothing is lost; the"
        " operator puts it back with flask sealing import."
    ),
    "round_without_key": _("This round is sealed but has no key. The operator has been told in the log."),
    "seal_broken": _("This does not open: it is not what was sealed, or the key is another."),
    "paper_sealed": _(
        "The PDF can be made once the seal of the round is opened. The signed file is here now."
    ),
    "seal_closed": _("This round is sealed until its submission window has closed."),
    # Ruling out
}
