"""Panels of distribution and docking: what was offered or sent to me, what lies still, whom I meet next."""

from __future__ import annotations

import datetime as dt

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from challenge.accounts import watching
from challenge.base import i18n
from challenge.distribution import caring, queries
from challenge.docking import quiet as quiet_needs
from challenge.docking import timeline
from challenge.docking.quiet import QuietRow
from challenge.rules.permissions import Actor
from challenge.web import outreach_words
from challenge.web.account.panel_parts import MOST, Line, Panel


def offered(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """Needs that were offered to me as a broker."""
    if not actor.holds_any("broker"):
        return None
    lines = [
        Line(
            url_for("organize.dispatches", slug=each.round.slug, ref=each.ref),
            i18n.t(each, "title"),
            note=_("Claim it, or say why not"),
        )
        for each in caring.offers(session, actor.user_id or 0)[:MOST]
    ]
    return Panel(_("Offered to me"), lines) if lines else None


def brokering(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """A broker's work: needs in my hands, needs of firms that I wrote down, and where all needs are."""
    if not actor.holds_any("broker"):
        return None
    lines = [
        Line(
            url_for("organize.dispatches", slug=row.round_slug, ref=row.ref),
            i18n.t(row, "title"),
            note=ngettext("%(num)d is interested", "%(num)d are interested", row.interested),
        )
        for row in caring.in_hand(session, actor.user_id or 0, MOST)
    ]
    lines += [
        Line(
            url_for("organize.distribution", slug=row.slug), i18n.t(row, "title"), note=_("Needs and answers")
        )
        for row in caring.rounds_of(session, actor.user_id or 0, MOST)
    ]
    return Panel(_("Brokering"), lines, "", url_for("seek.mine"), _("Needs that I wrote down"))


def quiet(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """Needs that lie still: those I speak for, and those I look after."""
    rows: list[QuietRow] = []
    if actor.represents:
        rows += quiet_needs.of_seeker(session, sorted(actor.represents))
    if actor.holds_any("broker"):
        known = {row.id for row in rows}
        rows += [row for row in quiet_needs.of_broker(session, actor.user_id or 0) if row.id not in known]
    lines = [
        Line(
            url_for("dock.need", ref=row.ref),
            i18n.t(row, "title"),
            note=outreach_words.next_step(row.next_step),
        )
        for row in rows[:MOST]
    ]
    return Panel(_("Needs that stand still"), lines) if lines else None


def asked(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """Needs that were sent to my inbox and wait for my answer."""
    count = queries.unanswered(session, actor.user_id or 0)
    if not count:
        return None
    text = ngettext("%(num)d need waits for your answer", "%(num)d needs wait for your answer", count)
    return Panel(_("Sent to me"), [Line(url_for("account.inbox"), text)])


def news(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """What is new in the searches that I keep, and has changed among what I follow."""
    count = watching.unseen(session, actor.user_id or 0)
    if not count:
        return None
    text = ngettext(
        "%(num)d search or follow has something new", "%(num)d searches and follows have something new", count
    )
    return Panel(_("News"), [Line(url_for("account.searches"), text)])


def meeting(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """The pairs that I am part of."""
    lines = [
        Line(
            url_for("dock.pair", ref=row.ref),
            i18n.t(row, "title"),
            "docking" if row.state else None,
            row.state,
            row.next_action or ngettext("%(num)d meeting", "%(num)d meetings", row.meetings),
        )
        for row in timeline.mine(session, actor, MOST)
    ]
    return Panel(_("Docking"), lines) if lines else None
