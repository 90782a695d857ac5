"""Why a derivative cannot be made of a file: a code that the reader's page has words for."""

from __future__ import annotations

import zipfile
import zlib

# What `zipfile` raises where an archive is broken; RuntimeError says that it has a password.
BROKEN_ZIP = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, zlib.error)


class Unfit(Exception):
    """The file will never have this derivative."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
