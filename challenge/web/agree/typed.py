"""Between the form and the terms: what was typed read into values, and terms written into fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from challenge.base import i18n
from challenge.rules import localtime, money
from challenge.rules.agreement_sums import other_currency
from challenge.rules.agreements import Criterion, Party, Payment, Step, Terms
from challenge.rules.errors import Invalid, InvalidMany
from challenge.web.agree.forms import LISTS, TermsForm

MINOR_OF_A_HUNDRED = 10_000  # finer sums are shown in 元: 12.3456 万元 is hard to read
TEXTS = ("title", "scope", "royalty", "ownership_text", "confidentiality", "clauses")
PARTY = ("side", "name", "code", "address", "representative", "contact")


def form_of(terms: Terms, seen: int) -> TermsForm:
    """The form as it stands for these terms."""
    return TermsForm(formdata=None, data=data_of(terms, seen))


def without_blanks(sent: TermsForm) -> TermsForm:
    """What was sent without rows in which nothing was written: faults then find their rows."""
    data = dict(sent.data)
    for name in LISTS:
        data[name] = [row for row in data[name] if any(_text(row, key) for key in _written_in(name))]
    return TermsForm(formdata=None, data=data)


def data_of(terms: Terms, seen: int) -> dict[str, Any]:
    """What stands in the fields for these terms."""
    sums = [terms.total_minor, *(each.amount_minor for each in terms.payments)]
    whole = all((each or 0) % MINOR_OF_A_HUNDRED == 0 for each in sums)
    unit: money.Unit = "wan" if terms.currency == "CNY" and i18n.reader().zh and whole else "yuan"
    digits = money.minor_digits(terms.currency)

    def shown(minor: int | None) -> str:
        return "" if minor is None else money.amount_text(minor, unit, digits)

    return {
        **{name: getattr(terms, name) for name in TEXTS},
        "seen": str(seen),
        "parties": [{name: getattr(each, name) for name in PARTY} for each in terms.parties],
        "indicators": [asdict(each) for each in terms.indicators],
        "milestones": [_step(each, terms) for each in terms.milestones],
        "payment": terms.payment,
        "unit": f"{terms.currency}-{unit}",
        "total": shown(terms.total_minor),
        "payments": [_payment(each, shown(each.amount_minor)) for each in terms.payments],
        "ownership": terms.ownership,
        "confidential_months": str(terms.confidential_months or ""),
        "starts_on": str(terms.starts_on or ""),
        "ends_on": str(terms.ends_on or ""),
    }


def _step(row: Step, terms: Terms) -> dict[str, str]:
    return {
        "title": row.title,
        "due_on": str(row.due_on or ""),
        "deliverables": row.deliverables,
        "criteria": _numbers(row.criteria, terms.indicators),
    }


def _payment(row: Payment, amount: str) -> dict[str, str]:
    return {
        "label": row.label,
        "amount": amount,
        "due_on": str(row.due_on or ""),
        "step": str(row.step or ""),
    }


def terms_of(form: TermsForm) -> Terms:
    """What was typed, as terms. Raises InvalidMany with what cannot be read, at its field."""
    return _Reading(form).terms()


class _Reading:
    """One form being read; faults are gathered and raised together."""

    def __init__(self, form: TermsForm) -> None:
        self.form, self.data = form, form.data
        self.faults: list[Invalid] = []
        self.currency, _dash, unit = str(self.data["unit"] or "CNY-yuan").partition("-")
        self.unit: money.Unit = "wan" if unit == "wan" else "yuan"

    def terms(self) -> Terms:
        data = self.data
        indicators = tuple(_criterion(row) for row in data["indicators"])
        texts: dict[str, Any] = {name: _text(data, name) for name in TEXTS}
        terms = Terms(
            **texts,
            parties=tuple(Party(**{name: _text(row, name) for name in PARTY}) for row in data["parties"]),
            indicators=indicators,
            currency=self.currency,
            total_minor=self.sum("total", _text(data, "total")),
            payment=_text(data, "payment"),
            payments=tuple(self.payment(place, row) for place, row in enumerate(data["payments"])),
            ownership=_text(data, "ownership"),
            confidential_months=self.whole("confidential_months", _text(data, "confidential_months")) or 0,
            starts_on=self.day("starts_on", _text(data, "starts_on")),
            ends_on=self.day("ends_on", _text(data, "ends_on")),
            milestones=tuple(
                self.step(place, row, indicators) for place, row in enumerate(data["milestones"])
            ),
        )
        if self.faults:
            raise InvalidMany(self.faults)
        return terms

    def payment(self, place: int, row: dict[str, Any]) -> Payment:
        at = f"payments-{place}"
        return Payment(
            _text(row, "label"),
            self.sum(f"{at}-amount", _text(row, "amount")) or 0,
            self.day(f"{at}-due_on", _text(row, "due_on")),
            self.whole(f"{at}-step", _text(row, "step")),
        )

    def step(self, place: int, row: dict[str, Any], indicators: Sequence[Criterion]) -> Step:
        at = f"milestones-{place}"
        return Step(
            _text(row, "title"),
            self.day(f"{at}-due_on", _text(row, "due_on")),
            _text(row, "deliverables"),
            self.criteria(f"{at}-criteria", _text(row, "criteria"), indicators),
        )

    def criteria(self, field: str, text: str, indicators: Sequence[Criterion]) -> tuple[Criterion, ...]:
        """The indicators of these numbers: '1, 3'."""
        parts = [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",")]
        numbers = [part for part in parts if part]
        places = {str(place) for place in range(1, len(indicators) + 1)}
        if not places.issuperset(numbers):
            self.faults.append(Invalid(field, "no_such_indicator", count=len(indicators)))
            return ()
        return tuple(indicators[int(number) - 1] for number in dict.fromkeys(numbers))

    def sum(self, field: str, text: str) -> int | None:
        other = other_currency(text, self.currency)
        if other is not None:
            self.faults.append(Invalid(field, "amount_other_currency", given=other, currency=self.currency))
            return None
        found = money.parse_amount(text, self.unit, money.minor_digits(self.currency))
        if isinstance(found, int):
            return found
        if found != "empty":
            self.faults.append(Invalid(field, f"amount_{found}"))
        return None

    def day(self, field: str, text: str) -> dt.date | None:
        try:
            return localtime.day(field, text)
        except Invalid as fault:
            self.faults.append(fault)
            return None

    def whole(self, field: str, text: str) -> int | None:
        if text and not (text.isdecimal() and len(text) < 6):
            self.faults.append(Invalid(field, "not_a_number"))
            return None
        return int(text) if text else None


def _criterion(row: dict[str, Any]) -> Criterion:
    comparison = _text(row, "comparison")
    target = None if comparison == "yes" else _text(row, "target") or None
    return Criterion(_text(row, "name"), _text(row, "unit"), comparison, target, _text(row, "level"))


def _numbers(criteria: Sequence[Criterion], indicators: Sequence[Criterion]) -> str:
    places = [indicators.index(each) + 1 for each in criteria if each in indicators]
    return ", ".join(map(str, places))


def _written_in(name: str) -> tuple[str, ...]:
    """The cells of a row that somebody writes in; a choice has always a value."""
    return {
        "indicators": ("name", "target", "unit"),
        "milestones": ("title", "due_on", "deliverables", "criteria"),
        "payments": ("label", "amount", "due_on", "step"),
    }[name]


def _text(row: dict[str, Any], key: str) -> str:
    return str(row.get(key) or "").replace("\r\n", "\n").strip()
