"""The way from a fixed ranking to published results, as steps in words: what is done, what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from challenge.awards.board import Board, Step
from challenge.awards.release_models import ResultRelease
from challenge.base import i18n
from challenge.rounds import queries
from challenge.rounds.models import Round
from challenge.rules.stages import Stage

TITLES: Mapping[Step, LazyString] = {
    Step.RANKING: lazy_gettext("Ranking"),
    Step.PROPOSAL: lazy_gettext("Proposed awards"),
    Step.WORDS: lazy_gettext("The seekers’ words"),
    Step.NOTICE: lazy_gettext("Public notice"),
    Step.PUBLICATION: lazy_gettext("Publication"),
}
ORDER = tuple(Step)


@dataclass(frozen=True, slots=True)
class Button:
    """The one button of the next step; `post` where it acts at once, after a question."""

    href: str
    text: str
    post: bool = False
    question: str = ""
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One step: 'done', 'now' or 'later'."""

    state: str
    title: LazyString
    text: str
    button: Button | None = None
    until: dt.datetime | None = None


def lines(board: Board, round_: Round, now: dt.datetime) -> list[Line]:
    """The five steps of a round; the step that comes next has the button."""
    here = ORDER.index(board.step)
    drawn = []
    for place, (step, title) in enumerate(TITLES.items()):
        if place < here:
            drawn.append(Line("done", title, _done(step, board, round_)))
        elif place > here:
            drawn.append(Line("later", title, ""))
        else:
            drawn.append(_next(step, title, board, round_, now))
    return drawn


def _done(step: Step, board: Board, round_: Round) -> str:
    """What came of a step that is behind us."""
    asked, given = len(board.questions), sum(place.award is not None for place in board.places)
    if step is Step.PROPOSAL:
        return ngettext("%(num)d award proposed.", "%(num)d awards proposed.", given)
    if step is Step.WORDS:
        spoken = ngettext("%(num)d seeker has spoken.", "All %(num)d seekers have spoken.", asked)
        return spoken if asked else _("No seeker had to be asked.")
    return _dated(step, board, round_.zone)


def _dated(step: Step, board: Board, zone: str) -> str:
    notice = board.notice
    if step is Step.RANKING and board.ranked_at is not None:
        return _("Fixed %(when)s.", when=i18n.when(board.ranked_at, zone))
    if step is Step.NOTICE and notice is not None:
        start, end = i18n.when(notice.starts_at, zone), i18n.when(notice.ends_at, zone)
        return _("From %(start)s to %(end)s.", start=start, end=end)
    if notice is not None and notice.published_at is not None:
        return _("Published %(when)s.", when=i18n.when(notice.published_at, zone))
    return ""


def _next(step: Step, title: LazyString, board: Board, round_: Round, now: dt.datetime) -> Line:
    if step is Step.RANKING:
        return _rank(title, round_, now)
    if step is Step.PROPOSAL:
        return _propose(title, board, round_)
    if step is Step.WORDS:
        return _wait(title, board, now)
    if step is Step.NOTICE:
        return _show(title, board, round_)
    if board.release is not None:
        return _on_the_way(title, round_, board.release)
    return _publish(title, board, round_, now)


def _show(title: LazyString, board: Board, round_: Round) -> Line:
    """The notice: to be started, or changed in part by an objection."""
    if board.notice is not None:
        text = _("An upheld objection changes a part of the notice. Its page says what comes next.")
        href = url_for("organize.objections", slug=round_.slug)
        return Line("now", title, text, Button(href, _("Go to the objections")))
    days = ngettext("at least %(num)d day", "at least %(num)d days", round_.notice_days)
    text = _("Everything is settled. The notice runs %(days)s.", days=days)
    href = url_for("organize.award_notice", slug=round_.slug)
    return Line("now", title, text, Button(href, _("Look it over and start the notice")))


def _rank(title: LazyString, round_: Round, now: dt.datetime) -> Line:
    """Before a ranking: the award stage has to open, then the ranking is fixed."""
    windows = queries.windows_of(round_)
    if queries.stage_of(round_, windows, now) in (Stage.AWARD, Stage.CLOSED):
        button = Button(url_for("organize.ranking", slug=round_.slug), _("Go to the ranking"))
        return Line("now", title, _("Judging is over. The ranking waits to be fixed."), button)
    opens_at = windows[Stage.AWARD].opens_at if Stage.AWARD in windows else None
    if opens_at is None:
        return Line("now", title, _("The award stage has no dates yet."))
    when = i18n.when(opens_at, round_.zone)
    return Line("now", title, _("The award stage opens %(when)s. Then the ranking is fixed.", when=when))


def _propose(title: LazyString, board: Board, round_: Round) -> Line:
    if not board.proposable and not board.stale:
        if board.open:
            return Line("now", title, _("Ties leave every place open. Choose by hand, below."))
        text = _("There is nothing to win: no prize, and no requirement with an entry.")
        href = url_for("organize.prizes", slug=round_.slug)
        return Line("now", title, text, Button(href, _("Name prizes")))
    again = board.proposed
    text = (
        _(
            "The ranking or the entries changed since this was proposed."
            " A seeker whose proposal stays the same keeps the word given."
        )
        if again
        else _("Each place goes to its entry in the ranking; each seeker is asked to confirm the best one.")
    )
    button = Button(
        url_for("organize.propose_awards", slug=round_.slug),
        _("Propose again") if again else _("Propose awards"),
        post=True,
        question=_("Propose awards from the ranking?"),
        consequence=_("Each seeker who is asked gets a letter at once. Nothing becomes public yet."),
    )
    return Line("now", title, text, button)


def _wait(title: LazyString, board: Board, now: dt.datetime) -> Line:
    waiting = board.waiting
    longest = min(each.decision.created_at for each in waiting)
    text = ngettext(
        "%(num)d of %(all)d seekers has not answered, asked %(span)s ago.",
        "%(num)d of %(all)d seekers have not answered, the first asked %(span)s ago.",
        len(waiting),
        all=len(board.questions),
        span=i18n.span((now - longest).total_seconds()),
    )
    return Line("now", title, text, Button("#words", _("See who is awaited")))


def _publish(title: LazyString, board: Board, round_: Round, now: dt.datetime) -> Line:
    ends_at = board.notice.ends_at if board.notice is not None else now
    href = url_for("organize.award_publication", slug=round_.slug)
    if now < ends_at:
        when = i18n.when(ends_at, round_.zone)
        text = _("The notice runs. Results can be prepared from %(when)s.", when=when)
        return Line("now", title, text, Button(href, _("Look over what will be published")), ends_at)
    text = _("The notice has ended. Nothing is final before two people have published the results.")
    return Line("now", title, text, Button(href, _("Look it over and prepare")))


def _on_the_way(title: LazyString, round_: Round, release: ResultRelease) -> Line:
    """Results that are prepared, approved, or were stopped."""
    href = url_for("organize.award_publication", slug=round_.slug)
    if release.state == "approved" and release.due_at is not None:
        text = _("Approved. The results go out %(when)s.", when=i18n.when(release.due_at, round_.zone))
        return Line("now", title, text, Button(href, _("Look it over, or stop")), release.due_at)
    if release.state == "stopped":
        text = _("The results were stopped before they went out.")
        return Line("now", title, text, Button(href, _("Look it over and prepare")))
    text = _("Prepared. Somebody else has to approve the results.")
    return Line("now", title, text, Button(href, _("Look it over and approve")))
