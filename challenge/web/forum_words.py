"""Words for refusals in a round's discussion."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "too_many_posts": _("That is a lot in a short time: at most %(most)s posts. Go on a little later."),
    "thread_closed": _("This thread was closed at %(at)s. It can be read."),
    "post_fixed": _("A post can be changed for a quarter of an hour. Add an answer instead."),
}
