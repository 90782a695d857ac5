"""What was handed in to a round: the list, and one of them as it was entered."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from challenge.audit import chain
from challenge.base import i18n
from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import conflicts, remarks, screening
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.lifecycles import ENTERED
from challenge.rules.permissions import Action, can, require
from challenge.rules.stages import Stage
from challenge.submissions import differing, extensions, queries, reading
from challenge.submissions.queries import Entry, Shown
from challenge.submissions.themes import theme_of
from challenge.web import access, listing
from challenge.web.context import page_now
from challenge.web.listing import Column, List, money_of
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.papers import frozen_file

ROUTES: dict[str, dict[str, Action]] = {
    "submissions": {"GET": Action.SUBMISSION_LIST},
    "submission": {"GET": Action.SUBMISSION_READ},
    "submission_file": {"GET": Action.SUBMISSION_READ},
}


@blueprint.get("/rounds/<slug>/submissions")
def submissions(slug: str) -> ResponseReturnValue:
    """What was handed in, fifty a page, by state."""
    # An administrator controls rounds and still does not read what solvers propose.
    round_ = enter(slug, Action.SUBMISSION_LIST)
    sealed = rounds.subject_of(round_, page_now()).sealed
    window = rounds.windows_of(round_).get(Stage.SUBMISSION)
    state = request.args.get("state", "submitted")
    state = state if state in ENTERED else "submitted"
    if form := listing.asked():
        return listing.file(form, _list(round_, state), chain.round_chain(round_.id))
    after = request.args.get("after", type=int)
    rows = queries.of_round(db.session, round_.id, state, after=after, limit=queries.PAGE + 1)
    more = rows[queries.PAGE - 1].id if len(rows) > queries.PAGE else None
    return draw(
        "organize/submissions.html",
        round_,
        here="submissions",
        rows=rows[: queries.PAGE],
        sealed=sealed,
        overdue=sealed and window is not None and window.closed,
        cases=screening.states_of(db.session, [row.id for row in rows[: queries.PAGE]]),
        state=state,
        states=ENTERED,
        after=after,
        older=url_for("organize.submissions", slug=slug, state=state, after=more) if more else None,
        first=url_for("organize.submissions", slug=slug, state=state) if after else None,
    )


COLUMNS: tuple[Column[Entry], ...] = (
    Column("code", _("Submission"), lambda row: row.code),
    Column("title", _("Title"), lambda row: None if row.sealed else row.title),
    Column("team", _("Team"), lambda row: row.team),
    Column("requirement", _("Requirement"), lambda row: row.requirement_number),
    Column("requirement_title", _("Its title"), lambda row: i18n.t(row, "requirement")),
    Column("state", _("State"), lambda row: row.state),
    Column("version", _("Version"), lambda row: row.number),
    Column("quote", _("Quote"), lambda row: money_of(row.quote_minor, row.currency), money=True),
    Column("submitted_at", _("Submitted"), lambda row: row.submitted_at),
)


def _list(round_: Round, state: str) -> List[Entry]:
    """What was handed in, as a file: with what the page shows and no more."""
    round_id = round_.id
    return List(
        name=f"submissions-{round_.slug}-{state}",
        columns=COLUMNS,
        batch=lambda session, after, limit: queries.of_round(
            session, round_id, state, after=after, limit=limit
        ),
        after=lambda row: row.id,
        zone=round_.zone,
        personal=True,
    )


@blueprint.get("/submissions/<ref>")
def submission(ref: str) -> ResponseReturnValue:
    """One of them, as it was entered: the version that stands, never the draft."""
    return _page(entry_of(ref))


@blueprint.get("/submissions/<ref>/files/<int:place>")
def submission_file(ref: str, place: int) -> ResponseReturnValue:
    """A file as it was entered."""
    shown = entry_of(ref)
    return frozen_file(queries.version(db.session, shown.submission.id), place, "organizer")


def entry_of(ref: str) -> Shown:
    """The submission, for whoever organizes its round and is not in its team."""
    require(actor(), Action.ACCOUNT_USE)
    shown = queries.shown(db.session, ref, page_now())
    if not can(actor(), Action.ROUND_CONTROL, shown.subject):
        raise NotFound
    require(actor(), Action.SUBMISSION_READ, shown.subject)
    if actor().user_id in shown.material.team:
        raise NotFound  # in the team's own rooms it is read as a member, here as an organizer
    return shown


def _remarks(shown: Shown) -> list[remarks.Remark]:
    """What single judges wrote, for an organizer of the round who is not behind the entry."""
    if not can(actor(), Action.SCORE_READ, shown.subject):
        return []
    tied = conflicts.of_person(db.session, actor().user_id, shown.submission.id) is not None
    return [] if tied else remarks.of_submission(db.session, shown.submission.id)


def _page(shown: Shown) -> ResponseReturnValue:
    version = queries.version(db.session, shown.submission.id, named=True)
    access.note("organizer", version)
    return draw(
        "organize/submission.html",
        shown.round,
        here="submissions",
        shown=shown,
        submission=shown.submission,
        version=version,
        extensions=extensions.of(db.session, shown.submission),
        parts=reading.version_parts(db.session, shown.submission, version),
        remarks=_remarks(shown),
        may_screen=can(actor(), Action.SUBMISSION_SCREEN, shown.subject),
        cases=screening.history(db.session, shown.submission.id),
        versions=differing.numbers(db.session, shown.submission.id),
        theme=theme_of(db.session, shown.submission.id),
        urls=[
            url_for("organize.submission_file", ref=shown.submission.ref, place=place)
            for place in range(1, len(version.manifest) + 1)
        ],
    )
