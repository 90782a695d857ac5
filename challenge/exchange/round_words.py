"""Why a round's archive cannot be made or taken in, in sentences for pages and commands."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.rules.errors import Refused

WORDS: Mapping[str, LazyString] = {
    "round_is_sealed": _(
        "This round is sealed until its submissions close: nobody can read what is in it. Export it after."
    ),
    "no_round_archive": _("This is not the archive of a round. Choose a file that “Export this round” made."),
    "archive_broken": _("The file is damaged or cut off. Copy it again from where it was made."),
    "archive_too_large": _("The archive would unpack to more than it may. Nothing of it was unpacked."),
    "archive_version": _(
        "The archive has format %(version)s, and this version reads %(known)s."
        " Import it with the version that made it, or a later one."
    ),
    "archive_newer": _(
        "The archive is of a newer version: this one does not know %(what)s. Upgrade first, then import it."
    ),
    "archive_older": _(
        "The archive was made by a version too old for this one: it has no %(what)s. Upgrade there first."
    ),
    "archive_members": _(
        "The archive does not hold what its list of contents says. Nothing of it was taken."
    ),
    "archive_altered": _(
        "%(member)s is not what the list of contents says: the archive was altered or damaged."
    ),
    "archive_row": _("Row %(row)s of %(member)s cannot be read. Nothing of the archive was taken."),
    "archive_reference": _(
        "The archive refers to a row of %(table)s that it does not hold. Nothing was taken."
    ),
    "archive_refused": _(
        "A row of %(table)s breaks a rule of the database. Nothing of the archive was taken."
    ),
    "archive_chain": _("The audit chain in the archive does not hold at entry %(seq)s: it was altered."),
    "archive_here": _(
        "%(name)s is here already (%(table)s): a round is taken in once. If only its address is taken, choose"
        " another one."
    ),
}


def said(refusal: Refused) -> str:
    """The sentence; the code itself where there is none."""
    words = WORDS.get(refusal.code)
    return str(words) % refusal.params if words is not None else refusal.code
