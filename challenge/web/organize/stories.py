"""Stories of a round: what came of its needs, told with the word of both sides; and needs that come again."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.reports import agreed_texts
from challenge.reports import stories as service
from challenge.reports.stories import CONSENT_LENGTH, TEXT_LENGTH, TITLE_LENGTH, StoryFacts
from challenge.requirements import origins
from challenge.requirements import queries as requirements
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action
from challenge.web import forms, words
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "stories": {"GET": Action.STORY_WRITE, "POST": Action.STORY_WRITE},
    "story": {"GET": Action.STORY_WRITE, "POST": Action.STORY_WRITE},
    "show_story": {"POST": Action.STORY_WRITE},
    "story_of_report": {"POST": Action.STORY_WRITE},
    "repeat_requirement": {"POST": Action.REQUIREMENT_REPEAT},
}


class BeginForm(FlaskForm):
    """Which need a story is told of."""

    number = StringField(_l("Number of the need"), description=_l("Such as R-2026-014."))


class StoryForm(FlaskForm):
    """What is told, and who said yes to it."""

    title_zh = StringField(_l("Title, in Chinese"), render_kw={"maxlength": TITLE_LENGTH})
    title_en = StringField(_l("Title, in English"), render_kw={"maxlength": TITLE_LENGTH})
    text_zh = TextAreaField(_l("Text, in Chinese"), render_kw={"maxlength": TEXT_LENGTH})
    text_en = TextAreaField(_l("Text, in English"), render_kw={"maxlength": TEXT_LENGTH})
    seeker_consent = StringField(
        _l("Consent of the seeker"),
        description=_l("Who said yes, when and how. Organizers alone read it."),
        render_kw={"maxlength": CONSENT_LENGTH},
    )
    solver_consent = StringField(
        _l("Consent of the solver"),
        description=_l("Who said yes, when and how. Organizers alone read it."),
        render_kw={"maxlength": CONSENT_LENGTH},
    )

    def facts(self) -> StoryFacts:
        """What was written."""
        return StoryFacts(**{name: self[name].data or "" for name in StoryFacts.__slots__})


@blueprint.route("/rounds/<slug>/stories", methods=["GET", "POST"])
def stories(slug: str) -> ResponseReturnValue:
    """The stories of the round; a post begins one."""
    round_ = enter(slug, Action.STORY_WRITE)
    form = BeginForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                story = service.begin(session, actor(), round_.id, form.number.data or "")
        except Invalid as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.STORY_WRITE)
        except WrongState as refusal:
            form.number.errors = [words.say(refusal)]
            round_ = enter(slug, Action.STORY_WRITE)
        else:
            return redirect(url_for("organize.story", slug=slug, ref=story.ref))
    page = draw(
        "organize/stories.html",
        round_,
        here="stories",
        form=form,
        stories=service.of_round(db.session, round_.id),
        offered=agreed_texts.offered(db.session, round_.id),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/rounds/<slug>/stories/of/<ref>")
def story_of_report(slug: str, ref: str) -> ResponseReturnValue:
    """Begin a story with the closing report of an agreement, by its reference."""
    round_ = enter(slug, Action.STORY_WRITE)
    with writing() as session:
        made = agreed_texts.begin(session, actor(), round_.id, ref)
    return redirect(url_for("organize.story", slug=slug, ref=made.ref))


@blueprint.route("/rounds/<slug>/stories/<ref>", methods=["GET", "POST"])
def story(slug: str, ref: str) -> ResponseReturnValue:
    """Write a story; a post keeps it, and publishes it where that button was pressed."""
    round_ = enter(slug, Action.STORY_WRITE)
    found = service.by_ref(db.session, round_.id, ref)
    form = StoryForm(obj=found)
    if form.validate_on_submit():
        try:
            with writing() as session:
                service.write(session, actor(), ref, form.facts())
                if request.form.get("publish"):
                    service.publish(session, actor(), ref)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.STORY_WRITE)
            found = service.by_ref(db.session, round_.id, ref)
        else:
            flash(_("Published.") if request.form.get("publish") else _("Saved."))
            return redirect(url_for("organize.story", slug=slug, ref=ref))
    page = draw("organize/story.html", round_, here="stories", form=form, story=found)
    return page, 422 if form.errors else 200


@blueprint.post("/rounds/<slug>/stories/<ref>/<any(publish, withdraw):verb>")
def show_story(slug: str, ref: str, verb: str) -> ResponseReturnValue:
    """Put a story before everyone as it is written, or take it back."""
    round_ = enter(slug, Action.STORY_WRITE)
    service.by_ref(db.session, round_.id, ref)
    try:
        with writing() as session:
            (service.publish if verb == "publish" else service.withdraw)(session, actor(), ref)
    except InvalidMany as refusal:
        for fault in refusal.faults:
            flash(words.say(fault), "error")
    else:
        flash(_("Published.") if verb == "publish" else _("Taken back: nobody else reads it now."))
    return redirect(url_for("organize.story", slug=slug, ref=ref))


@blueprint.post("/rounds/<slug>/requirements/<ref>/repeats")
def repeat_requirement(slug: str, ref: str) -> ResponseReturnValue:
    """Say which need of an earlier edition it repeats."""
    if requirements.slug_of(db.session, ref) != slug:
        raise NotFound
    try:
        with writing() as session:
            origins.repeat(session, actor(), ref, request.form.get("origin", ""))
    except Invalid as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Saved."))
    return redirect(url_for("organize.screen", slug=slug, ref=ref))
