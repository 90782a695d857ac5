"""The versions of a published need: what changed and why, each as it was, and as a feed."""

from __future__ import annotations

import hashlib
from xml.etree import ElementTree as ET  # nosec B405 - writes, and reads nothing

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base import i18n
from challenge.base.db import db
from challenge.messages import links
from challenge.messages.need_changes import because
from challenge.requirements import public as needs
from challenge.requirements import versions
from challenge.requirements.public import PublicDetail
from challenge.rounds import marks
from challenge.rules.permissions import Action
from challenge.web import need_changes
from challenge.web.public import feeds, kept
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "requirement_versions": {"GET": Action.PAGE_READ},
    "requirement_version": {"GET": Action.PAGE_READ},
    "requirement_changes": {"GET": Action.PAGE_READ},
}


@blueprint.get("/requirements/<ref>/versions")
def requirement_versions(ref: str) -> ResponseReturnValue:
    """Every version of a published need, the newest first, with what it changed."""
    mark = marks.of_round(db.session, needs.mark_of(), {"ref": ref})
    return kept.answer(mark, lambda: _draw(ref), [mark.next_moment])


def _draw(ref: str) -> str:
    detail = needs.public_detail(db.session, ref)
    rows = versions.of(db.session, detail.row.id)
    steps = versions.steps(rows, versions.named(db.session, rows, everyone=True))
    return render_template(
        "public/requirement_versions.html",
        row=detail.row,
        editions=need_changes.editions(steps, detail.row.zone),
    )


@blueprint.get("/requirements/<ref>/versions/<int:number>")
def requirement_version(ref: str, number: int) -> ResponseReturnValue:
    """One version as everyone read it."""
    mark = marks.of_round(db.session, needs.mark_of(), {"ref": ref})
    return kept.answer(mark, lambda: _draw_one(ref, number), [mark.next_moment])


def _draw_one(ref: str, number: int) -> str:
    detail = needs.public_detail(db.session, ref)
    version = versions.one(db.session, detail.row.id, number)
    return render_template(
        "public/requirement_version.html",
        row=detail.row,
        version=version,
        newest=detail.version,
        face=need_changes.face_of(version.content),
    )


@blueprint.get("/requirements/<ref>/versions.atom")
def requirement_changes(ref: str) -> ResponseReturnValue:
    """The versions of one need as a feed, the newest first."""
    mark = marks.of_round(db.session, needs.mark_of(), {"ref": ref})
    etag = hashlib.sha256(f"{mark.version}\n{ref}\n{i18n.reader().locale}".encode()).hexdigest()[:24]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        detail = needs.public_detail(db.session, ref)
        response = Response(_feed(detail), mimetype="application/atom+xml")
    response.set_etag(etag, weak=True)
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def _feed(detail: PublicDetail) -> bytes:
    row = detail.row
    home = links.link("public.requirement", ref=row.ref)
    rows = versions.of(db.session, row.id)
    feed = feeds.start(i18n.t(row, "title"), home, rows[0].created_at if rows else detail.updated_at)
    owner = row.seeker_zh if i18n.reader().zh else row.seeker_en
    for version in rows:
        href = links.link("public.requirement_version", ref=row.ref, number=version.number)
        entry = ET.SubElement(feed, f"{{{feeds.ATOM}}}entry")
        title = i18n.t(row, "title")
        feeds.text(entry, "title", _("Version %(number)s: %(title)s", number=version.number, title=title))
        feeds.text(entry, "id", href)
        feeds.link(entry, rel="alternate", href=href)
        feeds.text(entry, "updated", feeds.instant(version.created_at))
        author = ET.SubElement(entry, f"{{{feeds.ATOM}}}author")
        feeds.text(author, "name", owner or _("Anonymous seeker"))
        said = [version.note, *because(version.reasons), version.close_reason]
        feeds.text(entry, "summary", "\n".join(filter(None, said)) or _("First published."))
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written
