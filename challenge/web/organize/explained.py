"""Why an entry stands where it stands: its number in a sentence, and the whole arithmetic below it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.base import i18n
from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import explained, standings
from challenge.judging.explained import Given, Story
from challenge.judging.ranking_models import Calibration, Estimate
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action
from challenge.web.organize import intervals
from challenge.web.organize.judging_forms import BASES, RULES
from challenge.web.organize.room import blueprint, draw, enter, phase_number

ROUTES: dict[str, dict[str, Action]] = {"ranking_entry": {"GET": Action.SCORE_READ}}
LEVEL = 0.05  # a severity below this is none worth a word


@blueprint.get("/rounds/<slug>/ranking/entries/<ref>")
def ranking_entry(slug: str, ref: str) -> ResponseReturnValue:
    """One entry's result in all its steps."""
    round_ = enter(slug, Action.SCORE_READ)
    opened = standings.opening(db.session, round_.id, phase_number())
    if opened is None:
        raise NotFound
    story = explained.story(db.session, actor(), opened.phase, opened.official, ref)
    return draw(
        "organize/ranking_entry.html",
        round_,
        here="ranking",
        story=story,
        said=sentences(story),
        drawn=_drawn(story),
        rule=dict(RULES)[story.method.rule],
        basis=dict(BASES)[story.method.basis],
        criteria={str(each.id): each for each in opened.phase.criteria},
    )


def _drawn(story: Story) -> intervals.Bar | None:
    if story.calibration is None or story.estimate is None:
        return None
    return intervals.bar(story.estimate, story.explained.total, story.calibration.detail["axis"])


def sentences(story: Story) -> list[str]:
    """The entry's number in words: its scores, what became of them, the judges, the adjustment."""
    if story.explained.total is None:
        return [_("Nobody has scored this entry whole, so it has no total and no place.")]
    places = story.method.places
    listed = i18n.listed(f"{each.label} {each.total.normalize():f}" for each in story.given)
    count = len(story.given)
    said = [
        ngettext(
            "Its %(num)s score is %(listed)s.", "Its %(num)s scores are %(listed)s.", count, listed=listed
        )
    ]
    total = f"{story.explained.total:.{places}f}"
    if story.row is not None and story.row.place is not None:
        said.append(
            _(
                "The published method makes that %(total)s, place %(place)s.",
                total=total,
                place=story.row.place,
            )
        )
    else:
        said.append(_("The published method makes that %(total)s.", total=total))
    if story.calibration is not None and story.estimate is not None:
        said += [_of_judge(each) for each in story.given if each.severity is not None]
        said.append(_adjusted(story.estimate, story.calibration))
    return said


def _of_judge(given: Given) -> str:
    points = given.severity or 0.0
    shown = f"{abs(points):.1f}"
    if abs(points) < LEVEL:
        return _("Judge %(judge)s scores as the panel does.", judge=given.label)
    if points < 0:
        return _("Judge %(judge)s scores %(points)s harsher than the panel.", judge=given.label, points=shown)
    return _("Judge %(judge)s scores %(points)s milder than the panel.", judge=given.label, points=shown)


def _adjusted(one: Estimate, beside: Calibration) -> str:
    return _(
        "Adjusted for that, to %(value)s: with 90 %% certainty between %(low)s and %(high)s, place"
        " %(first)s to %(last)s; its chance of the top %(top)s is %(chance)s %%.",
        value=f"{one.value:.2f}",
        low=f"{one.low:.2f}",
        high=f"{one.high:.2f}",
        first=one.first_place,
        last=one.last_place,
        top=beside.top,
        chance=round(100 * one.top),
    )
