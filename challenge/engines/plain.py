"""Text as it is, and archives, of which nothing is made: nobody unpacks a stranger's archive here."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from challenge.engines.child import Work

TYPES = ("text/plain", "text/csv", "text/markdown")


def make(work: Work) -> None:
    """The same text: it has no metadata, and its name is ours."""
    shutil.copyfile(work.source, work.place("clean.txt"))
    work.made("clean", 0, work.media_type, "clean.txt")


def never(work: Work) -> None:
    """An archive is not shown."""
    work.missing("clean", "none", "archive")
