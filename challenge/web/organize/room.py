"""The organizer's blueprint, and how a page of a round is entered and drawn with its rail."""

from __future__ import annotations

from flask import Blueprint, current_app, g, render_template, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import laid_out, rubric, turns
from challenge.judging.models import Phase
from challenge.rounds import queries
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, can, require
from challenge.rules.stages import Stage
from challenge.web.context import page_now
from challenge.web.phase_words import phase_name

# Address, text, a count, and whether it is the page that is open.
Link = tuple[str, LazyString, int | None, bool]

OVER = (Stage.CLOSED.value, Stage.CANCELLED.value)
blueprint = Blueprint("organize", __name__, url_prefix="/organize")

# The rail beside every page of a round, in the order of the competition: group -> (endpoint, label). A room
# is linked while its reader may open it; all of them take the round's `slug`.
RAIL: tuple[tuple[LazyString, tuple[tuple[str, LazyString], ...]], ...] = (
    (
        _("Round"),
        (
            ("control", _("Control room")),
            ("settings", _("Settings")),
            ("entry", _("Rules of entry")),
            ("texts", _("Texts")),
            ("themes", _("Tracks")),
            ("prizes", _("Prizes")),
            ("form", _("Submission form")),
            ("resources", _("Resources")),
            ("nda", _("Confidentiality")),
            ("announcements", _("Announcements")),
            ("groups", _("Messages to groups")),
        ),
    ),
    (
        _("Entries"),
        (
            ("screening", _("Requirements")),
            ("round_branches", _("Branches")),
            ("questions", _("Questions")),
            ("forum", _("Public discussion")),
            ("teammates", _("Teammates")),
            ("deadline", _("Deadline")),
            ("submissions", _("Submissions")),
            ("likeness", _("Likeness")),
        ),
    ),
    (
        _("Outreach"),
        (
            ("distribution", _("Distribution")),
            ("docking", _("Docking")),
            ("contacts", _("Contacts and brokers")),
        ),
    ),
    (
        _("Judging"),
        (
            ("phases", _("Phases")),
            ("rubric", _("Rubric")),
            ("panel", _("Panel")),
            ("conflicts", _("Conflicts")),
            ("assignments", _("Assignment")),
            ("progress", _("Progress")),
            ("on_site", _("On site")),
            ("discussion", _("Discussion")),
            ("ranking", _("Ranking")),
            ("judges", _("Judges’ figures")),
        ),
    ),
    (
        _("Outcome"),
        (
            ("awards", _("Awards")),
            ("objections", _("Objections")),
            ("agreements", _("Agreements")),
            ("feedback", _("Feedback")),
            ("award_certificates", _("Certificates")),
            ("anew", _("Offered anew")),
            ("stories", _("Stories")),
            ("audit", _("Audit trail")),
        ),
    ),
)

# Rooms that show one phase of the judging, and their doors: a link keeps the phase that is looked at.
OF_A_PHASE: dict[str, frozenset[str]] = {
    "rubric": frozenset({"edit_rubric", "declare_method"}),
    "panel": frozenset(
        {
            *("invite_judge", "invite_judge_again", "revoke_judge", "remove_judge"),
            *("judge_capacity", "judge_themes", "bring_judges"),
        }
    ),
    "assignments": frozenset(
        {
            "assign",
            "search_assignment",
            "leave_assignment",
            "assign_proposed",
            "assignment",
            "pin_assignment",
            "replace_judge",
            "workbook",
            "ask_workbook",
            "bring_workbook",
            "bring_assignments",
            "workbook_file",
        }
    ),
    "conflicts": frozenset({"look_for_conflicts", "decide_conflict"}),
    "progress": frozenset(),
    "discussion": frozenset({"set_flag", "talk", "card", "reopen_card"}),
    "ranking": frozenset({"fix_ranking", "what_if", "ties", "decide_tie", "ranking_entry"}),
    "judges": frozenset({"reminder", "remind_judges"}),
    "feedback": frozenset({"choose_feedback", "rule_comment", "release_feedback", "feedback_preview"}),
    "on_site": frozenset(
        {
            *("set_on_site", "unset_on_site", "renew_screen", "publish_draw", "make_draw"),
            *("score_sheets", "ask_scores", "score_template", "take_scores", "bring_scores"),
        }
    ),
}
_KEEPING = frozenset(OF_A_PHASE).union(*OF_A_PHASE.values())


def phase_number() -> int | None:
    """The phase that the address names; None for the one at hand."""
    # Asked for each address of a page: a get() of what is not there raises and catches on the way.
    number = request.args.get("phase", type=int) if "phase" in request.args else None
    return number if number is not None and 0 < number < 1000 else None


@blueprint.url_defaults
def _keep_phase(endpoint: str, values: dict[str, object]) -> None:
    if endpoint.removeprefix("organize.") in _KEEPING and (number := phase_number()) is not None:
        values.setdefault("phase", number)


def enter_phase(slug: str, action: Action) -> tuple[Round, Phase | None]:
    """The round with the phase that the address names, or the one at hand, once the actor may."""
    round_, g.page_now = queries.by_slug_now(db.session, slug)
    phase = rubric.phase_of(db.session, round_.id, phase_number())
    require(actor(), action, turns.subject_of(round_, phase, page_now()))
    if phase is None and phase_number() not in (None, 1):
        raise NotFound
    return round_, phase


def enter(slug: str, action: Action) -> Round:
    """The round of a page (windows, programme and host loaded), once the actor may do `action` with it."""
    round_, g.page_now = queries.by_slug_now(db.session, slug)
    require(actor(), action, queries.subject_of(round_, page_now()))
    return round_


def draw(template: str, round_: Round, *, here: str, **values: object) -> str:
    """A page of a round inside the organizer's layout; `here` is the endpoint that the rail marks.

    `edits` tells whether the reader may change the round: an administrator looks on, and what is over stays.
    """
    track = queries.track(round_, page_now())
    frame = {
        "track": track,
        "rail": rail(round_, here),
        "over": track.stage in OVER,
        "edits": can(actor(), Action.ROUND_EDIT, queries.subject_of(round_, page_now())),
    }
    if here in OF_A_PHASE:
        frame["phase_tabs"] = _phase_tabs(round_, here)
    return render_template(template, round=round_, **frame, **values)


def _phase_tabs(round_: Round, here: str) -> list[tuple[str, str, None, bool]]:
    """A tab for each phase where there are several."""
    if round_.phase_count < 2:
        return []
    known = laid_out.names(db.session, round_.id)
    begun = [each.number for each in known if each.begun]
    chosen = phase_number() or begun[-1]
    return [
        (
            url_for(f"organize.{here}", slug=round_.slug, phase=each.number),
            phase_name(each),
            None,
            each.number == chosen,
        )
        for each in known
    ]


def rail(round_: Round, here: str) -> list[tuple[LazyString, list[Link]]]:
    """The rail's groups with the rooms that the reader may open, as components/rail.html takes them."""
    doors = current_app.config["ROUTES"]
    subject = queries.subject_of(round_, page_now())
    groups = []
    for title, entries in RAIL:
        links: list[Link] = [
            (url_for(f"organize.{endpoint}", slug=round_.slug), text, None, endpoint == here)
            for endpoint, text in entries
            if can(actor(), doors[f"organize.{endpoint}"]["GET"], subject)
        ]
        if links:
            groups.append((title, links))
    return groups
