"""The public register of brokers, and one's own line in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.accounts.models import User
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements.models import FIELDS
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, require
from challenge.rules.regions import PROVINCES
from challenge.rules.training import LEVELS
from challenge.supply import experts
from challenge.training import register as brokers
from challenge.training.models import RegisterEntry
from challenge.training.register import EntryFacts, Listed, Wanted
from challenge.web import forms, supply_words, training_words, words
from challenge.web import listing as files
from challenge.web.account.expertise_forms import LANGUAGES
from challenge.web.places import provinces, region_name
from challenge.web.public.cards import FIELD_NAMES, field_name
from challenge.web.public.lists import number_key
from challenge.web.training.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "register": {"GET": Action.PAGE_READ},
    "my_line": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
    "leave_register": {"POST": Action.ACCOUNT_USE},
}
PAGE = 50
_BOXES: dict[str, Any] = {
    "validate_choice": False,
    "option_widget": CheckboxInput(),
    "widget": ListWidget(prefix_label=False),
}


class LineForm(FlaskForm):
    """What everyone reads of me."""

    name = StringField(_l("Name"), render_kw={"maxlength": brokers.NAME})
    organization = StringField(_l("Organization"), render_kw={"maxlength": brokers.ORGANIZATION})
    region = SelectField(_l("Region"), validate_choice=False)
    fields = SelectMultipleField(_l("Fields of work"), **_BOXES)
    languages = SelectMultipleField(_l("Languages"), **_BOXES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.choices = [("", str(_("Not given"))), *provinces()]
        self.fields.choices = [(each, str(FIELD_NAMES[each])) for each in FIELDS]
        self.languages.choices = forms.in_words(LANGUAGES)()

    def facts(self) -> EntryFacts:
        """What was typed."""
        return EntryFacts(
            name=self.name.data or "",
            organization=self.organization.data or "",
            region=self.region.data or "",
            fields=tuple(self.fields.data or ()),
            languages=tuple(self.languages.data or ()),
        )


def _held(row: Listed) -> str:
    return i18n.listed(f"{each.number} {training_words.LEVELS[each.level]}" for each in row.certificates)


COLUMNS = files.columns(
    "name organization region fields languages needs meetings certificates",
    region=lambda row: region_name(row.region),
    fields=lambda row: i18n.listed(FIELD_NAMES[each] for each in row.fields),
    languages=lambda row: supply_words.languages(row.languages),
    certificates=_held,
)


@blueprint.get("/brokers")
def register() -> ResponseReturnValue:
    """Everyone who is listed, by field, region and level."""
    require(actor(), Action.PAGE_READ)
    asked, after = _asked(), number_key(request.args.get("after"))
    wanted = Wanted(**asked)
    file = files.taken(
        "brokers",
        COLUMNS,
        lambda session, after, limit: brokers.page(session, wanted, after=after, limit=limit),
        after=lambda row: row.user_id,
        personal=True,
        public=True,
    )
    if file is not None:
        return file
    rows = brokers.page(db.session, wanted, after=after, limit=PAGE + 1)
    narrowed = {name: value for name, value in asked.items() if value}
    here = url_for("training.register")
    older = {**narrowed, "after": rows[PAGE - 1].user_id} if rows[PAGE:] else None
    return render_template(
        "training/register.html",
        rows=rows[:PAGE],
        asked=asked,
        narrowed=narrowed,
        fields=[(each, field_name(each)) for each in FIELDS],
        field_names=FIELD_NAMES,
        regions=provinces(),
        older=f"{here}?{urlencode(older)}" if older else None,
        newer=f"{here}?{urlencode(narrowed)}".rstrip("?") if after else None,
    )


def _asked() -> dict[str, str]:
    known = {"field": FIELDS, "region": PROVINCES, "level": LEVELS}
    given = {name: request.args.get(name, "") for name in known}
    return {name: value if value in known[name] else "" for name, value in given.items()}


@blueprint.route("/brokers/mine", methods=["GET", "POST"])
def my_line() -> ResponseReturnValue:
    """My line in the register: begin it, change it."""
    require(actor(), Action.ACCOUNT_USE)
    person = actor().user_id or 0
    form = LineForm(data=_begun(person))
    if form.validate_on_submit():
        try:
            with writing() as session:
                brokers.join(session, actor(), form.facts())
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        except WrongState as refusal:
            form.form_errors.append(words.say(refusal))
        else:
            flash(_("You are in the register."))
            return redirect(url_for("training.register"))
    page = render_template(
        "training/my_line.html",
        form=form,
        entry=brokers.entry_of(db.session, person),
        may_join=brokers.may_join(db.session, person),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/brokers/mine/leave")
def leave_register() -> ResponseReturnValue:
    """List me no more."""
    with writing() as session:
        brokers.leave(session, actor())
    flash(_("You are out of the register."))
    return redirect(url_for("training.mine"))


def _begun(person: int) -> dict[str, object]:
    """What the form begins with: my line, else what I have said as an expert."""
    entry: RegisterEntry | None = brokers.entry_of(db.session, person)
    if entry is not None:
        names = ("name", "organization", "region", "fields", "languages")
        return {name: getattr(entry, name) for name in names}
    user, profile = db.session.get_one(User, person), experts.profile_of(db.session, person)
    return {
        "name": user.name,
        "organization": user.affiliation,
        "region": profile.region if profile is not None else "",
        "fields": [profile.field] if profile is not None and profile.field else [],
        "languages": list(profile.languages) if profile is not None else [],
    }
