"""Partners with their logos, and frequent questions: added, changed, ordered, removed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, SelectField, StringField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.receiving import Kept
from challenge.rounds import programme_parts as services
from challenge.rounds.programme_parts import ANSWER, LOGO_BYTES, QUESTION, AnswerFacts, PartnerFacts
from challenge.rounds.programmes import TITLE
from challenge.rounds.resources import URL
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action
from challenge.web import forms, programme_words, uploads
from challenge.web.organize.programme_pages import enter
from challenge.web.organize.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "partner_new": {"GET": Action.PROGRAMME_EDIT},
    "partner_add": {"POST": Action.PROGRAMME_EDIT},
    "programme_answer_new": {"GET": Action.PROGRAMME_EDIT, "POST": Action.PROGRAMME_EDIT},
    "programme_answer": {"GET": Action.PROGRAMME_EDIT, "POST": Action.PROGRAMME_EDIT},
    "programme_part_act": {"POST": Action.PROGRAMME_EDIT},
}


class PartnerForm(FlaskForm):
    """A partner."""

    name_zh = StringField(_l("Name in Chinese"), render_kw={"maxlength": TITLE})
    name_en = StringField(_l("Name in English"), render_kw={"maxlength": TITLE})
    url = StringField(_l("Website"), render_kw={"maxlength": URL, "inputmode": "url"})
    level = SelectField(_l("As"), choices=forms.in_words(programme_words.LEVELS), validate_choice=False)
    files = FileField(_l("Logo"))

    def facts(self) -> PartnerFacts:
        """What was typed."""
        return PartnerFacts(**{name: self[name].data or "" for name in PartnerFacts.__dataclass_fields__})


class AnswerForm(FlaskForm):
    """A frequent question with its answer."""

    question_zh = StringField(_l("Question in Chinese"), render_kw={"maxlength": QUESTION})
    question_en = StringField(_l("Question in English"), render_kw={"maxlength": QUESTION})
    answer_zh = TextAreaField(_l("Answer in Chinese"), render_kw={"maxlength": ANSWER, "rows": 6})
    answer_en = TextAreaField(_l("Answer in English"), render_kw={"maxlength": ANSWER, "rows": 6})
    shown = BooleanField(_l("Show it on the programme’s page"))

    def facts(self) -> AnswerFacts:
        """What was typed."""
        names = ("question_zh", "question_en", "answer_zh", "answer_en")
        return AnswerFacts(shown=bool(self.shown.data), **{name: self[name].data or "" for name in names})


@blueprint.get("/programmes/<slug>/partners/new")
def partner_new(slug: str) -> ResponseReturnValue:
    """The form for one more partner."""
    return _partner(slug, PartnerForm(formdata=None, data={"level": "partner"}))


@blueprint.post("/programmes/<slug>/partners/new")
@uploads.reads_its_body(blueprint)
def partner_add(slug: str) -> ResponseReturnValue:
    """One more partner, with or without its logo."""
    programme = enter(slug)
    allowed = uploads.limits(present=0, most=1, file_bytes=LOGO_BYTES)
    with uploads.receive_form(allowed) as received:
        form = PartnerForm(formdata=received.fields)
        try:
            if received.fault is not None:
                raise received.fault
            logo: Kept | None = received.keep()[0] if received.count else None
            with writing() as session:
                services.add_partner(session, actor(), programme, form.facts(), logo)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            return _done(slug, _("Added."))
    return _partner(slug, form), 422


def _partner(slug: str, form: PartnerForm) -> str:
    accept, values = ",".join(services.LOGO_TYPES), {"programme": enter(slug), "form": form}
    return render_template("organize/programme_partner.html", accept=accept, limit=LOGO_BYTES, **values)


@blueprint.route("/programmes/<slug>/answers/new", methods=["GET", "POST"])
def programme_answer_new(slug: str) -> ResponseReturnValue:
    """One more frequent question."""
    return _answer(slug, None)


@blueprint.route("/programmes/<slug>/answers/<ref>", methods=["GET", "POST"])
def programme_answer(slug: str, ref: str) -> ResponseReturnValue:
    """Change a frequent question or its answer."""
    return _answer(slug, ref)


def _answer(slug: str, ref: str | None) -> ResponseReturnValue:
    programme = enter(slug)
    row = services.by_ref(db.session, programme, "answers", ref) if ref else None
    form = AnswerForm(obj=row, data=None if row else {"shown": True})
    if form.validate_on_submit():
        try:
            with writing() as session:
                if ref is None:
                    services.add_answer(session, actor(), programme, form.facts())
                else:
                    services.edit_answer(session, actor(), programme, ref, form.facts())
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            programme = enter(slug)
        else:
            return _done(slug, _("Saved."))
    page = render_template("organize/programme_answer.html", programme=programme, form=form, new=ref is None)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/programmes/<slug>/<any(partners, answers):kind>/<ref>/<any(up, down, remove):verb>")
def programme_part_act(slug: str, kind: str, ref: str, verb: str) -> ResponseReturnValue:
    """Move a partner or a question in its list, or take it away."""
    programme = enter(slug)
    with writing() as session:
        if verb == "remove":
            services.remove(session, actor(), programme, kind, ref)
        else:
            services.move(session, actor(), programme, kind, ref, -1 if verb == "up" else 1)
    return _done(slug, _("Removed.") if verb == "remove" else _("Moved."))


def _done(slug: str, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("organize.programme_pages", slug=slug))
