"""Words of feedback and reminders: what can be chosen, refusals, audit entries."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

SCORES: Mapping[str, LazyString] = {
    "none": _("no scores"),
    "totals": _("the panel’s total"),
    "criteria": _("the panel’s total and its score on each criterion"),
}
STANDINGS: Mapping[str, LazyString] = {
    "none": _("not where it stands"),
    "band": _("a band: best tenth, best quarter, upper or lower half"),
    "tie": _("its tie band: the places between which the judges’ scores cannot tell"),
    "place": _("its own place"),
}
WORDS: Mapping[str, LazyString] = {
    "names_promised_hidden": _(
        "Judges of this phase were not promised to be named. Names go with comments in an open phase only."
    ),
    "names_need_comments": _("Names stand beside comments. Release comments too, or leave the names out."),
    "feedback_released": _("The teams have read it: what was released stays as it is."),
    "feedback_empty": _("Nothing is chosen yet. Say first what the teams will read."),
    "results_not_out": _(
        "Release it once the results are published, or the phase is announced to the teams."
    ),
    "no_ranking_yet": _("The ranking of this phase is not fixed yet. Feedback says what it says."),
    "no_tie_bands": _(
        "No tie bands stand beside the ranking: it was not calibrated, and its page says why. Choose"
        " something else for where an entry stands."
    ),
    "comments_undecided": _("Comments seem to name a judge: %(count)s. Decide about each of them first."),
    "phase_not_open": _("Judges are reminded while their phase is open. It is not open now."),
}
# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "feedback.chosen": ("", "edit", _("What teams read of their judging was chosen")),
    "feedback.ruled": ("", "eye-off", _("A comment to a team was looked at")),
    "feedback.released": ("good", "chat", _("Feedback was released to the teams")),
    "judges.reminded": ("", "mail", _("Judges with open scorecards were reminded")),
}
