"""Criteria and scorecards written as a table."""

from decimal import Decimal

from challenge.rules.scoring import Cards, Criterion, Method, rank


def criterion(
    name: str, weight: str, *, minimum: str = "0", maximum: str = "10", step: str = "0.5"
) -> Criterion:
    return Criterion(name, Decimal(minimum), Decimal(maximum), Decimal(step), Decimal(weight))


def cards(**scores: str) -> Cards:
    """Scorecards from columns: `idea="7 8 -"` is what three judges gave, `-` where one was absent."""
    columns = {name: text.split() for name, text in scores.items()}
    judges = len(next(iter(columns.values())))
    return {
        f"judge {n}": {
            name: None if column[n] == "-" else Decimal(column[n]) for name, column in columns.items()
        }
        for n in range(judges)
    }


def alone(
    entry: Cards, method: Method, *criteria: Criterion
) -> tuple[Decimal | None, dict[str, Decimal | None]]:
    (placed,) = rank({"entry": entry}, method, criteria)
    return placed.total, dict(placed.panel)


IDEA, PLAN = criterion("idea", "2"), criterion("plan", "1")
