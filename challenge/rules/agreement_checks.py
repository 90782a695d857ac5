"""What is wrong with the terms of an agreement, and what they lack before they can be proposed.

Faults name the fields of the form: `payments-1-amount` is the amount of the second payment.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from challenge.rules import agreement_texts
from challenge.rules.agreements import OWNERSHIPS, PAYMENTS, Criterion, Payment, Terms
from challenge.rules.errors import Invalid
from challenge.rules.money import MOST_MINOR, Sum

MOST_TEXT = {
    "title": 200,
    "scope": 10_000,
    "royalty": 2_000,
    "ownership_text": 3_000,
    "confidentiality": 3_000,
    "clauses": 30_000,
}
MOST_PARTY = {"name": 200, "code": 40, "address": 300, "representative": 60, "contact": 200}
MOST_ROWS = 30
MOST_LINE, MOST_DELIVERABLES, MOST_UNIT, MOST_TARGET = 200, 2_000, 40, 20
MOST_MONTHS = 600
CURRENCIES = ("CNY", "USD", "EUR")
COMPARISONS = ("ge", "gt", "le", "lt", "eq", "yes")
PLANNED = ("once", "instalments")  # kinds of payment whose plan adds up to the total


def faults(terms: Terms) -> list[Invalid]:
    """What no draft may hold either: too much, values of no list, days and sums that cannot be."""
    return [
        *_texts(terms),
        *_choices(terms),
        *_indicators(terms.indicators),
        *_payments(terms),
        *_milestones(terms),
        *clauses(terms.clauses),
    ]


def clauses(text: str, field: str = "clauses") -> Iterator[Invalid]:
    """The fields that a text names and that there are not."""
    names = agreement_texts.unknown(text)
    if names:
        shown = ", ".join(f"{{{name}}}" for name in names[:10])
        yield Invalid(field, "unknown_fields", names=shown)


def missing(terms: Terms) -> list[Invalid]:
    """What the terms lack before they can be proposed; empty where nothing does."""
    texts = [name for name in ("title", "scope", "clauses") if not getattr(terms, name).strip()]
    sides = [f"parties-{place}-name" for place, each in enumerate(terms.parties) if not each.name.strip()]
    days = [name for name in ("starts_on", "ends_on") if getattr(terms, name) is None]
    found = [Invalid(name, "required") for name in (*texts, *sides, *days)]
    if terms.ownership == "as_written" and not terms.ownership_text.strip():
        found.append(Invalid("ownership_text", "required"))
    return [*found, *_unpaid(terms)]


def planned(terms: Terms) -> int:
    """What the payment plan adds up to, in minor units."""
    return sum(each.amount_minor for each in terms.payments)


def _texts(terms: Terms) -> Iterator[Invalid]:
    for name, most in MOST_TEXT.items():
        yield from _long(name, getattr(terms, name), most)
    for place, party in enumerate(terms.parties):
        for name, most in MOST_PARTY.items():
            yield from _long(f"parties-{place}-{name}", getattr(party, name), most)


def _choices(terms: Terms) -> Iterator[Invalid]:
    lists = {"currency": CURRENCIES, "payment": PAYMENTS, "ownership": OWNERSHIPS}
    for name, known in lists.items():
        if getattr(terms, name) not in known:
            yield Invalid("unit" if name == "currency" else name, "not_a_choice")
    if not 0 <= terms.confidential_months <= MOST_MONTHS:
        yield Invalid("confidential_months", "out_of_range", minimum=0, maximum=MOST_MONTHS)
    if terms.starts_on and terms.ends_on and terms.ends_on < terms.starts_on:
        yield Invalid("ends_on", "ends_before_start")
    if terms.total_minor is not None:
        yield from _amount("total", terms.total_minor)
    if terms.payment == "none" and (terms.total_minor or terms.payments):
        yield Invalid("payment", "sums_without_payment")


def _indicators(rows: tuple[Criterion, ...]) -> Iterator[Invalid]:
    yield from _rows("indicators", len(rows))
    for place, row in enumerate(rows):
        at = f"indicators-{place}"
        if not row.name.strip():
            yield Invalid(f"{at}-name", "required")
        yield from _long(f"{at}-name", row.name, MOST_LINE)
        yield from _long(f"{at}-unit", row.unit, MOST_UNIT)
        if row.comparison not in COMPARISONS:
            yield Invalid(f"{at}-comparison", "not_a_choice")
        elif row.comparison != "yes" and not _number(row.target):
            yield Invalid(f"{at}-target", "target_needs_number" if row.target else "target_missing")
        if row.level not in ("must", "should"):
            yield Invalid(f"{at}-level", "not_a_choice")


def _payments(terms: Terms) -> Iterator[Invalid]:
    yield from _rows("payments", len(terms.payments))
    for place, row in enumerate(terms.payments):
        at = f"payments-{place}"
        yield from _long(f"{at}-label", row.label, MOST_LINE)
        yield from _amount(f"{at}-amount", row.amount_minor)
        if row.step is not None and not 1 <= row.step <= len(terms.milestones):
            yield Invalid(f"{at}-step", "no_such_milestone", count=len(terms.milestones))


def _milestones(terms: Terms) -> Iterator[Invalid]:
    yield from _rows("milestones", len(terms.milestones))
    for place, row in enumerate(terms.milestones):
        at = f"milestones-{place}"
        if not row.title.strip():
            yield Invalid(f"{at}-title", "required")
        yield from _long(f"{at}-title", row.title, MOST_LINE)
        yield from _long(f"{at}-deliverables", row.deliverables, MOST_DELIVERABLES)


def _unpaid(terms: Terms) -> Iterator[Invalid]:
    """What the payment lacks: a total, its plan, and when each payment is due."""
    if terms.payment == "none":
        return
    if terms.payment == "royalty" and not terms.royalty.strip():
        yield Invalid("royalty", "required")
    if terms.payment in PLANNED and not terms.total_minor:
        yield Invalid("total", "not_positive")
    elif terms.payment in PLANNED and not terms.payments:
        yield Invalid("payments", "plan_needed")
    elif terms.payments and planned(terms) != (terms.total_minor or 0):
        sums = (Sum(planned(terms), terms.currency), Sum(terms.total_minor or 0, terms.currency))
        yield Invalid("payments", "plan_differs", planned=sums[0], total=sums[1])
    if terms.payment == "once" and len(terms.payments) > 1:
        yield Invalid("payments", "one_payment")
    for place, row in enumerate(terms.payments):
        yield from _undue(place, row)


def _undue(place: int, row: Payment) -> Iterator[Invalid]:
    if not row.label.strip():
        yield Invalid(f"payments-{place}-label", "required")
    if not row.amount_minor:
        yield Invalid(f"payments-{place}-amount", "not_positive")
    if row.due_on is None and row.step is None:
        yield Invalid(f"payments-{place}-due_on", "due_needed")


def _amount(field: str, minor: int) -> Iterator[Invalid]:
    if minor < 0:
        yield Invalid(field, "amount_negative")
    elif minor > MOST_MINOR:
        yield Invalid(field, "amount_too_large")


def _rows(field: str, count: int) -> Iterator[Invalid]:
    if count > MOST_ROWS:
        yield Invalid(field, "too_many_rows", most=MOST_ROWS)


def _long(field: str, text: str, most: int) -> Iterator[Invalid]:
    if len(text) > most:
        yield Invalid(field, "too_long", most=most, length=len(text))


def _number(text: str | None) -> bool:
    try:
        return bool(text) and len(text or "") <= MOST_TARGET and Decimal(text or "").is_finite()
    except InvalidOperation:
        return False
