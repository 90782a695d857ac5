"""The rules of entry of a round: how many, who, the right of reply; and entries that do not meet them now."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.accounts.models import ORGANIZATION_KINDS
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import entry as service
from challenge.rounds.entry import Entry
from challenge.rounds.models import Round
from challenge.rules import eligibility
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action
from challenge.submissions import flagged
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.entry_lines import KINDS, refusals_briefly, unmet_briefly
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "entry": {"GET": Action.ROUND_CONTROL, "POST": Action.ROUND_EDIT},
}
SHOWN = 50
NUMBERS = ("max_members", "max_per_solver", "max_per_organization", "max_per_requirement", "reply_days")


class EntryForm(FlaskForm):
    """Limits, who may take part, and the right of reply."""

    max_members = IntegerField(_l("Members of a team"), [InputRequired(_l("Fill this in."))])
    max_per_solver = IntegerField(_l("Entries of one person"), [Optional()])
    max_per_organization = IntegerField(_l("Entries of one organization"), [Optional()])
    max_per_requirement = IntegerField(_l("Of one organization for one requirement"), [Optional()])
    kinds = SelectMultipleField(
        _l("Open to"), option_widget=CheckboxInput(), widget=ListWidget(), validate_choice=False
    )
    regions = TextAreaField(_l("Regions"), [Length(max=4000)])
    account_days = IntegerField(_l("Age of the owner’s account, in days"), [Optional()], default=0)
    invited = TextAreaField(_l("Invited only"), [Length(max=200_000)])
    reply_days = IntegerField(_l("Days to reply"), [InputRequired(_l("Fill this in."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds.choices = [(code, str(word)) for code, word in KINDS.items()]

    def entry(self) -> Entry:
        """What was typed. Raises `Invalid` at its field."""
        rules = eligibility.checked(
            self.kinds.data or [],
            ORGANIZATION_KINDS,
            self.regions.data or "",
            self.account_days.data or 0,
            self.invited.data or "",
        )
        return Entry(**{name: self[name].data for name in NUMBERS}, rules=rules)


@blueprint.route("/rounds/<slug>/entry", methods=["GET", "POST"])
def entry(slug: str) -> ResponseReturnValue:
    """Who may enter, and how often; it can be changed until the round is over."""
    round_ = enter(slug, ROUTES["entry"]["POST" if request.method == "POST" else "GET"])
    form = EntryForm(data=_data(round_))
    if form.validate_on_submit():
        try:
            typed = form.entry()
            with writing() as session:
                service.change(session, actor(), round_.id, typed)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.ROUND_EDIT)
        else:
            flash(_("Saved."))
            return redirect(url_for("organize.entry", slug=slug))
    found = flagged.of_round(db.session, round_, page_now())
    rules, shown = eligibility.read(round_.eligibility), found[:SHOWN]
    page = draw(
        "organize/entry.html",
        round_,
        here="entry",
        form=form,
        count=len(found),
        flagged=[(each, unmet_briefly(rules, each.unmet) + refusals_briefly(each.over)) for each in shown],
    )
    return page, 422 if form.errors else 200


def _data(round_: Round) -> dict[str, Any]:
    rules = eligibility.read(round_.eligibility)
    return {
        **{name: getattr(round_, name) for name in NUMBERS},
        "kinds": list(rules.kinds),
        "regions": ", ".join(rules.regions),
        "account_days": rules.account_days,
        "invited": "\n".join(rules.invited),
    }
