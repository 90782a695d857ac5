"""A final on site for its organizer: set up, drawn, screens handed out, sheets printed, paper taken in."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.judging import on_site, score_books, stage_reads
from challenge.judging import score_sheets as paper
from challenge.judging.models import Phase
from challenge.judging.turns import subject_of
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action, can
from challenge.web import forms, uploads, words
from challenge.web.context import page_now
from challenge.web.organize.on_site_forms import DrawForm, PaperForm, SiteForm
from challenge.web.organize.room import blueprint, draw, enter_phase, phase_number

ROUTES: dict[str, dict[str, Action]] = {
    "on_site": {"GET": Action.ROUND_CONTROL},
    "set_on_site": {"POST": Action.ON_SITE_EDIT},
    "unset_on_site": {"POST": Action.ON_SITE_EDIT},
    "renew_screen": {"POST": Action.ON_SITE_EDIT},
    "publish_draw": {"POST": Action.DRAW_MAKE},
    "make_draw": {"POST": Action.DRAW_MAKE},
    "score_sheets": {"GET": Action.ROUND_CONTROL},
    "ask_scores": {"POST": Action.PAPER_ENTER},
    "score_template": {"GET": Action.ROUND_CONTROL},
    "take_scores": {"POST": Action.PAPER_ENTER},
}


@blueprint.get("/rounds/<slug>/on-site", endpoint="on_site")
def on_site_page(slug: str) -> ResponseReturnValue:
    """How the final is held, and everything that is handed out for it."""
    round_, phase = enter_phase(slug, Action.ROUND_CONTROL)
    return _page(round_, phase)


@blueprint.post("/rounds/<slug>/on-site")
def set_on_site(slug: str) -> ResponseReturnValue:
    """Mark the final as held on site, or change how."""
    round_, _phase = enter_phase(slug, Action.ON_SITE_EDIT)
    form = SiteForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                on_site.set_up(session, actor(), round_.id, phase_number(), form.setting())
        except (Invalid, InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Saved."))
            return _back(slug)
    round_, phase = enter_phase(slug, Action.ON_SITE_EDIT)
    return _page(round_, phase, site_form=form), 422


@blueprint.post("/rounds/<slug>/on-site/unset")
def unset_on_site(slug: str) -> ResponseReturnValue:
    """The final is not held on site after all."""
    round_, _phase = enter_phase(slug, Action.ON_SITE_EDIT)
    return _tried(slug, lambda session: on_site.unset(session, actor(), round_.id, phase_number()))


@blueprint.post("/rounds/<slug>/on-site/screen")
def renew_screen(slug: str) -> ResponseReturnValue:
    """Another secret address for the big screen."""
    round_, _phase = enter_phase(slug, Action.ON_SITE_EDIT)
    known = request.form.get("known", "")
    return _tried(slug, lambda session: on_site.renew_key(session, actor(), round_.id, phase_number(), known))


@blueprint.post("/rounds/<slug>/on-site/digest")
def publish_draw(slug: str) -> ResponseReturnValue:
    """Fix the entries and publish the digest of the seed."""
    round_, _phase = enter_phase(slug, Action.DRAW_MAKE)
    return _tried(slug, lambda session: on_site.commit(session, actor(), round_.id, phase_number()))


@blueprint.post("/rounds/<slug>/on-site/draw")
def make_draw(slug: str) -> ResponseReturnValue:
    """Draw the running order, once."""
    round_, _phase = enter_phase(slug, Action.DRAW_MAKE)
    form = DrawForm()
    try:
        with writing() as session:
            on_site.draw(session, actor(), round_.id, phase_number(), form.word.data or "")
    except Invalid as refusal:
        forms.show(form, refusal)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
        return _back(slug)
    else:
        flash(_("Drawn. The seed is public now."))
        return _back(slug)
    round_, phase = enter_phase(slug, Action.ROUND_CONTROL)
    return _page(round_, phase, draw_form=form), 422


@blueprint.get("/rounds/<slug>/on-site/sheets")
def score_sheets(slug: str) -> ResponseReturnValue:
    """Sheets of paper to print: one for each judge, with codes, criteria, scales, and a place to sign."""
    round_, phase = enter_phase(slug, Action.ROUND_CONTROL)
    if phase is None or stage_reads.setting(db.session, phase.id) is None:
        raise NotFound
    return render_template(
        "organize/score_sheets.html",
        round=round_,
        criteria=[each for each in phase.criteria if not each.carried],
        sheets=paper.sheets(db.session, phase),
    )


@blueprint.post("/rounds/<slug>/on-site/template")
def ask_scores(slug: str) -> ResponseReturnValue:
    """Have the template of paper scores made."""
    round_, _phase = enter_phase(slug, Action.PAPER_ENTER)
    locale = str(i18n.current_locale())
    return _tried(slug, lambda session: score_books.ask(session, actor(), round_.id, phase_number(), locale))


@blueprint.get("/rounds/<slug>/on-site/template/<ref>")
def score_template(slug: str, ref: str) -> ResponseReturnValue:
    """A template that was made."""
    round_, phase = enter_phase(slug, Action.ROUND_CONTROL)
    if phase is None:
        raise NotFound
    book = score_books.find(db.session, phase.id, ref)
    sha256, size, name = book.sha256 or "", book.size, f"scores-{round_.slug}-{phase.number}.xlsx"
    db.session.close()  # no connection is held while the bytes go out
    return send(sha256, size, score_books.TYPE, name)


@blueprint.post("/rounds/<slug>/on-site/scores")
def take_scores(slug: str) -> ResponseReturnValue:
    """Take a filled workbook in; `flask work` reads and enters it."""
    round_, _phase = enter_phase(slug, Action.PAPER_ENTER)
    form = PaperForm()
    sure, locale = bool(form.only_valid.data), str(i18n.current_locale())
    try:
        sent = request.files.get(form.file.name)
        workbook = uploads.workbook(sent, score_books.MOST_BYTES, score_books.TYPE)
        with workbook as kept, writing() as session:
            score_books.take(session, actor(), round_.id, phase_number(), kept, locale, only_valid=sure)
    except (Invalid, WrongState) as refusal:
        forms.show(form, refusal)
        status = refusal.status
    else:
        flash(_("Taken in. What came of it stands below in a moment."))
        return redirect(url_for("organize.on_site", slug=slug, _anchor="books"))
    round_, phase = enter_phase(slug, Action.ROUND_CONTROL)
    return _page(round_, phase, paper_form=form), status


def _tried(slug: str, act: Callable[[Session], object]) -> ResponseReturnValue:
    """One act without a form of its own: what stands in its way is said on the page."""
    try:
        with writing() as session:
            act(session)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    return _back(slug)


def _back(slug: str) -> ResponseReturnValue:
    return redirect(url_for("organize.on_site", slug=slug))


def _page(
    round_: Round,
    phase: Phase | None,
    site_form: SiteForm | None = None,
    draw_form: DrawForm | None = None,
    paper_form: PaperForm | None = None,
) -> str:
    known = stage_reads.setting(db.session, phase.id) if phase is not None else None
    site, chair = known if known is not None else (None, None)
    if site_form is None:
        site_form = SiteForm(formdata=None).fill(site, chair)
    subject = subject_of(round_, phase, page_now())
    return draw(
        "organize/on_site.html",
        round_,
        here="on_site",
        phase=phase,
        site=site,
        turns=stage_reads.turns(db.session, phase) if phase is not None and site is not None else (),
        books=score_books.newest(db.session, phase.id) if phase is not None and site is not None else [],
        form=site_form,
        draw_form=draw_form or DrawForm(formdata=None),
        paper_form=paper_form or PaperForm(formdata=None),
        say=words.say_code,
        may={action: can(actor(), Action(action), subject) for action in _ASKED},
    )


_ASKED = (Action.ON_SITE_EDIT, Action.DRAW_MAKE, Action.PAPER_ENTER, Action.STAGE_CHAIR)
