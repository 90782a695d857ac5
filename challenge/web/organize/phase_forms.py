"""The form of a judging phase."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from challenge.judging.models import Phase
from challenge.judging.phases import NAME, REASON, PhaseDraft
from challenge.rules import localtime
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.scales import read_score
from challenge.web import phase_words
from challenge.web.forms import one_of
from challenge.web.moments import MomentField, local


class PhaseForm(FlaskForm):
    """When it is open, what its judges see, who goes on from it."""

    kind = one_of(_("Kind"), phase_words.KINDS)
    name_zh = StringField(_("Name in Chinese"), validators=[Length(max=NAME)])
    name_en = StringField(_("Name in English"), validators=[Length(max=NAME)])
    opens_at = MomentField(_("Opens"), usual="09:00")
    closes_at = MomentField(_("Closes"))
    blindness = one_of(_("Who sees whom"), phase_words.BLINDNESS)
    panel_public = BooleanField(_("Show the judges’ names on the public page"))
    way = one_of(_("How it is judged"), phase_words.WAYS, default="scores")
    seats = StringField(
        _("How many are to be chosen"),
        description=_("Only for ranked choice: the number of seats in the count."),
        render_kw={"inputmode": "numeric", "maxlength": 4},
    )
    public_vote = one_of(
        _("Public vote, apart from the jury’s result"), phase_words.PUBLIC_VOTES, default="none"
    )
    cut = one_of(_("Who goes on from this phase"), phase_words.CUTS)
    cut_value = StringField(
        _("How many places, or which total"),
        description=_("Entries that share the last place within the cut all go on."),
        render_kw={"inputmode": "decimal", "maxlength": 20},
    )
    carried_points = StringField(
        _("Points of the phase before"),
        description=_("How many points its result is worth in this phase; empty, it does not count here."),
        render_kw={"inputmode": "decimal", "maxlength": 20},
    )
    carries_comments = BooleanField(_("Judges read the comments of the phase before, without names"))
    reason = TextAreaField(
        _("Why it closes later"),
        description=_("Needed once the phase is open; the judges read it."),
        validators=[Length(max=REASON)],
    )

    def start(self) -> PhaseForm:
        """The usual further phase: a blind final."""
        self.kind.data, self.blindness.data, self.cut.data = "final", "blind", "none"
        return self

    def fill(self, phase: Phase, zone: str) -> PhaseForm:
        """Show what is stored."""
        same = ("kind", "name_zh", "name_en", "blindness", "panel_public", "cut", "carries_comments")
        for name in (*same, "way", "public_vote"):
            self[name].data = getattr(phase, name)
        self.seats.data = "" if phase.seats is None else str(phase.seats)
        for name in ("opens_at", "closes_at"):
            self[name].process_data(local(getattr(phase, name), zone))
        value = phase.cut_value
        self.cut_value.data = "" if value is None else f"{value.normalize():f}"
        carried = next((each for each in phase.criteria if each.carried), None)
        self.carried_points.data = "" if carried is None else f"{(carried.weight * 100).normalize():f}"
        return self

    def draft(self, zone: ZoneInfo) -> PhaseDraft:
        """What was typed; raises InvalidMany at the fields that are no time or no number."""
        faults: list[Invalid] = []

        def moment(name: str) -> dt.datetime | None:
            text = self[name].data
            try:
                return localtime.instant(name, text, zone) if text else None
            except Invalid as fault:
                faults.append(fault)
                return None

        def number(name: str) -> Any:
            text = (self[name].data or "").strip()
            value = read_score(text) if text else None
            if text and value is None:
                faults.append(Invalid(name, "not_a_number"))
            return value

        draft = PhaseDraft(
            kind=self.kind.data,
            name_zh=self.name_zh.data or "",
            name_en=self.name_en.data or "",
            blindness=self.blindness.data,
            opens_at=moment("opens_at"),
            closes_at=moment("closes_at"),
            cut=self.cut.data,
            cut_value=number("cut_value") if self.cut.data in ("top", "threshold") else None,
            panel_public=bool(self.panel_public.data),
            carries_comments=bool(self.carries_comments.data),
            carried_points=number("carried_points"),
            **self._way(faults),
        )
        if faults:
            raise InvalidMany(faults)
        return draft

    def _way(self, faults: list[Invalid]) -> dict[str, Any]:
        """How it is judged; a number of seats that is none becomes a fault."""
        text = (self.seats.data or "").strip() if self.way.data == "ranked" else ""
        if text and not (text.isascii() and text.isdecimal()):
            faults.append(Invalid("seats", "whole_number_from_one"))
            text = ""
        return {
            "way": self.way.data,
            "seats": int(text) if text else None,
            "public_vote": self.public_vote.data,
        }
