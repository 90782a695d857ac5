"""A pool split among the winners of its prizes, and a prize withheld because of a cap."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, SelectField, StringField

from challenge.awards import board as boards
from challenge.awards import by_hand, limits, splitting
from challenge.awards.limits import Shared
from challenge.awards.models import Award
from challenge.awards.queries import notice
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action
from challenge.web import forms
from challenge.web.organize.forms import read_sum, unit_choices, written_sum
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "award_pool": {"GET": Action.ROUND_CONTROL, "POST": Action.AWARD_PROPOSE},
    "withhold_award": {"POST": Action.AWARD_PROPOSE},
}
MOST_SHARES = 1000


class ShareRow(Form):
    """The share of one award."""

    amount = StringField(lazy_gettext("Share"), render_kw={"inputmode": "decimal"})
    unit = SelectField(lazy_gettext("Unit"), choices=unit_choices)
    key = HiddenField()


class SharesForm(FlaskForm):
    """The shares of a pool, an award a row."""

    shares = FieldList(FormField(ShareRow), max_entries=MOST_SHARES)

    def facts(self) -> dict[str, int | None]:
        """What was typed, by the awards' refs; raises `InvalidMany` for sums that cannot be read."""
        faults: list[Invalid] = []
        found = {}
        for place, entry in enumerate(self.shares):
            amount, unit = entry.form.amount.data, entry.form.unit.data or ""
            found[entry.form.key.data or ""], _unit = read_sum(f"shares-{place}-amount", amount, unit, faults)
        if faults:
            raise InvalidMany(faults)
        return found


@blueprint.route("/rounds/<slug>/awards/pools/<int:pool>", methods=["GET", "POST"])
def award_pool(slug: str, pool: int) -> ResponseReturnValue:
    """Split a pool among the awards that share it, before the notice."""
    round_ = enter(slug, Action.AWARD_PROPOSE if request.method == "POST" else Action.ROUND_CONTROL)
    _awards, shared = _shared(round_.id, pool)
    mine = [(award, each) for each in shared for award in each.awards if splitting.splittable(award)]
    form = SharesForm(data={"shares": [_data(award, each) for award, each in mine]})
    if form.validate_on_submit():
        try:
            with writing() as session:
                splitting.split(session, actor(), round_.id, pool, form.facts())
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            return _drawn(slug, pool, form), 422
        flash(_("The pool is split."))
        return redirect(url_for("organize.awards", slug=slug))
    known = notice(db.session, round_.id)
    if known is not None and known.reopened_at is None:
        return redirect(url_for("organize.awards", slug=slug))
    return _drawn(slug, pool, form), 422 if form.errors else 200


def _shared(round_id: int, pool: int) -> tuple[list[Award], list[Shared]]:
    """The round's awards, and what of them shares this pool; raises NotFound where nothing does."""
    awards = boards.awards_of(db.session, round_id)
    shared = limits.of_round(db.session, round_id, awards).shared
    mine = [each for each in shared if each.pool.id == pool and each.awards]
    if not mine:
        raise NotFound
    return awards, mine


def _drawn(slug: str, pool: int, form: SharesForm) -> str:
    round_ = enter(slug, Action.ROUND_CONTROL)
    awards, shared = _shared(round_.id, pool)
    return draw(
        "organize/award_pool.html",
        round_,
        here="awards",
        form=form,
        pool=shared[0].pool,
        shared=shared,
        awards={award.ref: award for award in awards},
    )


def _data(award: Award, shared: Shared) -> dict[str, Any]:
    amount, unit = written_sum(award.amount_minor, shared.pool.currency)
    return {"amount": amount, "unit": unit, "key": award.ref}


@blueprint.post("/rounds/<slug>/awards/<ref>/withheld")
def withhold_award(slug: str, ref: str) -> ResponseReturnValue:
    """Give the prize of a requirement to nobody, where a cap says so."""
    round_ = enter(slug, Action.AWARD_PROPOSE)
    with writing() as session:
        by_hand.withhold(session, actor(), round_.id, ref)
    flash(_("Withheld. The seeker’s choice stands."))
    return redirect(url_for("organize.awards", slug=slug))
