"""A programme for everyone: what it is, its rounds, pages, partners and frequent questions."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Literal

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.files.download import HEADERS
from challenge.files.storage import storage
from challenge.rounds import listing, marks, programme_pages, programme_parts, programmes
from challenge.rounds.marks import Mark
from challenge.rounds.models import Programme
from challenge.rounds.programme_models import ProgrammePageVersion
from challenge.rules.permissions import Action, require
from challenge.web import programme_words
from challenge.web.public import cards, kept
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "programme": {"GET": Action.PROGRAMME_READ},
    "programme_page": {"GET": Action.PROGRAMME_READ},
    "partner_logo": {"GET": Action.PAGE_READ},
}
MOST_ROUNDS = 50
SHOWN: tuple[Literal["running", "past"], ...] = ("running", "past")


@blueprint.get("/programmes/<slug>")
def programme(slug: str) -> ResponseReturnValue:
    """The first page of a programme; one without a public round is its organizers' alone."""
    mark = marks.of_site(db.session)
    found = _enter(slug)
    return kept.answer(mark, lambda: _draw(found, mark))


@blueprint.get("/programmes/<slug>/pages/<name>")
def programme_page(slug: str, name: str) -> ResponseReturnValue:
    """One of its published pages."""
    mark = marks.of_site(db.session)
    found = _enter(slug)
    version = programme_pages.read(db.session, found.id, name)
    return kept.answer(mark, lambda: draw_page(found, name, version))


@blueprint.get("/programmes/<slug>/partners/<ref>/logo")
def partner_logo(slug: str, ref: str) -> ResponseReturnValue:
    """A partner's logo, shown in the page: its kind was sniffed, and it runs nowhere."""
    require(actor(), Action.PAGE_READ)
    blob = programme_parts.logo_of(db.session, slug, ref)
    sha256, size, media_type = blob.sha256, blob.size, blob.media_type
    db.session.close()  # no connection is held while the bytes go out
    response = Response(storage().read(sha256, 0, size), content_type=media_type)
    response.headers.update(HEADERS)
    response.headers["Content-Length"] = str(size)
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Content-Disposition"] = "inline"
    return response


def draw_page(found: Programme, name: str, version: ProgrammePageVersion, **values: Any) -> str:
    """A page as everyone reads it; `preview` is given where its organizer looks at it beforehand."""
    return render_template("public/programme_page.html", **_frame(found, name), version=version, **values)


def _enter(slug: str) -> Programme:
    found = programmes.by_slug(db.session, slug)
    require(actor(), Action.PROGRAMME_READ, programmes.subject_for_readers(db.session, found))
    return found


def _frame(found: Programme, name: str | None) -> dict[str, Any]:
    pages = programme_pages.listed(db.session, found.id, published=True)
    return {"programme": found, "pages": pages, "name": name}


def _draw(found: Programme, mark: Mark) -> str:
    running, past = (
        listing.public_rounds(
            db.session, listing.RoundFilter(which=which, programme_id=found.id), limit=MOST_ROUNDS
        )
        for which in SHOWN
    )
    shown = cards.round_cards(running, mark.now)
    kept.expect(*(card.closes_at for card in shown), *(card.opens_at for card in shown))
    partners = programme_parts.partners(db.session, found.id)
    return render_template(
        "public/programme.html",
        **_frame(found, None),
        open=shown,
        past=cards.round_cards(past, mark.now),
        partners=[
            (programme_words.LEVELS[level], list(group))
            for level, group in groupby(partners, key=lambda each: each.level)
        ],
        answers=programme_parts.answers(db.session, found.id, shown=True),
    )
