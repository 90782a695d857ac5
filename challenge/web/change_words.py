"""Words of changes to published needs: refusals and audit entries."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "change_closed": _(
        "Solutions closed at %(at)s. This need cannot be changed any more; it can only be withdrawn."
    ),
    "change_waits": _("The organizer has this change. Take it back first, or wait for the answer."),
    "change_note_needed": _("Say what changed and why. Everyone reads it beside the difference."),
    "change_of_nothing": _("Nothing differs from the published need."),
    "change_outdated": _(
        "The need changed since this was written. Look at what the change would do now, and save it again."
    ),
    "change_reveals": _(
        "Its seeker wants to be anonymous, and this change could identify it in places: %(count)s. Return it,"
        " and say what to word otherwise."
    ),
    "change_not_waiting": _("This change does not wait for a decision any more."),
    "change_moved_on": _("The change is another one than you read. Look at it again."),
    "change_only_editorial": _(
        "This change is material, so its seeker has to propose it. An organizer makes editorial ones."
    ),
    "change_close_undecided": _("The change is material. Decide whether solutions are taken longer."),
    "seekers_own": _("Only the seeker changes this."),
    "change_not_editorial": _("Not only words changed: this change is material. Decide about the close."),
    "close_not_shortened": _(
        "Solutions are promised to be taken until %(at)s. A window that opened is never shortened."
    ),
    "own_close_past_round": _("Its own close can move to %(at)s at most, the close of its round."),
    "not_answered_yet": _("There is no answer to correct yet."),
    "corrected_enough": _("This answer was corrected %(most)s times. Ask for a new question instead."),
}
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "requirement.changed": ("info", "edit", _("A published requirement changed")),
    "requirement.contact_changed": ("", "user", _("The contact of a requirement changed")),
    "change.submitted": ("", "up", _("A change to a published requirement was proposed")),
    "change.returned": ("warn", "back", _("A proposed change was returned")),
    "change.dropped": ("", "x", _("A proposed change was given up")),
    "question.corrected": ("", "edit", _("An answer was corrected")),
}
