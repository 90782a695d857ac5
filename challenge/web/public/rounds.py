"""The pages of one round: its requirements, prizes, rules, judges, questions and announcements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from challenge.base import i18n
from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import draw_reads
from challenge.judging import public as judging
from challenge.requirements import questions, versions
from challenge.rounds import pages, prize_limits, themes
from challenge.rounds.models import Round
from challenge.rounds.pages import RoundHead
from challenge.rounds.tracks import Track, track
from challenge.rules import eligibility
from challenge.rules.permissions import Action, require
from challenge.web import listing as files
from challenge.web import phase_words
from challenge.web.entry_lines import limit_lines, rule_lines
from challenge.web.public import cards, kept, taken
from challenge.web.public.lists import number_key, requirement_list, wanted
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "round": {"GET": Action.ROUND_READ},
    "round_tab": {"GET": Action.ROUND_READ},
}
PAGE = 50
TABS = ("prizes", "rules", "judges", "questions", "announcements")
TEXTS: Mapping[str, tuple[str, ...]] = {
    "about": ("about", "entry"),
    "prizes": ("prizes",),
    "rules": ("about", "rules", "entry"),
    "judges": ("judging",),
}
TEXT_TITLES = {
    "about": _l("About this challenge"),
    "entry": _l("How to enter"),
    "rules": _l("Rules"),
    "prizes": _l("About the prizes"),
    "judging": _l("How it is judged"),
}


@blueprint.get("/rounds/<slug>")
def round(slug: str) -> ResponseReturnValue:  # noqa: A001 - the page of one round
    """A round with its requirements, or with its text where it has none."""
    return _answer(slug, "requirements")


@blueprint.get("/rounds/<slug>/<any(prizes,rules,judges,questions,announcements):tab>")
def round_tab(slug: str, tab: str) -> ResponseReturnValue:
    """One of the other pages of a round."""
    return _answer(slug, tab)


def _answer(slug: str, tab: str) -> ResponseReturnValue:
    head = pages.head(db.session, slug, *_EXTRA.get(tab, ()))
    require(actor(), Action.ROUND_READ, head.subject)
    if (file := _taken(head, tab)) is not None:
        return file
    return kept.answer(head.mark, lambda: _draw(head, tab), [head.mark.next_moment])


def _taken(head: RoundHead, tab: str) -> ResponseReturnValue | None:
    """The list of the page as a file, where it is asked for."""
    if tab in ("questions", "announcements"):
        return taken.of_round(tab, head)
    form = files.asked()
    if form is None or tab != "requirements" or has_no_needs(head):
        return None
    tracks = themes.themes_of(db.session, head.row.id) if head.themes else ()
    return files.file(form, taken.of_needs(wanted(head.row.id, tracks).filters))


# What a tab reads of the round in the statement of its head.
_EXTRA: Mapping[str, tuple[Any, ...]] = {"judges": (draw_reads.last_published(),)}


def _draw(head: RoundHead, tab: str) -> str:
    plain = tab == "requirements" and has_no_needs(head)
    shown = "about" if plain else tab
    values = _TABS[shown](head)
    return render_template(f"public/round_{shown}.html", **frame(head, tab), **values)


def has_no_needs(head: RoundHead) -> bool:
    """An imported challenge is its own problem: its first page is its text."""
    return head.imported and head.row.requirement_count == 0


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages of a round."""

    href: str
    text: str
    count: int | None
    current: bool


def frame(head: RoundHead, tab: str) -> dict[str, Any]:
    """What every page of a round draws: title, host, track, tabs."""
    view = track(head.row, head.mark.now)
    return {"round": head.row, "head": head, "view": view, "tabs_of": _tabs(head, tab, view), "tab": tab}


def before_the_close(view: Track) -> bool:
    """Whether solutions can still be submitted, or will be."""
    return view.stage == "requirements" or any(
        each.stage == "submission" and each.state == "now" for each in view.stages
    )


def _tabs(head: RoundHead, tab: str, view: Track) -> list[Tab]:
    row = head.row
    here = url_for("public.round", slug=row.slug)
    first = _("About") if has_no_needs(head) else _("Requirements")
    names = {
        "requirements": (first, row.requirement_count or None),
        "results": (_("Results"), None),
        "prizes": (_("Prizes"), None),
        "rules": (_("Rules"), None),
        "judges": (_("Judges"), None),
        "vote": (_("Public vote"), None),
        "questions": (_("Q&A"), None),
        "discussion": (_("Public discussion"), None),
        "resources": (_("Resources"), head.resources or None),
        "teammates": (_("Teammates"), None),
        "announcements": (_("Announcements"), head.announcements or None),
    }
    if not (head.teammates and before_the_close(view)):
        del names["teammates"]
    if head.imported:
        del names["discussion"]
    if not head.votes:
        del names["vote"]
    if not head.resources:
        del names["resources"]
    if view.stage not in ("award", "closed"):
        del names["results"]
    return [
        Tab(here if key == "requirements" else f"{here}/{key}", text, count, key == tab)
        for key, (text, count) in names.items()
    ]


@dataclass(frozen=True, slots=True)
class ShownText:
    """A long text as a page draws it: already clean HTML, and its language where it is not the reader's."""

    title: str
    lang: str | None
    html: Markup


def texts_of(head: RoundHead, tab: str) -> list[ShownText]:
    """The long texts of a tab."""
    mine = "zh" if i18n.reader().zh else "en"
    tags = {"zh": "zh-CN", "en": "en"}
    return [
        ShownText(
            str(TEXT_TITLES[text.kind]),
            None if text.lang == mine else tags[text.lang],
            Markup(text.html),  # noqa: S704  # nosec B704 - sanitised when it was written, see base.texts
        )
        for text in pages.texts(db.session, head.row.id, TEXTS[tab], mine)
    ]


def _requirements(head: RoundHead) -> dict[str, Any]:
    here = url_for("public.round", slug=head.row.slug)
    tracks = themes.themes_of(db.session, head.row.id) if head.themes else ()
    return {**requirement_list(wanted(head.row.id, tracks), head.mark.now, here), "tracks": tracks}


def _about(head: RoundHead) -> dict[str, Any]:
    return {"texts": texts_of(head, "about")}


def _prizes(head: RoundHead) -> dict[str, Any]:
    found, caps = pages.prizes(db.session, head.row.id), prize_limits.caps_of(db.session, head.row.id)
    return {"prizes": found, "caps": caps, "texts": texts_of(head, "prizes")}


def _rules(head: RoundHead) -> dict[str, Any]:
    texts = texts_of(head, "rules")
    round_ = db.session.get_one(Round, head.row.id)
    entry = [] if head.imported else rule_lines(eligibility.read(round_.eligibility)) + limit_lines(round_)
    shown = [each for each in texts if not has_no_needs(head) or each.title == TEXT_TITLES["rules"]]
    grace = next((row.grace_seconds for row in head.mark.windows if row.stage == "submission"), 0)
    told = {"grace_minutes": -(-grace // 60), "sealed": round_.sealed}
    return {"texts": shown, "entry": entry, "reply_days": round_.reply_days, **told}


def _judges(head: RoundHead) -> dict[str, Any]:
    panels = judging.panels(db.session, head.row.id)
    return {
        "panels": [(each, method_words(each)) for each in panels],
        "texts": texts_of(head, "judges"),
        "wording": phase_words,
        "drawn": head.extra[0],
    }


def method_words(panel: judging.Panel | judging.PublicRanking | None) -> list[str]:
    """The published method in sentences."""
    if panel is None:
        return []
    if panel.way != "scores":
        return [str(phase_words.METHODS[panel.way])]
    method = panel.method
    rules = {
        "mean": _("the mean of the judges’ figures"),
        "median": _("the median of the judges’ figures"),
        "trimmed": _(
            "the mean without one highest and one lowest figure (with fewer than 5 judges: the plain mean)"
        ),
    }
    each = (
        _("For each criterion: %(rule)s.")
        if method.basis == "criterion"
        else _("For each judge’s total: %(rule)s.")
    )
    steps = {
        "weightiest": _("the weightiest criterion"),
        "median": _("the median of the totals"),
        "vote": _("a vote of the panel"),
        "chair": _("the chair’s decision"),
        "shared": _("the place is shared"),
    }
    ties = i18n.listed(steps[step] for step in method.ties) or steps["shared"]
    return [
        each % {"rule": rules[method.rule]},
        _("Rounded half up to %(places)s decimals, times the weight, and added up.", places=method.places),
        _("Equal totals are decided in this order: %(steps)s.", steps=ties),
        _("A missing score counts as absent, never as zero."),
    ]


def _questions(head: RoundHead) -> dict[str, Any]:
    after = number_key(request.args.get("after"))
    found = questions.public_questions(db.session, head.row.id, after=after, limit=PAGE + 1)
    here = url_for("public.round_tab", slug=head.row.slug, tab="questions")
    return {
        "questions": found[:PAGE],
        "earlier": versions.corrections(db.session, [each.id for each in found if each.corrected_at]),
        "ask": cards.ask_url(track(head.row, head.mark.now).stage, slug=head.row.slug),
        "older": f"{here}?after={found[PAGE - 1].id}" if found[PAGE:] else None,
        "newer": here if after else None,
    }


def _announcements(head: RoundHead) -> dict[str, Any]:
    after = number_key(request.args.get("after"))
    found = pages.announcements(db.session, head.row.id, after=after, limit=PAGE + 1)
    here = url_for("public.round_tab", slug=head.row.slug, tab="announcements")
    return {
        "announcements": found[:PAGE],
        "changes": [] if after else pages.changes(db.session, head.row.id),
        "older": f"{here}?after={found[PAGE - 1].id}" if found[PAGE:] else None,
        "newer": here if after else None,
    }


_TABS = {
    "requirements": _requirements,
    "about": _about,
    "prizes": _prizes,
    "rules": _rules,
    "judges": _judges,
    "questions": _questions,
    "announcements": _announcements,
}
