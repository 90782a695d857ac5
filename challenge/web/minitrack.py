"""The small stage track of lists and rails: four bars in one picture, drawn once for each way it can stand.

It is drawn here and not by a macro, because a list draws fifty of them.
"""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from challenge.base import i18n, phrases
from challenge.rounds.tracks import Track

_START = Markup('<svg class="mini{}" role="img" aria-label="{}">')
_BAR = '<svg x="{}%" width="24.25%" height="6"><rect class="rail" width="100%" height="6"/>{}</svg>'
_FILL = '<rect class="fill" width="{}%" height="6"/>'


def mini_track(track: Track, label: str) -> Markup:
    """The four bars; `label` is the line of words that stands beside them."""
    percents = tuple(
        100 if each.state == "done" else each.percent if each.state == "now" else 0 for each in track.stages
    )
    return _drawn(percents, bool(track.cancelled_reason), track.position, label, i18n.reader().locale)


@lru_cache(maxsize=4096)
def _drawn(percents: tuple[int, ...], cancelled: bool, position: int, label: str, _language: str) -> Markup:
    text = phrases.gettext("Stage %(n)s of 4: %(label)s", n=position, label=label)
    bars = "".join(
        _BAR.format(place * 25.25, _FILL.format(percent) if percent else "")
        for place, percent in enumerate(percents)
    )
    # Only numbers and the escaped text above go in.
    return _START.format(" cancelled" if cancelled else "", text) + Markup(bars + "</svg>")  # noqa: S704  # nosec B704
