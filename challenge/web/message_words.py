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

ROLE_WORDS: Mapping[str, LazyString] = {
    "entries": _("People behind entries"),
    "needs": _("Seekers, by their needs"),
    "work": _("Judges, by their assignments"),
    "people": _("Others"),
}
PART_WORDS: Mapping[str, LazyString] = {
    "entries:draft": _("Entries: drafts"),
    "entries:submitted": _("Entries: handed in"),
    "entries:withdrawn": _("Entries: withdrawn"),
    "entries:ineligible": _("Entries: ruled out"),
    "entries:selected": _("Entries: selected"),
    "entries:not_selected": _("Entries: not selected"),
    "needs:draft": _("Needs: drafts"),
    "needs:submitted": _("Needs: waiting for review"),
    "needs:returned": _("Needs: returned"),
    "needs:published": _("Needs: published"),
    "needs:selected": _("Needs: with a chosen solution"),
    "needs:agreed": _("Needs: with an agreement"),
    "needs:failed": _("Needs: without a solution"),
    "work:invited": _("Judges who have not answered"),
    "work:accepted": _("Judges with open scorecards"),
    "work:completed": _("Judges with locked scorecards"),
    "people:panel": _("Everyone on the panel"),
    "people:organizers": _("Organizers of the round"),
}
DELAY_WORDS: Mapping[str, LazyString] = {
    "5": _("In 5 minutes"),
    "30": _("In 30 minutes"),
    "120": _("In 2 hours"),
}
WORDS: Mapping[str, LazyString] = {
    "segment_empty": _("Choose at least one group: nobody is chosen to begin with."),
    "segment_nobody": _("Nobody is in these groups now."),
    "segment_changed": _("Meanwhile %(count)s people are in these groups. Look at them again, then send."),
    "segment_unseen": _("Look at who gets it first, then send."),
    "count_not_typed": _("Type %(count)s, the number of people, to confirm."),
    "group_gone": _("It has gone out already."),
}
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "group_message.confirmed": ("", "mail", _("A message to a group was confirmed")),
    "group_message.stopped": ("warn", "x", _("A message to a group was stopped")),
}
