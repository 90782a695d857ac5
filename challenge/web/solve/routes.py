"""The doors of the solver's rooms: each module of this package names its own, here they are one table."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.solve import (
    anew,
    at_close,
    autosaving,
    beginning,
    certificates,
    copying,
    editing,
    for_me,
    gallery,
    handing_in,
    looking,
    mine,
    papers,
    places,
    readers,
    receipts,
    resuming,
    standing,
    team,
    versions,
)

ROUTES: dict[str, dict[str, Action]] = {
    **mine.ROUTES,
    **for_me.ROUTES,
    **beginning.ROUTES,
    **gallery.ROUTES,
    **anew.ROUTES,
    **certificates.ROUTES,
    **editing.ROUTES,
    **autosaving.ROUTES,
    **resuming.ROUTES,
    **handing_in.ROUTES,
    **receipts.ROUTES,
    **papers.ROUTES,
    **readers.ROUTES,
    **team.ROUTES,
    **places.ROUTES,
    **standing.ROUTES,
    **at_close.ROUTES,
    **versions.ROUTES,
    **looking.ROUTES,
    **copying.ROUTES,
}
