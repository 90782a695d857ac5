"""CSV files read whole and checked: encoding, columns, blanks and duplicates, each fault with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from challenge.exchange.reports import Faulty, Line
from challenge.rules.scales import read_score

Row = dict[str, str]


class Table:
    """The rows of one CSV file; faults are collected, so that a reader learns of all of them at once."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.name = path.name
        self.faults: list[Line] = []
        self.rows: list[Row] = []
        text = self._decode(path)
        if text is None:
            return
        reader = csv.DictReader(io.StringIO(text), strict=True)
        try:
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                self.fault(1, ", ".join(missing), "missing_column")
                return
            for row in reader:
                self._take(row, reader.line_num)
        except csv.Error as error:
            self.fault(reader.line_num, "", "not_csv", str(error))

    def _decode(self, path: Path) -> str | None:
        try:
            return path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            self.fault(0, "", "missing_file")
        except UnicodeDecodeError as error:
            self.fault(0, f"byte {error.start}", "not_utf8")
        return None

    def _take(self, row: dict[str | None, str | None], line: int) -> None:
        if None in row or None in row.values():
            self.fault(line, "", "wrong_number_of_cells")
            return
        self.rows.append({str(key): str(value).strip() for key, value in row.items()})
        self.rows[-1]["line"] = str(line)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def fault(self, line: int | str, field: str, code: str, text: str = "") -> None:
        """Note a fault at a line."""
        where = f"{self.name} line {line}" if str(line) != "0" else self.name
        self.faults.append(Line(where, field, "fault", code, text))

    def number(self, row: Row, field: str) -> Decimal | None:
        """The cell as an exact number, or None with a fault."""
        value = read_score(row[field])
        if value is None:
            self.fault(row["line"], field, "not_a_number", row[field])
        return value


def check(*tables: Table) -> None:
    """Raise `Faulty` with the faults of all tables, if there are any."""
    faults = [fault for table in tables for fault in table.faults]
    if faults:
        raise Faulty(faults)
