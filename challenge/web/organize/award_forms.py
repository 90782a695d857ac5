"""Forms of the award board: whom a slot goes to, a word for a silent seeker, how long the notice runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField

from challenge.awards.board import Candidate
from challenge.awards.deciding import REASON_LENGTH
from challenge.rules import localtime
from challenge.rules.errors import Invalid
from challenge.web.entries import entry_label
from challenge.web.moments import MomentField, local

HOUR = dt.timedelta(hours=1)


class SlotForm(FlaskForm):
    """Whom a slot goes to."""

    submission = SelectField(_("Entry"), validate_choice=False)

    def offer(self, tied: Iterable[Candidate], others: Iterable[Candidate]) -> None:
        """Those between whom a tie left the choice come first."""
        groups = {
            gettext("Share this place"): [(each.ref, entry_label(each)) for each in tied],
            gettext("Other entries"): [(each.ref, entry_label(each)) for each in others],
        }
        offered = {title: entries for title, entries in groups.items() if entries}
        self.submission.choices = {"": [("", gettext("Nobody: leave it open"))], **offered}


class OverrideForm(FlaskForm):
    """Why the organizer decides; which entry, where a tie left the proposal open."""

    chosen = SelectField(_("Entry"), validate_choice=False)
    reason = TextAreaField(
        _("Reason"),
        description=_("It is published with the decision, and kept in the audit trail."),
        render_kw={"rows": 3, "maxlength": REASON_LENGTH},
    )

    def offer(self, tied: Iterable[Candidate]) -> None:
        """The entries that share the first place; without any the field goes."""
        choices = [(each.ref, entry_label(each)) for each in tied]
        if choices:
            self.chosen.choices = [("", gettext("Choose an entry")), *choices]
        else:
            del self.chosen


class NoticeForm(FlaskForm):
    """Until when the notice runs."""

    ends_at = MomentField(_("The notice ends"))

    def propose(self, now: dt.datetime, days: int, zone: str) -> None:
        """The first full hour after the promised days that the zone's clock shows exactly once."""
        at = (now + dt.timedelta(days=days, minutes=59)).replace(minute=0, second=0, microsecond=0) + HOUR
        while True:
            wall = local(at, zone)
            try:
                if wall is not None and localtime.to_instant("ends_at", wall, ZoneInfo(zone)) == at:
                    break
            except Invalid:
                pass
            at += HOUR
        self.ends_at.process_data(wall)

    def instant(self, zone: str) -> dt.datetime:
        """What was typed, on the round's clock; raises Invalid at `ends_at`."""
        if not self.ends_at.data:
            raise Invalid("ends_at", "required")
        return localtime.instant("ends_at", self.ends_at.data, ZoneInfo(zone))
