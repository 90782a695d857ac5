"""Words of prizes with bounds and of results on their way out: refusals, audit entries, delays."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    # Prizes
    "in_kind_without_sum": _("A prize in kind has no sum. Leave it empty, or choose money or both."),
    "sum_or_pool": _("Give the sum, or choose the pool that this prize shares."),
    "in_kind_said": _("Say what it is beside the money."),
    "sum_needed": _("Give a sum above zero."),
    "pool_of_requirement": _("This pool is there for each requirement, so a prize in it is won in each."),
    "pool_currency": _("This pool is in %(currency)s. The prizes that share it are too."),
    "pool_used": _("Prizes share this pool. Take them out of it first."),
    "pool_unsplit": _("A pool of %(total)s is not split yet. Awards without a share: %(count)s."),
    "pool_exceeded": _("The shares come to %(given)s; the pool has %(total)s."),
    "cap_exceeded": _("More than the caps of this round allow: %(codes)s."),
    "over_cap": _("With this the entry has more than the caps of this round allow: %(codes)s."),
    "nothing_to_withhold": _("No cap is exceeded here, so the prize follows its seeker’s word."),
    # Two keys
    "release_missing": _("The results go out only when two people have approved them, and after the delay."),
    "release_approved": _("These results are approved. Stop them first, then prepare them anew."),
    "release_stopped": _("These results were stopped. Prepare them anew."),
    "release_changed": _("Something changed since you looked it over. Look again, and prepare it anew."),
    "second_person_needed": _("You prepared these results. Somebody else has to approve them."),
    "already_published": _("The results are published. They cannot be stopped any more."),
    "stop_reason": _("Say why. Whoever holds a key to these results reads it."),
}
KINDS: Mapping[str, LazyString] = {
    "money": _("A sum of money"),
    "in_kind": _("In kind"),
    "both": _("Money and in kind"),
}
# How long results wait after the approval, in minutes.
DELAYS: Mapping[int, LazyString] = {
    10: _("10 minutes"),
    30: _("30 minutes"),
    60: _("1 hour"),
    240: _("4 hours"),
    1440: _("1 day"),
}

# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "round.prize_limits_edited": ("", "medal", _("The pools and caps of the prizes were changed")),
    "award.share_set": ("", "medal", _("A share of a pool was set")),
    "award.withheld": ("warn", "medal", _("A prize was withheld because of a cap")),
    "release.prepared": ("info", "list", _("The results were prepared for approval")),
    "release.approved": ("info", "key", _("The results were approved by a second person")),
    "release.stopped": ("warn", "x", _("The results were stopped before they went out")),
}
