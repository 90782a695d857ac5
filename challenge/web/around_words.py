"""Words of tracks, resources, the board of teammates, likeness and the gallery: refusals, audit entries."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "tracks_fixed": _("Tracks are fixed once judging has opened."),
    "track_used": _("Requirements, drafts or prizes belong to “%(name)s”. Move them first."),
    "choose_a_track": _("Choose the track that your solution belongs to."),
    "track_by_requirement": _("A solution is in the track of its requirement."),
    "terms_missing": _("Write the terms first: there is nothing to accept yet."),
    "terms_needed": _("Write the terms, in Chinese or in English."),
    "resource_terms_changed": _("The terms have changed meanwhile. Read the new version."),
    "terms_first": _("This opens once you have accepted the terms on the page of resources."),
    "not_a_web_page": _("Write a whole web address that begins with http:// or https://."),
    "board_off": _("The organizer has switched the board of this round off."),
    "post_hidden": _("The organizer took your post off the board. It cannot be changed."),
    "own_post": _("This is your own post."),
    "consent_needed": _("Tick this: without your address nobody can answer."),
    "too_many_messages": _("You have sent %(most)s messages in a day. Write again tomorrow."),
    "results_not_published": _("The results are not published yet. The gallery opens with them."),
    "judge_other_track": _("Not assigned: this judge reads other tracks."),
    "not_of_track": _("This prize is won among the entries of its track. Choose one of them."),
}

# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "round.tracks_edited": ("", "edit", _("The tracks were changed")),
    "round.steps_set": ("", "settings", _("The steps of screening were set")),
    "requirement.branched": ("", "edit", _("A requirement was given to a branch")),
    "requirement.branch_accepted": ("", "check", _("A branch accepted a requirement")),
    "requirement.placed": ("", "edit", _("A requirement was put into a track")),
    "judge.tracks_set": ("", "edit", _("The tracks of a judge were set")),
    "submission.track_chosen": ("", "edit", _("A submission changed its track")),
    "resource.added": ("", "file", _("A resource was added")),
    "resource.removed": ("", "trash", _("A resource was removed")),
    "terms.written": ("", "edit", _("Terms were put in force")),
    "terms.accepted": ("", "check", _("Somebody accepted the terms")),
    "teammates.posted": ("", "users", _("A post was put on the board of teammates")),
    "teammates.closed": ("", "x", _("A post was taken off the board by its author")),
    "teammates.hidden": ("warn", "eye-off", _("A post was hidden")),
    "teammates.written": ("", "mail", _("A message was sent from the board")),
    "teammates.switched": ("", "settings", _("The board of teammates was switched on or off")),
    "likeness.checked": ("", "search", _("Entries were compared for likeness")),
    "gallery.shown": ("", "eye", _("A team let the gallery show its work")),
    "gallery.taken_back": ("", "eye-off", _("A team took its work out of the gallery")),
}
