"""What changed between two versions of a form, in sentences: for letters and for pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n
from challenge.rules.formchange import Change

SENTENCES: Mapping[str, LazyString] = {
    "added": _("“%(field)s” is new; it may stay empty."),
    "added_more": _("“%(field)s” is new and required."),
    "removed": _("“%(field)s” is gone. What was written there is kept in the draft and not entered."),
    "kind": _("“%(field)s” takes another kind of answer."),
    "label": _("“%(before)s” is now called “%(after)s”."),
    "help": _("The help beside “%(field)s” changed."),
    "required": _("“%(field)s” is required now."),
    "optional": _("“%(field)s” may stay empty now."),
    "hidden": _("Judges do not see “%(field)s” any more."),
    "unhidden": _("Judges see “%(field)s” now."),
    "shown_if": _("“%(field)s” is asked in other cases than before."),
    "fewest": _("“%(field)s” takes at least %(after)s; before: %(before)s."),
    "most": _("“%(field)s” takes at most %(after)s; before: %(before)s."),
    "minimum": _("The least for “%(field)s” is %(after)s; before: %(before)s."),
    "maximum": _("The most for “%(field)s” is %(after)s; before: %(before)s."),
    "not_below": _("“%(field)s” is held against another maturity than before."),
    "unit": _("“%(field)s” is given in %(after)s; before: %(before)s."),
    "option_added": _("“%(field)s” has the new choice “%(after)s”."),
    "option_removed": _("“%(field)s” has no choice “%(before)s” any more."),
    "option_label": _("“%(field)s”: the choice “%(before)s” is now called “%(after)s”."),
    "column_added": _("“%(field)s” has the new column “%(after)s”."),
    "column_removed": _("“%(field)s” has no column “%(before)s” any more."),
    "column_label": _("“%(field)s”: the column “%(before)s” is now called “%(after)s”."),
    "terms": _("The terms of “%(field)s” changed: version %(after)s. They have to be accepted anew."),
    "section_added": _("The section “%(field)s” is new."),
    "section_removed": _("The section “%(field)s” is gone."),
    "section_text": _("The heading or help of the section “%(field)s” changed."),
    "order": _("Fields stand in another order."),
}
_NONE = _("no limit")
_LIMITS = ("fewest", "most", "minimum", "maximum", "unit")


def sentence(change: Change) -> str:
    """One difference as a sentence in the reader's language."""
    code = "added_more" if change.code == "added" and change.more else change.code
    before, after = change.before, change.after
    if change.code in _LIMITS:
        before, after = before or str(_NONE), after or str(_NONE)
    named = change.label.say(i18n.reader().zh) or change.key
    return str(SENTENCES[code]) % {"field": named, "before": before, "after": after}
