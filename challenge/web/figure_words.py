"""Words of figures and stories: refusals, audit entries."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "origin_unknown": _("No need has this number. It looks like R-2025-014."),
    "origin_same_round": _("That need is in the same round. Name one of an earlier edition."),
    "story_of_hidden": _("A story is told of a need that everyone may read. Publish it first."),
    "story_public": _("Everyone reads this story. Take it back first, then change it."),
    "story_names_seeker": _("Its seeker is anonymous: leave its name out."),
    "consent_missing": _("Write down who said yes for this side, when and how."),
}
# How an entry of the audit trail looks: tone, icon, words.
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "requirement.repeats": ("", "link", _("A requirement was told to repeat an earlier one, or not to")),
    "story.begun": ("", "draft", _("A story was begun")),
    "story.published": ("good", "open", _("A story was published")),
    "story.withdrawn": ("", "x", _("A story was taken back")),
}
