"""What a programme says of itself: its pages, partners and frequent questions, and one page being written."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import programme_pages as services
from challenge.rounds import programme_parts, programmes
from challenge.rounds.models import Programme
from challenge.rounds.programme_models import ProgrammePage, ProgrammePageVersion
from challenge.rounds.programme_pages import BODY, PageFacts
from challenge.rounds.programmes import TITLE
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, require
from challenge.rules.slugs import LONGEST
from challenge.web import forms, programme_words
from challenge.web.organize.room import blueprint
from challenge.web.public import programme as public

ROUTES: dict[str, dict[str, Action]] = {
    "programme_pages": {"GET": Action.PROGRAMME_EDIT},
    "programme_page_new": {"GET": Action.PROGRAMME_EDIT, "POST": Action.PROGRAMME_EDIT},
    "programme_page": {"GET": Action.PROGRAMME_EDIT, "POST": Action.PROGRAMME_EDIT},
    "programme_page_act": {"POST": Action.PROGRAMME_EDIT},
    "programme_page_preview": {"GET": Action.PROGRAMME_EDIT},
}


class PageForm(FlaskForm):
    """A page in both languages."""

    title_zh = StringField(_l("Title in Chinese"), render_kw={"maxlength": TITLE})
    title_en = StringField(_l("Title in English"), render_kw={"maxlength": TITLE})
    body_zh = TextAreaField(_l("In Chinese"), render_kw={"maxlength": BODY, "rows": 14})
    body_en = TextAreaField(_l("In English"), render_kw={"maxlength": BODY, "rows": 14})
    slug = StringField(_l("Address"), render_kw={"maxlength": LONGEST})

    def facts(self) -> PageFacts:
        """What was typed."""
        return PageFacts(**{name: self[name].data or "" for name in PageFacts.__dataclass_fields__})


def enter(slug: str) -> Programme:
    """The programme of a page here, once the actor may edit it."""
    programme = programmes.by_slug(db.session, slug)
    require(actor(), Action.PROGRAMME_EDIT, programmes.subject_of(programme))
    return programme


@blueprint.get("/programmes/<slug>/pages", endpoint="programme_pages")
def listed(slug: str) -> ResponseReturnValue:
    """Pages, partners and frequent questions."""
    programme = enter(slug)
    return render_template(
        "organize/programme_pages.html",
        programme=programme,
        pages=services.listed(db.session, programme.id, published=False),
        partners=programme_parts.partners(db.session, programme.id),
        answers=programme_parts.answers(db.session, programme.id, shown=False),
        levels=programme_words.LEVELS,
    )


@blueprint.route("/programmes/<slug>/pages/new", methods=["GET", "POST"], endpoint="programme_page_new")
def new(slug: str) -> ResponseReturnValue:
    """Write a new page."""
    return _write(enter(slug), None)


@blueprint.route("/programmes/<slug>/pages/<ref>", methods=["GET", "POST"], endpoint="programme_page")
def edit(slug: str, ref: str) -> ResponseReturnValue:
    """Write a page on."""
    programme = enter(slug)
    return _write(programme, services.by_ref(db.session, programme, ref))


def _write(programme: Programme, page: ProgrammePage | None) -> ResponseReturnValue:
    slug, ref = programme.slug, page.ref if page else None
    last = services.version_of(db.session, page, page.version) if page else None
    form = PageForm(obj=last, data={"slug": page.slug} if page else {})
    if form.validate_on_submit():
        try:
            with writing() as session:
                kept = services.write(session, actor(), programme, ref, form.facts())
                ref, version = kept.ref, kept.version
                if request.form.get("then") == "publish":
                    services.publish(session, actor(), programme, ref, version)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            programme = enter(slug)
            page = services.by_ref(db.session, programme, ref) if ref else None
        else:
            flash(_("Published.") if request.form.get("then") == "publish" else _("Saved."))
            return redirect(url_for("organize.programme_page", slug=slug, ref=ref))
    drawn = _draw(programme, page, form)
    return drawn, 422 if form.errors or form.form_errors else 200


def _draw(programme: Programme, page: ProgrammePage | None, form: PageForm) -> str:
    known = services.versions(db.session, page) if page else []
    return render_template(
        "organize/programme_page.html", programme=programme, page=page, form=form, versions=known
    )


@blueprint.post(
    "/programmes/<slug>/pages/<ref>/<any(publish, withdraw, up, down):verb>", endpoint="programme_page_act"
)
def act(slug: str, ref: str, verb: str) -> ResponseReturnValue:
    """Publish a version, take the page back, or move it in its list."""
    programme = enter(slug)
    with writing() as session:
        if verb == "publish":
            number = request.form.get("version", 0, type=int)
            services.publish(session, actor(), programme, ref, number)
        elif verb == "withdraw":
            services.withdraw(session, actor(), programme, ref)
        else:
            services.move(session, actor(), programme, ref, -1 if verb == "up" else 1)
    flash({"publish": _("Published."), "withdraw": _("Taken back.")}.get(verb, _("Moved.")))
    if verb in ("up", "down"):
        return redirect(url_for("organize.programme_pages", slug=slug))
    return redirect(url_for("organize.programme_page", slug=slug, ref=ref))


@blueprint.get("/programmes/<slug>/pages/<ref>/preview", endpoint="programme_page_preview")
def preview(slug: str, ref: str) -> ResponseReturnValue:
    """A version as everyone would read it, the newest unless another is asked for."""
    programme = enter(slug)
    page = services.by_ref(db.session, programme, ref)
    number = request.args.get("version", page.version, type=int)
    version: ProgrammePageVersion = services.version_of(db.session, page, number)
    values: dict[str, Any] = {"preview": (page, version)}
    return public.draw_page(programme, page.slug, version, **values)
