"""Rounds of one's programmes: drafted, launched, extended; what waits, judging, ranking, awards."""

from __future__ import annotations

from challenge.api.doors import room
from challenge.rules.permissions import Action

ROUND = "/organize/rounds/<slug>"

ROOMS = (
    room(
        __name__,
        "rounds",
        ("GET", "/organize/rounds", Action.ACCOUNT_USE, "rounds:mine"),
        ("POST", "/organize/programmes/<slug>/rounds", Action.ROUND_EDIT, "rounds:create"),
        ("GET", ROUND, Action.ROUND_CONTROL, "rounds:organized"),
        ("PUT*", ROUND, Action.ROUND_EDIT, "rounds:settings"),
        ("POST", f"{ROUND}/launch", Action.ROUND_LAUNCH, "rounds:launch"),
        ("POST", f"{ROUND}/extend", Action.ROUND_EXTEND, "rounds:extend"),
        ("POST", f"{ROUND}/close-early", Action.ROUND_CLOSE_EARLY, "rounds:close_early"),
        ("POST", f"{ROUND}/cancel", Action.ROUND_CANCEL, "rounds:cancel"),
        ("POST", f"{ROUND}/announcements", Action.ANNOUNCEMENT_POST, "rounds:announce"),
        ("GET", f"{ROUND}/needs", Action.ROUND_CONTROL, "screening:queue"),
        ("POST", "/organize/needs/<ref>/publish", Action.REQUIREMENT_SCREEN, "screening:publish"),
        ("POST", "/organize/needs/<ref>/return", Action.REQUIREMENT_SCREEN, "screening:give_back"),
        ("POST", "/organize/needs/<ref>/reject", Action.REQUIREMENT_SCREEN, "screening:reject"),
        ("GET", f"{ROUND}/questions", Action.ROUND_CONTROL, "screening:waiting"),
        ("GET", f"{ROUND}/form", Action.ROUND_CONTROL, "judged:form_in_force"),
        ("GET", f"{ROUND}/entries", Action.SUBMISSION_LIST, "judged:entries"),
        ("GET", f"{ROUND}/criteria", Action.ROUND_CONTROL, "judged:criteria"),
        ("GET", f"{ROUND}/progress", Action.ROUND_CONTROL, "judged:progress"),
        ("GET", f"{ROUND}/ranking", Action.RANKING_READ, "judged:standings"),
        ("POST", f"{ROUND}/ranking", Action.RANKING_FIX, "judged:fix"),
        ("GET", f"{ROUND}/agreements", Action.AGREEMENT_LIST, "judged:agreements"),
    ),
)
