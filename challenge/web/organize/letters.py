"""A programme's own words for its letters: the list, one letter in both languages, preview, and back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.messages import rehearsing, wordings
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules.errors import InvalidMany, NotFound
from challenge.rules.permissions import Action, require
from challenge.rules.wordings import LETTERS, LIMITS, faults, fields_of
from challenge.web import forms
from challenge.web.letter_words import FIELD_WORDS, LETTER_WORDS
from challenge.web.organize.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "letters": {"GET": Action.LETTER_WORD},
    "letter": {"GET": Action.LETTER_WORD, "POST": Action.LETTER_WORD},
    "reset_letter": {"POST": Action.LETTER_WORD},
}


def _lines(lang: str, label: Any) -> dict[str, Any]:
    return {
        f"subject_{lang}": StringField(label[0], render_kw={"maxlength": LIMITS["subject"]}),
        f"body_{lang}": TextAreaField(label[1], render_kw={"maxlength": LIMITS["body"], "rows": 10}),
        f"label_{lang}": StringField(label[2], render_kw={"maxlength": LIMITS["label"]}),
    }


WordingForm: Any = type(
    "WordingForm",
    (FlaskForm,),
    {
        "__doc__": "Subject, text and button of a letter in both languages.",
        **_lines("zh", (_l("Subject in Chinese"), _l("Text in Chinese"), _l("Button in Chinese"))),
        **_lines("en", (_l("Subject in English"), _l("Text in English"), _l("Button in English"))),
    },
)


def _typed(form: Any) -> dict[str, dict[str, str]]:
    return {lang: {name: form[f"{name}_{lang}"].data or "" for name in LIMITS} for lang in wordings.LOCALES}


@blueprint.get("/programmes/<slug>/letters", endpoint="letters")
def letters_page(slug: str) -> ResponseReturnValue:
    """Which letters can be worded, and which are."""
    programme = _enter(slug)
    own = {template for template, _locale in wordings.kept(db.session, programme.id)}
    rows = [(template, LETTER_WORDS[template], template in own) for template in LETTERS]
    return render_template("organize/letters.html", programme=programme, rows=rows)


@blueprint.route("/programmes/<slug>/letters/<template>", methods=["GET", "POST"])
def letter(slug: str, template: str) -> ResponseReturnValue:
    """One letter; its first button shows it with the programme's newest round, its second keeps it."""
    programme = _enter(slug)
    if template not in LETTERS:
        raise NotFound
    own = wordings.kept(db.session, programme.id)
    known = {
        f"{name}_{lang}": getattr(own[(template, locale)], name)
        for lang, locale in wordings.LOCALES.items()
        if (template, locale) in own
        for name in LIMITS
    }
    form = WordingForm(data=known)
    if form.validate_on_submit():
        try:
            if request.form.get("step") == "save":
                with writing() as session:
                    wordings.save(session, actor(), programme, template, _typed(form))
                flash(_("Saved. Letters are worded so from now on."))
                return redirect(url_for("organize.letter", slug=slug, template=template))
            typed = _typed(form).items()
            found = [each for lang, words in typed for each in faults(template, words, f"_{lang}")]
            if found:
                raise InvalidMany(found)
        except InvalidMany as refusal:
            forms.show(form, refusal)
            programme = _enter(slug)
    return _page(programme, template, form, bool(known))


def _page(programme: Programme, template: str, form: Any, is_own: bool) -> ResponseReturnValue:
    round_id, shown = rehearsing.round_of(db.session, programme.id), []
    if round_id is not None:
        scene = rehearsing.scene(db.session, round_id, i18n.reader().name)
        typed = {} if form.errors else _typed(form)
        shown = [
            (tag, rehearsing.preview(template, scene, wordings.LOCALES[lang], typed.get(lang)))
            for lang, tag in (("zh", "zh-CN"), ("en", "en"))
        ]
    page = render_template(
        "organize/letter_wording.html",
        programme=programme,
        template=template,
        name=LETTER_WORDS[template],
        form=form,
        fields=[(f"{{{each}}}", FIELD_WORDS[each]) for each in fields_of(template)],
        must=[f"{{{each}}}" for each in LETTERS[template].must if each != "text"],
        whole="text" in LETTERS[template].must,
        shown=shown,
        is_own=is_own,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/programmes/<slug>/letters/<template>/reset")
def reset_letter(slug: str, template: str) -> ResponseReturnValue:
    """Back to the product's own words."""
    programme = _enter(slug)
    with writing() as session:
        wordings.reset(session, actor(), programme, template)
    flash(_("The letter is worded as the product words it."))
    return redirect(url_for("organize.letter", slug=slug, template=template))


def _enter(slug: str) -> Programme:
    programme = programmes.by_slug(db.session, slug)
    require(actor(), Action.LETTER_WORD, programmes.subject_of(programme))
    return programme
