"""A final on site in the reader's words: what it refuses, what the trail says of it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "not_a_final": _("Only a final is held on site. Change the kind of this phase first."),
    "chair_unknown": _("Nobody has an account with this address."),
    "draw_published": _("The digest of the draw is published, so this stays as it is."),
    "draw_not_published": _("Publish the digest first; the draw comes after it."),
    "draw_made": _("The order was drawn at %(at)s. There is one draw only."),
    "draw_not_made": _("The order has not been drawn yet."),
    "nobody_to_draw": _("No entry stands in this phase, so there is nothing to draw."),
    "phase_not_begun": _("Its entries are not known yet. Carry them on from the phase before first."),
    "entry_gone": _("This entry has left the round. Call another one."),
    "nobody_on_stage": _("Nobody is on stage."),
    "not_on_stage": _("This one has not been on stage yet. It is scored from when it comes on stage."),
    # Paper scores: faults by cell, and why a workbook was not read
    "not_on_site": _("This phase is not held on site."),
    "choose_workbook": _("Choose the filled workbook."),
    "book_too_heavy": _("A workbook has at most %(limit)s."),
    "not_a_workbook": _("This is no .xlsx workbook, or it is damaged."),
    "book_too_large": _("This workbook holds far more than its template. Copy the rows into a new one."),
    "book_too_slow": _("This workbook took too long to read. Copy the rows into a new template."),
    "paper_too_late": _("Judging has closed or moved on meanwhile. Nothing was entered."),
    "no_key_row": _("The second row, which names the columns, is missing. Use a new template."),
    "column_moved": _("Here should be the column %(wanted)s; it is %(found)s. Put the columns back."),
    "column_missing": _("The column %(wanted)s is missing here. Use a new template."),
    "column_unknown": _("The template has no such column: %(found)s. Take it out."),
    "code_unknown": _("No entry of this phase has this code: %(found)s"),
    "judge_unknown": _("No judge of this panel has this label: %(found)s"),
    "card_not_assigned": _("This judge does not have this entry."),
    "card_conflict": _("This judge has a conflict with this entry and sits it out."),
    "card_locked": _("This card is locked already. It stays as it is."),
    "row_twice": _("Row %(row)s has the same judge and entry already."),
    "cell_formula": _("This is a formula. Write the figure itself."),
    "nothing_filled_in": _("No row holds a score."),
    "stage_cards_open": _("%(count)s scorecards are not locked yet. Wait for them, or show it anyway."),
}
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "on_site.set_up": ("", "settings", _("A final was set up to be held on site")),
    "on_site.unset": ("", "x", _("A final is not held on site any more")),
    "on_site.key_renewed": ("", "key", _("The big screen got another secret address")),
    "draw.published": ("", "shield", _("The digest of the draw was published")),
    "draw.made": ("good", "list", _("The running order was drawn")),
    "stage.called": ("", "play", _("An entry came on stage")),
    "stage.revealed": ("", "eye", _("The big screen showed scores, or hid them")),
    "scorecard.from_paper": ("", "edit", _("A scorecard was entered from paper and locked")),
    "paper.imported": ("", "up", _("A workbook of paper scores was taken in")),
    "paper.refused": ("warn", "x", _("A workbook of paper scores was refused")),
}
