"""Words of objections: grounds, sides, refusals, why somebody does not answer, audit entries."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "no_notice": _("Nothing stands on public notice here, so there is nothing to object to yet."),
    "objections_over": _("Objections were taken until %(at)s, by the clock of the database."),
    "objections_enough": _("%(most)s objections of yours wait for an answer. More can follow after that."),
    "objection_settled": _("This objection is answered or withdrawn already."),
    "objection_involved": _("You are involved in this, so somebody else answers it. The page says who may."),
    "objections_open": _("Publication waits: %(count)s objections are not answered yet."),
    "notice_reopened": _("Publication waits: an upheld objection changes a part of the notice."),
    "objection_short": _("Write at least %(least)s characters, so that somebody can look into it."),
    "not_on_notice": _("Choose an entry that stands on the notice, or one of yours."),
    "filer_reads_reasons": _("Write the reasons. Whoever objected reads them."),
    "public_reads_text": _("Write a sentence for everyone. It stands on the results page."),
    "names_filer": _("Everyone reads this. Leave out who objected."),
    "choose_card": _("Choose at least one scorecard of this entry."),
    "nothing_to_reopen": _(
        "The entry has no locked scorecard in the last phase, from which the awards follow."
        " Dismiss the objection with the reasons, or answer it another way."
    ),
    "cards_open": _("%(count)s scorecards are open again. Wait until they are locked or their time is over."),
    "ranking_behind": _("The scorecards have changed. Fix the ranking anew first."),
    "signed_out_objection": _(
        "You are signed out. What you typed is kept below: copy it, sign in, and send it again."
    ),
}
GROUNDS: Mapping[str, LazyString] = {
    "criterion": _("The scoring by a criterion"),
    "conflict": _("A judge’s conflict of interest"),
    "eligibility": _("Whether the entry may take part"),
}
SIDES: Mapping[str, LazyString] = {
    "solver": _("I have a submission in this round"),
    "seeker": _("I speak for a seeker of this round"),
    "judge": _("I judge in this round"),
    "public": _("I am a member of the public"),
}
SIDES_TOLD: Mapping[str, LazyString] = {
    "solver": _("Has a submission in this round, by their own word"),
    "seeker": _("Speaks for a seeker of this round, by their own word"),
    "judge": _("Judges in this round, by their own word"),
    "public": _("A member of the public"),
}
INVOLVED: Mapping[str, LazyString] = {
    "filed": _("filed it"),
    "judges": _("judged the entry, or is the judge in question"),
    "tied": _("is tied to the entry, its team or its seeker"),
    "decided": _("decided on this entry or its requirement before"),
    "filer_organization": _("is of the same organization as whoever objected"),
}

# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "objection.filed": ("warn", "warn", _("An objection was filed")),
    "objection.withdrawn": ("", "back", _("An objection was withdrawn")),
    "objection.dismissed": ("", "x", _("An objection was dismissed")),
    "objection.upheld": ("warn", "gavel", _("An objection was upheld")),
    "scorecard.left_out": ("warn", "x", _("A scorecard was left out of the result")),
    "notice.resumed": ("info", "clock", _("The public notice went on")),
}


def ground(code: str) -> str:
    """What an objection is about."""
    return str(GROUNDS[code])


def why_not(codes: tuple[str, ...]) -> list[str]:
    """Why somebody does not answer."""
    return [str(INVOLVED[code]) for code in codes]
