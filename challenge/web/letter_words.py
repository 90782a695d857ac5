"""The letters that a programme may word itself, and their fields, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

LETTER_WORDS: Mapping[str, LazyString] = {
    "solutions_open": _("To seekers: submission is open"),
    "draft_not_entered": _("To solvers: the draft was not handed in"),
    "entry_stands": _("To solvers: the entry stands"),
    "submission_submitted": _("To solvers: receipt"),
    "submission_withdrawn": _("To solvers: the entry was withdrawn"),
    "submission_ruled_out": _("To solvers: the entry was ruled out"),
    "requirement_published": _("To seekers: the need is published"),
    "requirement_returned": _("To seekers: the need was returned"),
    "judge_added": _("To judges: on the panel"),
    "judging_open": _("To judges: judging is open"),
    "assignments_made": _("To judges: entries to score"),
    "judge_reminded": _("To judges: reminder"),
    "decision_asked": _("To seekers: the choice of a winner"),
    "award_won": _("To solvers: the entry has won"),
    "award_not_won": _("To solvers: not selected"),
    "feedback_released": _("To solvers: feedback"),
    "results_published": _("To seekers: the results are out"),
}
FIELD_WORDS: Mapping[str, LazyString] = {
    "name": _("the reader’s name"),
    "round": _("title of the round"),
    "programme": _("title of the programme"),
    "need": _("title of the need"),
    "entry": _("code and title of the entry"),
    "closes": _("when the open stage closes"),
    "until": _("the deadline"),
    "count": _("how many are open"),
    "entries": _("the reader’s entries, one a line"),
    "awards": _("what was won, one a line"),
    "text": _("all that the product says in this letter"),
}
WORDS: Mapping[str, LazyString] = {
    "letter_field_unknown": _("Not known here: %(fields)s. The fields that can stand here are listed above."),
    "letter_field_missing": _("It has to say %(fields)s, or {text} for all that the product says."),
}
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "letter.worded": ("", "edit", _("The words of a letter were changed")),
}
