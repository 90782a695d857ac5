"""An entry of a ranking as one line, for the rooms in which people choose between entries."""

from __future__ import annotations

from challenge.awards.board import Candidate
from challenge.awards.dossier import Option


def entry_label(entry: Candidate | Option) -> str:
    """A line of a select: 1= · S-0417 · Polarised vision; a dash without a place."""
    place = "–" if entry.place is None else f"{entry.place}{'=' if entry.shared else ''}"
    return f"{place} · {entry.code} · {entry.title}"
