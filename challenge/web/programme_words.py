"""Words for what a programme says of itself."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "logo_not_a_picture": _("A logo is a PNG, JPEG or WebP picture."),
}
# In the order of the page.
LEVELS: Mapping[str, LazyString] = {
    "host": _("Host or co-host"),
    "main": _("Main partner"),
    "partner": _("Partner"),
    "supporter": _("Supporter"),
    "media": _("Media partner"),
}
