"""Words of expert diagnosis and of the formal check: questions, answers, refusals, audit entries."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "expert_tied": _(
        "This person belongs to the seeker, to an organization above it or to a branch of it, or wrote the"
        " requirement. Ask somebody else."
    ),
    "expert_asked": _("This person is asked already. Call that off first to ask something else."),
    "expert_yourself": _("You cannot ask yourself."),
    "experts_enough": _("%(most)s experts are at work on it already."),
    "choose_expert": _("Choose an expert, or write the address of a person with an account."),
    "due_out_of_range": _("Choose a day from tomorrow on, within %(most)s days."),
    "diagnosis_closed": _("This opinion is handed in or not needed any more, so it cannot be changed."),
}
QUESTIONS: Mapping[str, LazyString] = {
    "feasible": _("Can it be solved?"),
    "clear": _("Is it clear what is needed?"),
    "novel": _("How new would a solution be?"),
    "budget": _("Is the budget plausible?"),
}
ANSWERS: Mapping[str, Mapping[str, LazyString]] = {
    "feasible": {
        "yes": _("Yes, as it is written"),
        "hard": _("Only with much effort, or in part"),
        "no": _("No"),
        "open": _("It cannot be told from this"),
    },
    "clear": {"yes": _("Yes"), "partly": _("In part"), "no": _("No")},
    "novel": {
        "new": _("New: nobody offers it"),
        "adapted": _("Something known would have to be adapted"),
        "known": _("It can be bought today"),
        "open": _("I cannot tell"),
    },
    "budget": {
        "fits": _("Yes"),
        "low": _("Too low"),
        "high": _("Too high"),
        "open": _("I cannot tell, or none is given"),
    },
}
VERDICTS: Mapping[str, LazyString] = {
    "accept": _("Accept it"),
    "rework": _("Let it be reworked"),
    "reject": _("Do not accept it"),
}
FIELDS: Mapping[str, LazyString] = {
    "title_zh": _("Title in Chinese"),
    "title_en": _("Title in English"),
    "summary_zh": _("One sentence in Chinese"),
    "summary_en": _("One sentence in English"),
    "problem_zh": _("The problem, in Chinese"),
    "problem_en": _("The problem, in English"),
    "goals": _("Goals"),
    "indicators": _("Indicators"),
}
# What the formal check looks at.
CHECKS: Mapping[str, LazyString] = {
    "complete": _("Complete"),
    "contact": _("Somebody to ask"),
    "amounts": _("Amounts plausible"),
    "dates": _("Dates plausible"),
    "measurable": _("Indicators measurable"),
    "identity": _("Nothing names people or places"),
    "secrets": _("Nothing confidential in the public part"),
    "wording": _("Worded as a problem, with figures"),
    "languages": _("In both languages"),
}
NOTES: Mapping[str, LazyString] = {
    "not_confirmed": _("The firm has not confirmed it."),
    "nobody_to_ask": _("No contact with a telephone number or a mail address is given."),
    "amounts_far_apart": _("One end of the budget is more than a thousand times the other."),
    "ends_in_past": _("The work would have ended already."),
}
# Of faults whose field has no name in FIELDS.
PARTS: Mapping[str, LazyString] = {
    "field": _("Field"),
    "keywords": _("Keywords"),
    "modes": _("Cooperation"),
    "region": _("Region"),
    "partners": _("Wished partners"),
    "ip_wish": _("Intellectual property"),
    "confidential_part": _("Confidential part"),
    "contact_name": _("Contact"),
    "contact_phone": _("Telephone"),
    "contact_email": _("Mail address"),
    "budget_min": _("Budget from"),
    "budget_max": _("Budget up to"),
    "starts_on": _("Work starts"),
    "ends_on": _("Work ends"),
    "closes_at": _("Own close"),
}
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "diagnosis.asked": ("", "user", _("An expert was asked for an opinion")),
    "diagnosis.accepted": ("", "check", _("An expert took a diagnosis on")),
    "diagnosis.declined": ("", "x", _("An expert turned a diagnosis down")),
    "diagnosis.handed_in": ("good", "check", _("An expert handed in an opinion")),
    "diagnosis.called_off": ("", "x", _("A diagnosis was called off")),
    "diagnosis.given": ("", "eye", _("An expert’s opinion was given to the seeker")),
    "wording.taken": ("", "edit", _("Wording that an expert proposed was taken over")),
}
