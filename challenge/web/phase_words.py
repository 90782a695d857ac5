"""The phases of judging in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n

KINDS: Mapping[str, LazyString] = {
    "screening": _("Screening"),
    "shortlist": _("Shortlist"),
    "final": _("Final"),
}
BLINDNESS: Mapping[str, LazyString] = {
    "open": _("open: judges see who submitted"),
    "blind": _("blind: judges do not see who submitted"),
    "double": _("double-blind: judges and solvers never see each other"),
}
CUTS: Mapping[str, LazyString] = {
    "none": _("everybody goes on"),
    "top": _("the best places"),
    "threshold": _("everybody who reaches a total"),
    "hand": _("chosen by hand, with a reason"),
}
WAYS: Mapping[str, LazyString] = {
    "scores": _("scorecards by the rubric"),
    "ranked": _("ranked choice: each judge puts the entries into an order"),
    "pairwise": _("two by two: each judge says which of two entries is better"),
}
# The method of a ranking that is not made of scorecards, for everyone.
METHODS: Mapping[str, LazyString] = {
    "ranked": _(
        "Each judge puts the entries into an order. They are counted by the single transferable vote: Droop"
        " quota, surpluses pass on by the weighted inclusive Gregory method in exact fractions; equal votes"
        " are decided by the latest earlier stage where they differed, then by a lot drawn from all ballots."
    ),
    "pairwise": _(
        "Each judge says which of two entries is better. The order is that of the Bradley-Terry model, in"
        " which every judge has a reliability of their own."
    ),
}
DONE: Mapping[str, LazyString] = {
    "elected": _("%(codes)s reached the quota"),
    "surplus": _("The surplus of %(codes)s passes on"),
    "excluded": _("%(codes)s has the fewest votes and is excluded"),
    "filled": _("The last seats go to %(codes)s"),
    "end": _("The count ends"),
}
PUBLIC_VOTES: Mapping[str, LazyString] = {
    "none": _("no public vote"),
    "changeable": _("a public vote; everybody may change theirs until the close"),
    "final": _("a public vote; a vote once given stays"),
}
STATES: Mapping[str, LazyString] = {"planned": _("planned"), "open": _("open"), "over": _("closed")}

# What phases refuse; a part of the one table in `words`.
WORDS: Mapping[str, LazyString] = {
    "phase_needs_close": _("Say when this phase closes: another one follows it."),
    "phase_needs_open": _("Say when this phase opens: the one before closes earlier than the round."),
    "phase_overlaps": _("The phase before closes only at %(at)s."),
    "phase_clash": _("These times do not fit those of phase %(number)s."),
    "outside_judging": _("This lies outside the judging of the round: %(opens)s to %(closes)s."),
    "whole_number_from_one": _("Write a whole number, 1 or more."),
    "phases_fixed": _("The last phase has ended, so none can follow it."),
    "phase_over": _("This phase has ended and stays as it was."),
    "phase_not_last": _("Only the last phase can be taken away."),
    "phase_in_use": _("This phase has judges or entries already, so it stays."),
    "phase_closes_with_round": _("This phase closes with the judging of the round. Extend that instead."),
    "never_shortened": _("A phase that is open is never shortened: it closes at %(at)s or later."),
    "panel_unseen": _("In a double-blind phase the judges are not shown."),
    "too_many_phases": _("A round has at most %(most)s phases."),
    "no_next_phase": _("No phase follows this one. Lay one out first."),
    "not_carried_on": _("Decide first who goes on."),
    "carried_on": _("The next phase has begun from this ranking, so it stands."),
    "carried_without_total": _("An entry without a total has no points to carry on. Leave it out."),
    # Other ways to judge
    "not_by_scores": _("This phase is not judged by scorecards."),
    "cut_needs_totals": _("There are no totals in this way of judging. Cut by places or by hand."),
    "nothing_cast": _("Nothing is locked yet, so there is nothing to count."),
    "ballot_locked": _("This ballot is locked. Nobody can change it."),
    "ballot_empty": _("Give at least one entry a place."),
    "place_from_to": _("Write a whole number from 1 to %(most)s."),
    "place_twice": _("Two entries have place %(place)s. Give each a place of its own, or leave one empty."),
    "say_why": _("Say in a few words why you cannot decide."),
    "no_public_vote": _("There is no public vote here."),
    "not_in_vote": _("This entry is not, or no longer, in the public vote."),
    "own_entry": _("You belong to this team, so you cannot vote for it."),
    "voted_already": _("You have voted already, and a vote stays as it was given."),
}


class Named(Protocol):
    """What a phase is called by."""

    @property
    def number(self) -> int:
        """Its place among the phases."""

    @property
    def kind(self) -> str:
        """Screening, shortlist or final."""


def phase_name(phase: Named | sa.Row[*tuple[Any, ...]]) -> str:
    """The organizer's own name for it, or its number and kind."""
    return i18n.t(phase, "name") or f"{phase.number} · {KINDS[phase.kind]}"


def cut_words(cut: str, value: Decimal | None) -> str:
    """Who goes on to the next phase."""
    if cut == "top":
        return ngettext("the best %(num)d goes on", "the best %(num)d go on", int(value or 0))
    if cut == "threshold":
        points = f"{(value or Decimal(0)).normalize():f}"
        return gettext("everybody with at least %(points)s points goes on", points=points)
    if cut == "hand":
        return gettext("who goes on is chosen by hand, with a reason")
    return gettext("everybody goes on")


def done(stage: Mapping[str, Any]) -> str:
    """What was done at a stage of a count, in a sentence."""
    return str(DONE[stage["done"]]) % {"codes": ", ".join(stage["entries"])}
