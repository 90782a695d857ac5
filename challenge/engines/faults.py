"""Why a derivative cannot be made of a file: a code that the reader's page has words for."""

from __future__ import annotations


class Unfit(Exception):
    """The file will never have this derivative."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
