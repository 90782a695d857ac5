"""The hall's blueprint, and how its pages answer whoever asks every second."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, g, make_response, request

from challenge.base import i18n
from challenge.base.db import db
from challenge.judging import stage_reads
from challenge.judging.stage_reads import Mark
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round

blueprint = Blueprint("stage", __name__)


def found(slug: str, number: int) -> tuple[Round, Mark]:
    """The round and its final on site (two statements), before anybody was asked who they are."""
    round_, g.page_now = rounds.by_slug_now(db.session, slug)
    return round_, stage_reads.mark(db.session, round_.id, number)


def tag_of(*parts: object) -> str:
    """The mark of a page: what it depends on, and how its reader reads."""
    reader = i18n.reader()
    return "-".join(map(str, (*parts, reader.lang, reader.theme)))


def answer(tag: str, draw: Callable[[], str]) -> Response:
    """304 where the asker has this very page; else the page, drawn now, under its mark."""
    known = request.if_none_match.contains(tag)
    response = Response(status=304) if known else make_response(draw())
    response.set_etag(tag)
    # A script asks with the mark; a browser that opens the page gets it with the server's time of now.
    response.headers["Cache-Control"] = "private, no-store"
    return response
