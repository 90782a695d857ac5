"""What bounds the prizes of a round: pools that several share, and caps of what one may win."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import Optional

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import prize_limits as limits
from challenge.rounds.prize_limits import MOST_POOLS, PER, CapFacts, PoolFacts
from challenge.rounds.prize_models import PrizeCap, PrizePool
from challenge.rounds.windows import has_opened
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action
from challenge.rules.stages import Stage
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.organize.forms import read_sum, unit_choices, written_sum
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "prize_limits": {"GET": Action.ROUND_CONTROL, "POST": Action.ROUND_EDIT},
}


class PoolRow(Form):
    """One sum that prizes share."""

    name_zh = StringField(lazy_gettext("Pool in Chinese"), render_kw={"maxlength": 100})
    name_en = StringField(lazy_gettext("Pool in English"), render_kw={"maxlength": 100})
    amount = StringField(lazy_gettext("At most together"), render_kw={"inputmode": "decimal"})
    unit = SelectField(lazy_gettext("Unit"), choices=unit_choices)
    scope = SelectField(
        lazy_gettext("Is there for"),
        choices=lambda: [("round", _("the whole round")), ("requirement", _("each requirement"))],
    )
    key = HiddenField()

    def facts(self, place: int, faults: list[Invalid]) -> PoolFacts:
        """What was typed; a sum that cannot be read joins `faults`."""
        total, currency = read_sum(f"pools-{place}-amount", self.amount.data, self.unit.data or "", faults)
        key = self.key.data or ""
        return PoolFacts(
            id=int(key) if key.isdecimal() else None,
            name_zh=(self.name_zh.data or "").strip(),
            name_en=(self.name_en.data or "").strip(),
            scope=self.scope.data or "",
            total_minor=total,
            currency=currency,
        )


class LimitsForm(FlaskForm):
    """The pools in their order, and two caps; an empty field is no cap."""

    pools = FieldList(FormField(PoolRow), lazy_gettext("Pools"), max_entries=MOST_POOLS + 5)
    entry_awards = IntegerField(lazy_gettext("Awards of one entry, at most"), [Optional()])
    entry_amount = StringField(lazy_gettext("Sum of one entry, at most"), render_kw={"inputmode": "decimal"})
    entry_unit = SelectField(lazy_gettext("Unit"), choices=unit_choices)
    organization_awards = IntegerField(lazy_gettext("Awards of one organization, at most"), [Optional()])
    organization_amount = StringField(
        lazy_gettext("Sum of one organization, at most"), render_kw={"inputmode": "decimal"}
    )
    organization_unit = SelectField(lazy_gettext("Unit"), choices=unit_choices)

    def turn_rows(self, add: str | None, remove: str | None) -> bool:
        """The buttons of the rows, without JavaScript: one row more, or without that one."""
        if add is not None and len(self.pools.entries) < MOST_POOLS:
            self.pools.append_entry()
        elif remove is not None:
            self.pools.entries = [each for each in self.pools.entries if each.name != remove]
        return add is not None or remove is not None

    def facts(self) -> tuple[list[PoolFacts], list[CapFacts]]:
        """What was typed; raises `InvalidMany` for sums that cannot be read."""
        faults: list[Invalid] = []
        pools = [entry.form.facts(place, faults) for place, entry in enumerate(self.pools)]
        caps = [self._cap(per, faults) for per in PER]
        if faults:
            raise InvalidMany(faults)
        return pools, caps

    def _cap(self, per: str, faults: list[Invalid]) -> CapFacts:
        amount, unit = self[f"{per}_amount"].data, self[f"{per}_unit"].data or ""
        minor, currency = read_sum(f"{per}_amount", amount, unit, faults)
        return CapFacts(per, self[f"{per}_awards"].data, minor, currency)


@blueprint.route("/rounds/<slug>/prizes/limits", methods=["GET", "POST"])
def prize_limits(slug: str) -> ResponseReturnValue:
    """Set pools and caps, until judging opens."""
    round_ = enter(slug, Action.ROUND_EDIT if request.method == "POST" else Action.ROUND_CONTROL)
    fixed = any(row.stage == Stage.JUDGING.value and has_opened(row, page_now()) for row in round_.windows)
    pools, caps = limits.pools_of(db.session, round_.id), limits.caps_of(db.session, round_.id)
    form = LimitsForm(data=_data(pools, caps))
    turned = form.is_submitted() and form.turn_rows(request.form.get("add"), request.form.get("remove"))
    if not turned and form.validate_on_submit():
        try:
            with writing() as session:
                limits.replace(session, actor(), round_.id, *form.facts())
        except (InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.ROUND_EDIT)
        else:
            flash(_("Saved."))
            return redirect(url_for("organize.prize_limits", slug=slug))
    shown = {"form": form, "fixed": fixed, "pools": pools, "caps": caps}
    page = draw("organize/prize_limits.html", round_, here="prizes", **shown)
    return page, 422 if form.errors else 200


def _data(pools: Sequence[PrizePool], caps: Sequence[PrizeCap]) -> dict[str, Any]:
    data: dict[str, Any] = {"pools": []}
    for pool in pools:
        amount, unit = written_sum(pool.total_minor, pool.currency)
        names = {name: getattr(pool, name) for name in ("name_zh", "name_en", "scope")}
        data["pools"].append({**names, "key": str(pool.id), "amount": amount, "unit": unit})
    for cap in caps:
        amount, unit = written_sum(cap.most_minor, cap.currency)
        data |= {f"{cap.per}_awards": cap.most_awards, f"{cap.per}_amount": amount, f"{cap.per}_unit": unit}
    return data
