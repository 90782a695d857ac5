"""The panels of the hub: one function for each role, each with a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from challenge.accounts import invitations
from challenge.accounts.models import User
from challenge.awards import dossier
from challenge.base import i18n
from challenge.judging import piles, stage_reads
from challenge.requirements import branch_reads
from challenge.requirements import queries as requirements
from challenge.requirements.branch_reads import BranchFilter
from challenge.rounds import listing
from challenge.rounds.tracks import track
from challenge.rules.permissions import Actor
from challenge.rules.supply import STALE_DAYS
from challenge.submissions import queries as submissions
from challenge.supply import reads as supply
from challenge.web.account import agreements, agreements_due, diagnosis, outreach, services
from challenge.web.account.panel_parts import MOST, Line, Panel

# Of a seeker's requirements, those on which something is still to be done.
OPEN_STATES = ("draft", "returned", "submitted", "published")


Draw = Callable[[Session, Actor, dt.datetime], Panel | None]


def invited(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """Invitations that wait for my answer: whoever registers on another device finds them here."""
    person = session.get_one(User, actor.user_id)
    words = {
        "organizer": _("Organize a competition"),
        "manager": _("Manage an organization and its branches"),
        "judge": _("Judge entries"),
        "team": _("Join a team"),
        "broker": _("Enter requirements of firms"),
        "claim": _("Confirm a requirement of your organization"),
        "confidential": _("Read a confidential part"),
        "representative": _("Speak for an organization"),
    }
    lines = [
        Line(
            url_for("account.invitation", token=invitations.token_of(each)),
            words[each.role],
            closes_at=each.expires_at,
        )
        for each in invitations.waiting_for(session, person.email)
    ]
    return Panel(_("Invitations"), lines) if lines else None


def judging(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """The piles on my desk."""
    found = [pile for pile in piles.piles(session, actor) if not pile.place.over]
    if not (found or actor.holds_any("judge")):
        return None
    href = url_for("judge.queue")
    lines = [
        Line(
            href,
            i18n.t(pile.place, "title"),
            note=_("%(done)s of %(count)s locked", done=pile.progress.locked, count=pile.progress.count),
            closes_at=pile.place.window.closes_at,
            zone=pile.place.zone,
        )
        for pile in found[:MOST]
    ]
    return Panel(_("To judge"), lines, _("Nothing is assigned to you now."), href, _("My queue"))


def leading(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """The finals on site that I am named to chair."""
    lines = [
        Line(url_for("stage.chair", slug=round_.slug, number=number), i18n.t(round_, "title"))
        for round_, number in stage_reads.chaired(session, actor.user_id)[:MOST]
    ]
    return Panel(_("To lead on site"), lines) if lines else None


def deciding(session: Session, actor: Actor, now: dt.datetime) -> Panel | None:
    """Winners on which my organizations have not given their word."""
    if not actor.represents:
        return None
    lines = [
        Line(
            url_for("seek.decision", ref=row.ref),
            i18n.t(row, "title"),
            note=_("Asked %(span)s ago", span=i18n.span((now - row.asked_at).total_seconds())),
        )
        for row in dossier.asked(session, actor, pending=True, limit=MOST)
    ]
    if not lines:
        return None
    return Panel(_("Your word is needed"), lines, "", url_for("seek.decisions"), _("All decisions"))


def seeking(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """The requirements that I speak for."""
    if not actor.represents:
        return None
    rows = [row for row in requirements.mine(session, actor) if row.state in OPEN_STATES]
    order = {state: place for place, state in enumerate(("returned", "draft", "submitted", "published"))}
    lines = [
        Line(
            url_for("seek.requirement", ref=row.ref),
            i18n.t(row, "title") or _("Without a title"),
            "requirement",
            row.state,
            i18n.t(row, "round"),
            row.closes_at or (row.call_closes_at if row.state == "draft" else row.submission_closes_at),
            row.zone,
        )
        for row in sorted(rows, key=lambda row: order[row.state])[:MOST]
    ]
    empty = _("No requirement is open. Post one while a round calls for them.")
    return Panel(_("My requirements"), lines, empty, url_for("seek.mine"), _("All requirements"))


def offering(session: Session, actor: Actor, now: dt.datetime) -> Panel | None:
    """What I or my organizations offer that nobody has said to be right for long."""
    found = supply.stale(session, actor, now - dt.timedelta(days=STALE_DAYS), limit=MOST)
    lines = [
        Line(
            url_for("supply.mine"),
            i18n.t(row, "title") or _("My profile as an expert"),
            note=_("Last confirmed %(day)s", day=i18n.day(row.confirmed_at, i18n.reader().zone or "UTC")),
        )
        for row in found
    ]
    return Panel(_("Still right?"), lines, "", url_for("supply.mine"), _("My offers")) if lines else None


def solving(session: Session, actor: Actor, now: dt.datetime) -> Panel | None:
    """The submissions whose team I am in."""
    if actor.user_id is None:
        return None
    found = submissions.mine(session, actor.user_id, now, limit=MOST)
    lines = [
        Line(
            url_for("solve.show", ref=each.submission.ref),
            each.submission.heading or _("Without a title"),
            "submission",
            each.submission.state,
            _left_to_do(each),
            each.closes_at if each.open else None,
            each.round.zone,
        )
        for each in found
    ]
    return (
        Panel(_("My submissions"), lines, "", url_for("solve.submissions"), _("All submissions"))
        if lines
        else None
    )


def _left_to_do(each: submissions.Shown) -> str:
    if each.submission.state == "draft" and each.open and each.missing:
        return ngettext("%(num)d part missing", "%(num)d parts missing", len(each.missing))
    if each.changed:
        return _("Changed since it was handed in")
    return i18n.t(each.round, "title")


def branching(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """What lies at the desks of the branches that I manage."""
    managed = [grant.scope_id for grant in actor.grants if grant.role == "manager"]
    if not managed:
        return None
    waiting = BranchFilter(("submitted",), at_desk=True)
    lines = [
        Line(
            url_for("organize.branch_screen", ref=row.ref),
            i18n.t(row, "title"),
            "requirement",
            row.state,
            f"{i18n.t(row, 'branch')} · {i18n.t(row, 'round')}",
        )
        for row in branch_reads.of_branches(session, managed, waiting, names=True, limit=MOST)
    ]
    empty = _("Nothing waits for a branch of yours.")
    return Panel(_("My branches"), lines, empty, url_for("organize.branches"), _("All branches"))


def organizing(session: Session, actor: Actor, now: dt.datetime) -> Panel | None:
    """The rounds that I organize, the next moment first."""
    if not actor.holds_any("organizer"):
        return None
    lines = []
    for row in listing.organized(session, actor, over=False, limit=MOST):
        stages = track(row, now)
        lines.append(
            Line(
                url_for("organize.control", slug=row.slug),
                i18n.t(row, "title"),
                "round",
                stages.stage,
                i18n.t(row, "programme_title"),
                stages.now.closes_at if stages.now else None,
                row.zone,
            )
        )
    empty = _("No round is going on. Begin one from a programme.")
    return Panel(_("I organize"), lines, empty, url_for("organize.home"), _("All programmes and rounds"))


def administering(_session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """The administrator's rooms."""
    if not actor.admin:
        return None
    rooms = (
        ("admin.people", _("People")),
        ("admin.organizations", _("Organizations")),
        ("admin.health", _("Health")),
    )
    return Panel(_("This installation"), [Line(url_for(endpoint), title) for endpoint, title in rooms])


# What needs me first comes first.
PANELS: tuple[Draw, ...] = (
    *(invited, judging, leading, deciding, diagnosis.panel, outreach.offered, outreach.quiet, outreach.asked),
    agreements_due.panel,
    agreements.panel,
    *(services.serving, outreach.meeting, outreach.brokering, outreach.news, seeking, services.asked),
    *(solving, branching, offering, organizing, administering),
)
