"""The reader's words for what is wrong with a form; a part of the one table in `words`."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    # The whole
    "form_needs_title": _("There is no title. Lists, receipts and awards name a submission by it: add it."),
    "form_too_many_sections": _("A form has at most %(most)s sections."),
    "form_too_many_fields": _("A form has at most %(most)s fields; there are %(count)s."),
    "form_empty_section": _("There is no field in it. Add one, or remove the section."),
    # Keys and texts
    "form_not_a_key": _("A key has small letters, digits and underscores, begins with a letter, 40 at most."),
    "form_key_reserved": _("“%(key)s” names a part of every submission. Take another key."),
    "form_key_twice": _("The key “%(key)s” is there twice."),
    "form_label_twice": _("Another one reads the same."),
    "form_not_text": _("It holds signs that cannot be shown. Type it anew."),
    # Known fields
    "form_kind_fixed": _(
        "“%(key)s” is known to lists, awards and comparisons: it stays of the kind %(kind)s."
    ),
    "form_indicators_key": _("The answers to the indicators have the key “indicators”, once in a form."),
    "form_title_required": _("The title is always required."),
    "form_title_shown": _("The title is always asked, and judges see it."),
    # Parts of a field
    "form_part_not_here": _("A field of this kind (%(kind)s) has no such part (%(part)s)."),
    "form_list_length": _("From %(least)s to %(most)s of them; there are %(count)s."),
    "form_ends_crossed": _("The largest is below the smallest."),
    "form_not_a_level": _("“%(key)s” is no maturity that stands before this field."),
    "form_switch_not_earlier": _(
        "“%(key)s” does not stand before this field, so nothing can depend on it here."
    ),
    "form_not_a_switch": _("“%(key)s” is neither a choice nor a consent, so nothing can depend on it."),
    "form_switch_answer": _("The field it depends on has no such answer: %(answers)s."),
    "form_one_switch": _("Tick answers of one field only."),
    # Files
    "form_file_too_large": _(
        "The file is larger than the %(limit)s kB of a form. Nothing was taken from it."
    ),
    "form_too_large": _("All its texts together are more than the %(limit)s kB of a form. Shorten some."),
    "form_not_json": _("This is no JSON file of a form. Nothing was taken from it."),
    "form_other_format": _("Only the format challenge-form/1 is read; the file says “%(given)s”."),
    "form_part_missing": _("The part “%(part)s” is missing."),
    "form_part_unknown": _("There is no part “%(part)s” here."),
    "form_too_many": _("At most %(limit)s of them; there are %(count)s."),
    "form_too_few": _("At least %(limit)s of them; there are %(count)s."),
    "form_kind_unknown": _("There is no kind “%(given)s”."),
    "form_below": _("At least %(limit)s."),
    "form_above": _("At most %(limit)s."),
    "form_pattern": _("“%(given)s” is not written as it has to be."),
    "form_type": _("It should be of the type %(type)s."),
    "form_twice_in_list": _("Something is there twice."),
    "form_part_wrong": _("This is not as the schema says."),
    # Putting it in force
    "form_moved_on": _(
        "Somebody changed this form since you opened the page. Here is how it stands now; repeat your step."
    ),
    "form_note_needed": _("Say what changed. Everyone who has begun reads it."),
    "form_close_undecided": _(
        "%(count)s have begun and may have more to do. Decide whether the window stays open longer."
    ),
    "form_kind_answered": _("The kind of a field stays once it was answered. Answers concerned: %(count)s."),
    "form_unit_answered": _(
        "Another unit would change what was answered. Add a new field. Answers concerned: %(count)s."
    ),
    "form_unhidden_answered": _(
        "It was answered under the promise that judges do not see it. Answers concerned: %(count)s."
    ),
    "form_columns_answered": _(
        "Rows were filled in: columns stay in their order, new ones come last. Answers concerned: %(count)s."
    ),
    "form_limit_passed": _("What was answered passes a limit. Keep it wider. Answers concerned: %(count)s."),
    "form_option_chosen": _(
        "A choice that would go was chosen already. It stays. Answers concerned: %(count)s."
    ),
    "form_answered": _("It was answered already. In a sealed round such a field stays as it is."),
    "form_files_left": _("The field “%(key)s” holds files. It stays. Drafts concerned: %(count)s."),
}
