"""The prizes of a round as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import prizes as round_prizes
from challenge.rounds.models import Prize, Theme
from challenge.rounds.prize_limits import pools_of
from challenge.rounds.prize_models import PrizePool
from challenge.rounds.prizes import MOST_PRIZES, PrizeFacts
from challenge.rounds.themes import themes_of
from challenge.rounds.windows import has_opened
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action
from challenge.rules.stages import Stage
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.organize.forms import read_sum, unit_choices, written_sum
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.release_words import KINDS

ROUTES: dict[str, dict[str, Action]] = {
    "prizes": {"GET": Action.ROUND_CONTROL, "POST": Action.ROUND_EDIT},
}


TRACK = "track-"  # in the field "won in": before the number of a track


def _themes() -> Sequence[Theme]:
    """The tracks of the round whose prizes these are; read once for all rows."""
    known: Sequence[Theme] = g.get("prize_themes", ())
    return known


def _pools() -> Sequence[PrizePool]:
    """The pools that its prizes may share, read once for all rows."""
    known: Sequence[PrizePool] = g.get("prize_pools", ())
    return known


class PrizeRow(Form):
    """One prize."""

    name_zh = StringField(lazy_gettext("Prize in Chinese"), render_kw={"maxlength": 100})
    name_en = StringField(lazy_gettext("Prize in English"), render_kw={"maxlength": 100})
    slots = IntegerField(lazy_gettext("How many"), [InputRequired()], default=1)
    scope = SelectField(lazy_gettext("Won in"))
    kind = SelectField(lazy_gettext("Kind"), validate_choice=False)
    amount = StringField(lazy_gettext("Amount of each"), render_kw={"inputmode": "decimal"})
    unit = SelectField(lazy_gettext("Unit"))
    text = StringField(lazy_gettext("In kind"), render_kw={"maxlength": round_prizes.TEXT})
    pool = SelectField(lazy_gettext("Shares a pool"), validate_choice=False)
    key = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tracks = [(f"{TRACK}{each.id}", i18n.t(each, "name")) for each in _themes()]
        self.scope.choices = [
            ("round", _("the whole round")),
            *tracks,
            ("requirement", _("each requirement")),
        ]
        self.unit.choices = unit_choices()
        said = ((code, str(text)) for code, text in KINDS.items())
        self.kind.choices = [("", _("by what is filled in")), *said]
        self.pool.choices = [("", _("none")), *((str(each.id), i18n.t(each, "name")) for each in _pools())]

    def facts(self, place: int, faults: list[Invalid]) -> PrizeFacts:
        """What was typed; a sum that cannot be read joins `faults`."""
        sum_, currency = read_sum(f"prizes-{place}-amount", self.amount.data, self.unit.data or "", faults)
        key, scope = self.key.data or "", self.scope.data or ""
        theme = scope.removeprefix(TRACK) if scope.startswith(TRACK) else ""
        return PrizeFacts(
            id=int(key) if key.isdecimal() else None,
            name_zh=(self.name_zh.data or "").strip(),
            name_en=(self.name_en.data or "").strip(),
            scope="round" if theme else scope,
            theme_id=int(theme) if theme.isdecimal() else None,
            slots=self.slots.data or 0,
            amount_minor=sum_,
            currency=currency,
            text=(self.text.data or "").strip(),
            kind=self.kind.data or "",
            pool_id=int(pool) if (pool := self.pool.data or "").isdecimal() else None,
        )


class PrizesForm(FlaskForm):
    """The prizes in their order."""

    prizes = FieldList(FormField(PrizeRow), lazy_gettext("Prizes"), max_entries=MOST_PRIZES + 5)

    def turn_rows(self, add: str | None, remove: str | None) -> bool:
        """The buttons of the rows, without JavaScript: one row more, or without that one."""
        if add is not None and len(self.prizes.entries) < MOST_PRIZES:
            self.prizes.append_entry()
        elif remove is not None:
            self.prizes.entries = [each for each in self.prizes.entries if each.name != remove]
        return add is not None or remove is not None

    def facts(self) -> list[PrizeFacts]:
        """What was typed; raises `InvalidMany` for sums that cannot be read."""
        faults: list[Invalid] = []
        rows = [entry.form.facts(place, faults) for place, entry in enumerate(self.prizes)]
        if faults:
            raise InvalidMany(faults)
        return rows


@blueprint.route("/rounds/<slug>/prizes", methods=["GET", "POST"])
def prizes(slug: str) -> ResponseReturnValue:
    """Name the prizes, until judging opens."""
    round_ = enter(slug, Action.ROUND_EDIT if request.method == "POST" else Action.ROUND_CONTROL)
    rows = round_prizes.prizes_of(db.session, round_.id)
    g.prize_themes, g.prize_pools = themes_of(db.session, round_.id), pools_of(db.session, round_.id)
    fixed = any(row.stage == Stage.JUDGING.value and has_opened(row, page_now()) for row in round_.windows)
    form = PrizesForm(data={"prizes": [_data(row) for row in rows]})
    turned = form.is_submitted() and form.turn_rows(request.form.get("add"), request.form.get("remove"))
    if not turned and form.validate_on_submit():
        try:
            with writing() as session:
                round_prizes.replace(session, actor(), round_.id, form.facts())
        except (InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.ROUND_EDIT)
        else:
            flash(_("Saved."))
            return redirect(url_for("organize.prizes", slug=slug))
    page = draw(
        "organize/prizes.html", round_, here="prizes", form=form, rows=rows, fixed=fixed, pools=g.prize_pools
    )
    return page, 422 if form.errors else 200


def _data(prize: Prize) -> dict[str, Any]:
    amount, unit = written_sum(prize.amount_minor, prize.currency)
    names = ("name_zh", "name_en", "slots", "text", "kind")
    return {
        **{name: getattr(prize, name) for name in names},
        "key": str(prize.id),
        "scope": f"{TRACK}{prize.theme_id}" if prize.theme_id else prize.scope,
        "pool": str(prize.pool_id or ""),
        "amount": amount,
        "unit": unit,
    }
