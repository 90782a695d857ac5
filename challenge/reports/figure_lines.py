"""The funnel in words, for pages and files: its steps with their figures, and the same part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from challenge.base import amounts
from challenge.rules.figures import AMOUNT, AMOUNT_ENDED, Figures, distinct

# A step of the funnel: what it counts, and the step of the needs behind it.
FUNNEL = (
    ("collected", "collected.need", "collected"),
    ("published", "published.need", "published"),
    ("solutions", "solutions", "answered"),
    ("docked", "docked.need", "docked"),
    ("intents", "intents", "intent"),
    ("contracts", "contracts", "contract"),
    ("delivered", "delivered.need", "delivered"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A step: `listed` names the list behind its figure, `step` that of the needs behind it.

    `teams` and `organizations` are None where the step knows none. `note` says what is told apart.
    """

    key: str
    label: str
    count: int
    share: float
    listed: str
    step: str
    needs: int
    seekers: int
    teams: int | None
    organizations: int | None
    note: str = ""

    @property
    def behind(self) -> str:
        """The list in which its teams stand."""
        return "dockings" if self.key == "docked" else self.listed


@dataclass(frozen=True, slots=True)
class Part:
    """The same steps of one part of the whole: a year, a field, a branch, a round."""

    name: str
    counts: tuple[int, ...]
    amount: str
    share: float
    address: str  # its filters, as an address takes them


def labels() -> dict[str, str]:
    """What each step is called."""
    return {
        "collected": _("Needs collected"),
        "published": _("Needs published"),
        "solutions": _("Solutions received"),
        "docked": _("Needs docked"),
        "intents": _("Intents signed"),
        "contracts": _("Contracts signed"),
        "delivered": _("Needs delivered"),
    }


def lines(figures: Figures) -> list[Line]:
    """The steps in their order."""
    names, notes = labels(), _notes(figures)
    most = max([figures[figure] for _key, figure, _step in FUNNEL] + [1])
    return [
        Line(
            key=key,
            label=names[key],
            count=figures[figure],
            share=figures[figure] / most,
            listed=key,
            step=step,
            needs=figures[distinct(step, "need")],
            seekers=figures[distinct(step, "seeker")],
            teams=figures[distinct(step, "team")] if step not in ("collected", "published") else None,
            organizations=figures[distinct(step, "organization")]
            if step not in ("collected", "published")
            else None,
            note=notes.get(key, ""),
        )
        for key, figure, step in FUNNEL
    ]


def _notes(figures: Figures) -> dict[str, str]:
    """What is told beside a figure and never taken off it."""
    said: dict[str, str] = {}
    if figures["dockings"]:
        said["docked"] = _("in %(count)s meetings", count=figures["dockings"])
    if figures["intents_ended"]:
        said["intents"] = _("%(count)s of them ended since", count=figures["intents_ended"])
    if figures["contracts_ended"]:
        said["contracts"] = _("%(count)s of them ended since", count=figures["contracts_ended"])
    if figures["contracts_completed"]:
        said["delivered"] = _("%(count)s contracts completed", count=figures["contracts_completed"])
    return said


def counts(figures: Figures) -> tuple[int, ...]:
    """The steps as bare numbers, in their order."""
    return tuple(figures[figure] for _key, figure, _step in FUNNEL)


def money(figures: Figures, prefix: str = AMOUNT) -> str:
    """The sum of the contracts, each currency for itself, in the reader's unit; '' where there is none."""
    return "; ".join(amounts.money(minor, currency) for currency, minor in sums(figures, prefix))


def sums(figures: Figures, prefix: str = AMOUNT) -> list[tuple[str, int]]:
    """Each currency with its sum in minor units."""
    found = {name.removeprefix(prefix): minor for name, minor in figures.items() if name.startswith(prefix)}
    return sorted(found.items())


def ended(figures: Figures) -> str:
    """The part of that sum which stood in contracts that ended since."""
    return money(figures, AMOUNT_ENDED)


def parts(
    beside: Mapping[int | str, Figures],
    order: Sequence[int | str],
    name: Callable[[int | str], str],
    address: Callable[[int | str], str],
) -> list[Part]:
    """The parts in this order; those without figures are left out."""
    shown = [key for key in order if beside.get(key)]
    most = max([beside[key]["published.need"] for key in shown] + [1])
    return [
        Part(
            name(key),
            counts(beside[key]),
            money(beside[key]),
            beside[key]["published.need"] / most,
            address(key),
        )
        for key in shown
    ]


def _plain(minor: int) -> str:
    """A sum as a table program reads it."""
    return f"{Decimal(minor) / 100:.2f}"


def table(figures: Figures, groups: Sequence[tuple[str, Sequence[Part]]]) -> Iterator[list[str]]:
    """All of it as rows of texts, for a file: the funnel, then its parts."""
    yield [_("Figure"), _("Tally"), _("Needs"), _("Seekers"), _("Teams"), _("Organizations"), _("Note")]
    for line in lines(figures):
        known = (line.needs, line.seekers, line.teams, line.organizations)
        yield [line.label, str(line.count), *("" if n is None else str(n) for n in known), line.note]
    for currency, minor in sums(figures):
        yield [_("Amount of contracts, %(currency)s", currency=currency), _plain(minor)]
    for currency, minor in sums(figures, AMOUNT_ENDED):
        label = _("of this in contracts that ended since, %(currency)s", currency=currency)
        yield [label, _plain(minor)]
    for title, rows in groups:
        if rows:
            yield []
            yield [title, *labels().values(), _("Amount of contracts")]
            for row in rows:
                yield [row.name, *(str(n) for n in row.counts), row.amount]
