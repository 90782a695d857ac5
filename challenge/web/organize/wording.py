"""The organizer's rooms in words: what waits, what the clock does next, who would be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.flow.previews import Told
from challenge.reports.control import Matter

COUNTED: Mapping[str, Callable[[int], str]] = {
    "screen": lambda n: ngettext(
        "%(num)s requirement waits for review.", "%(num)s requirements wait for review.", n
    ),
    "answer": lambda n: ngettext("%(num)s question has no answer.", "%(num)s questions have no answer.", n),
    "entries_short": lambda n: ngettext(
        "%(num)s solution has too few judges.", "%(num)s solutions have too few judges.", n
    ),
    "cases_wait": lambda n: ngettext(
        "%(num)s entry that you screen waits for your decision.",
        "%(num)s entries that you screen wait for your decision.",
        n,
    ),
    "conflicts_found": lambda n: ngettext(
        "%(num)s assigned judge has a conflict of interest now, because something changed."
        " Give the entry to another judge.",
        "%(num)s assigned judges have a conflict of interest now, because something changed."
        " Give the entries to other judges.",
        n,
    ),
    "conflicts_open": lambda n: ngettext(
        "%(num)s possible conflict of a judge waits for your decision.",
        "%(num)s possible conflicts of judges wait for your decision.",
        n,
    ),
    "cards_open": lambda n: ngettext(
        "%(num)s scorecard is not locked yet.", "%(num)s scorecards are not locked yet.", n
    ),
    "seekers_pending": lambda n: ngettext(
        "%(num)s seeker has not answered yet.", "%(num)s seekers have not answered yet.", n
    ),
}
MATTERS: Mapping[str, LazyString] = {
    "dates_missing": _("The windows are not complete, so the round cannot be launched."),
    "rules_missing": _("There are no rules yet. Entrants read them before they take part."),
    "prizes_missing": _("No prize is named yet."),
    "launch": _("Everything that a launch needs is there."),
    "nothing_published": _(
        "Submission is open, but no requirement is published: solvers have nothing to answer."
    ),
    "panel_small": _("The panel has fewer than two judges."),
    "rank": _("Judging is over. The ranking waits to be fixed."),
    "propose": _("The ranking is fixed. Awards wait to be proposed."),
    "notice_runs": _("The public notice runs. Objections may come in."),
    "publish": _("The public notice is over. Two people can publish the results."),
}
VERBS: Mapping[str, LazyString] = {
    "screening": _("Review"),
    "questions": _("Answer"),
    "submissions": _("Decide"),
    "conflicts": _("Decide"),
    "assignments": _("Assign"),
    "progress": _("See progress"),
    "awards": _("Go to awards"),
    "settings": _("Set the windows"),
    "texts": _("Write them"),
    "prizes": _("Name prizes"),
    "launch": _("Look it over and launch"),
    "panel": _("Invite judges"),
    "ranking": _("Go to the ranking"),
}
MOMENTS: Mapping[str, LazyString] = {
    "requirements_opens": _("The call for requirements opens"),
    "requirements_closes": _("The call for requirements closes"),
    "submission_opens": _("Submission opens"),
    "submission_closes": _("Submission closes"),
    "judging_opens": _("Judging opens"),
    "judging_closes": _("Judging closes"),
    "award_opens": _("The award stage opens"),
    "award_closes": _("The award stage closes"),
}
AUDIENCES: Mapping[str, LazyString] = {
    "organizers": _("organizers"),
    "seekers": _("seekers in this round"),
    "solvers": _("people with a draft or an entry"),
    "entrants": _("people behind the entries"),
    "receipted": _("people who handed in, with their signed receipts"),
    "only_drafts": _("people whose drafts are not handed in"),
    "winners": _("people behind a winning entry"),
    "not_winners": _("people whose entries won nothing"),
    "concerned": _("people who take part: organizers, seekers, solvers, judges"),
    "everyone": _("people who take part: organizers, seekers, solvers, judges"),
}


def matter_words(matter: Matter) -> tuple[str, str]:
    """What waits, and the verb of its button."""
    counted = COUNTED.get(matter.code)
    text = counted(matter.count) if counted else str(MATTERS[matter.code])
    return text, str(VERBS[matter.endpoint])


def told_words(told: Sequence[Told]) -> list[str]:
    """One line for each kind of letter that would go out: "12 letters: seekers in this round"."""
    return [
        gettext(
            "%(letters)s: %(audience)s",
            letters=ngettext("%(num)s letter", "%(num)s letters", each.count),
            audience=AUDIENCES.get(each.audience, each.audience),
        )
        for each in told
    ]
