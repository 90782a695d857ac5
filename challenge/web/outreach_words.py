"""Words of distribution, brokers and docking: refusals, reasons, audit entries."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "link_altered": _("This link is not complete, or was changed on its way. Open it from the letter again."),
    "dispatch_expired": _("This waited for an answer until %(at)s. Look whether the need is still open."),
    "dispatch_over": _("This need takes no answers any more."),
    "dispatch_answered": _("This was answered at %(at)s, and somebody may have acted on it. Write to them."),
    "forwarded_enough": _("You have passed this on %(most)s times. Share its page instead."),
    "own_address": _("This is your own address."),
    "nobody_to_send": _("Nobody is left to send it to. The preview says why."),
    "not_public": _("Only what everyone may read goes out. Publish it first."),
    "too_many_recipients": _("%(count)s recipients; at most %(most)s go out at once."),
    "line_not_an_address": _("Line %(number)s is no mail address: %(line)s"),
    "name_taken": _("A list of this name exists already. Choose another."),
    "nobody_by_address": _("Nobody has a confirmed account with this address."),
    "no_accounts": _("No confirmed account: %(names)s. Put plain addresses into a contact list."),
    "no_organizations": _("No organization has this name: %(names)s."),
    "claimed_already": _("Somebody looks after this already."),
    "docking_times": _("It has to end after it begins."),
    "docking_long": _("A meeting lasts a week at most."),
    "docking_early": _("It has not begun yet: it begins at %(at)s."),
    "docking_over": _("It is over, so it cannot be moved or called off."),
    "one_candidate": _("Name one candidate."),
    "anonymous_seeker": _("Its seeker is anonymous: only the seeker itself can have itself named."),
}
# Why a recipient gets nothing now, as the preview counts it.
LEFT_OUT: Mapping[str, LazyString] = {
    "unsubscribed": _("want no such letters"),
    "failed": _("the address was refused for good"),
    "limit": _("had as many letters lately as they want"),
    "own": _("belong to the seeker"),
    "no_account": _("have no inbox here"),
    "no_number": _("have no number for this channel"),
    "had_it": _("had it before"),
    "often_enough": _("were asked three times"),
    "too_soon": _("were asked less than three days ago"),
}
CHANNELS: Mapping[str, LazyString] = {
    "mail": _("Mail"),
    "inbox": _("Inbox here"),
    "sms": _("SMS"),
    "chat": _("Chat"),
}
STATES: Mapping[str, LazyString] = {
    "queued": _("On its way"),
    "sent": _("Sent"),
    "opened": _("Opened"),
    "interested": _("Interested"),
    "declined": _("Declined"),
    "forwarded": _("Passed on"),
    "bounced": _("Bounced"),
    "expired": _("Expired"),
}
REASONS: Mapping[str, LazyString] = {
    "no_fit": _("Not my field"),
    "no_capacity": _("No time now"),
    "terms": _("The terms do not suit"),
    "too_early": _("My technology is not ready"),
    "other": _("Another reason"),
}

# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "distribution.sent": ("good", "mail", _("Requirements were sent out")),
    "distribution.sent_again": ("", "mail", _("Requirements were sent again to the silent")),
    "dispatch.interested": ("good", "check", _("A recipient is interested")),
    "dispatch.declined": ("", "x", _("A recipient declined")),
    "dispatch.forwarded": ("", "arrow-right", _("A recipient passed a requirement on")),
    "requirement.shared": ("", "link", _("A link to hand out was made")),
    "care.offered": ("", "user", _("A requirement was offered to a broker")),
    "care.claimed": ("good", "user", _("A broker claimed a requirement")),
    "care.refused": ("warn", "back", _("A broker gave a requirement back")),
    "docking.paired": ("", "link", _("A candidate was brought together with a requirement")),
    "docking.planned": ("", "calendar", _("A meeting was planned")),
    "docking.moved": ("", "calendar", _("A meeting was moved")),
    "docking.cancelled": ("warn", "x", _("A meeting was called off")),
    "docking.settled": ("good", "check", _("What came of a meeting was written down")),
    "docking.judged": ("", "edit", _("A side gave its verdict on a meeting")),
    "docking.named": ("", "eye", _("A seeker let itself be named to a candidate")),
    "round.quiet_days_set": ("", "clock", _("How long a need may lie still was set")),
}

NEXT_STEPS: Mapping[str, LazyString] = {
    "send": _("Nobody was sent it yet. Send it to those who may solve it."),
    "wait_again": _("Nobody is interested yet. Ask the silent again, or send it to others."),
    "meet": _("Somebody is interested. Plan a meeting."),
    "follow_up": _("They have met. Ask both sides what keeps them, and agree on a next step."),
}
MEETING_CHANNELS: Mapping[str, LazyString] = {
    "on_site": _("At a table"),
    "video": _("By video"),
    "phone": _("By telephone"),
    "mail": _("In writing"),
    "visit": _("Visit to a site"),
}
VERDICTS: Mapping[str, LazyString] = {
    "promising": _("Promising"),
    "not_yet": _("Not yet"),
    "no": _("No"),
}
MOMENTS: Mapping[str, tuple[str, str, LazyString]] = {
    "paired": ("", "link", _("Brought together")),
    "dispatched": ("", "mail", _("The need was sent to them")),
    "opened": ("", "eye", _("They opened it")),
    "interested": ("good", "check", _("They are interested")),
    "declined": ("", "x", _("They declined")),
    "forwarded": ("", "arrow-right", _("They passed it on")),
    "planned": ("", "calendar", _("Meeting %(number)s was planned")),
    "held": ("good", "check", _("Meeting %(number)s was held")),
    "no_show": ("warn", "warn", _("Somebody did not come to meeting %(number)s")),
    "cancelled": ("", "x", _("Meeting %(number)s was called off")),
    "submitted": ("good", "up", _("They handed a solution in")),
}


def next_step(code: str) -> str:
    """What brings a need on that lies still."""
    return str(NEXT_STEPS[code])
