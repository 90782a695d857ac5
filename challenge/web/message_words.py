"""Letters in words: their kinds, and how they can be had."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

# kind -> name, what belongs to it
KIND_WORDS: Mapping[str, tuple[LazyString, LazyString]] = {
    "news": (_("Word from organizers"), _("Announcements, and messages to a group that you are in.")),
    "questions": (_("Questions and answers"), _("What is asked about your needs and rounds, and answered.")),
    "organizing": (_("Rounds that I organize"), _("What opens, closes, comes in or goes back there.")),
    "judging": (_("Talk among judges"), _("What is said about entries that you have scored.")),
    "teammates": (_("Teammates"), _("Messages from the board, invitations taken up or declined.")),
    "outreach": (_("Needs on their way"), _("Answers to what was sent out, next steps, offers made anew.")),
    "services": (_("Services"), _("How requests to a centre move on.")),
    "outcome": (_("After the results"), _("Feedback, certificates, results of rounds that you are in.")),
}
WAY_WORDS: Mapping[str, LazyString] = {
    "mail": _("At once, by mail"),
    "daily": _("Gathered, every morning"),
    "weekly": _("Gathered, on Mondays"),
    "inbox": _("Only here, no mail"),
}
