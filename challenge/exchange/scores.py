"""Import of judged rounds: one programme, a closed round each, locked scorecards, absences as absences.

Everything is read and checked before anything is written; then each round is one transaction, so that a
long import never holds a database for long and a second run goes on where a first one stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import begin_write, fresh_session
from challenge.exchange.judged import create_round, programme_of
from challenge.exchange.reports import Report
from challenge.exchange.tables import Row, Table, check
from challenge.rounds.models import Round
from challenge.rules.scales import Criterion, check_score

SOURCE = "judged-scores:"


@dataclass
class JudgedEntry:
    """One entry with its scores: judge -> criterion -> value, None where the judge was absent."""

    name: str
    start_number: int | None
    affiliation: str
    cards: dict[str, dict[str, Decimal | None]] = field(default_factory=lambda: defaultdict(dict))


@dataclass
class JudgedRound:
    """One round as the files tell it."""

    name: str
    criteria: list[Criterion] = field(default_factory=list)
    entries: dict[str, JudgedEntry] = field(default_factory=dict)

    @property
    def judges(self) -> list[str]:
        """Every judge who stands in the scores, in the order of their names (J2 before J10)."""
        names = {judge for entry in self.entries.values() for judge in entry.cards}
        return sorted(names, key=lambda name: (len(name), name))


def read_scores(folder: Path) -> list[JudgedRound]:
    """The rounds of a folder; raises `Faulty` with every fault of every file."""
    criteria = Table(folder / "criteria.csv", ("round", "criterion", "minimum", "maximum", "step", "weight"))
    entries = Table(folder / "entries.csv", ("round", "entry", "start_number", "affiliation"))
    scores = Table(folder / "scores.csv", ("round", "entry", "judge", "criterion", "score"))
    rounds: dict[str, JudgedRound] = {}
    for row in criteria:
        _add_criterion(criteria, row, rounds)
    for row in entries:
        _add_entry(entries, row, rounds)
    check(criteria, entries)
    scales = {name: {each.id: each for each in round_.criteria} for name, round_ in rounds.items()}
    for row in scores:
        _add_score(scores, row, rounds, scales)
    check(scores)
    return list(rounds.values())


def _add_criterion(table: Table, row: Row, rounds: dict[str, JudgedRound]) -> None:
    round_ = rounds.setdefault(row["round"], JudgedRound(row["round"]))
    numbers = [table.number(row, name) for name in ("minimum", "maximum", "step", "weight")]
    if not row["round"] or not row["criterion"]:
        table.fault(row["line"], "round, criterion", "empty")
    if any(each.id == row["criterion"] for each in round_.criteria):
        table.fault(row["line"], "criterion", "duplicate", row["criterion"])
        return
    if None in numbers:
        return
    low, high, step, weight = (number or Decimal(0) for number in numbers)
    try:
        round_.criteria.append(Criterion(row["criterion"], low, high, step, weight))
    except ValueError as error:
        table.fault(row["line"], "minimum, maximum, step, weight", "bad_scale", str(error))


def _add_entry(table: Table, row: Row, rounds: dict[str, JudgedRound]) -> None:
    round_ = rounds.get(row["round"])
    if round_ is None:
        table.fault(row["line"], "round", "unknown", row["round"])
        return
    if row["entry"] in round_.entries:
        table.fault(row["line"], "entry", "duplicate", row["entry"])
        return
    start = row["start_number"]
    if start and not start.isdecimal():
        table.fault(row["line"], "start_number", "not_a_number", start)
        return
    number = int(start) if start else None
    round_.entries[row["entry"]] = JudgedEntry(row["entry"], number, row["affiliation"])


def _add_score(
    table: Table,
    row: Row,
    rounds: Mapping[str, JudgedRound],
    scales: Mapping[str, Mapping[str, Criterion]],
) -> None:
    round_ = rounds.get(row["round"])
    entry = round_.entries.get(row["entry"]) if round_ else None
    criterion = scales.get(row["round"], {}).get(row["criterion"])
    if entry is None or criterion is None or not row["judge"]:
        wrong = (
            "round"
            if round_ is None
            else "entry"
            if entry is None
            else "criterion"
            if criterion is None
            else "judge"
        )
        table.fault(row["line"], wrong, "unknown" if row[wrong] else "empty", row[wrong])
        return
    card = entry.cards[row["judge"]]
    if row["criterion"] in card:
        table.fault(row["line"], "judge, criterion", "duplicate", f"{row['judge']}, {row['criterion']}")
        return
    if not row["score"]:
        card[row["criterion"]] = None  # absent, never zero
        return
    value = table.number(row, "score")
    if value is None:
        return
    fault = check_score(criterion, value)
    if fault:
        table.fault(row["line"], "score", fault, row["score"])
    card[row["criterion"]] = value


def import_scores(rounds: list[JudgedRound]) -> Report:
    """Write every round that is not here yet, one transaction each; effects and mails there are none."""
    report = Report()
    with fresh_session() as session:
        known = _known(session)
    for round_ in rounds:
        source = SOURCE + round_.name
        if source in known:
            report.unchanged += 1
            continue
        with fresh_session() as session:
            begin_write(session)
            create_round(session, programme_of(session), round_, source)
        report.created += 1
        report.guess(round_.name, "stage", "closed_without_dates")
    return report


def _known(session: Session) -> set[str | None]:
    return set(session.scalars(sa.select(Round.source).where(Round.source.like(f"{SOURCE}%"))))
