"""The reader's words about the intake of requirements: faults of workbooks by cell, claims, audit entries."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "no_need_sheet": _(
        "No sheet is a table or a form of requirements. Copy your texts into a template. Sheets: %(found)s"
    ),
    "nothing_in_table": _("No requirement stands below the row that names the columns."),
    "too_many_needs": _("At most %(most)s requirements fit into one workbook. Split it here."),
    "need_known": _("A requirement of this seeker has this title already: %(where)s"),
    "needs_too_late": _("The round takes no requirements any more. Nothing was taken in."),
    "cell_merged": _("Cells are merged here, so what belongs where cannot be told. Unmerge them."),
    "choice_unknown": _("“%(found)s” is none of the choices. See the sheet of lists."),
    "industry_unknown": _("“%(found)s” is no section or division of GB/T 4754, such as C or C39."),
    "unit_missing": _("Say in which unit the budget is: 万元 or 元. Nothing is guessed."),
    "amount_small_meant": _("%(given)s is less than any need costs. Did you mean %(meant)s? Check the unit."),
    "amount_small": _("%(given)s is less than any need costs. Check the unit."),
    "amounts_far_apart": _("One end is a thousand times the other. Are both in the same unit?"),
    "organization_speaks": _(
        "This organization is here and speaks for itself. Ask its people to post the requirement."
    ),
    "firm_without_address": _(
        "Nobody speaks for this firm here yet. Say at which mail address it gets the link to confirm."
    ),
    "firm_without_name": _(
        "No organization here has this code. Write the firm’s name, and its code beside it."
    ),
    "seeker_several": _("Several organizations have this name. Add the registration code."),
    "not_on_behalf": _("Its seeker wrote this requirement; there is nothing to confirm."),
    "not_confirmed": _(
        "The firm has not confirmed it yet. Send it the link; it can be handed in after that."
    ),
    "claim_taken": _("Somebody speaks for this organization already. Ask a colleague there to invite you."),
    "claim_own": _("You wrote this requirement down. Somebody of the firm has to confirm it."),
    "claim_withdrawn": _("This requirement was withdrawn, so there is nothing to confirm any more."),
}
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "requirement.claimed": ("", "key", _("A firm took over a requirement that was written for it")),
    "requirement.confirmed": ("good", "check", _("A firm confirmed a requirement that was written for it")),
    "broker.dismissed": ("", "x", _("A broker was dismissed")),
    "needs.imported": ("", "up", _("A workbook of requirements was taken in")),
    "needs.refused": ("warn", "x", _("A workbook of requirements was refused")),
}
