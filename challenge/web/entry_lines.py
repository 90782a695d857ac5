"""Who may enter a round, how many it takes and what stands against an entry, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n
from challenge.rounds.models import Round
from challenge.rules.eligibility import PERSONS, Rules, Unmet, prefix
from challenge.rules.errors import Refused
from challenge.submissions.entering import NotEligible
from challenge.submissions.limits import EntryRefused
from challenge.web import words
from challenge.web.places import KIND_WORDS, region_name

KINDS: Mapping[str, LazyString] = {**KIND_WORDS, PERSONS: _("Persons, without an organization")}
_LIMITS: tuple[tuple[str, LazyString], ...] = (
    ("max_per_solver", _("Entries of one person: at most %(most)s.")),
    ("max_per_organization", _("Entries of one organization: at most %(most)s.")),
    ("max_per_requirement", _("Entries of one organization for one requirement: at most %(most)s.")),
)

_MEMBER = _("With this one, a member has more entries than the round takes of one person: %(most)s.")
_OVER: Mapping[str, LazyString] = {
    "limit_team": _("The team has more members than the round takes: %(most)s."),
    "limit_solver": _MEMBER,
    "limit_member": _MEMBER,
    "limit_organization": _(
        "With this one, its organization has more entries than the round takes of one: %(most)s."
    ),
    "limit_requirement": _(
        "With this one, its organization has more entries for the requirement than the round takes: %(most)s."
    ),
}


def place_name(code: str) -> str:
    """A region by its province; one within it with its code."""
    name = region_name(code)
    return name if len(prefix(code)) <= len("62") else f"{name} {code}"


def rule_lines(rules: Rules) -> list[str]:
    """Who may take part, a line for each rule; empty where everybody may."""
    found = []
    if rules.kinds:
        found.append(gettext("Open to: %(kinds)s.", kinds=i18n.listed(KINDS[kind] for kind in rules.kinds)))
    if rules.regions:
        places = i18n.listed(place_name(code) for code in rules.regions)
        found.append(gettext("Open to organizations in: %(regions)s.", regions=places))
    if rules.account_days:
        found.append(
            ngettext(
                "The owner’s account exists for at least %(num)d day.",
                "The owner’s account exists for at least %(num)d days.",
                rules.account_days,
            )
        )
    if rules.invited:
        found.append(gettext("By invitation only: the organizer keeps a list of mail addresses and domains."))
    return found


def limit_lines(round_: Round) -> list[str]:
    """How many the round takes of one and the same, a line for each limit that is set."""
    lines = [
        str(text) % {"most": getattr(round_, name)}
        for name, text in _LIMITS
        if getattr(round_, name) is not None
    ]
    return [gettext("A team has at most %(most)s members.", most=round_.max_members), *lines]


def unmet_lines(rules: Rules, unmet: Sequence[Unmet]) -> list[str]:
    """Which rules are not met, each with what would help."""
    return [_unmet(rules, each) for each in unmet]


def _unmet(rules: Rules, each: Unmet) -> str:
    if each.code == "kind":
        kinds = i18n.listed(KINDS[kind] for kind in rules.kinds)
        if rules.kinds == (PERSONS,):
            return gettext("This round is open to persons only: enter for yourself, not for an organization.")
        return gettext(
            "This round is open to: %(kinds)s. Choose such an organization under “On behalf of”; one that is"
            " not registered yet is registered under Organizations.",
            kinds=kinds,
        )
    if each.code == "region":
        return gettext(
            "This round is open to organizations in: %(regions)s. Choose one of there under “On behalf of”,"
            " or complete the region of yours under Organizations.",
            regions=i18n.listed(place_name(code) for code in rules.regions),
        )
    if each.code == "account_age":
        return ngettext(
            "The owner’s account is too new for this round; it will be old enough in %(num)d day. A member"
            " with an older account can own the submission.",
            "The owner’s account is too new for this round; it will be old enough in %(num)d days. A member"
            " with an older account can own the submission.",
            each.days,
        )
    return gettext(
        "This round is by invitation, and the owner’s mail address is not on its list. Sign in with the"
        " invited address, or ask the organizer."
    )


def unmet_briefly(rules: Rules, unmet: Sequence[Unmet]) -> list[str]:
    """The same for the organizer: what is not met, without advice to the team."""
    kinds = i18n.listed(KINDS[kind] for kind in rules.kinds)
    said = {
        "kind": gettext("Not on behalf of: %(kinds)s.", kinds=kinds),
        "region": gettext(
            "Not of an organization in: %(regions)s.",
            regions=i18n.listed(place_name(code) for code in rules.regions),
        ),
        "invited": gettext("The owner’s mail address is not on the list of those invited."),
    }
    return [
        said.get(each.code)
        or ngettext(
            "The owner’s account is %(num)d day too new.",
            "The owner’s account is %(num)d days too new.",
            each.days,
        )
        for each in unmet
    ]


def refusals_briefly(refusals: Iterable[EntryRefused]) -> list[str]:
    """What stands against an entry, for the organizer: no advice, and of a draft no names."""
    found: list[str] = []
    for refusal in refusals:
        if isinstance(refusal, NotEligible):
            found += unmet_briefly(refusal.rules, refusal.unmet)
        else:
            found.append(str(_OVER[refusal.code]) % {"most": refusal.params["most"]})
    return found


def refusal_lines(refusals: Iterable[Refused]) -> list[str]:
    """What stands against an entry, in sentences."""
    found: list[str] = []
    for refusal in refusals:
        if isinstance(refusal, NotEligible):
            found += unmet_lines(refusal.rules, refusal.unmet)
        else:
            found.append(words.say(refusal))
    return found
