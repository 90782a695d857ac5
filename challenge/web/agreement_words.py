"""Words of agreements: kinds, sides, what is refused, what the audit trail says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import amounts, i18n
from challenge.rules.agreement_texts import day_text
from challenge.rules.agreements import Criterion, Terms

SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "="}
KINDS: Mapping[str, LazyString] = {
    "intent": _("Letter of intent"),
    "development": _("Development contract"),
    "transfer": _("Technology transfer"),
    "licence": _("Licence"),
    "service": _("Technical service"),
    "equity": _("Equity cooperation"),
}
SIDES: Mapping[str, LazyString] = {
    "seeker": _("Party A, the seeker"),
    "solver": _("Party B, the solver"),
    "agency": _("Party C, the agency"),
    "organizer": _("The organizer"),
}
PAYMENTS: Mapping[str, LazyString] = {
    "none": _("Nothing is paid"),
    "once": _("At once"),
    "instalments": _("By instalments"),
    "royalty": _("A royalty"),
}
OWNERSHIPS: Mapping[str, LazyString] = {
    "seeker": _("All results belong to the seeker"),
    "solver": _("All results belong to the solver"),
    "joint": _("The results belong to both"),
    "as_written": _("As written below"),
}
LANGS: Mapping[str, LazyString] = {"zh": _("Chinese"), "en": _("English")}
STATES: Mapping[str, LazyString] = {
    "draft": _("Draft"),
    "in_signature": _("In signature"),
    "signed": _("Signed"),
    "registered": _("Registered"),
    "completed": _("Completed"),
    "terminated": _("Terminated"),
}
# The parts of the terms, as pages and differences name them.
PARTS: Mapping[str, LazyString] = {
    "kind": _("Kind"),
    "title": _("Title"),
    "lang": _("Language"),
    "scope": _("What is to be done"),
    "currency": _("Currency"),
    "total_minor": _("Total price"),
    "payment": _("How it is paid"),
    "royalty": _("Royalty"),
    "ownership": _("Who owns the results"),
    "ownership_text": _("Ownership, in words"),
    "confidential_months": _("Months of confidentiality"),
    "confidentiality": _("Confidentiality, further terms"),
    "starts_on": _("Begins on"),
    "ends_on": _("Ends on"),
    "clauses": _("Clauses"),
    "parties": _("Parties"),
    "indicators": _("Indicators"),
    "payments": _("Payment plan"),
    "milestones": _("Milestones"),
    "name": _("Name in the agreement"),
    "code": _("Registration code"),
    "address": _("Postal address"),
    "representative": _("Legal representative"),
    "contact": _("Contact"),
    "unit": _("Unit"),
    "comparison": _("Comparison"),
    "target": _("Target"),
    "level": _("Level"),
    "label": _("Payment"),
    "amount_minor": _("Amount"),
    "due_on": _("Due by"),
    "step": _("Milestone"),
    "deliverables": _("What is delivered"),
    "criteria": _("Accepted by"),
}
# What comes next, by state.
NEXT: Mapping[str, LazyString] = {
    "draft": _("Both sides can change the draft. Once it is right, propose it for signature."),
    "in_signature": _("It waits for the signature of every party. A change makes it a draft again."),
    "signed": _("It is signed. Milestones are delivered and accepted by its terms."),
    "registered": _("It is signed and registered. Milestones are delivered and accepted by its terms."),
    "completed": _("Everything was handed over."),
    "terminated": _("It has ended."),
}
WORDS: Mapping[str, LazyString] = {
    "unknown_fields": _("There are no such fields: %(names)s. Take them out, or use one of the list."),
    "sums_without_payment": _("Nothing is paid, yet there is a sum. Choose how it is paid, or remove it."),
    "no_such_milestone": _("There is no such milestone. Write a number from 1 to %(count)s, or a day."),
    "no_such_indicator": _("There is no such indicator. Write numbers from 1 to %(count)s, with commas."),
    "plan_needed": _("Add at least one payment to the plan."),
    "plan_differs": _("The payments come to %(planned)s, the total is %(total)s. Both must be the same."),
    "one_payment": _("Paid at once means one payment. Choose instalments, or leave one."),
    "due_needed": _("Say when it is due: a day, or the number of a milestone."),
    "amount_other_currency": _(
        "This names %(given)s, but the agreement is in %(currency)s. Write the sum in %(currency)s, or change"
        " the currency of the whole agreement."
    ),
    "agreement_no_draft": _("It is no draft any more. Make it a draft again before you change it."),
    "party_unbound": _("Nobody acts for one of the sides yet. Name its organization first."),
    "party_twice": _("This organization stands on another side already. Choose another one."),
    "anonymous_seeker_agrees": _(
        "Its seeker is anonymous: only the seeker can begin an agreement, or let a candidate know its name."
    ),
}
# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "agreement.begun": ("", "draft", _("An agreement was begun")),
    "agreement.edited": ("", "edit", _("The draft of an agreement was changed")),
    "agreement.party_set": ("", "users", _("A party of an agreement was named")),
    "agreement.proposed": ("good", "up", _("An agreement was proposed")),
    "agreement.changed": ("warn", "back", _("A proposed agreement was made a draft again")),
    "agreement.terminated": ("bad", "x", _("An agreement was terminated")),
    "agreement.template_set": ("", "edit", _("The text of a kind of agreement was changed")),
    "requirement.lapsed": ("warn", "x", _("A requirement has no contract any more")),
}


def day(given: dt.date | None) -> str:
    """A day in the reader's way; empty for none."""
    return day_text(given, "zh" if i18n.reader().zh else "en")


def aim(row: Criterion) -> str:
    """What an indicator asks for: '≥ 99.2 %'."""
    if row.comparison == "yes":
        return gettext("yes")
    return f"{SIGNS.get(row.comparison, '')} {row.target or ''} {row.unit}".strip()


def value(key: str, given: Any, terms: Terms) -> str:
    """A value of the terms that is no text, in the reader's words: a code, a sum, a day, the criteria."""
    if given in (None, "", ()):
        return "–"
    if key in _CODES:
        return str(_CODES[key].get(given, given))
    return _SAID[key](given, terms) if key in _SAID else str(given)


_SAID: Mapping[str, Callable[[Any, Terms], str]] = {
    **dict.fromkeys(("total_minor", "amount_minor"), lambda sum_, terms: amounts.money(sum_, terms.currency)),
    **dict.fromkeys(("due_on", "starts_on", "ends_on"), lambda given, _terms: day(given)),
    "criteria": lambda rows, _terms: i18n.listed([f"{each.name} {aim(each)}" for each in rows]),
    "comparison": lambda code, _terms: SIGNS.get(code) or gettext("yes or no"),
}
_CODES: Mapping[str, Mapping[str, LazyString]] = {
    "kind": KINDS,
    "lang": LANGS,
    "payment": PAYMENTS,
    "ownership": OWNERSHIPS,
    "side": SIDES,
    "level": {"must": _("must"), "should": _("should")},
}
