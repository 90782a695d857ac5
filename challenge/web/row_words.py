"""The reader's words about rows that are brought: kinds, states, refusals."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "rows_none": _("No rows. The first line names the columns, and at least one row follows."),
    "rows_too_many": _("At most %(most)s rows at once. Bring the rest afterwards."),
    "rows_too_wide": _("At most %(most)s columns."),
    "rows_cells_beyond": _("This row has more cells than the %(most)s columns of the first line."),
    "rows_unreadable": _(
        "Line %(line)s cannot be read as a table: look for a quotation mark that is not closed."
    ),
    "rows_not_text": _("This file is no text. In the spreadsheet program save it as CSV, or copy the cells."),
    "rows_no_judge": _("Nobody on this panel has this label or mail address."),
    "rows_no_entry": _("No entry of this phase has this number."),
}
TITLES: Mapping[str, LazyString] = {
    "judges": _("Bring judges as a table"),
    "assignments": _("Bring assignments as a table"),
    "scores": _("Bring scores as a table"),
    "requirements": _("Bring requirements as a table"),
}
ABOUT: Mapping[str, LazyString] = {
    "judges": _("Each new address gets an invitation to the panel."),
    "assignments": _(
        "A judge goes by the label or the mail address, an entry by its number. Judges are told once."
    ),
    "scores": _("A row for each card: the entry, the label of the judge, every score. Each card is locked."),
    "requirements": _(
        "Each becomes a draft of its seeker; a row with indicators alone goes on with the one above."
    ),
}
STATES: Mapping[str, tuple[str, str, LazyString]] = {
    "new": ("good", "check", _("will be taken in")),
    "known": ("", "info", _("here already")),
    "wrong": ("bad", "x", _("wrong")),
}
