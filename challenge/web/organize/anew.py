"""Good proposals for similar needs: the bar, what was found, what was offered and what came of it."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from challenge.awards import anew as offers
from challenge.awards import anew_bar, anew_reads
from challenge.awards.anew_models import AnewSearch
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action
from challenge.rules.scales import plain, read_score
from challenge.web import forms, outcome_words, words
from challenge.web.match_words import said
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "anew": {"GET": Action.ANEW_SEARCH},
    "look_for_needs": {"POST": Action.ANEW_SEARCH},
    "offer_anew": {"POST": Action.ANEW_OFFER},
}
HALF = Decimal(50)


class BarForm(FlaskForm):
    """From which standing on entries are offered."""

    bar = forms.one_of(lazy_gettext("Good enough are"), outcome_words.BARS)
    least = StringField(
        lazy_gettext("Per cent, or points"), render_kw={"inputmode": "decimal", "autocomplete": "off"}
    )

    def figure(self) -> Decimal:
        """What was typed."""
        value = read_score(self.least.data or "")
        if value is None:
            raise Invalid("least", "not_a_number")
        return value


@blueprint.get("/rounds/<slug>/anew")
def anew(slug: str) -> ResponseReturnValue:
    """Where it stands: consents, what was found, what was offered."""
    form = BarForm()
    round_ = enter(slug, Action.ANEW_SEARCH)
    search = anew_reads.search_of(db.session, round_.id)
    form.bar.data = search.bar if search is not None else "share"
    form.least.data = plain(search.least if search is not None else HALF)
    return _page(round_, search, form)


@blueprint.post("/rounds/<slug>/anew")
def look_for_needs(slug: str) -> ResponseReturnValue:
    """Keep the bar, and have similar needs looked for."""
    round_ = enter(slug, Action.ANEW_SEARCH)
    form = BarForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                offers.search(session, actor(), round_.id, form.bar.data, form.figure())
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Similar needs are looked for. Reload this page in a minute."))
            return redirect(url_for("organize.anew", slug=slug))
    round_ = enter(slug, Action.ANEW_SEARCH)
    return _page(round_, anew_reads.search_of(db.session, round_.id), form)


def _page(round_: Round, search: AnewSearch | None, form: BarForm) -> ResponseReturnValue:
    ids = anew_bar.above(db.session, search) if search is not None else frozenset[int]()
    found = anew_reads.suggestions(db.session, search, ids, actor().user_id) if search is not None else []
    page = draw(
        "organize/anew.html",
        round_,
        here="anew",
        form=form,
        search=search,
        coming=search is not None and (search.found_at is None or search.found_at < search.asked_at),
        agreed=anew_bar.agreed(db.session, search, ids) if search is not None else None,
        found=found,
        offers=anew_reads.of_round(db.session, round_.id),
        said=said,
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/submissions/<ref>/anew")
def offer_anew(ref: str) -> ResponseReturnValue:
    """Offer one entry to the seeker of one need."""
    try:
        with writing() as session:
            made = offers.offer(session, actor(), ref, request.form.get("need", ""))
            slug = anew_reads.slug_of(session, made)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
        return redirect(url_for("organize.submission", ref=ref))
    flash(_("Offered. The seeker gets a mail."))
    return redirect(url_for("organize.anew", slug=slug))
